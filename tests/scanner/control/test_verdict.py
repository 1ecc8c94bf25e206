"""The algebra over every tuple of verdicts up to length five."""

from collections.abc import Callable, Iterable
from itertools import permutations, product

import pytest

from scanner.control.verdict import Verdict, all_of, any_of

Combine = Callable[[Iterable[Verdict]], Verdict]
FIVE = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_APPLICABLE,
    Verdict.PASS,
)
# Error and inconclusive are both unknown: neither is better than the other. (Told apart, the
# claim is false of any_of: an error beside an inconclusive hides it until it turns out a failure.)
RANK = {
    Verdict.FAIL: 0,
    Verdict.ERROR: 1,
    Verdict.INCONCLUSIVE: 1,
    Verdict.NOT_APPLICABLE: 2,
    Verdict.PASS: 3,
}
UNKNOWN = {Verdict.ERROR, Verdict.INCONCLUSIVE}
TUPLES = [one for length in range(1, 6) for one in product(FIVE, repeat=length)]


def test_nothing_is_unknown() -> None:
    assert all_of(()) is Verdict.INCONCLUSIVE
    assert any_of(()) is Verdict.INCONCLUSIVE


def test_a_pass_of_all_needs_a_pass_and_nothing_against_it() -> None:
    for one in TUPLES:
        if all_of(one) is Verdict.PASS:
            assert Verdict.PASS in one
            assert not {Verdict.FAIL, *UNKNOWN} & set(one)


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_an_unknown_that_turns_out_a_failure_never_improves_the_result(combine: Combine) -> None:
    for one in TUPLES:
        for at, verdict in enumerate(one):
            if verdict in UNKNOWN:
                worse = (*one[:at], Verdict.FAIL, *one[at + 1 :])
                assert RANK[combine(worse)] <= RANK[combine(one)]


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_order_does_not_matter(combine: Combine) -> None:
    for one in product(FIVE, repeat=3):
        assert len({combine(other) for other in permutations(one)}) == 1


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_nesting_equals_flattening(combine: Combine) -> None:
    for one in product(FIVE, repeat=4):
        assert combine((combine(one[:2]), combine(one[2:]))) is combine(one)
