"""The recommender in a process of its own, without a broker: users scored a second, and the memory of a user.

It is driven through its public face only. Seconds are the CPU's, of all its threads together.
"""

import cProfile
import gc
import io
import multiprocessing
import pstats
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import psutil

from cli.bench import recommender_people as made
from services.recommender.data_files import load_weights
from services.recommender.handlers import Recommender
from streamkit.garbage import set_aside
from streamkit.records import Outgoing

PEOPLE, ROUNDS, BATCH = 20_000, 7, 2_000
FEW, MANY, PART = 10_000, 110_000, 1_000
FIRST_MINUTE = made.VISITS + 1


@dataclass(frozen=True, slots=True)
class Scored:
    """CPU seconds to advise each batch of ``users``, one a round, and the lists that came of it."""

    users: int
    seconds: tuple[float, ...]
    items: int

    @property
    def rate(self) -> float:
        """Users a second of CPU, by the median round."""
        return self.users / float(np.median(self.seconds))


@dataclass(frozen=True, slots=True)
class Held:
    """Resident bytes of the process with few and with many people known."""

    few: int
    many: int
    people: int

    @property
    def bytes(self) -> float:
        """Of one more person."""
        return (self.many - self.few) / self.people


def scored(people: int = PEOPLE, users: int = BATCH, rounds: int = ROUNDS) -> Scored:
    """Measured in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(score, people, users, rounds).result()


def held(few: int = FEW, many: int = MANY) -> Held:
    """Measured in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(hold, few, many).result()


def score(people: int, users: int, rounds: int) -> Scored:
    """Everybody opens the app within a minute, ``users`` at a time; each batch gives venues to all of them."""
    adviser, feed = _knowing(people)
    seconds, items = [], 0
    for turn in range(rounds + 1):
        numbers = (np.arange(users) + turn * users) % people
        batches = feed.batches([made.sessions(np.sort(numbers), FIRST_MINUTE + turn)])
        before = time.process_time()
        outputs = [output for batch in batches for output in adviser.process(batch)]
        seconds.append(time.process_time() - before)
        items += _advice(outputs)
    return Scored(users, tuple(seconds[1:]), items)


def hold(few: int, many: int) -> Held:
    """People become known in small parts, so that what is made of them on the way weighs the same both times."""
    feed, adviser = made.Feed(), Recommender(load_weights(), lambda: 0)
    _tell(adviser, feed, made.venues())
    sizes = []
    for first, last in ((0, few), (few, many)):
        for start in range(first, last, PART):
            _tell(adviser, feed, made.world(np.arange(start, min(start + PART, last)), many))
        # visits are folded when their minute is over: one more session, after the last of them
        _tell(adviser, feed, [made.sessions(np.array([first]), FIRST_MINUTE)])
        gc.collect()
        sizes.append(psutil.Process().memory_info().rss)
    return Held(sizes[0], sizes[1], many - few)


def profile(people: int = PEOPLE, users: int = BATCH, lines: int = 25) -> str:
    """Where the time of one batch goes, by own time."""
    adviser, feed = _knowing(people)
    # folds the visits that wait for their minute to be over
    _tell(adviser, feed, [made.sessions(np.arange(1), FIRST_MINUTE)])
    batch = feed.batches([made.sessions(np.arange(users), FIRST_MINUTE + 1)])[0]
    profiler = cProfile.Profile()
    profiler.runcall(adviser.process, batch)
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(lines)
    return out.getvalue()


def _knowing(people: int) -> tuple[Recommender, made.Feed]:
    feed, adviser = made.Feed(), Recommender(load_weights(), lambda: 0)
    _tell(adviser, feed, made.venues())
    for start in range(0, people, PART):
        _tell(adviser, feed, made.world(np.arange(start, min(start + PART, people)), people))
    set_aside()  # as the runner does with a state that it has folded
    return adviser, feed


def _tell(adviser: Recommender, feed: made.Feed, outputs: list[Outgoing]) -> None:
    for batch in feed.batches(outputs):
        adviser.process(batch)


def _advice(outputs: Iterable[object]) -> int:
    return sum(output.rows for output in outputs if isinstance(output, Outgoing) and output.topic == "recommendations")
