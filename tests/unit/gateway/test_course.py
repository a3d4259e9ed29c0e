"""What the gateway counted in the last minutes, with which the charts of a page that comes begin."""

from dataclasses import replace

import httpx

from services.gateway.state.monitor import Monitor
from streamkit.clock import ManualClock
from tests.unit.gateway.town import Town, viewed


def _sampled(monitor: Monitor) -> list[object]:
    """When samples were taken."""
    samples = monitor.course()["samples"]
    assert isinstance(samples, list)
    return [sample["wall_time"] for sample in samples]


def _monitor(town: Town) -> tuple[Monitor, ManualClock]:
    clock = ManualClock(1_000_000_000)
    town.core.context.ledger.caught_up = True
    return Monitor(town.core.context.ledger, clock, dict), clock


async def test_the_course_of_a_living_city_is_kept_for_charts_to_begin_with(api: httpx.AsyncClient, town: Town) -> None:
    monitor = town.core.context.monitor
    monitor.beat()
    assert (await api.get("/api/v1/admin/metrics/course")).json()["samples"] == [], "we have counted for a moment only"
    monitor._unlived -= 11
    town.say("user_actions", viewed())
    told = monitor.beat()
    course = (await api.get("/api/v1/admin/metrics/course")).json()
    assert (course["run_id"], course["branch"]) == (town.core.context.ledger.city.simulation.run_id, 1)
    (sample,) = course["samples"]
    assert sample == {name: told[name] for name in sample}
    assert sample["topic_rates"]["user_actions"] > 0


def test_a_sample_a_second_is_kept_for_five_minutes_and_none_of_another_telling(town: Town) -> None:
    ledger = town.core.context.ledger
    monitor, clock = _monitor(town)
    for _ in range(2 * 320):
        monitor.beat()
        clock.advance(0.5)
    assert len(_sampled(monitor)) == len(set(_sampled(monitor))) == 300
    ledger.city.simulation = replace(ledger.city.simulation, branch=7)
    monitor.beat()
    assert _sampled(monitor) == []


def test_nothing_is_kept_of_a_past_a_journey_or_while_the_gateway_catches_up(town: Town) -> None:
    ledger = town.core.context.ledger
    monitor, clock = _monitor(town)

    def live(seconds: int, phase: str) -> int:
        ledger.city.simulation = replace(ledger.city.simulation, phase=phase)
        for _ in range(seconds):
            clock.advance(1.0)
            monitor.beat()
        return len(_sampled(monitor))

    assert live(30, "backfill") == 0
    assert live(30, "running") == 20
    assert live(5, "paused") == 25
    assert live(5, "backfill") == 0, "a journey"
    assert live(12, "running") == 2
    ledger.caught_up = False
    assert live(5, "running") == 0
