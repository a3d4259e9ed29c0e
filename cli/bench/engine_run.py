"""One city stepped in a process of its own: time, events and memory, with nothing else in the process.

Times are the CPU's: one thread does all the work, and what else the machine does at the time is not the engine's.
"""

import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.simulator.data_files import load_city_data
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.graph import build_city
from streamkit.records import Outgoing

SEED = 42
NOON = int(datetime.fromisoformat("2026-06-05T12:00:00-04:00").timestamp()) * 1_000_000
"""Of a Friday: an hour that is busier than the mean of a day."""
VENUES_PER_USER = 0.006
"""600, the default, for 100,000 people. A choice."""
FRIEND_COLUMNS = ("friends", "friend_count")
PLACE_COLUMNS = ("known", "known_count", "places")
_PEOPLE = "users."
_IDENTITY = Identity("bench", 0, "dining", "new_york")


@dataclass(frozen=True, slots=True)
class Task:
    """What to step from noon: ``skip`` ticks unmeasured, then ``ticks``; through the graph or not."""

    users: int
    ticks: int
    profile: str = "realistic"
    skip: int = 30
    graph: bool = False


@dataclass(frozen=True, slots=True)
class Stepped:
    """What it took. Bytes are those of one user; ``resident`` is the whole process at its largest."""

    users: int
    ticks: int
    events: int
    seconds: float
    made_seconds: float
    tick_ms: float
    user_bytes: float
    friend_bytes: float
    place_bytes: float
    pending_bytes: float
    resident: int

    @property
    def user_ticks(self) -> float:
        """User-ticks a second."""
        return self.users * self.ticks / self.seconds

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds

    @property
    def density(self) -> float:
        """Events of a user in a day."""
        return self.events / self.users / self.ticks * 1440

    @property
    def event_seconds(self) -> float:
        """Cost of an event."""
        return self.seconds / max(self.events, 1)


def stepped(task: Task) -> Stepped:
    """Step a city in a new process."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(step_city, task).result()


def make_city(users: int, profile: str, start: int = NOON) -> City:
    """A city without a graph around its nodes."""
    config = _config(users, profile, start)
    return City(config, SEED, _IDENTITY, load_city_data(config.world, config.city))


def _config(users: int, profile: str, start: int = NOON) -> CityConfig:
    return CityConfig(users=users, venues=max(600, round(users * VENUES_PER_USER)), start=start, profile=profile)


def step_city(task: Task) -> Stepped:
    """Step a city in this process: ``resident`` is then this process's."""
    began = time.process_time()
    if task.graph:
        city = build_city(_config(task.users, task.profile), SEED, _IDENTITY)
    else:
        city = make_city(task.users, task.profile)
    made = time.process_time() - began
    for _ in range(task.skip):
        city.step((), ())
    times, events = [], 0
    for _ in range(task.ticks):
        before = time.process_time()
        outputs = city.step((), ()).outputs
        times.append(time.process_time() - before)
        events += sum(output.rows for output in outputs if isinstance(output, Outgoing))
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    saved = city.save()
    size = {name: array.nbytes / task.users for name, array in saved.items()}
    apart = [f"{_PEOPLE}{name}" for name in (*FRIEND_COLUMNS, *PLACE_COLUMNS)]
    return Stepped(
        task.users, task.ticks, events, sum(times), made, float(np.median(times)) * 1e3,
        sum(size[name] for name in size if name.startswith(_PEOPLE) and name not in apart),
        sum(size[f"{_PEOPLE}{name}"] for name in FRIEND_COLUMNS),
        sum(size[f"{_PEOPLE}{name}"] for name in PLACE_COLUMNS),
        sum(size[name] for name in size if name.startswith("pool.")),
        resident,
    )  # fmt: skip
