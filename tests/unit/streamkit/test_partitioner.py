"""Keys go where Java's partitioner would put them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamkit.partitioner import murmur2, partitions_of

# org.apache.kafka.common.utils.UtilsTest.testMurmur2
VECTORS = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize("key", VECTORS)
def test_the_hash_is_that_of_kafkas_own_test_vectors(key: bytes) -> None:
    assert int(murmur2([key]).astype(np.int32)[0]) == VECTORS[key]


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_a_key_hashes_alike_alone_and_among_others(keys: list[bytes]) -> None:
    together = murmur2(keys).tolist()
    assert together == [int(murmur2([key])[0]) for key in keys]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=30), st.integers(1, 64))
def test_every_partition_exists(keys: list[bytes], partitions: int) -> None:
    placed = partitions_of(keys, partitions)
    assert placed.min() >= 0
    assert placed.max() < partitions
