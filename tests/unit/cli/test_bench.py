"""The bench says what it measured, and never a peer it has not had."""

import sys

import pytest

from cli.bench.engine_run import Task, step_city
from cli.bench.measure import Measurement
from cli.bench.peers import PeerError, interpreter, run


def test_a_city_is_stepped_and_its_bytes_are_told_apart() -> None:
    told = step_city(Task(users=40, ticks=3, profile="dense", skip=0))
    assert (told.users, told.ticks) == (40, 3)
    assert told.events > 0
    assert told.seconds > 0
    assert told.user_ticks == pytest.approx(120 / told.seconds)
    assert told.density == pytest.approx(told.events / 120 * 1440)
    assert told.friend_bytes == 48 * 4 + 2
    assert 100 < told.user_bytes < 400
    assert told.resident > 2**20


def test_a_peer_that_was_not_had_is_no_ratio_and_no_bar_of_its_own() -> None:
    one = Measurement("x", 5.0, "events/s", "peer, not measured: why", None, None)
    assert one.printable() | {"ratio": None, "peer_value": None} == one.printable()


def test_a_command_that_fails_says_its_last_words() -> None:
    with pytest.raises(PeerError, match=r"failed \(3\): no luck"):
        run([sys.executable, "-c", "import sys; print('no luck', file=sys.stderr); sys.exit(3)"])


def test_a_python_that_is_not_there_is_said() -> None:
    with pytest.raises(PeerError, match=r"no Python 9\.9"):
        interpreter("9.9")
