"""Requests that flow while processes are killed: the same for thirty kills in the tests and a thousand by hand."""

import signal
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from tests.integration.booking.stage import Stage, answered, outcomes
from tests.unit.booking.city import EVENING, FRIDAY_10H, HOUR, MINUTE, cancel_row, request_row

VENUES = {f"v{number:05}": "2x2,4x1,6x1" for number in range(4)}
DAY = 24 * HOUR
LONGEST_LULL_S = 0.15
"""A process is killed at most this long after the last sign of life: a batch takes 10 to 30 ms."""


def wave(number: int, each: int = 120) -> list[dict[str, Any]]:
    """Requests of one day, every tenth twice, and the cancellation of some of the day before."""
    rows: list[dict[str, Any]] = []
    now = FRIDAY_10H + number * DAY
    for index in range(each):
        venue = f"v{index % len(VENUES):05}"
        start = EVENING + number * DAY + (index % 5) * 30 * MINUTE
        flexible = 60 if index % 6 == 0 else 0
        name = f"w{number}-{index:04}"
        row = request_row(name, now, venue_id=venue, start_time=start, flexibility_minutes=flexible)
        rows += [row, row] if index % 10 == 0 else [row]
        if number and index % 7 == 0:
            rows.append(cancel_row(f"x{name}", f"w{number - 1}-{index:04}", now, venue_id=venue))
    return rows


def storm(stage: Stage, kills: int, seed: int, each: int = 40, say: Callable[[int], None] = lambda _: None) -> int:
    """Kill one of two processes at a random moment, again and again, while requests flow; the requests made.

    At its end everything is decided, nobody runs, and the ledger can be checked.
    """
    draw = np.random.default_rng(seed)
    lives = [stage.start(), stage.start()]
    waves, asked = count(), 0
    for kill in range(kills):
        known = len(stage.rows)
        number = next(waves)
        stage.publish("bookings", wave(number, each))
        asked += each
        # its own echo of the requests is not yet a sign of life
        stage.read_until(lambda rows: any(row["source"] == "booking" for row in rows[known:]))  # noqa: B023
        stage.publish("bookings", wave(next(waves), each))
        asked += each
        stage.tick(FRIDAY_10H + number * DAY)
        stage.read(float(draw.uniform(0, LONGEST_LULL_S)))
        victim = int(draw.integers(len(lives)))
        lives[victim].send(signal.SIGKILL)
        code = stage.wait_for_end(lives[victim])
        assert code == -signal.SIGKILL, f"ended by itself with {code}:\n{lives[victim].log.read_text()[-3_000:]}"
        lives[victim] = stage.start()
        say(kill + 1)
    settle(stage, asked, next(waves))
    for life in lives:
        life.send(signal.SIGTERM)
        assert stage.wait_for_end(life) == 0
    return asked


def settle(stage: Stage, asked: int, day: int) -> None:
    """Until every request is answered, and once that day has come also those that waited."""
    stage.read_until(lambda rows: answered(rows) == asked)
    stage.tick(FRIDAY_10H + day * DAY)
    stage.read_until(lambda rows: outcomes(rows) == asked)
    stage.wait_for_outbox()
