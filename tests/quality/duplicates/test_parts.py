"""The steps on the way from records to pairs, each alone."""

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.duplicates.candidates import LEAST_PAIRS, PAIRS_PER_RECORD, candidate_pairs, pairs_by
from leadlight.quality.duplicates.closing import raised, third_pairs
from leadlight.quality.duplicates.comparisons import COMPARISONS, comparisons_for
from leadlight.quality.duplicates.finding import as_records
from leadlight.quality.duplicates.linkage import settle
from leadlight.quality.duplicates.people import MOST_NAMES, ONES_OWN_NAMES, faces, read_people
from leadlight.quality.duplicates.verdicts import LEAST_SAME, MOST_SAME, judge, same_for_each_household, words


def people_of(**columns: list[object]) -> pl.DataFrame:
    return read_people(nw.from_native(pl.DataFrame(columns), eager_only=True), country="US")[0]


# --- people -----------------------------------------------------------------------------------------------------


def test_a_table_of_any_columns_becomes_one_of_ours() -> None:
    people = people_of(
        contact=["Ann Lee", None, "Bob Ray Jr."],
        home_phone=[5125550100, None, None],
        mobile=["512-555-0101", None, "512-555-0102"],
        zip=[2115.0, None, 2115.0],
        address=["1 Oak Street #2", None, "n/a"],
    )
    assert people["given"].to_list() == ["ann", "", "bob"]
    assert people["surname"].to_list() == ["lee", "", "ray"]
    assert people["suffix"].to_list() == ["", "", "jr"]
    assert people["phones"].to_list() == ["+15125550100 +15125550101", "", "+15125550102"]
    assert people["postcode"].to_list() == ["2115", "", "2115"]
    assert people.select("number", "street", "unit").row(0) == ("1", "oak st", "2")


def test_a_contact_of_many_names_is_nobodys() -> None:
    n = MOST_NAMES + 1
    people = people_of(name=[f"Ann Lee{chr(97 + k)}" for k in range(n)], phone=["512-555-0100"] * n)
    assert set(people["phones"]) == {""}
    people = people_of(name=[f"Ann Lee{chr(97 + k)}" for k in range(n - 1)], phone=["512-555-0100"] * (n - 1))
    assert set(people["phones"]) == {"+15125550100"}
    assert set(people["phones_others"]) == {n - 1 - ONES_OWN_NAMES}


def test_a_name_in_either_order_is_one() -> None:
    first = [f"Ann{chr(97 + k)}" for k in range(MOST_NAMES)]
    people = people_of(
        first=first + ["Lee"] * MOST_NAMES, last=["Lee"] * MOST_NAMES + first, phone=["512-555-0100"] * 2 * MOST_NAMES
    )
    assert set(people["phones"]) == {"+15125550100"}


def test_equal_rows_are_one_face_whatever_their_order() -> None:
    people = people_of(name=["Bo Ek", "Ann Lee", "Bo Ek"], email=["b@example.com", "", "b@example.com"])
    one, other = faces(people), faces(people.reverse())
    assert one["rows"].to_list() == [[1], [0, 2]]
    assert one.drop("rows").equals(other.drop("rows"))


# --- candidates -------------------------------------------------------------------------------------------------


def records_of(**columns: list[object]) -> pl.DataFrame:
    return as_records(faces(people_of(**columns)))


def test_records_with_something_rare_in_common_are_candidates() -> None:
    records = records_of(
        name=["Ann Lee", "Lee Ann", "Bo Ek", "Cy Od"], email=["", "", "b@example.com", "b@example.com"]
    )
    found = {frozenset(records["given"].gather(list(pair))) for pair in candidate_pairs(records).rows()}
    assert found == {frozenset({"ann", "lee"}), frozenset({"bo", "cy"})}


def test_what_everybody_has_in_common_does_not_explode() -> None:
    n = 3_000
    records = records_of(
        name=[f"{chr(97 + k % 26)}{k} Smith" for k in range(n)], city=["London"] * n, dob=["1900-01-01"] * n
    )
    assert len(records) == n
    assert len(pairs_by([pl.col("city")], records, most=n)) == 0
    most = 18 * max(LEAST_PAIRS, PAIRS_PER_RECORD * n)
    assert len(candidate_pairs(records)) < min(most, n * (n - 1) / 20)


# --- what is learned --------------------------------------------------------------------------------------------


def test_couples_do_not_teach_that_one_person_has_two_given_names() -> None:
    given = COMPARISONS[0]
    m = [0.3, 0.0, 0.0, 0.0, 0.0, 0.7]
    fitted = settle(given, m, [level.u for level in given.levels], 1e-4, 5_000, 1e8)
    assert fitted[0][0] == given.most_differing
    assert sum(m for m, _ in fitted.values()) == pytest.approx(1)


def test_matches_among_random_pairs_are_taken_out_of_u() -> None:
    address = next(one for one in COMPARISONS if one.name == "address")
    u = [0.003, 0.0, 0.0, 0.0, 0.997]
    fitted = settle(address, [0.6, 0.1, 0.1, 0.1, 0.1], u, 0.004, 5_000, 1e8)
    assert 1e-4 < fitted[4][1] < 0.001


def test_without_data_what_is_usual_stands() -> None:
    for one in COMPARISONS:
        fitted = settle(one, [level.m for level in one.levels], [0.0] * len(one.levels), 1e-4, 1.0, 1.0)
        assert fitted[0] == (pytest.approx(one.levels[-1].m), pytest.approx(one.levels[-1].u))
        assert fitted[len(one.levels) - 1][1] == one.levels[0].u


@given(st.data())
def test_what_is_less_alike_never_speaks_louder(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(COMPARISONS))
    shares = st.lists(st.floats(1e-6, 1), min_size=len(one.levels), max_size=len(one.levels))
    m, u = data.draw(shares), data.draw(shares)
    fitted = settle(one, m, u, data.draw(st.floats(1e-7, 0.02)), data.draw(st.floats(1, 1e5)), 1e7)
    ratios = [fitted[code][0] / fitted[code][1] for code in range(len(one.levels))]
    assert all(low <= high * (1 + 1e-9) for low, high in zip(ratios, ratios[1:], strict=False))


def test_households_are_counted_in_the_pairs_themselves() -> None:
    shared = {"surname": 8.0, "phone": 12.0, "address": 12.0}
    couples = pl.concat([weighed(given_name=-5.0, **shared)] * 200)
    same = pl.concat([weighed(given_name=7.0, **shared)] * 200)
    assert same_for_each_household(couples, ALL, 1e-4) == LEAST_SAME
    assert same_for_each_household(same, ALL, 1e-4) == MOST_SAME
    assert LEAST_SAME < same_for_each_household(pl.concat([couples, same[:100]]), ALL, 1e-4) < 1


# --- verdicts ---------------------------------------------------------------------------------------------------

ALL = comparisons_for({"given", "surname", "phones", "born", "street"})


def weighed(**bits: float) -> pl.DataFrame:
    columns = {f"bits_{one.name}": [bits.get(one.name, 0.0)] for one in ALL}
    levels = {f"level_{one.name}": [-1] for one in ALL}
    return pl.DataFrame({"left": [0], "right": [1], **columns, **levels})


def test_a_couple_shares_much_and_is_two() -> None:
    shared = {"surname": 8.0, "phone": 12.0, "address": 12.0}
    couple = judge(weighed(given_name=-5.0, **shared), ALL, 1e-5, 1.0).row(0, named=True)
    assert couple["probability"] < 0.1
    assert couple["p_household"] > 0.9
    same = judge(weighed(given_name=7.0, **shared), ALL, 1e-5, 1.0).row(0, named=True)
    assert same["probability"] > 0.9
    unnamed = judge(weighed(**shared), ALL, 1e-5, 1.0).row(0, named=True)
    assert 0.3 < unnamed["probability"] < 0.9


def test_strangers_are_neither() -> None:
    strangers = judge(weighed(surname=8.0), ALL, 1e-5, 1.0).row(0, named=True)
    assert strangers["probability"] < 0.01
    assert strangers["p_household"] < 0.01


def test_who_looks_like_strangers_contradicts() -> None:
    assert judge(weighed(given_name=-6.5, phone=18.0), ALL, 1e-5, 1.0)["contradicts"][0]
    assert judge(weighed(given_name=-2.0, surname=1.0), ALL, 1e-5, 1.0)["contradicts"][0]
    assert not judge(weighed(given_name=-2.0, phone=10.0), ALL, 1e-5, 1.0)["contradicts"][0]


@given(st.lists(st.floats(-20, 20), min_size=len(ALL), max_size=len(ALL)), st.floats(1e-7, 0.1), st.floats(0, 5))
def test_more_evidence_never_makes_it_less_likely(bits: list[float], prior: float, more: float) -> None:
    names = [one.name for one in ALL]
    before = judge(weighed(**dict(zip(names, bits, strict=True))), ALL, prior, 1.0).row(0, named=True)
    after = judge(weighed(**dict(zip(names, [bits[0] + more, *bits[1:]], strict=True))), ALL, prior, 1.0).row(
        0, named=True
    )
    assert after["probability"] >= before["probability"] - 1e-12
    assert 0 <= before["p_household"] <= 1 - before["probability"] + 1e-12


def test_each_level_is_said_in_its_word() -> None:
    said = words(
        weighed().with_columns(level_given_name=pl.lit(5), level_phone=pl.lit(0), level_address=pl.lit(1)), ALL
    )
    assert said.select("agrees", "similar", "differs").row(0) == ("given name", "address", "phone")


def test_every_comparison_leaves_nothing_unsaid() -> None:
    for one in COMPARISONS:
        assert [level.holds for level in one.levels].index("") == len(one.levels) - 1
        assert sum(level.m for level in one.levels) == pytest.approx(1)
        assert one.levels[-1].m <= one.most_differing


# --- third records ----------------------------------------------------------------------------------------------


def pairs_with(*rows: tuple[int, int, float, bool]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["left", "right", "probability", "contradicts"], orient="row")
    return frame.with_columns(p_household=1 - pl.col("probability"), through=pl.lit(None, dtype=pl.Int64))


def test_a_third_record_passes_on_what_it_knows() -> None:
    pairs = pairs_with((0, 1, 0.9, False), (1, 2, 0.8, False), (0, 2, 0.1, False))
    thirds = third_pairs(pairs, least=0.05)
    assert thirds.select("left", "right", "through").row(0) == (0, 2, 1)
    assert thirds["bound"][0] == pytest.approx(0.7)
    after = raised(pairs, thirds).sort("left", "right")
    assert after.filter((pl.col("left") == 0) & (pl.col("right") == 2)).select("probability", "through").row(0) == (
        pytest.approx(0.7),
        1,
    )


def test_nothing_is_passed_on_against_a_contradiction() -> None:
    pairs = pairs_with((0, 1, 0.99, False), (1, 2, 0.99, False), (0, 2, 0.1, True))
    assert raised(pairs, third_pairs(pairs, least=0.05)).equals(pairs)


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda ends: ends[0] < ends[1]), st.floats(0.05, 1)
    )
)
def test_a_bound_is_never_more_than_either_pair_says(known: dict[tuple[int, int], float]) -> None:
    pairs = pairs_with((0, 9, 0.4, False), *((*ends, p, False) for ends, p in known.items()))
    p_of = {frozenset(ends): p for ends, p in known.items()}
    for left, right, bound, through in third_pairs(pairs, least=0.05).rows():
        assert bound <= min(p_of[frozenset((left, through))], p_of[frozenset((right, through))]) + 1e-12
    after = raised(pairs, third_pairs(pairs, least=0.05))
    assert (after["probability"] >= pairs["probability"]).all()
