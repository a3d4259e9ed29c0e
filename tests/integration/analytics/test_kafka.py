"""The service on a real Kafka: exact under kill -9, state restored, poison set aside."""

from typing import cast

import polars as pl
import pytest

from streamkit.testing import eventually
from tests.integration.analytics.stage import READY_S, Stage, end_of, garbage

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]

RECORDS = 100_000


async def test_figures_preferences_and_milestones_are_exact_over_two_kills(stage: Stage) -> None:
    positions = await stage.act(0, RECORDS)
    await stage.tick(end_of(RECORDS), positions)
    for commits in (3, 8):
        with stage.service():
            await eventually(lambda commits=commits: stage.handled() >= commits, READY_S)  # type: ignore[misc]
    with stage.service() as process:
        await eventually(lambda: stage.closed_total() == RECORDS, READY_S)
        assert stage.stop(process) == 0
    assert stage.log().count("state restored") == 3
    minute = pl.col("window_end") - pl.col("window_start") == 60_000_000
    closed = stage.frame("system_metrics").filter(minute & (pl.col("event_type") == "aggregate.window_closed"))
    published = (
        closed.filter(pl.col("dimension") == "event_type")
        .sort("version")
        .unique(["window_start", "dimension_value"], keep="last")
        .select(minute=pl.col("window_start") // 60_000_000, event_type="dimension_value", count="count")
    )
    recount = (
        stage.frame("user_actions")
        .group_by((pl.col("simulation_time") // 60_000_000).alias("minute"), "event_type")
        .agg(pl.len().cast(pl.Int64).alias("count"))
    )
    assert published.sort("minute", "event_type").equals(recount.sort("minute", "event_type"))
    for topic in ("preferences", "journeys"):
        told = stage.frame(topic).unique()
        assert told["event_id"].n_unique() == told.height, f"a duplicate of {topic} differs"
    milestones = stage.frame("journeys").filter(pl.col("milestone").is_not_null()).unique("event_id")
    assert milestones.select("user_id", "milestone").is_duplicated().sum() == 0
    assert milestones.filter(pl.col("milestone") == "first_visit").height == 500
    rows = stage.frame("preferences").unique("event_id")
    assert rows.select("user_id", "version").is_duplicated().sum() == 0


async def test_poison_is_set_aside_with_its_reason_and_the_rest_is_counted(stage: Stage) -> None:
    positions = await stage.act(0, 500)
    reasons: list[list[tuple[str, str | bytes | None]]] = [[] for _ in range(20)]
    ends = await stage.producer.publish_raw(
        "user_actions", [b"u0000001"] * 20, [garbage(number) for number in range(20)], reasons
    )
    after = await stage.act(500, 500)
    await stage.tick(end_of(1_000), positions | ends | after)
    with stage.service() as process:
        await eventually(lambda: stage.closed_total() == 1_000, READY_S)
        assert stage.stop(process) == 0
    letters = stage.messages("user_actions.dlq")
    assert sorted(letter.value() or b"" for letter in letters) == sorted(garbage(number) for number in range(20))
    headers = dict(cast("list[tuple[str, bytes]]", letters[0].headers()))
    assert headers["luna.error.topic"] == b"user_actions"
    assert headers["luna.error.group"].startswith(b"analytics-")
    assert headers["luna.error.class"]
    assert headers["luna.error.message"]
