"""Which merges a list of wishes comes to, whatever the wishes."""

from hypothesis import given
from hypothesis import strategies as st

from leadlight.leads.rules import NOT_HERE, ONE_ALREADY, SAID_APART, Wish, followed, plan_merges

people = st.integers(1, 8)
wishes = st.lists(
    st.builds(Wish, people, st.lists(people, min_size=1, max_size=3).map(tuple), st.just("same email")), max_size=8
)
pairs = st.sets(st.tuples(people, people).filter(lambda pair: pair[0] < pair[1]), max_size=4)
#: Everybody but 8 is here; 6 and 7 went into 1 and 2 before.
HERE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 1, 7: 2}


def roots(planned: list[Wish | str]) -> dict[int, int]:
    into: dict[int, int | None] = dict.fromkeys(HERE.values())
    for wish in planned:
        if isinstance(wish, Wish):
            for gone in wish.gone:
                assert into[gone] is None, "nobody goes twice"
                assert into[wish.keep] is None, "nobody goes into who is gone"
                into[gone] = wish.keep
    return {person: followed(HERE[person], into) for person in HERE}


@given(wishes, pairs)
def test_whoever_is_said_to_be_somebody_else_never_becomes_one(
    wishes: list[Wish], apart: set[tuple[int, int]]
) -> None:
    # Nobody can say so of two who are one already.
    apart = {pair for pair in apart if 8 not in pair and HERE[pair[0]] != HERE[pair[1]]}
    now = roots(plan_merges(wishes, here=HERE, apart={(HERE[one], HERE[other]) for one, other in apart}))
    assert all(now[one] != now[other] for one, other in apart)


@given(wishes)
def test_all_that_can_be_fulfilled_is(wishes: list[Wish]) -> None:
    planned = plan_merges(wishes, here=HERE, apart=())
    now = roots(planned)
    for wish, plan in zip(wishes, planned, strict=True):
        together = {now[one] for one in (wish.keep, *wish.gone) if one in HERE}
        if isinstance(plan, str):
            assert plan in (NOT_HERE, ONE_ALREADY)
            assert wish.keep == 8 or len(together) == 1
        else:
            assert len(together) == 1
            assert plan.reason == wish.reason


@given(wishes, pairs)
def test_a_wish_is_refused_for_what_stands_in_its_way(wishes: list[Wish], apart: set[tuple[int, int]]) -> None:
    told = {(HERE[one], HERE[other]) for one, other in apart if 8 not in (one, other) and HERE[one] != HERE[other]}
    for wish, plan in zip(wishes, plan_merges(wishes, here=HERE, apart=told), strict=True):
        if plan == NOT_HERE:
            assert wish.keep == 8 or set(wish.gone) == {8}
        if plan == SAID_APART:
            assert told


def test_a_word_against_one_holds_for_whoever_they_become() -> None:
    planned = plan_merges([Wish(1, (2,)), Wish(3, (4,)), Wish(3, (1,))], here=HERE, apart={(2, 4)})
    assert planned[2] == SAID_APART
    assert isinstance(planned[1], Wish)
