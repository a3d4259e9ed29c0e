"""Ids are hashes of what things are: the bytes they are hashes of never change."""

import hashlib
import json

from hypothesis import example, given
from hypothesis import strategies as st

from streamkit.identity import ID_LENGTH, Stem, hash_id, hash_ids, print_hashes, print_id

PARTS = st.lists(st.one_of(st.text(), st.integers()), min_size=1, max_size=6)


def _by_the_book(parts: list[str | int]) -> str:
    framed = json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()
    return print_id(hashlib.blake2b(framed, digest_size=16).digest())


@given(PARTS)
@example(['\u2028 \x00\x1f\x7f"\\/é😀', 2**63, -(2**63), 2**64, 10**30])
def test_an_id_is_the_hash_of_its_parts_as_compact_json(parts: list[str | int]) -> None:
    assert hash_id(*parts) == _by_the_book(parts)
    assert len(hash_id(*parts)) == ID_LENGTH


@given(st.lists(PARTS, max_size=20))
def test_many_ids_at_once_are_the_ids_one_by_one(sequences: list[list[str | int]]) -> None:
    assert hash_ids(sequences) == [hash_id(*parts) for parts in sequences]


def test_where_one_part_ends_and_the_next_begins_matters() -> None:
    assert hash_id("ab", "c") != hash_id("a", "bc")
    assert hash_id("1") != hash_id(1)


@given(PARTS, st.lists(st.integers(), min_size=1, max_size=5))
def test_ids_of_a_stem_are_those_of_the_whole_sequence(parts: list[str | int], ordinals: list[int]) -> None:
    stem = Stem(*parts)
    whole = [hash_id(*parts, ordinal) for ordinal in ordinals]
    assert print_hashes([stem.digest(ordinal) for ordinal in ordinals]) == whole
    assert hash_ids([[*parts, ordinal] for ordinal in ordinals]) == whole
