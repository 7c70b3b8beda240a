"""What the catalogue holds and what it must never hold."""

import pytest

from leadlight.events.rules import KINDS, Group, Kind
from leadlight.signals.rules import Family, Unit, Verdict, catalogue
from leadlight.signals.rules.clocks import OUR_EFFORT, clocked, denied
from leadlight.signals.rules.kernel import SPECIALS
from tests.signals.build import DAY, Happening, matrix

BY_NAME = {signal.name: signal for signal in catalogue()}


@pytest.mark.parametrize(
    ("wanted", "name", "family"),
    [
        ("website visits", "site_visit_30d", Family.BEHAVIOURAL),
        ("website visits", "visits", Family.BEHAVIOURAL),
        ("property views", "listing_view_7d", Family.BEHAVIOURAL),
        ("three views of one home in 48 hours", "most_views_one_listing_48h", Family.BEHAVIOURAL),
        ("time on site", "seconds_on_site_30d", Family.BEHAVIOURAL),
        ("e-mail opens", "email_opened_30d", Family.ENGAGEMENT),
        ("link clicks", "email_clicked_30d", Family.ENGAGEMENT),
        ("calculator use", "calculator_use_30d", Family.BEHAVIOURAL),
        ("form submissions", "form_submit_30d", Family.BEHAVIOURAL),
        ("stated area", "stated_area", Family.DEMOGRAPHIC),
        ("property type", "stated_property_type", Family.DEMOGRAPHIC),
        ("budget", "stated_budget", Family.DEMOGRAPHIC),
        ("timeline", "stated_timeline_days", Family.DEMOGRAPHIC),
        ("financing status", "stated_financing", Family.DEMOGRAPHIC),
        ("response speed", "median_response_hours", Family.ENGAGEMENT),
        ("response speed", "first_response_hours", Family.ENGAGEMENT),
        ("message quality", "message_quality_latest", Family.ENGAGEMENT),
        ("consistency of answering", "answer_consistency", Family.ENGAGEMENT),
    ],
)
def test_every_signal_that_scoring_promises_is_there(wanted: str, name: str, family: Family):
    assert BY_NAME[name].family is family, wanted


def test_at_least_twenty_specials_over_three_families():
    assert len(SPECIALS) >= 20
    assert {special.signal.family for special in SPECIALS} == set(Family)


def test_every_entry_is_complete():
    for signal in catalogue():
        assert signal.sentence.endswith("."), signal.name
        assert signal.template, signal.name
        assert signal.group, signal.name
        assert bool(signal.words) == (signal.unit is Unit.LEVEL), signal.name


def test_our_effort_and_outcomes_are_no_signals():
    silent = [kind.name for kind in KINDS if kind.group in (Group.TOUCH, Group.OUTCOME, Group.STATED)]
    for kind in (*silent, *OUR_EFFORT):
        assert [name for name in BY_NAME if name.startswith(f"{kind}_")] == []
    assert {kind.group for kind in clocked(KINDS)} == {Group.BEHAVIOUR, Group.ENGAGEMENT}


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.group in (Group.TOUCH, Group.OUTCOME)])
def test_more_touches_or_outcomes_alone_raise_no_signal(kind: str):
    few, many = (matrix(*[Happening(kind, 9 * DAY)] * n).values[0].tolist() for n in (5, 50))
    assert str(few) == str(many)


def test_stated_area_serves_matching_and_not_the_score():
    assert BY_NAME["stated_area"].verdict is Verdict.AUDIT
    assert not BY_NAME["stated_area"].in_model
    assert BY_NAME["source"].verdict is Verdict.AUDIT
    assert BY_NAME["source"].in_model
    assert [s.name for s in catalogue() if not s.in_model] == ["stated_area"]


def test_no_entry_derives_from_what_fair_housing_denies():
    for signal in catalogue():
        assert signal.verdict is not Verdict.DENY, signal.name
        assert not denied(signal.name, signal.sentence, signal.group), signal.name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("children_mentioned", "They mentioned something."),
        ("profile_update", "They changed their marital status."),
        ("section_8", "They asked about it."),
        ("school_rating_view", "They looked at a rating."),
    ],
)
def test_a_team_s_own_kind_of_denied_fact_stays_out_of_the_model(name: str, sentence: str):
    own = Kind(name, Group.BEHAVIOUR, sentence, "thing", "things")
    mine = [signal for signal in catalogue((*KINDS, own)) if signal.name.startswith(name)]
    assert len(mine) == 8
    assert all(signal.verdict is Verdict.DENY and not signal.in_model for signal in mine)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("photo_view", "They looked at the photos of a listing."),
        ("single_family_view", "They viewed a single family home."),
        ("page_print", "They printed a page."),
    ],
)
def test_a_team_s_own_kind_about_homes_is_allowed(name: str, sentence: str):
    own = Kind(name, Group.BEHAVIOUR, sentence, "thing", "things")
    mine = [signal for signal in catalogue((*KINDS, own)) if signal.name.startswith(name)]
    assert all(signal.verdict is Verdict.ALLOW and signal.in_model for signal in mine)


def test_two_signals_of_one_name_are_refused():
    with pytest.raises(ValueError, match="listing_view_7d"):
        catalogue((*KINDS, KINDS[2]))
