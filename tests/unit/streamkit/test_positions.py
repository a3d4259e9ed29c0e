"""Positions print, parse and compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamkit.positions import Positions, advance, covers, parse_positions, print_positions

PLACES = st.dictionaries(
    st.tuples(st.text("abc_.", min_size=1, max_size=8), st.integers(0, 99)), st.integers(0, 2**62), max_size=8
)


@given(PLACES)
def test_what_is_printed_is_parsed_again(positions: Positions) -> None:
    assert parse_positions(print_positions(positions)) == positions


@given(PLACES, PLACES)
def test_advanced_positions_cover_both(one: Positions, other: Positions) -> None:
    both = dict(one)
    advance(both, other)
    assert covers(both, one)
    assert covers(both, other)


def test_a_place_never_seen_covers_only_its_beginning() -> None:
    assert covers({}, {("a", 0): 0})
    assert not covers({}, {("a", 0): 1})


@pytest.mark.parametrize("text", ["a", "a=1", ":0=1", "a:0", "a:x=1", "a:0=y"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_positions(text)
