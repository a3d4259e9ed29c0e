"""The benchmark of cities without a broker runs the product's own commands and reads what they write."""

import pytest

from cli.bench import offline
from cli.bench.offline import Sizes

LITTLE = Sizes(40, 30, 0.01, 40, 0.01, "1,2", 1)


def test_a_city_is_told_and_its_tellings_compared() -> None:
    found = {one.name: one for one in offline.measure(LITTLE)}
    assert found["the same, records"].value > 50
    assert found["the same, memory at its largest"].value > 50
    assert found["told: 40 users for 0.01 days: 1,2 shards, restored"].value == 4
    assert found["topics whose bytes differ"].ok


def test_a_command_that_writes_no_figures_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"luna generate ended with 2 and wrote no figures: [^$]*--users"):
        offline.measure(Sizes(users=-1))
