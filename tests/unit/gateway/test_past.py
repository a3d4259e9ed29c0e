"""What has been: snapshots and travel, replays, stored records, explanations, dead letters, series."""

import json
from typing import Any

import pytest

from services.gateway.state.letters import Letter
from tests.unit.gateway.direct import direct
from tests.unit.gateway.replies import PAYLOADS, told
from tests.unit.gateway.town import NOON, RUN, Row, Town, settings

API = "/api/v1"
EVENT = "0" * 26
NOON_ISO = "2024-06-07T12:00:00.000000Z"
HOUR = 3_600_000_000


@pytest.fixture
def town() -> Town:
    town = Town(settings(command_deadline_s=5, slow_command_deadline_s=5, request_deadline_s=5))
    town.populate()
    return town


class Listener:
    """Answers everything as documented, or with its own payload, and remembers what was asked."""

    def __init__(self, *kinds: str, payload: object = None) -> None:
        self.heard: list[dict[str, Any]] = []
        self.kinds = kinds
        self._payload = payload

    def __call__(self, row: dict[str, Any]) -> Row:
        self.heard.append(row)
        answer = told(row) if self._payload is None else json.dumps(self._payload)
        return {"status": "accepted" if "command" in row else "ok", "result" if "command" in row else "payload": answer}

    @property
    def asked(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.heard[-1]["parameters"])
        return found


def listen(town: Town, kind: str, payload: object = None) -> Listener:
    town.answers[kind] = listener = Listener(kind, payload=payload)
    return listener


@pytest.mark.parametrize(
    ("method", "path", "body", "command", "parameters"),
    [
        (
            "POST",
            "/admin/simulation/snapshot",
            {"name": "noon"},
            "snapshot.create",
            {"name": "noon", "description": ""},
        ),
        ("POST", "/admin/simulation/restore/noon", None, "snapshot.restore", {"snapshot": "noon"}),
        ("GET", "/admin/simulation/snapshots", None, "snapshot.list", {}),
        ("DELETE", "/admin/simulation/snapshots/noon", None, "snapshot.delete", {"snapshot": "noon"}),
        (
            "POST",
            "/admin/simulation/travel",
            {"target_time": "2024-06-07T14:00:00+02:00"},
            "travel",
            {"to": "2024-06-07T14:00:00+02:00", "pause": False},
        ),
        ("POST", "/admin/data/seed", {"seed": 7}, "seed", {"seed": 7, "users": None, "venues": None}),
        ("POST", "/admin/data/reset", None, "reset", {}),
        ("GET", "/admin/explain/u0000001", None, "explain", {"user_id": "u0000001"}),
        (
            "GET",
            "/admin/explain/u0000001?time=2024-06-07T12:00:00Z",
            None,
            "explain",
            {"user_id": "u0000001", "time": NOON_ISO},
        ),
        ("POST", "/simulation/command/snapshot.create", {"name": "x"}, "snapshot.create", {"name": "x"}),
    ],
)
async def test_an_endpoint_gives_its_command_in_the_callers_name(
    town: Town, method: str, path: str, body: dict[str, Any] | None, command: str, parameters: dict[str, Any]
) -> None:
    listener = listen(town, command)
    async with direct(town) as api:
        answer = await api.request(method, API + path, json=body)
    assert answer.is_success, answer.text
    assert listener.asked == parameters
    assert listener.heard[0]["issued_by"] == "demo"
    assert listener.heard[0]["wall_time"] > NOON


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "parameters"),
    [
        ("GET", f"/admin/events/{EVENT}/story", None, "story.get", {"event_id": EVENT, "depth": 20, "limit": 100}),
        (
            "GET",
            "/admin/streams/stored?channels=social,bookings&event_type=booking.declined&branch=3&limit=5&from=2024-06-07T12:00:00Z",
            None,
            "history.get",
            {
                "topic": ["social_interactions", "bookings"],
                "event_type": ["booking.declined"],
                "run_id": RUN,
                "branch": 3,
                "limit": 5,
                "from": NOON_ISO,
            },
        ),
        ("GET", "/admin/journeys/u0000001/events?order=asc", None, "journey.events", {"order": "asc", "limit": 100}),
        ("GET", "/admin/journeys/u0000001/tastes", None, "preferences.history", {"limit": 100}),
        ("GET", "/admin/metrics/heatmap?kind=bookings", None, "heatmap.get", {"kind": "bookings", "resolution": 8}),
        ("GET", "/admin/metrics/funnel?time_range=7d", None, "funnel.get", {"time_range": "7d"}),
        ("GET", "/admin/metrics/top?what=users&by=visits", None, "top.get", {"what": "users", "by": "visits"}),
        ("GET", "/admin/metrics/recent", None, "realtime.get", {"window_minutes": 60}),
        ("GET", "/admin/data/store", None, "store.state", {}),
        ("GET", "/admin/streams/replays", None, "replay.list", {}),
        ("DELETE", "/admin/streams/replay/r1", None, "replay.stop", {"replay_id": "r1"}),
        (
            "POST",
            "/admin/streams/replay",
            {
                "start_time": "2024-06-07T12:00:00Z",
                "end_time": "2024-06-07T13:00:00Z",
                "channel": "social",
                "speed": 60,
            },
            "replay.start",
            {"topics": ["social_interactions"], "from": NOON_ISO, "to": "2024-06-07T13:00:00.000000Z", "speed": 60.0},
        ),
    ],
)
async def test_an_endpoint_asks_analytics_its_question(
    town: Town, method: str, path: str, body: dict[str, Any] | None, kind: str, parameters: dict[str, Any]
) -> None:
    listener = listen(town, kind)
    async with direct(town) as api:
        answer = await api.request(method, API + path, json=body)
    assert answer.is_success, answer.text
    assert parameters.items() <= listener.asked.items()
    assert listener.heard[0]["owner"] == "analytics"


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("GET", "/admin/streams/stored?event_type=booking.confirmd", "query.event_type"),
        ("GET", "/admin/streams/history/bookings?event_type=booking.declined,booking.confirmd", "query.event_type"),
        ("POST", "/admin/streams/replay", "body.event_types"),
    ],
)
async def test_an_event_type_that_there_is_not_is_refused_with_the_nearest(
    town: Town, method: str, path: str, field: str
) -> None:
    """Nobody waits for records of a type that was mistyped."""
    body = {
        "start_time": "2024-06-07T12:00:00Z", "end_time": "2024-06-07T13:00:00Z", "event_types": ["booking.confirmd"]
    }  # fmt: skip
    async with direct(town) as api:
        answer = await api.request(method, API + path, json=body if method == "POST" else None)
    assert answer.status_code == 422
    hint = "no event type 'booking.confirmd' (did you mean 'booking.confirmed'?)"
    assert answer.json()["errors"] == [{"field": field, "message": hint}]


async def test_times_in_answers_of_analytics_are_told_in_words(town: Town) -> None:
    aggregate, page = PAYLOADS["aggregate.get"], PAYLOADS["history.get"]
    bucket = {**aggregate["buckets"][0], "start": NOON, "events": NOON}
    record = {**page["events"][0], "simulation_time": NOON, "offset": NOON}
    listen(town, "aggregate.get", {**aggregate, "from": NOON, "buckets": [bucket]})
    listen(town, "history.get", {**page, "events": [record]})
    async with direct(town) as api:
        figures = (await api.get(f"{API}/admin/metrics/aggregate")).json()
        stored = (await api.get(f"{API}/admin/streams/stored")).json()
    assert figures == {**aggregate, "from": NOON_ISO, "buckets": [{**bucket, "start": NOON_ISO}]}
    assert stored["events"] == [{**record, "simulation_time": NOON_ISO}]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("history.get", "/admin/streams/stored"),
        ("story.get", f"/admin/events/{EVENT}/story"),
        ("journey.events", "/admin/journeys/u0000001/events"),
    ],
)
async def test_stored_records_of_the_living_branch_are_told_with_names(town: Town, kind: str, path: str) -> None:
    ids = {"run_id": RUN, "user_id": "u0000001", "other_user_id": "u0000002", "venue_id": "v00001"}
    answer = PAYLOADS[kind]
    record = {name: value for name, value in answer["events"][0].items() if not name.endswith("_name")} | ids
    branches = (town.branch, town.branch + 1)
    listen(town, kind, {**answer, "events": [{**record, "branch": branch} for branch in branches]})
    async with direct(town) as api:
        living, other = (await api.get(API + path)).json()["events"]
    assert (living["user_name"], living["other_user_name"], living["venue_name"]) == (
        "Ada Reyes",
        "Bo Lind",
        "Bar Luce",
    )
    assert "user_name" not in other


async def test_a_journey_of_a_range_comes_with_its_events(town: Town) -> None:
    page = PAYLOADS["journey.events"]
    record = page["events"][0]
    listener = listen(town, "journey.events", {**page, "events": [{**record, "simulation_time": NOON}]})
    async with direct(town) as api:
        asked = f"{API}/admin/journeys/u0000001?detail=false&start_time=2024-06-07T12:00:00Z"
        journey = (await api.get(asked)).json()
        plain = (await api.get(f"{API}/admin/journeys/u0000001?detail=false")).json()
    assert journey["events"] == [{**record, "simulation_time": NOON_ISO}]
    assert listener.asked == {"user_id": "u0000001", "from": NOON_ISO, "order": "asc", "limit": 500}
    assert plain["events"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("GET", "/admin/metrics/aggregate?time_range=1h&from=2024-06-07T12:00:00Z", None, "query.time_range"),
        ("GET", "/admin/metrics/funnel?to=2024-06-07T12:00:00Z", None, "query.to"),
        ("GET", "/admin/explain/u0000001?time=0001-01-01T00:00:00%2B23:00", None, "query.time"),
        ("GET", "/admin/streams/stored?channels=bokings", None, "query.channels"),
        ("GET", "/dlq/bokings", None, "path.topic"),
        ("POST", "/admin/simulation/snapshot", {"name": "no spaces"}, "body.name"),
        ("POST", "/admin/simulation/travel", {"to": "2024-06-07T12:00:00"}, "body.to"),
        (
            "POST",
            "/admin/streams/replay",
            {"start_time": "2024-06-07T12:00:00Z", "end_time": "2024-06-07T11:00:00Z"},
            "body",
        ),
    ],
)
async def test_a_bad_question_names_its_field(
    town: Town, method: str, path: str, body: dict[str, Any] | None, field: str
) -> None:
    async with direct(town) as api:
        answer = await api.request(method, API + path, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_dead_letters_are_shown_with_reason_and_bytes(town: Town) -> None:
    town.letters = [Letter(2, 17, 1_000, "UnknownSchema", "no id 9", "g", "bookings", 1, 5, b"v00001", b"\x00" * 5_000)]
    async with direct(town) as api:
        answer = (await api.get(f"{API}/dlq/bookings")).json()
        beside = (await api.get(f"{API}/admin/dlq/bookings")).json()
    letter = answer["letters"][0]
    assert (letter["error"], letter["key"], letter["value_bytes"]) == ("UnknownSchema", "v00001", 5_000)
    assert letter["source"] == {"topic": "bookings", "partition": 1, "offset": 5}
    assert len(letter["value"]) < 5_600
    assert beside == answer


def window(at: int, value: float, **more: object) -> dict[str, object]:
    closed = {"window_start": at, "window_end": at + HOUR, "value": value, "count": int(value)}
    return {"event_type": "aggregate.window_closed", "metric": "events", **closed, "version": 1, **more}


async def test_the_newest_word_on_a_window_makes_the_series(town: Town) -> None:
    town.say("system_metrics", window(NOON, 5), window(NOON + HOUR, 20), source="analytics")
    town.say("system_metrics", window(NOON, 10, version=2), source="analytics")
    async with direct(town) as api:
        answer = (await api.get(f"{API}/simulation/history")).json()
        later = (await api.get(f"{API}/simulation/history?start=2024-06-07T12:30:00Z&streams=events")).json()
        none = (await api.get(f"{API}/simulation/history?streams=nothing")).json()
    assert [(point["value"], point["normalized"]) for point in answer["streams"]["events"]] == [
        (10.0, 0.0),
        (20.0, 100),
    ]
    assert [point["value"] for point in later["streams"]["events"]] == [20.0]
    assert none["streams"] == {}


async def test_the_graph_tells_how_often_friends_have_dealt_with_each_other(town: Town) -> None:
    for one, other in (("u0000001", "u0000002"), ("u0000002", "u0000001"), ("u0000001", "u0000001")):
        town.say("social_interactions", {"event_type": "friend.requested", "user_id": one, "other_user_id": other})
    async with direct(town) as api:
        graph = (await api.get(f"{API}/social/graph")).json()
    assert (graph["edges"], graph["interactions"]) == ([["u0000001", "u0000002"]], [2])


@pytest.mark.parametrize(
    "command", ["start", "seed", "reset", "snapshot", "snapshot.create", "snapshot.restore", "travel"]
)
async def test_a_command_that_every_service_follows_is_waited_for_longer(command: str) -> None:
    town = Town(settings(command_deadline_s=0.01, slow_command_deadline_s=0.02))
    town.silent = True
    async with direct(town) as api:
        answer = await api.post(f"{API}/simulation/command/{command}", json={"name": "noon"})
    assert (answer.status_code, answer.json()["detail"]) == (504, f"simulator did not answer {command} within 0.02 s")
