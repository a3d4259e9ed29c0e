"""State saved under an id, and loaded into another telling: the same figures, milestones and tastes."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from streamkit.identity import hash_id
from streamkit.records import Outgoing
from streamkit.testing import eventually
from tests.integration.analytics.stage import READY_S, Stage, end_of, person
from tests.unit.analytics.city import COMMON, START, state_changed, venue

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(900)]

NEVER = 4_000_000_000_000_000


async def command(stage: Stage, name: str, branch: int, number: int, snapshot_id: str = "one") -> Mapping[str, Any]:
    """The acknowledgement of a command addressed to analytics."""
    command_id = hash_id("command", name, branch, number)
    row = {
        **COMMON,
        "branch": branch,
        "event_id": hash_id("issued", command_id),
        "event_type": "command.issued",
        "source": "gateway",
        "simulation_time": START,
        "command_id": command_id,
        "command": name,
        "target": "analytics",
        "parameters": json.dumps({"snapshot_id": snapshot_id}),
        "issued_by": "a test",
        "wall_time": START,
    }
    await stage.producer.publish([Outgoing.from_rows("simulation_control", [row])])

    def acknowledgements() -> list[dict[str, Any]]:
        rows = stage.frame("simulation_control").filter(event_type="ack.given", command_id=command_id)
        return rows.unique("event_id").to_dicts()

    await eventually(lambda: len(acknowledgements()) == 1, READY_S)
    return acknowledgements()[0]


async def ask(stage: Stage, kind: str, branch: int, **parameters: object) -> Mapping[str, Any]:
    """The answer of analytics to a question."""
    request_id = hash_id("ask", kind, branch, json.dumps(parameters), len(stage.messages("requests")))
    row = {
        **COMMON,
        "branch": branch,
        "event_id": request_id,
        "event_type": "request.made",
        "source": "gateway",
        "simulation_time": START,
        "request_id": request_id,
        "kind": kind,
        "owner": "analytics",
        "parameters": json.dumps(parameters),
        "deadline": NEVER,
        "wall_time": START,
        "subject": "u0000001",
    }
    await stage.publish("requests", [row])

    def replies() -> list[dict[str, Any]]:
        return stage.frame("replies").filter(request_id=request_id).to_dicts()

    await eventually(lambda: bool(replies()), READY_S)
    assert replies()[0]["status"] == "ok", replies()[0]
    answer: Mapping[str, Any] = json.loads(replies()[0]["payload"])
    return answer


async def figures(stage: Stage, branch: int) -> list[Mapping[str, Any]]:
    """Without whether an hour is over: that the ticks of a telling say, and the new one has none yet."""
    hours = await ask(stage, "aggregate.get", branch, time_range="24h", group_by="hour")
    return [
        {**hours, "buckets": [{**bucket, "closed": None} for bucket in hours["buckets"]]},
        await ask(stage, "funnel.get", branch),
        await ask(stage, "journey.get", branch, user_id="u0000007"),
    ]


async def figures_once(
    stage: Stage, branch: int, hold: Callable[[Sequence[Mapping[str, Any]]], bool]
) -> Sequence[Mapping[str, Any]]:
    """The figures as soon as they hold: who is asked may be a moment behind what the other worker has saved."""
    async with asyncio.timeout(READY_S):
        while not hold(found := await figures(stage, branch)):
            pass
    return found


def counted(records: int) -> Callable[[Sequence[Mapping[str, Any]]], bool]:
    return lambda found: bool(found[0]["total"]["events"] == records)


async def test_a_saved_state_loads_into_a_new_telling_over_two_workers(stage: Stage) -> None:
    with stage.service("one") as one, stage.service("two") as two:
        written = await stage.act(0, 6_000)
        await stage.tick(end_of(6_000), written)
        await eventually(lambda: stage.closed_total() == 6_000, READY_S)
        saved = await figures_once(stage, 0, counted(6_000))
        assert (await command(stage, "snapshot.save", 0, 1))["status"] == "accepted"
        refused = await command(stage, "snapshot.save", 0, 2)
        assert (refused["status"], refused["reason"]) == ("rejected", "there is a snapshot 'one' already")

        written = await stage.act(6_000, 3_000)
        await stage.tick(end_of(9_000), written)
        await eventually(lambda: stage.closed_total() == 9_000, READY_S)
        assert await figures_once(stage, 0, counted(9_000)) != saved

        await stage.producer.publish(
            [
                Outgoing.from_rows("venues", [venue(number) | {"branch": 1} for number in range(60)]),
                Outgoing.from_rows("users", [person(number) | {"branch": 1} for number in range(500)]),
            ]
        )  # as the simulator does: rows of everybody, under the new telling
        unknown = await command(stage, "snapshot.load", 1, 3, snapshot_id="none")
        assert unknown["reason"] == "there is no snapshot 'none'"
        loaded = await command(stage, "snapshot.load", 1, 4)
        assert (loaded["status"], loaded["branch"]) == ("accepted", 1)
        assert 1 not in stage.frame("preferences")["branch"], "a telling that may never live"
        lives = Outgoing.from_rows("simulation_control", [state_changed(0, 2, branch=1)])
        await stage.producer.publish([lives])
        assert await figures_once(stage, 1, counted(6_000)) == saved
        rows = stage.frame("preferences").filter(pl.col("simulation_time") < START + end_of(6_000))
        tasting = set(rows.filter(pl.col("branch") == 0)["user_id"])
        restated = rows.filter(pl.col("branch") == 1)["user_id"].to_list()
        assert len(tasting) > 100
        assert sorted(restated) == sorted(tasting)
        assert stage.stop(one) == 0
        assert stage.stop(two) == 0
