"""A recommender that starts anew beside a city that has lived: folded from topics, ready then, nothing told twice."""

import asyncio

import numpy as np
import polars as pl
import pytest

from cli.offline import OfflineRun, compose
from services.recommender.app import Learning
from services.recommender.data_files import load_weights
from services.recommender.handlers import NAME, SUBSCRIPTIONS, Recommender
from services.simulator.domain.city import CityConfig
from streamkit.clock import SystemClock
from streamkit.dedup import EmittedIds
from streamkit.health import Readiness
from streamkit.records import Outgoing
from streamkit.runner import Runner
from streamkit.testing.fakes import MemoryProducer, MemorySource, eventually

CONFIG = CityConfig(users=40, venues=15, start=1_780_524_000_000_000, profile="dense", tick_seconds=300)


@pytest.fixture(scope="module")
def lived() -> OfflineRun:
    run = compose(CONFIG, seed=4)
    run.host.run(288)
    return run


class Restarted:
    """A recommender on the city's log, everything before handled in an earlier life."""

    def __init__(self, run: OfflineRun) -> None:
        self.log = run.log
        self.ready = Readiness()
        emitted = EmittedIds()
        emitted.note(run.log.read("recommendations"), NAME)

        async def load() -> EmittedIds:
            return emitted

        producer = MemoryProducer(run.log)
        self.handler = Learning(lambda: Recommender(load_weights(), lambda: 0), producer, load)
        source = MemorySource(run.log, NAME, SUBSCRIPTIONS, dict(run.log.ends(SUBSCRIPTIONS)))
        clock = SystemClock()
        codec = run.log.codec
        self.runner = Runner(source, self.handler, run.log.catalogue, codec, producer, clock, readiness=self.ready)

    @property
    def recommender(self) -> Recommender:
        assert isinstance(self.handler.processor, Recommender)
        return self.handler.processor


async def test_a_restart_knows_what_was_known_and_answers_only_then(lived: OfflineRun) -> None:
    restarted, stop = Restarted(lived), asyncio.Event()
    told = lived.log.size("recommendations")
    assert not restarted.ready.conditions["kafka"].ok
    assert not restarted.recommender.cities.known
    async with asyncio.TaskGroup() as group:
        group.create_task(restarted.runner.run(stop))
        await eventually(lambda: restarted.ready.conditions["kafka"].ok)
        city = restarted.recommender.cities.latest
        assert city is not None
        assert len(list(city.people.rows())) >= CONFIG.users
        assert len(city.places) == CONFIG.venues
        assert city.model.seen > 0
        assert (city.people["went"] >= 0).sum() > CONFIG.users
        assert lived.log.size("recommendations") == told
        _open_the_app(lived)
        await eventually(lambda: lived.log.size("recommendations") > told)
        stop.set()
    new = lived.log.batch("recommendations", told, lived.log.size("recommendations")).frame
    assert new["user_id"].unique().to_list() == ["u0000001"]
    assert new["rank"].to_list() == [1, 2, 3]


def test_accepted_recommendations_were_generated_before_and_time_never_goes_back_for_a_person(
    lived: OfflineRun,
) -> None:
    told = lived.log.read("recommendations").frame
    made = told.filter(pl.col("event_type") == "recommendation.generated")
    when = dict(zip(made["event_id"].to_list(), made["simulation_time"].to_list(), strict=True))
    actions = lived.log.read("user_actions").frame
    accepted = actions.filter(pl.col("event_type") == "recommendation.accepted")
    assert accepted.height > 10
    for recommendation, time in accepted.select("recommendation_id", "simulation_time").rows():
        assert when[recommendation] <= time
    assert made["event_id"].n_unique() == made.height
    for person in told.partition_by("user_id"):
        assert (np.diff(person["simulation_time"].to_numpy()) >= 0).all()
    assert set(made["trigger"].unique().to_list()) == {"session_start", "friends_checked"}


def _open_the_app(run: OfflineRun) -> None:
    frame = run.log.read("user_actions").frame
    row = frame.filter(pl.col("event_type") == "session.started").row(-1, named=True)
    latest = int(frame["simulation_time"].to_numpy().max())
    changed = {"event_id": "a-session-after-the-restart", "user_id": "u0000001", "simulation_time": latest + 60_000_000}
    run.log.append([Outgoing.from_rows("user_actions", [row | changed])])
