"""What the gateway counted in the last minutes, with which the charts of a page that comes begin."""

from dataclasses import replace

import httpx

from services.gateway.state.monitor import Monitor
from streamkit.clock import ManualClock
from tests.unit.gateway.town import Town, viewed


async def test_the_course_of_a_living_city_is_kept_for_charts_to_begin_with(api: httpx.AsyncClient, town: Town) -> None:
    monitor = town.core.context.monitor
    assert (await api.get("/api/v1/admin/metrics/course")).json()["samples"] == [], "its figures are still of its past"
    city = town.core.context.ledger.city
    city.simulation = replace(city.simulation, live_since=town.clock.now_us() - 11_000_000)
    town.say("user_actions", viewed())
    told = monitor.beat()
    course = (await api.get("/api/v1/admin/metrics/course")).json()
    assert (course["run_id"], course["branch"]) == (city.simulation.run_id, 1)
    (sample,) = course["samples"]
    assert sample == {name: told[name] for name in sample}
    assert sample["topic_rates"]["user_actions"] > 0


def test_a_sample_a_second_is_kept_for_five_minutes_and_none_of_another_telling(town: Town) -> None:
    ledger, clock = town.core.context.ledger, ManualClock(1_000_000_000)
    monitor = Monitor(ledger, clock, dict)
    ledger.city.simulation = replace(ledger.city.simulation, live_since=clock.now_us())

    def times() -> list[object]:
        samples = monitor.course()["samples"]
        assert isinstance(samples, list)
        return [sample["wall_time"] for sample in samples]

    for _ in range(2 * 320):
        monitor.beat()
        clock.advance(0.5)
    assert len(times()) == len(set(times())) == 300
    ledger.city.simulation = replace(ledger.city.simulation, branch=7)
    monitor.beat()
    assert len(times()) == 1
    ledger.city.simulation = replace(ledger.city.simulation, branch=8, live_since=None)
    monitor.beat()
    assert times() == []
