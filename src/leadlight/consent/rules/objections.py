"""The rules that can say no, each for its own reason alone, in the order in which the gate asks them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from leadlight.consent.rules import hours
from leadlight.consent.rules.caps import next_free
from leadlight.consent.rules.decision import Reason
from leadlight.consent.rules.facts import Closing
from leadlight.consent.rules.law import abroad, federal
from leadlight.consent.rules.question import Question
from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Basis, Channel, ClosedFor

NOUN = {Channel.EMAIL: "e-mails", Channel.SMS: "texts", Channel.CALL: "calls"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ASKED_TO_STOP = frozenset({ClosedFor.OPTED_OUT, ClosedFor.DO_NOT_CALL, ClosedFor.TRASH})
#: Nothing at all goes to them, whatever the channel.
_FINAL = {
    ClosedFor.ERASED: ("erased", "They asked to be erased"),
    ClosedFor.DECEASED: ("deceased", "They are said to have died"),
    ClosedFor.LEGAL_HOLD: (
        "legal_hold",
        "A lawyer or a court has to do with them: only people may write, after asking",
    ),
}


def address(asked: Question) -> Iterator[Reason]:
    """Ask whether there is anybody, and anything to reach them by."""
    if not asked.facts.is_here:
        yield Reason("not_here", "There is no such person any more.", federal.HOUSE)
    elif not asked.address:
        noun = "phone number" if asked.channel.is_phone else "e-mail address"
        yield Reason("no_address", f"We have no {noun} of theirs.", federal.HOUSE)
    if asked.channel is Channel.SMS and asked.facts.is_landline:
        yield Reason("landline", "Their number is a landline and takes no texts.", federal.HOUSE)


def closings(asked: Question) -> Iterator[Reason]:
    """Ask whether they, their address or the law have closed the channel."""
    for closing in asked.facts.closings:
        told = f" ({closing.words})" if closing.words else ""
        same = closing.channel in (None, asked.channel)
        if closing.reason in _FINAL:
            code, words = _FINAL[closing.reason]
            yield Reason(code, f"{words}{told}.", federal.HOUSE)
        elif closing.reason is ClosedFor.BOUNCED and same:
            yield Reason("bounced", f"Messages to their address come back{told}.", federal.HOUSE)
        elif closing.reason is ClosedFor.WRONG and (same or _are_both_phone(asked, closing)):
            noun = "number" if asked.channel.is_phone else "address"
            yield Reason("wrong_number", f"The {noun} is somebody else's{told}.", federal.REASSIGNED)
        elif closing.reason in _ASKED_TO_STOP and not asked.is_compliance and (same or _binds_sister(asked, closing)):
            yield _stopped(asked, closing, told)


def _binds_sister(asked: Question, closing: Closing) -> bool:
    """
    Say whether a stop to texts closes calls, or the other way.

    To the law a text is a call. What they allow on this channel afterwards stands, and so does the answer by hand to
    what they ask afterwards.
    """
    if closing.reason is ClosedFor.TRASH or not _are_both_phone(asked, closing):
        return False
    word = asked.last_word
    if asked.is_answer and not asked.is_automated and word is not None and word >= closing.since:
        return False
    return not asked.has_agreed(Basis.WRITTEN, Basis.EXPRESS, since=closing.since)


def _are_both_phone(asked: Question, closing: Closing) -> bool:
    return asked.channel.is_phone and closing.channel in PHONE_CHANNELS


def _stopped(asked: Question, closing: Closing, told: str) -> Reason:
    if closing.reason is ClosedFor.TRASH:
        return Reason("set_aside", f"They were set aside in the CRM{told}.", federal.HOUSE)
    what = "not to be contacted" if closing.channel is None else f"for no {NOUN[closing.channel]}"
    citation = federal.MAIL_OPT_OUT
    if asked.channel.is_phone:
        citation = federal.OWN_LIST if closing.reason is ClosedFor.DO_NOT_CALL else federal.REVOCATION
    return Reason("opted_out", f"They asked {what} on {closing.since:%Y-%m-%d}{told}.", citation)


def foreign(asked: Question) -> Iterator[Reason]:
    """Ask whether they may be abroad, where little is encoded."""
    if not asked.may_be_abroad or asked.is_compliance:
        return
    where = ", ".join(sorted(asked.facts.countries - {"US"}))
    if asked.channel.is_phone and (asked.is_marketing or asked.is_automated):
        words = f"They may be outside the United States ({where}), where we send no {NOUN[asked.channel]}."
        yield Reason("abroad", words, abroad.ABROAD)
    elif asked.channel is Channel.EMAIL and asked.is_marketing and not asked.has_agreed(Basis.WRITTEN, Basis.EXPRESS):
        words = f"They may be outside the United States ({where}): e-mail needs their express consent there."
        yield Reason("abroad", words, abroad.ABROAD)


def strangers(asked: Question) -> Iterator[Reason]:
    """Ask whether they ever asked for us, where plans and texts are concerned."""
    if not asked.is_stranger or asked.is_compliance:
        return
    if asked.channel is Channel.SMS:
        words = "Nobody has said how they came to us, or they were bought: no texts."
        yield Reason("stranger", words, federal.CARRIERS)
    elif asked.is_automated and (asked.is_marketing or asked.channel is Channel.CALL):
        words = f"Nobody has said how they came to us, or they were bought: no {NOUN[asked.channel]} by machine."
        yield Reason("stranger", words, federal.HOUSE)


def answers(asked: Question) -> Iterator[Reason]:
    """Ask whether an answer answers anything."""
    if not asked.is_answer:
        return
    word, answered_at = asked.last_word, asked.facts.answered_at
    if word is None or asked.now - word > federal.ANSWER_WITHIN:
        words = "They asked nothing in the last 24 hours: this is no answer to them."
        yield Reason("not_requested", words, federal.HOUSE)
    elif answered_at is not None and answered_at >= word:
        yield Reason("not_requested", "What they asked has been answered.", federal.HOUSE)


def consent(asked: Question) -> Iterator[Reason]:
    """Ask for a consent, where texts and calls by machine need one."""
    is_call_by_hand = asked.channel is Channel.CALL and not asked.is_automated
    if not asked.channel.is_phone or is_call_by_hand or asked.is_compliance:
        return
    noun = NOUN[asked.channel]
    if asked.is_marketing:
        if not asked.has_agreed(Basis.WRITTEN):
            yield Reason(
                "no_consent", f"They have not agreed in writing to marketing {noun} from us.", federal.CONSENT
            )
    elif not asked.has_agreed(Basis.WRITTEN, Basis.EXPRESS):
        # Who asks us something and leaves a number wants the answer there.
        may_answer = asked.channel is Channel.SMS and (asked.has_agreed(Basis.INQUIRY) or not asked.is_stranger)
        if not (asked.is_answer and may_answer):
            yield Reason("no_consent", f"They have not agreed to {noun} from us.", federal.CONSENT)


def national_list(asked: Question) -> Iterator[Reason]:
    """Ask the National Do Not Call list, which a consent in writing lifts, and a business relationship for calls."""
    is_call = asked.channel is Channel.CALL
    # Somebody of whom nobody knows whether they ever asked is called after a look at the list alone.
    is_cold_call = is_call and asked.is_stranger and not asked.is_answer
    if not asked.channel.is_phone or asked.is_compliance or not (asked.is_marketing or is_cold_call):
        return
    is_lifted = asked.has_agreed(Basis.WRITTEN) or (is_call and asked.has_relationship)
    if asked.facts.is_on_national_list and not is_lifted:
        words = (
            "Their number is on the National Do Not Call list, and they neither agreed in writing nor dealt with us"
        )
        yield Reason("national_list", f"{words} lately.", federal.NATIONAL_LIST)
    if is_call and not asked.has_checked_list and (is_cold_call or not is_lifted):
        of = asked.facts.national_list_of
        words = (
            "We have no copy of the National Do Not Call list for their area code"
            if of is None
            else (f"Our copy of the National Do Not Call list is of {of}, more than 31 days old")
        )
        yield Reason("national_list_unchecked", f"{words}: import a new one.", federal.NATIONAL_LIST_AGE)


def readiness(asked: Question) -> Iterator[Reason]:
    """Ask whether we are ready to send at all."""
    by_hand_alone = asked.channel is Channel.CALL and not asked.is_automated
    if by_hand_alone:
        return
    if asked.is_marketing and not asked.facts.is_profile_complete:
        citation = federal.MAIL_SENDER if asked.channel is Channel.EMAIL else federal.HOUSE
        words = "The brokerage's name, postal address and hours are not filled in yet."
        yield Reason("profile", words, citation)
    if asked.channel not in asked.facts.connected:
        yield Reason("not_connected", f"Nothing is connected to send {NOUN[asked.channel]} through.", federal.HOUSE)


def rest(asked: Question) -> Iterator[Reason]:
    """Ask whether what is sent by machine is off, or has come to its end."""
    if not asked.is_automated or asked.is_compliance:
        return
    facts = asked.facts
    if facts.is_paused:
        yield Reason("paused", "Sending by machine is paused.", federal.HOUSE)
    if not asked.is_marketing:
        return
    if facts.paused_until is not None and facts.paused_until > asked.now:
        until = f"{facts.paused_until:%Y-%m-%d %H:%M} UTC"
        yield Reason("paused", f"Marketing to them rests until {until}.", federal.HOUSE, facts.paused_until)
    if facts.stopped_by:
        yield Reason("stopped", f"The plan has stopped: {facts.stopped_by}.", federal.HOUSE)


def in_hours(asked: Question) -> Iterator[Reason]:
    """Ask every clock where they may be."""
    shut = hours.shut(asked.clocks, asked.now, margin=asked.margin)
    if not shut:
        return
    comes = hours.next_common(asked.clocks, asked.now, margin=asked.margin) is not None
    verb = "may be made" if asked.channel is Channel.CALL else "may arrive"
    for one in shut:
        local = asked.now.astimezone(ZoneInfo(one.zone))
        holiday = f", {one.holiday}," if one.holiday and one.rule.holidays is None else ""
        told = f"It is {local:%H:%M} on {_DAYS[local.weekday()]}{holiday} in {_city(one.zone)}"
        words = f"{told}; {NOUN[asked.channel]} {verb} {_from(one.opens_at, local)} ({one.rule.name})."
        yield Reason("hours", words, one.rule.citation, one.opens_at if comes else None)


def _city(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _from(opens_at: datetime | None, local: datetime) -> str:
    if opens_at is None:
        return "on no day soon"
    opens = opens_at.astimezone(local.tzinfo)
    return f"from {opens:%H:%M}" + ("" if opens.date() == local.date() else f" on {_DAYS[opens.weekday()]}")


def caps(asked: Question) -> Iterator[Reason]:
    """Ask how often they were reached of late: the caps of the law, then the house's own."""
    if not asked.is_marketing:
        return
    facts, now = asked.facts, asked.now
    for rule in asked.laws if asked.channel.is_phone else ():
        for cap in rule.caps:
            free = next_free(cap, facts.touches, now)
            if free > now and (asked.is_automated or not cap.is_automated):
                told = f"{cap.n} in {cap.period.total_seconds() / 3600:.0f} hours is the most ({rule.name})."
                yield Reason("legal_cap", f"They were called or texted often enough: {told}", rule.citation, free)
    for cap in facts.house_caps if asked.is_automated else ():
        free = next_free(cap, (*facts.touches, *facts.household_touches), now)
        if free > now and asked.channel in cap.channels:
            told = f"{cap.n} in {cap.period.total_seconds() / 3600:.0f} hours is the most that we send."
            yield Reason("house_cap", f"Their household heard from us often enough: {told}", federal.HOUSE, free)


def breakers(asked: Question) -> Iterator[Reason]:
    """Ask whether marketing on the channel is held."""
    for channel, until in asked.facts.breakers if asked.is_marketing else ():
        if channel is asked.channel and (until is None or until > asked.now):
            words = f"Marketing {NOUN[channel]} are held: too many came back or were complained of."
            yield Reason("breaker", words, federal.HOUSE, until)


#: All of them, from what is for ever to what passes.
ORDER: tuple[Callable[[Question], Iterator[Reason]], ...] = (
    address,
    closings,
    foreign,
    strangers,
    answers,
    consent,
    national_list,
    readiness,
    rest,
    in_hours,
    caps,
    breakers,
)
