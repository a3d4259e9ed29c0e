"""The whole city in one process: coherent, and the same bytes for the same seed."""

import polars as pl
import pytest

from cli.offline import OfflineRun, compose
from services.simulator.domain.city import CityConfig
from streamkit.contracts import Catalogue

EXEMPT = {"system_metrics", "simulation_control", "requests", "replies"}
CONFIG = CityConfig(users=60, venues=20, start=1_780_524_000_000_000, profile="dense")


def told(seed: int) -> OfflineRun:
    run = compose(CONFIG, seed)
    run.host.run(90)
    return run


def streams(run: OfflineRun) -> dict[tuple[str, int], list[bytes | None]]:
    topics = Catalogue.load().topics
    return {
        (name, partition): run.log.values(name, partition)
        for name in run.log.topics
        if name in topics and name not in EXEMPT
        for partition in range(topics[name].partitions)
    }


@pytest.fixture(scope="module")
def city() -> OfflineRun:
    return told(seed=5)


def test_the_same_seed_twice_gives_the_same_bytes_on_every_topic_of_the_city(city: OfflineRun) -> None:
    assert streams(told(seed=5)) == streams(city)


def test_records_encoded_late_are_the_same_bytes(city: OfflineRun) -> None:
    at_once = compose(CONFIG, 5, late_bytes=False)
    at_once.host.run(90)
    assert streams(at_once) == streams(city)


def test_another_seed_gives_another_city(city: OfflineRun) -> None:
    assert streams(told(seed=6)) != streams(city)


def test_every_service_takes_part_and_nothing_is_poison(city: OfflineRun) -> None:
    bookings = city.log.read("bookings").frame
    requested = bookings.filter(pl.col("event_type") == "booking.requested")["booking_id"].to_list()
    outcomes = bookings.filter(
        pl.col("event_type").is_in(["booking.confirmed", "booking.declined", "booking.expired"])
    )["booking_id"].to_list()
    assert requested
    assert sorted(outcomes) == sorted(requested)
    assert city.log.size("recommendations")
    assert city.log.size("preferences")
    assert not [topic for topic in city.log.topics if topic.endswith(".dlq")]


def test_every_tick_says_where_the_city_ends(city: OfflineRun) -> None:
    ticks = city.log.read("system_metrics").frame.filter(pl.col("event_type") == "simulator.tick")
    assert ticks["tick"].to_list() == list(range(90))
    assert "user_actions:0=" in ticks["positions"][-1]
