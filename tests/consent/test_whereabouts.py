"""Where somebody may be: by phone, postal code, state, browser and their own word; evidence only adds."""

from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.geocoder import description_for_number
from phonenumbers.timezone import time_zones_for_number

from leadlight.consent.rules.law.states import STATES
from leadlight.consent.rules.places import area_codes, postal
from leadlight.consent.rules.places.zones import ALL_US_ZONES, STATE_ZONES
from leadlight.consent.rules.zones import Place, Stated, Whereabouts, of_phone, read_place, whereabouts

NY, CHICAGO, DENVER, LA = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
PHOENIX, HAWAII, PUERTO_RICO = "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico"

phones = st.builds("+1{}555{:04}".format, st.sampled_from(sorted(area_codes.STATE_OF)), st.integers(0, 9999))
any_phones = st.one_of(phones, st.sampled_from(["+18005550199", "+14165550100", "+442079460958", "no number"]))
codes = st.integers(0, 99_999).map("{:05}".format)
states = st.sampled_from(sorted(STATES))
zones = st.sampled_from([NY, LA, "Europe/London", "nowhere"])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("850", {NY, CHICAGO}), ("448", {NY, CHICAGO}), ("270", {NY, CHICAGO}), ("364", {NY, CHICAGO}),
        ("219", {NY, CHICAGO}), ("574", {NY, CHICAGO}), ("812", {NY, CHICAGO}), ("930", {NY, CHICAGO}),
        ("423", {NY, CHICAGO}), ("931", {NY, CHICAGO}), ("606", {NY, CHICAGO}), ("906", {NY, CHICAGO}),
        ("208", {DENVER, LA}), ("986", {DENVER, LA}), ("308", {CHICAGO, DENVER}), ("605", {CHICAGO, DENVER}),
        ("701", {CHICAGO, DENVER}), ("620", {CHICAGO, DENVER}), ("785", {CHICAGO, DENVER}), ("541", {DENVER, LA}),
        ("458", {DENVER, LA}), ("775", {DENVER, LA}), ("928", {PHOENIX, DENVER}),
        ("907", {"America/Anchorage", "America/Adak", HAWAII}), ("432", {CHICAGO, DENVER}),
        ("813", {NY}), ("615", {CHICAGO}), ("865", {NY}), ("915", {DENVER}), ("602", {PHOENIX}), ("702", {LA}),
        ("671", {"Pacific/Guam"}), ("787", {PUERTO_RICO}), ("808", {HAWAII}), ("503", {LA}), ("502", {NY}),
    ],
)  # fmt: skip
def test_area_codes_across_zones_give_each(code: str, expected: set[str]) -> None:
    assert of_phone(f"+1{code}5550100").zones == expected


def test_the_library_knows_no_state_otherwise() -> None:
    """Every area code that it describes by a state, for some exchange, is in our table with that state."""
    by_name = {name: state for state, name in STATES.items()} | {
        "Washington State": "WA",
        "Washington D.C.": "DC",
        "U.S. Virgin Islands": "VI",
    }
    n = 0
    for code in range(200, 1000):
        for exchange in ("555", "234", "789"):
            number = phonenumbers.parse(f"+1{code}{exchange}0123")
            told = description_for_number(number, "en").rsplit(", ", 1)[-1]
            state = by_name.get(told) or (told if told in STATES else None)
            is_ours = phonenumbers.region_code_for_number(number) in {"US", "PR", "VI", "GU", "AS", "MP"}
            if is_ours and state is not None:
                n += 1
                assert area_codes.STATE_OF.get(str(code)) == state
    assert n > 900


#: The library puts some exchanges of Orlando's overlay in Chicago, and knows no zone for American Samoa.
_MISTAKEN = {"689", "684"}


def test_the_library_knows_no_zone_that_we_do_not() -> None:
    def clock(zone: str) -> tuple[object, object]:
        return tuple(datetime(2026, month, 10, 12, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))  # type: ignore[return-value]

    for code in set(area_codes.STATE_OF) - _MISTAKEN:
        ours = {clock(zone) for zone in area_codes.zones_of(code)}
        for exchange in range(200, 1000, 37):
            theirs = time_zones_for_number(phonenumbers.parse(f"+1{code}{exchange}0123"))
            if len(theirs) <= 5:
                assert {clock(zone) for zone in theirs if zone != "Etc/Unknown"} <= ours, code


@pytest.mark.parametrize("phone", ["+18005550199", "+18335550199", "+15005550199", "+15215550199", "+12005550199"])
def test_numbers_that_lie_nowhere_may_be_anywhere(phone: str) -> None:
    assert of_phone(phone) == Whereabouts(frozenset({"US"}), frozenset(), ALL_US_ZONES)


@pytest.mark.parametrize(
    ("phone", "country", "zone"),
    [
        ("+14165550100", "CA", "America/Toronto"),
        ("+442079460958", "GB", "Europe/London"),
        ("+919810012345", "IN", "Asia/Calcutta"),
        ("+12645550100", "AI", None),
        ("+80012345678", "ZZ", None),
    ],
)
def test_foreign_numbers_are_not_of_the_united_states(phone: str, country: str, zone: str | None) -> None:
    found = of_phone(phone)
    assert found.countries == {country}
    assert found.states == set()
    assert zone is None or zone in found.zones


@pytest.mark.parametrize("code", ["250", "778", "236", "672"])
def test_british_columbia_is_across_zones(code: str) -> None:
    assert of_phone(f"+1{code}5550100").zones == {"America/Vancouver", "America/Edmonton"}


def test_phone_and_postal_code_are_both_believed() -> None:
    found = whereabouts(phones=["+12125550100"], postal_codes=["94103"])
    assert found.zones == {NY, LA}
    assert found.states == {"NY", "CA"}


@pytest.mark.parametrize(
    ("code", "state", "expected"),
    [
        ("32501", "FL", {CHICAGO}), ("32401", "FL", {NY, CHICAGO}), ("33602", "FL", {NY}), ("37203", "TN", {CHICAGO}),
        ("37402", "TN", {NY, CHICAGO}), ("37902", "TN", {NY}), ("46204", "IN", {NY}), ("46402", "IN", {CHICAGO}),
        ("47542", "IN", {NY, CHICAGO}), ("42101", "KY", {CHICAGO}), ("40202", "KY", {NY}), ("79901", "TX", {DENVER}),
        ("77002", "TX", {CHICAGO}), ("79855", "TX", {CHICAGO, DENVER}), ("83501", "ID", {DENVER, LA}),
        ("83814", "ID", {LA}), ("86503", "AZ", {PHOENIX, DENVER}), ("85004", "AZ", {PHOENIX}), ("57701", "SD", {DENVER}),
        ("67701", "KS", {CHICAGO, DENVER}), ("67202", "KS", {CHICAGO}), ("97914", "OR", {DENVER, LA}),
        ("89883", "NV", {DENVER, LA}), ("10001", "NY", {NY}), ("06390", "NY", {NY}), ("06103", "CT", {NY}),
        ("20001", "DC", {NY}), ("20101", "VA", {NY}), ("00901", "PR", {PUERTO_RICO}), ("00802", "VI", {PUERTO_RICO}),
        ("96799", "AS", {"Pacific/Pago_Pago"}), ("96813", "HI", {HAWAII}), ("88510", "TX", {DENVER}),
        ("99501", "AK", {"America/Anchorage", "America/Adak"}), ("73301", "TX", {CHICAGO, DENVER}),
    ],
)  # fmt: skip
def test_postal_codes(code: str, state: str, expected: set[str]) -> None:
    found = whereabouts(postal_codes=[code])
    assert found.states == {state}
    # What is not certain may be anywhere in the state.
    assert found.zones == expected


def test_guam_and_the_marianas_share_a_prefix() -> None:
    assert whereabouts(postal_codes=["96910"]).states == {"GU", "MP"}


@given(codes)
def test_a_postal_code_lies_in_zones_of_its_states(code: str) -> None:
    allowed = {zone for state in postal.states_of(code) for zone in STATE_ZONES[state]}
    if code != "96799":
        assert set(postal.zones_of(code)) <= allowed
    assert bool(postal.zones_of(code)) == bool(postal.states_of(code))


@given(st.sampled_from(sorted(area_codes.STATE_OF)))
def test_an_area_code_lies_in_zones_of_its_state(code: str) -> None:
    own = set(area_codes.zones_of(code))
    assert own
    # Alaska's reaches to a few who keep Hawaii's time.
    assert own - {HAWAII} <= set(STATE_ZONES[area_codes.STATE_OF[code]]) or code == "808"


@pytest.mark.parametrize("code", ["09012", "34012", "96201", "00000", "99999x", ""])
def test_forces_abroad_and_nonsense_are_in_no_state(code: str) -> None:
    if code != "99999x":
        assert whereabouts(postal_codes=[code]) == Whereabouts(frozenset(), frozenset(), ALL_US_ZONES)


def test_every_state_has_its_zones_and_prefixes() -> None:
    assert STATE_ZONES.keys() == STATES.keys()
    with_codes = {state for number in range(100_000) for state in postal.states_of(f"{number:05}")}
    assert with_codes == STATES.keys()


def test_a_state_alone_gives_all_its_zones_and_its_postal_code_knows_better() -> None:
    assert whereabouts(states=["fl"]).zones == {NY, CHICAGO}
    assert whereabouts(states=["FL"], postal_codes=["33602"]).zones == {NY}
    assert whereabouts(states=["FL"], postal_codes=["10001"]).zones == {NY, CHICAGO}
    assert whereabouts(states=["ZZ"]).zones == ALL_US_ZONES


def test_without_evidence_they_may_be_anywhere() -> None:
    assert whereabouts() == Whereabouts(frozenset(), frozenset(), ALL_US_ZONES)
    assert {PUERTO_RICO, NY, CHICAGO, DENVER, PHOENIX, LA, HAWAII} < ALL_US_ZONES


def test_a_browser_adds_its_zone_and_nonsense_none() -> None:
    found = whereabouts(phones=["+12125550100"], browser_zones=[HAWAII, "Mars/Olympus"])
    assert found.zones == {NY, HAWAII}


def test_what_they_say_replaces_zones_and_states_only_when_it_names_one() -> None:
    denver = Stated(frozenset({DENVER}))
    found = whereabouts(phones=["+12125550100"], stated=denver)
    assert found.zones == {DENVER}
    assert found.states == {"NY"}
    named = Stated(frozenset({DENVER}), frozenset({"CO"}))
    assert whereabouts(phones=["+12125550100"], stated=named).states == {"CO"}
    assert whereabouts(phones=["+12125550100"], stated=Stated(frozenset({"nowhere"}))).zones == {NY}


@pytest.mark.parametrize(("phone", "state"), [("+18135550100", "FL"), ("+14055550100", "OK")])
def test_florida_and_oklahoma_presume_whoever_has_their_number(phone: str, state: str) -> None:
    moved = Stated(frozenset({DENVER}), frozenset({"CO"}))
    assert whereabouts(phones=[phone], stated=moved).states == {"CO", state}


@given(
    st.lists(any_phones, max_size=2),
    st.lists(codes, max_size=2),
    st.lists(states, max_size=2),
    st.lists(zones, max_size=2),
    any_phones,
    codes,
    zones,
)
def test_evidence_takes_no_candidate_away(
    told: list[str], written: list[str], said: list[str], seen: list[str], phone: str, code: str, zone: str
) -> None:
    before = whereabouts(phones=told, postal_codes=written, states=said, browser_zones=seen)
    for after in (
        whereabouts(phones=[*told, phone], postal_codes=written, states=said, browser_zones=seen),
        whereabouts(phones=told, postal_codes=written, states=said, browser_zones=[*seen, zone]),
    ):
        assert after.countries >= before.countries
        assert after.states >= before.states
        # Knowing something instead of nothing is the one way to fewer zones.
        assert after.zones >= before.zones or before.zones == ALL_US_ZONES
    whole = whereabouts(phones=told, postal_codes=[*written, code], states=said, browser_zones=seen)
    assert whole.states >= before.states


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("12 Elm St, Tampa, FL 33602", Place(("33602",), ("FL",))),
        ("12345 Oak Ave, Kansas City, KS, 66101-1234", Place(("66101",), ("KS",))),
        ("New York, NY", Place((), ("NY",))),
        ("Portland, Oregon", Place((), ("OR",))),
        ("12 Elm St, Boise ID", Place((), ("ID",))),
        ("Washington, DC", Place((), ("DC",))),
        ("33602", Place(("33602",))),
        ("12345 Oak Ave", Place()),
        ("Toronto ON M5V 2T6", Place((), (), ("CA",))),
        ("Vancouver, BC", Place((), (), ("CA",))),
        ("Berlin, Germany", Place((), (), ("DE",))),
        ("", Place()),
    ],
)
def test_addresses_in_one_line(address: str, place: Place) -> None:
    assert read_place(address) == place
