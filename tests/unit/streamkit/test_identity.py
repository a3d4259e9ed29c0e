"""Ids are the same however many are made at once."""

from hypothesis import given
from hypothesis import strategies as st

from streamkit.identity import Stem, hash_id, hash_ids, print_hashes

PARTS = st.lists(st.text() | st.integers(), min_size=1, max_size=6)


@given(PARTS, st.lists(st.integers(), min_size=1, max_size=5))
def test_ids_of_a_stem_are_those_of_the_whole_sequence(parts: list[str | int], ordinals: list[int]) -> None:
    stem = Stem(*parts)
    whole = [hash_id(*parts, ordinal) for ordinal in ordinals]
    assert print_hashes([stem.digest(ordinal) for ordinal in ordinals]) == whole
    assert hash_ids([[*parts, ordinal] for ordinal in ordinals]) == whole
