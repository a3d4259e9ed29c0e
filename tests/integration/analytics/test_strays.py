"""Records that do not come as they should, on a real Kafka: each is counted, and none spoils a figure."""

from collections.abc import Callable

import pytest

from cli.servers.ports import free_port
from streamkit.testing import eventually
from tests.integration.analytics.recount import violations
from tests.integration.analytics.stage import READY_S, Stage, end_of, garbage, metric
from tests.unit.analytics.city import DAY, MINUTE, event

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]


def at_least(port: int, name: str, value: float, **labels: str) -> Callable[[], bool]:
    return lambda: metric(port, name, **labels) >= value


async def test_strays_of_every_kind_are_counted_and_spoil_no_figure(stage: Stage) -> None:
    port = free_port()
    with stage.service(LUNA_HEALTH_PORT=str(port), LUNA_ANALYTICS__RETENTION_MINUTES="60") as process:
        written = await stage.act(0, 1_000)
        written |= await stage.act(0, 300)  # duplicates
        reordered = [event("venue.viewed", f"r{number}", (9 - number) * 1_000_000, user=600) for number in range(10)]
        written |= await stage.publish("user_actions", reordered)
        poison = [garbage(number) for number in range(7)]
        written |= await stage.producer.publish_raw("user_actions", [b"u0000001"] * 7, poison, [[] for _ in poison])
        await stage.tick(end_of(1_000), written)
        await eventually(lambda: stage.closed_total() == 1_010, READY_S)

        written |= await stage.publish("user_actions", [event("venue.viewed", "later", 100 * MINUTE, user=601)])
        await stage.tick(102 * MINUTE, written)
        await eventually(lambda: stage.closed_total() == 1_011, READY_S)
        future = [event("venue.viewed", f"f{number}", 3_650 * DAY, user=601) for number in range(3)]
        late = [event("venue.viewed", f"l{number}", 0, user=601) for number in range(4)]
        await stage.publish("user_actions", [*future, *late])
        after = await stage.publish("user_actions", [event("venue.viewed", "after", 101 * MINUTE, user=601)])
        await stage.tick(110 * MINUTE, written | after)
        await eventually(lambda: stage.closed_total() == 1_012, READY_S)

        await eventually(at_least(port, "luna_duplicate_records_total", 300))
        await eventually(at_least(port, "luna_analytics_reordered_records_total", 9))
        await eventually(at_least(port, "luna_analytics_late_records_total", 4))
        await eventually(at_least(port, "luna_dead_letter_records_total", 3, error="FutureTime"))
        assert metric(port, "luna_dead_letter_records_total") == 10
        assert metric(port, "luna_analytics_late_records_total") == 4
        assert stage.stop(process) == 0
    letters = stage.messages("user_actions.dlq")
    assert len(letters) == 10


async def test_a_worker_that_stops_consuming_ends_and_its_successor_counts_everything(stage: Stage) -> None:
    settings = {"LUNA_ANALYTICS__STALL_LIMIT_S": "4", "LUNA_ANALYTICS__FAIL_POINT": "stall:8"}
    written = await stage.act(0, 20_000)
    await stage.tick(end_of(20_000), written)
    with stage.service(**settings) as process:
        await eventually(lambda: process.poll() is not None, READY_S)
        assert process.returncode == 1
    assert "nothing consumed for 4 s" in stage.log()
    with stage.service() as process:
        await eventually(lambda: stage.closed_total() == 20_000, READY_S)
        assert stage.stop(process) == 0
    assert violations(stage) == []
