"""What labels of stages, activities and tags mean, whichever system wrote them. Pure."""

import re
from functools import lru_cache

from leadlight.leads.rules import fold

_SIGNS = re.compile(r"[^\w]+")


@lru_cache(maxsize=16_384)
def plain(label: str) -> str:
    """Return a label as meanings are looked up: folded, words only."""
    return _SIGNS.sub(" ", fold(label)).replace("_", " ").strip()


# --- stages -----------------------------------------------------------------------------------------------------

_STAGES: dict[str, str] = {
    label: meaning
    for meaning, labels in {
        "open": "lead;leads;new;new lead;open;contact;contacted;attempted contact;attempted to contact;"
        "attempting contact;working;"
        "in progress;nurture;nurturing;long term nurture;hot;hot lead;hot prospect;hot prospects;warm;"
        "warm lead;cold;cold lead;prospect;"
        "qualified;watch;follow up;following up;engaged;connected;spoke with customer;active;active lead;"
        "active search;"
        "sphere;sphere of influence;vip;potential;opportunity;on hold;no response;unresponsive;new "
        "inquiry;inquiry;interested;"
        "neu;offen;nuevo;abierto;kontaktiert;subscriber;future;not ready;researching;"
        "marketing qualified lead;marketingqualifiedlead;sales qualified lead;salesqualifiedlead;mql;sql;"
        "callback;pre qualified",
        "appointment": "appointment;appointment set;appointment scheduled;appointment booked;appt set;"
        "appt;meeting scheduled;met;"
        "met with customer;met with;showing;showing homes;showings;showing scheduled;tour scheduled;"
        "consultation;"
        "consultation scheduled;buyer consultation;listing appointment;listing appt;termin;cita;"
        "presentation scheduled;"
        "appointmentscheduled;presentationscheduled;appointment held;appointment completed;met with;"
        "meeting;demo scheduled",
        "agreement": "active client;client;buyer;buyers;seller;sellers;active buyer;active seller;signed;"
        "agreement signed;"
        "buyer agreement;buyer agreement signed;listing agreement;listing agreement signed;active "
        "listing;listed;listing;"
        "under agreement;contract sent;submitting offers;offer;offer made;offer submitted;making offers;"
        "agreement;buyer contract;"
        "kunde;cliente;contractsent;coming soon;pre listing",
        "under_contract": "under contract;pending;in escrow;escrow;pending sale;contract;in contract;"
        "mutual acceptance;"
        "offer accepted;pending transaction;attorney review;unter vertrag;bajo contrato;contract signed",
        "closed": "closed;sold;closed won;closedwon;won;sale closed;closed deal;deal closed;settled;"
        "customer;completed;"
        "purchased;transaction closed;abgeschlossen;verkauft;cerrado;vendido;gewonnen;leased;rented",
        "past_client": "past client;past clients;former client;previous client;repeat client;evangelist;"
        "past customer;alumni;closed client",
        "lost": "lost;closed lost;closedlost;dead;dead lead;not interested;rejected;terminated;cancelled;"
        "canceled;withdrawn;expired;"
        "unqualified;not qualified;disqualified;bought with other agent;working with another agent;has "
        "agent;has an agent;"
        "lost to competitor;closed not converted;fell through;inactive;archived;verloren;perdido;ghosted;"
        "lost deal;other agent;"
        "listed with other agent;no longer interested;duplicate;fake;wrong number;bad lead;abandoned",
        "do_not_contact": "trash;junk;spam;do not contact;do not call;do not email;dnc;unsubscribed;"
        "opted out;opt out;blacklist;"
        "blocklist;blocked;bounced;stop;remove;removed;papierkorb;basura",
    }.items()
    for label in labels.split(";")
}  # fmt: skip
_STAGE_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"\b(?:do not (?:contact|call|email)|dnc|unsubscribed?|opted out|trash|junk|spam)\b", "do_not_contact"),
        (r"\b(?:lost|dead|not interested|disqualified|unqualified|closed not converted|terminated)\b", "lost"),
        (r"\bpast clients?\b", "past_client"),
        (r"\b(?:under contract|in escrow|pending)\b", "under_contract"),
        (r"\b(?:closed won|sale closed|deal closed|sold)\b", "closed"),
        (r"\b(?:agreement|active client|active buyer|active seller)\b", "agreement"),
        (r"\b(?:appointment|appt|consultation)\b", "appointment"),
        (r"\b(?:nurture|hot|warm|cold|new|attempt\w*|contacted|working|prospects?|leads?)\b", "open"),
    )
)
#: How far a stage goes when several columns name one; the last word closes every channel, so it stands above all.
RANK = {
    word: place
    for place, word in enumerate(
        ("", "open", "appointment", "lost", "agreement", "under_contract", "closed", "past_client", "do_not_contact")
    )
}


def stage_meaning(label: str, known: dict[str, str] | None = None) -> str:
    """Return what a stage means, by the preset's own words first; "" when nobody can tell."""
    text = plain(label)
    if known and text in known:
        return known[text]
    if text in _STAGES:
        return _STAGES[text]
    return next((meaning for pattern, meaning in _STAGE_PATTERNS if pattern.search(text)), "")


# --- opt-outs in stages and tags --------------------------------------------------------------------------------

_CLOSING: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), channel, reason)
    for pattern, channel, reason in (
        (
            r"\b(?:do not (?:e ?mail|mail)|no e ?mails?|e ?mail opt(?:ed)? ?out|"
            r"opted out of e ?mails?|unsub\w*|dne)\b",
            "EMAIL",
            "OPTED_OUT",
        ),
        (
            r"\b(?:do not text|no texts?|(?:sms|text) opt(?:ed)? ?out|opted out of (?:texts?|sms))\b",
            "SMS",
            "OPTED_OUT",
        ),
        (
            r"\b(?:do not contact|don t contact|no contact|do not solicit|opted out|opt out|optout)\b|"
            r"^(?:stop|removed?|blacklist(?:ed)?|blocklist(?:ed)?|blocked)$",
            "ALL",
            "OPTED_OUT",
        ),
        (r"\bdnc\b", "ALL", "DO_NOT_CALL"),
        (r"\b(?:do not call|don t call|no calls?)\b", "CALL", "DO_NOT_CALL"),
        (r"\b(?:bounced?|hard bounce|bad e ?mail|invalid e ?mail|e ?mail invalid)\b", "EMAIL", "BOUNCED"),
        (r"^(?:trash|junk|spam|papierkorb|basura)$", "ALL", "TRASH"),
    )
)


@lru_cache(maxsize=16_384)
def closing(label: str) -> tuple[str, str] | None:
    """Return channel and reason when a tag or stage closes one; None otherwise."""
    text = plain(label)
    if not text:
        return None
    return next(((channel, reason) for pattern, channel, reason in _CLOSING if pattern.search(text)), None)


# --- activities -------------------------------------------------------------------------------------------------

IGNORE = "ignore"
SEPARATOR = " / "

_ACTIVITIES: dict[str, str] = {
    label: kind
    for kind, labels in {
        "registered": "registration;registered;sign up;signup;account created;new registration",
        "inquiry": "inquiry;property inquiry;general inquiry;contact form;lead;new lead;question;contact "
        "us;zillow inquiry;message;"
        "chat;live chat;web inquiry",
        "valuation_request": "seller inquiry;home valuation;valuation;valuation request;home value "
        "request;cma request;"
        "home valuation request;what is my home worth",
        "showing_request": "showing request;showing requested;requested showing;tour request;requested a "
        "tour;request a showing;"
        "schedule a showing;tour requested;showing inquiry",
        "listing_view": "viewed property;property view;property viewed;listing view;listing viewed;"
        "viewed listing;property page view;"
        "view;detailedview;detailed view",
        "listing_save": "saved property;property saved;favorited;favorite;favorite added;saved listing;"
        "listing saved;favorited property;save",
        "listing_share": "shared property;property shared;shared listing;share",
        "page_view": "viewed page;page view;pageview;page viewed",
        "site_visit": "visited website;website visit;site visit;session;returned to website;visit;web "
        "visit;website session",
        "search": "property search;search;searched;listing search;search performed",
        "search_save": "saved property search;saved search;search saved;listing alert;listing alert created",
        "calculator_use": "calculator;mortgage calculator;affordability calculator;calculator use;used "
        "calculator;calculator used",
        "form_submit": "form submission;form submitted;form;form submit;submitted form;formsubmission;"
        "landing page submission",
        "open_house_visit": "visited open house;open house;open house visit;open house sign in;attended "
        "open house",
        "call_received": "incoming call;inbound call;call received;call inbound;called us;missed call",
        "call_attempted": "call;phone call;outgoing call;outbound call;call outbound;called;phone;call "
        "made;anruf;llamada;dialed",
        "voicemail_left": "voicemail;left voicemail;voicemail left;left message",
        "call_answered": "call answered;connected call;answered call;conversation",
        "email_sent": "email;e mail;email sent;sent email;outgoing email;emailed;list email;listemail;"
        "email outbound;mass email;"
        "sent;marketing email;correo;mail",
        "email_delivered": "email delivered;delivered",
        "email_opened": "email opened;email open;opened email;open;opened;opens;emailopen;email open event",
        "email_clicked": "email clicked;email click;clicked email;link clicked;click;clicked;clicked "
        "link;link click;email link clicked;"
        "email link click",
        "email_replied": "email replied;email reply;replied to email;incoming email;inbound email;email "
        "received;reply;replied;email inbound",
        "email_bounced": "email bounced;email bounce;bounce;bounced;hard bounce;bounced email",
        "email_complained": "spam report;spamreport;marked as spam;spam complaint;complaint;email marked "
        "spam",
        "unsubscribed": "unsubscribed;unsubscribe;email unsubscribe;email unsubscribed;opted out of email",
        "opted_out": "opted out;opt out;stop;do not contact",
        "sms_sent": "text;text message;sms;outgoing text;text sent;sms sent;outbound text;texted;text "
        "message sent",
        "sms_delivered": "text delivered;sms delivered",
        "sms_replied": "incoming text;inbound text;text received;sms received;text reply;sms reply;"
        "incoming sms;inbound sms",
        "note_added": "note;notes;note added;added note;notiz;nota",
        "appointment_booked": "appointment;appointment set;appointment booked;appointment scheduled;"
        "meeting;showing;tour;event;termin;"
        "cita;consultation;listing appointment;buyer consultation;meeting booked;meeting scheduled",
        "appointment_held": "appointment held;meeting held;met;showing completed;appointment completed;"
        "met with customer;meeting completed",
        "appointment_missed": "appointment missed;no show;noshow;missed appointment;appointment no show",
        "agreement_signed": "agreement signed;buyer agreement;listing agreement;signed agreement;buyer "
        "agreement signed",
        "offer_made": "offer;offer made;offer submitted",
        "under_contract": "under contract;pending;contract signed",
        "closed": "closed;closing;sold;deal closed",
        "lost": "lost;deal lost",
        IGNORE: "task;to do;todo;reminder;stage changed;stage change;lead assigned;assigned;tag added;"
        "tags added;lead created;person created;person updated;deferred;dropped;processed;status change;"
        "lifecycle stage change;"
        "system;reassigned;"
        "cadence;linkedin;linkedin message;letter;postal mail;processing",
    }.items()
    for label in labels.split(";")
}  # fmt: skip
_MEETINGS = frozenset({"appointment_booked", "appointment_held", "appointment_missed"})
_IN = frozenset(
    ["inbound", "incoming", "in", "received", "true", "yes", "1", "from", "lead", "from", "contact", "from",
     "client", "incoming", "email", "eingehend", "entrante", "y", "i", "reply", "forwarded"]
) | {"incoming email", "from lead", "from contact"}  # fmt: skip
_OUT = frozenset(
    [
        "outbound",
        "outgoing",
        "out",
        "sent",
        "false",
        "no",
        "0",
        "email",
        "ausgehend",
        "saliente",
        "n",
        "o",
        "internal",
    ]
) | {"to lead", "to contact"}
_TURNED = {
    "call_attempted": "call_received",
    "call_answered": "call_received",
    "email_sent": "email_replied",
    "sms_sent": "sms_replied",
}
_BACK = {"call_received": "call_attempted", "email_replied": "email_sent", "sms_replied": "sms_sent"}
_MET = re.compile(r"\b(?:met|held|completed?|attended|showed|signed|kept|done|happened)\b")
_MISSED = re.compile(r"\b(?:no ?show\w*|missed|did not (?:come|show)|stood up|not met|didn t show)\b")
_CANCELLED = re.compile(r"\bcancel\w*|\bcancell?ed\b|\brescheduled\b")
_LEFT_MESSAGE = re.compile(r"\b(?:voice ?mail|left (?:a )?(?:live )?message|left vm|lvm|vm)\b")
_NOT_REACHED = re.compile(
    r"\b(?:no answer|not? answer\w*|busy|wrong number|bad number|disconnected|failed|missed|not "
    r"reached|no connect|unanswered|cancel\w*|"
    r"queued|ringing|not connected|invalid)\b"
)
_REACHED = re.compile(r"\b(?:connected|answered|spoke|talked|reached|interested|conversation|success\w*|contacted)\b")
_PLANNED = re.compile(
    r"^(?:not started|open|deferred|waiting on someone else|waiting|planned|scheduled|pending|in progress)$"
)
_HUBSPOT_CALLS = {
    "f240bbac 87c9 4f6e bf70 924b57d47db7": "connected",
    "b2cf5968 551e 4856 9783 52b3da59a7d0": "left voicemail",
    "73a0d17f 1163 4015 bdd5 ec830791da20": "no answer",
    "9d9162e7 6cf3 4944 bf63 4dff82258764": "busy",
    "17b47fee 58de 441e a44c c6300d46f273": "wrong number",
    "a4c4c377 d246 4b32 a13b 75a56a4cd0ff": "left live message",
}


def activity_label(kind: str, direction: str, outcome: str) -> str:
    """Return the label by which the mapping names an activity: its type, direction and result, as far as given."""
    return SEPARATOR.join(part for part in (kind, direction, outcome) if part)


@lru_cache(maxsize=16_384)
def _base(label: str) -> str:
    text = plain(label)
    return _ACTIVITIES.get(text) or _ACTIVITIES.get(text.removesuffix("s"), "")


def activity_kind(label: str, direction: str, outcome: str, own: str = "") -> str:
    """
    Return the event kind of an activity, "ignore" for one that is none, "" when nobody can tell.

    `own` is what the mapping says of the type alone; direction and result then turn it: an inbound email is a
    reply, a call without an answer an attempt, an appointment with "no show" a missed one.
    """
    kind = own or _base(label)
    way, result = plain(direction), plain(outcome)
    result = _HUBSPOT_CALLS.get(result, result)
    if way in _IN:
        kind = _TURNED.get(kind, kind)
    elif way in _OUT and kind in _BACK and not own:
        kind = _BACK[kind]
    if not result or not kind:
        return kind
    if kind in {"call_attempted", "call_answered"}:
        return _call(kind, result)
    if kind in _MEETINGS:
        if _MISSED.search(result):
            return "appointment_missed"
        return "appointment_held" if _MET.search(result) and not _CANCELLED.search(result) else kind
    if kind in {"email_sent", "sms_sent"} and _PLANNED.search(result):
        return IGNORE
    if kind == "email_sent" and "bounce" in result:
        return "email_bounced"
    return kind


def _call(kind: str, result: str) -> str:
    if _LEFT_MESSAGE.search(result):
        return "voicemail_left"
    if _PLANNED.search(result):
        return IGNORE
    if _NOT_REACHED.search(result):
        return "call_attempted"
    return "call_answered" if _REACHED.search(result) else kind
