"""Who lives with whom: the rule, and what of it is stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.events.operations import merge_persons, undo_merge
from leadlight.kit.clock import utc_now
from leadlight.leads.models import HouseholdMember, Lead, Merge
from leadlight.leads.operations import (
    UnableToSayHousehold,
    delete_leads,
    hold_households,
    keep_households,
    say_household,
    unsay_household,
)
from leadlight.leads.queries import housemates, said_households
from leadlight.leads.rules import has_converted, settle_households
from tests.web.build import person, user

leads = st.integers(1, 9)


@given(st.dictionaries(leads, st.integers(100, 103)), st.dictionaries(leads, st.none() | leads))
def test_what_somebody_said_goes_before_what_was_found(found: dict[int, int], said: dict[int, int | None]) -> None:
    settled = settle_households(found, said)
    free = [lead for lead in found if lead not in said]
    for one in free:
        for other in free:
            if found[one] == found[other] and one != other:
                assert settled[one] == settled[other]
    for lead, other in said.items():
        if other is not None and other != lead:
            assert settled[lead] == settled[other]
    named = set(said.values())
    for lead, other in said.items():
        if other is None and lead not in named:
            assert lead not in settled
    for lead, number in settled.items():
        members = [one for one, of in settled.items() if of == number]
        assert min(members) == number
        assert len(members) > 1
        assert lead in members


@given(st.dictionaries(leads, st.integers(100, 103)))
def test_without_a_word_it_is_what_was_found(found: dict[int, int]) -> None:
    settled = settle_households(found, {})
    for lead, number in found.items():
        together = [one for one, of in found.items() if of == number]
        assert settled.get(lead) == (min(together) if len(together) > 1 else None)


def test_what_a_stage_says_of_how_a_lead_ended() -> None:
    assert has_converted("closed", None) is True
    assert has_converted("appointment", None) is True
    assert has_converted("open", None) is False
    assert has_converted("lost", None) is False
    assert has_converted("past_client", None) is None
    assert has_converted("do_not_contact", None) is None
    assert has_converted("", None) is None
    assert has_converted("closed", said=False) is False
    assert has_converted("", said=True) is True


def keep(numbers: dict[int, int], **of: Any) -> None:
    hold_households()
    keep_households(numbers=numbers, **of)


@pytest.mark.django_db(transaction=False)
class TestStored:
    """On the database."""

    def test_housemates_are_the_others_and_follow_merges(self, django_assert_num_queries: Any) -> None:
        ana, ben, kim, zoe = (person(name) for name in ("Ana Berg", "Ben Berg", "Kim Park", "Zoe Park"))
        lead = {who.pk: who.leads.get().pk for who in (ana, ben, kim, zoe)}
        keep({lead[ana.pk]: 1, lead[ben.pk]: 1, lead[kim.pk]: 2, lead[zoe.pk]: 2})
        with django_assert_num_queries(1):
            found = housemates([ana.pk, ben.pk, kim.pk])
        assert found == {ana.pk: {ben.pk}, ben.pk: {ana.pk}, kim.pk: {zoe.pk}}
        merge_persons(keep=ana.pk, gone=[kim.pk], reason="", actor=None, now=utc_now())
        assert housemates([ana.pk]) == {ana.pk: {ben.pk, zoe.pk}}
        assert housemates([ben.pk]) == {ben.pk: {ana.pk}}
        undo_merge(merge_id=Merge.objects.get().pk, actor=None, now=utc_now())
        assert housemates([ana.pk, ben.pk, kim.pk]) == found
        merge_persons(keep=ana.pk, gone=[ben.pk], reason="", actor=None, now=utc_now())
        assert housemates([ana.pk]) == {}

    def test_kept_anew_the_old_make_room_and_who_is_gone_stays_away(self) -> None:
        ana, ben, kim = (person(name) for name in ("Ana Berg", "Ben Berg", "Kim Park"))
        one, two, three = (who.leads.get().pk for who in (ana, ben, kim))
        keep({one: 1, two: 1})
        keep({three: 3}, of=[three])
        assert HouseholdMember.objects.count() == 3
        keep({two: 2, three: 2, three + 1_000: 2})
        assert dict(HouseholdMember.objects.values_list("lead_id", "household")) == {two: 2, three: 2}
        delete_leads(lead_ids=[two])
        assert HouseholdMember.objects.count() == 1
        assert not Lead.objects.filter(pk=two).exists()

    def test_a_word_is_of_all_records_and_can_be_taken_back(self) -> None:
        ana, ben = person("Ana Berg"), person("Ben Lee")
        again = person("Ana B.")
        merge_persons(keep=ana.pk, gone=[again.pk], reason="", actor=None, now=utc_now())
        actor = user()
        own = say_household(person_id=ana.pk, with_person=ben.pk, actor=actor, now=utc_now())
        assert len(own) == 2
        theirs = ben.leads.get().pk
        assert said_households() == dict.fromkeys(own, theirs)
        assert said_households([theirs]) == dict.fromkeys(own, theirs)
        say_household(person_id=ana.pk, with_person=None, actor=actor, now=utc_now())
        assert said_households(own) == dict.fromkeys(own)
        assert unsay_household(person_id=ana.pk, actor=actor, now=utc_now()) == own
        assert unsay_household(person_id=ana.pk, actor=actor, now=utc_now()) == []
        assert said_households() == {}

    def test_nobody_lives_with_themselves_or_with_nobody_here(self) -> None:
        ana, actor = person("Ana Berg"), user()
        for other in (ana.pk, ana.pk + 1_000):
            with pytest.raises(UnableToSayHousehold, match="somebody else who is here"):
                say_household(person_id=ana.pk, with_person=other, actor=actor, now=utc_now())
        with pytest.raises(UnableToSayHousehold):
            say_household(person_id=ana.pk + 1_000, with_person=None, actor=actor, now=utc_now())
        assert said_households() == {}
