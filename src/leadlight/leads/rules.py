"""What stages mean, how source labels are one, which of a person's records speaks, and who is who. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from leadlight.kit.groups import Groups

#: What a stage can mean, with the sentence that the mapping page shows, in the order of a deal.
MEANINGS: dict[str, str] = {
    "open": "still open",
    "appointment": "an appointment was booked",
    "agreement": "signed an agreement with us",
    "under_contract": "under contract",
    "closed": "a deal closed",
    "past_client": "a client of an earlier deal",
    "lost": "lost",
    "do_not_contact": "set aside: nobody contacts them",
}

#: Meaning of a stage → state of the lead.
STATE_BY_MEANING: dict[str, str] = {
    "": "OPEN",
    "open": "OPEN",
    "appointment": "BOOKED",
    "agreement": "CLIENT",
    "under_contract": "CLIENT",
    "closed": "CLOSED",
    "past_client": "CLOSED",
    "lost": "LOST",
    "do_not_contact": "LOST",
}

_CONVERTED = frozenset({"appointment", "agreement", "under_contract", "closed"})
#: These say nothing of how this lead ends: a client of an earlier deal, or somebody who was set aside.
_SILENT = frozenset({"", "past_client", "do_not_contact"})


def has_converted(meaning: str, said: bool | None) -> bool | None:
    """
    Return whether a lead without dated outcomes converted, from what its stage means; None where nothing says so.

    An outcome that the export holds by itself (`said`) goes before the stage. One that is still open has not, so far.
    """
    if said is not None:
        return said
    return None if meaning in _SILENT else meaning in _CONVERTED


#: Dated outcome → state of the lead.
STATE_BY_OUTCOME: dict[str, str] = {
    "appointment_booked": "BOOKED",
    "appointment_held": "BOOKED",
    "agreement_signed": "CLIENT",
    "offer_made": "CLIENT",
    "under_contract": "CLIENT",
    "closed": "CLOSED",
    "lost": "LOST",
}

_RANK = {"OPEN": 0, "BOOKED": 1, "CLIENT": 2, "LOST": 3, "CLOSED": 4}


def state(stage_meanings: Sequence[str], outcomes: Sequence[str]) -> str:
    """
    Return where a person stands, from the meanings of all leads' stages and the kinds of all dated outcomes.

    The furthest word counts; a closed deal stands above a loss, since the other record of a client is often
    "lost" as a duplicate. No facts at all is OPEN.
    """
    found = [STATE_BY_MEANING[meaning] for meaning in stage_meanings]
    found += [STATE_BY_OUTCOME[kind] for kind in outcomes if kind in STATE_BY_OUTCOME]
    return max(found, key=_RANK.__getitem__, default="OPEN")


def fold(text: str) -> str:
    """Return the text in lower case, without accents, with single spaces: what a search compares."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


_SOURCES: dict[str, tuple[str, ...]] = {
    "Zillow": ("zillow", "zillow com", "zg", "zillow flex", "zillow premier agent", "trulia"),
    "Realtor.com": ("realtor com", "realtor", "rdc", "move com", "opcity"),
    "Homes.com": ("homes com", "homes"),
    "Redfin": ("redfin", "redfin com"),
    "Facebook": ("facebook", "fb", "facebook ads", "fb ads", "facebook lead ads", "meta", "instagram", "ig",
                 "paid social"),
    "Google Ads": ("google ads", "google ppc", "adwords", "google adwords", "ppc", "paid search", "google paid"),
    "Google": ("google", "google organic", "organic search", "organic", "seo"),
    "Website": ("website", "web site", "web", "our website", "idx", "idx website", "site", "direct traffic", "chat",
                "live chat"),
    "Open house": ("open house", "open houses", "openhouse", "oh"),
    "Referral": ("referral", "referrals", "ref", "agent referral", "client referral", "word of mouth"),
    "Past client": ("past client", "past clients", "repeat", "repeat client"),
    "Sphere": ("sphere", "soi", "sphere of influence", "friends and family"),
    "Sign call": ("sign", "sign call", "yard sign", "sign rider", "call in", "walk in"),
    "Home valuation": ("home valuation", "valuation", "cma", "seller valuation", "home value"),
}  # fmt: skip
_CANONICAL = {alias: name for name, aliases in _SOURCES.items() for alias in aliases}
_ACCOUNT_NOISE = re.compile(r"https?://|www\.|[^\w]+")


def canonical_source(label: str) -> str:
    """
    Return the one name of a source that people write in many ways; an unknown label is only tidied.

    Empty labels give "".
    """
    tidy = " ".join(label.split())
    return _CANONICAL.get(_bare(tidy), tidy)


@lru_cache(maxsize=4_096)
def _bare(label: str) -> str:
    return _ACCOUNT_NOISE.sub(" ", fold(label)).strip()


#: Canonical source → its channel, a word of `leads.models.Channel`.
_CHANNELS: dict[str, str] = {
    "Zillow": "PORTAL",
    "Realtor.com": "PORTAL",
    "Homes.com": "PORTAL",
    "Redfin": "PORTAL",
    "Facebook": "SOCIAL_ADS",
    "Google Ads": "SEARCH_ADS",
    "Google": "SEARCH",
    "Website": "WEBSITE",
    "Home valuation": "WEBSITE",
    "Open house": "IN_PERSON",
    "Sign call": "IN_PERSON",
    "Referral": "KNOWN",
    "Past client": "KNOWN",
    "Sphere": "KNOWN",
}


def channel_of(source: str) -> str:
    """Return the channel of a source by its name; OTHER for one that we do not know."""
    return _CHANNELS.get(source, "OTHER")


#: Of 100. A typing error in a word of six letters gives 83 to 92; different words of the trade stay below 80.
_ALIKE = 83
#: Shorter names differ by a letter and mean something else ("FSBO", "FRBO").
_SHORTEST = 5


def closest_source(label: str, others: Iterable[str]) -> str | None:
    """
    Return which of the other names a source's name most likely means, or None.

    A name that holds all words of another ("Zillow - Tampa") is proposed to that one, the one with most words
    first; else one that is written nearly alike. Two names that are both known words of the trade are never one.
    """
    own = _bare(label)
    best: tuple[float, int, str] | None = None
    for other in others:
        bare = _bare(other)
        if not own or not bare or (label in _SOURCES and other in _SOURCES):
            continue
        words = bare.split()
        if own == bare:
            likeness = 101.0
        elif len(own.split()) > len(words) and set(words) <= set(own.split()):
            likeness = 100.0
        elif min(len(own), len(bare)) >= _SHORTEST:
            likeness = fuzz.ratio(own.replace(" ", ""), bare.replace(" ", ""))
        else:
            continue
        found = likeness, len(words), other
        if likeness >= _ALIKE and (best is None or found[:2] > best[:2]):
            best = found
    return None if best is None else best[2]


@dataclass(frozen=True)
class LeadFacts:
    """What the survivor rule needs to know of one lead of a person."""

    lead_id: int
    name: str
    kind: str
    source_id: int | None
    owner_name: str
    stage: str
    stage_meaning: str
    contacted_at: datetime | None
    updated_at: datetime
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    #: Fields that somebody changed by hand on this lead.
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PersonFacts:
    """A person's fields, as the survivor rule settles them."""

    name: str
    #: What lists sort by.
    name_key: str
    email: str
    phone: str
    kind: str
    source_id: int | None
    owner_name: str
    stage: str
    first_contact_at: datetime | None
    search_text: str


def survivor(leads: Sequence[LeadFacts]) -> PersonFacts:
    """
    Settle a person's fields from all leads of that person; `leads` is not empty.

    Name, kind, owner and stage come from the lead on which somebody changed them by hand, else from the one that was
    changed last and has them; e-mail and phone likewise, the first that it names; the source is that of the earliest
    contact, since later records of the same person are usually our own doing.
    """
    newest = sorted(leads, key=lambda lead: (lead.updated_at, lead.lead_id), reverse=True)
    dated = [lead for lead in leads if lead.contacted_at is not None]
    first = min(dated, key=lambda lead: (lead.contacted_at, lead.lead_id), default=None)
    sources = ([first] if first else []) + sorted(leads, key=lambda lead: lead.lead_id)
    emails = [email for lead in newest for email in lead.emails]
    phones = [phone for lead in newest for phone in lead.phones]
    names = [lead.name for lead in newest if lead.name]
    name = _word("name", newest)
    if name:
        names = list(dict.fromkeys([name, *names]))
    words = [fold(name) for name in names] + emails + [phone.lstrip("+") for phone in phones]
    return PersonFacts(
        name=next(iter(names), ""),
        name_key=next(iter(words), "")[:80],
        email=next(iter(emails), ""),
        phone=next(iter(phones), ""),
        kind=_word("kind", newest),
        source_id=next((lead.source_id for lead in sources if lead.source_id is not None), None),
        owner_name=_word("owner_name", newest),
        stage=_word("stage", newest),
        first_contact_at=first.contacted_at if first else None,
        search_text=" ".join(dict.fromkeys(words)),
    )


def _word(field: str, newest: Sequence[LeadFacts]) -> str:
    """Return the field's word: one set by hand before all others, then the newest."""
    by_hand = [lead for lead in newest if field in lead.edited]
    found: str = next((word for lead in (*by_hand, *newest) if (word := getattr(lead, field))), "")
    return found


@dataclass(frozen=True)
class NewLead:
    """A lead to be stored, normalised; `person_id` empty makes a person of its own."""

    system: str
    external_id: str
    name: str = ""
    kind: str = ""
    source_id: int | None = None
    source_label: str = ""
    owner_name: str = ""
    stage: str = ""
    stage_meaning: str = ""
    converted: bool | None = None
    sequence: float | None = None
    contacted_at: datetime | None = None
    provenance: str = "UNKNOWN"
    home: str = ""
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    person_id: int | None = None


def followed(person_id: int, into: Mapping[int, int | None]) -> int:
    """Return whom somebody has become: `into` says whom each went into, None for who is here."""
    while (next_id := into[person_id]) is not None:
        person_id = next_id
    return person_id


@dataclass(frozen=True)
class Wish:
    """Persons who are to be one: `gone` go into `keep`."""

    keep: int
    gone: tuple[int, ...]
    #: Plain words: why they are one.
    reason: str = ""


#: Why a merge comes to nothing, in words that people see.
NOT_HERE = "They are no longer here."
ONE_ALREADY = "They are one person already."
SAID_APART = "Somebody said that they are not the same person."


def plan_merges(
    wishes: Sequence[Wish], *, here: Mapping[int, int], apart: Iterable[tuple[int, int]]
) -> list[Wish | str]:
    """
    Return for each wish, in order, the merge that it comes to, or in words why it comes to none.

    `here` says who persons are now, `apart` are pairs of those who are not to be one. Each wish is judged as if those
    before it were fulfilled. Without some who are no more, the others are merged all the same.
    """
    into: dict[int, int | None] = dict.fromkeys(here.values())
    strangers: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        strangers[one].add(other)
        strangers[other].add(one)
    planned: list[Wish | str] = []
    for wish in wishes:
        known = [followed(here[one], into) for one in (wish.keep, *wish.gone) if one in here]
        if wish.keep not in here or len(known) < 2:
            planned.append(NOT_HERE)
            continue
        keep, *gone = dict.fromkeys(known)
        if not gone:
            planned.append(ONE_ALREADY)
            continue
        if any(other in strangers[one] for one, other in combinations((keep, *gone), 2)):
            planned.append(SAID_APART)
            continue
        for other in gone:
            into[other] = keep
            strangers[keep] |= strangers[other]
            for stranger in strangers[other]:
                strangers[stranger].add(keep)
        planned.append(Wish(keep, tuple(gone), wish.reason))
    return planned


def settle_households(found: Mapping[int, int], said: Mapping[int, int | None]) -> dict[int, int]:
    """
    Return for each lead that lives with others the least id of its household; leads by themselves are left out.

    `found` gives leads the number under which their records put them, the same for all of a household. `said` gives
    leads whom somebody said they live with, None for nobody, and goes before what was found of them.
    """
    groups: Groups[int] = Groups()
    anchors: dict[int, int] = {}
    for lead_id, number in found.items():
        if lead_id not in said:
            groups.join(lead_id, anchors.setdefault(number, lead_id))
    for lead_id, other in said.items():
        if other is not None:
            groups.join(lead_id, other)
    members: dict[int, set[int]] = {}
    for lead_id in {*found, *said, *(other for other in said.values() if other is not None)}:
        members.setdefault(groups.first(lead_id), set()).add(lead_id)
    return {lead_id: first for first, group in members.items() if len(group) > 1 for lead_id in group}
