import asyncio
import json

import httpx
import pytest

from services.gateway.api.answers.metrics import AGGREGATE
from services.gateway.api.answers.recommendations import VENUE_PICKS
from streamkit.identity import hash_id
from tests.unit.gateway.replies import told
from tests.unit.gateway.town import Town, booking, person, venue, viewed


async def test_the_state_is_what_the_simulator_said_last(town: Town, api: httpx.AsyncClient) -> None:
    town.tell_state(phase="paused", scenario="lunch_rush")
    state = (await api.get("/api/v1/simulation/state")).json()
    assert state["phase"] == "paused"
    assert state["scenarios"] == [{"name": "lunch_rush", "phase": "holding"}]
    assert state["start_time"] == "2024-06-07T12:00:00.000000Z"
    assert (state["caught_up"], state["time_zone"]) == (True, "America/New_York")
    assert state == {**(await api.get("/api/v1/admin/simulation/state")).json(), "wall_time": state["wall_time"]}


@pytest.mark.parametrize(
    ("path", "body", "command", "parameters"),
    [
        ("simulation/pause", None, "pause", {}),
        ("admin/simulation/resume", None, "resume", {}),
        ("simulation/speed", {"multiplier": 120}, "speed", {"multiplier": 120.0}),
        ("admin/simulation/speed/max", None, "speed", {"multiplier": "max"}),
        ("simulation/rate", {"events_per_second": None}, "rate", {"events_per_second": None}),
        (
            "simulation/scenario",
            {"scenario": "lunch_rush", "intensity": 1.5},
            "scenario",
            {"scenario": "lunch_rush", "action": "start", "intensity": 1.5, "hold_minutes": None},
        ),
        (
            "admin/simulation/scenario/lunch_rush?action=stop",
            None,
            "scenario",
            {"scenario": "lunch_rush", "action": "stop", "intensity": None, "hold_minutes": None},
        ),
        ("simulation/command/weather", {"condition": "snow", "hours": 2}, "weather", {"condition": "snow", "hours": 2}),
        ("simulation/command/reset", None, "reset", {}),
        ("admin/control/users/spawn/3", None, "spawn", {"count": 3, "befriend": False}),
        (
            "admin/control/behavior/adjust",
            {"action_probabilities": {"browse": 0.5}, "global": True},
            "behavior",
            {"persona": None, "scenario": None, "action_probabilities": {"browse": 0.5}, "global": True},
        ),
    ],
)
async def test_a_command_reaches_the_topic_and_its_acknowledgement_is_the_answer(
    town: Town, api: httpx.AsyncClient, path: str, body: object, command: str, parameters: object
) -> None:
    answer = await api.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["command"] == command
    assert answer.json()["result"] == parameters
    assert answer.json()["by"] == "simulator"
    assert town.log.size("simulation_control") >= 3


@pytest.mark.parametrize("value", ["1" + "0" * 30, '"\\ud800"', '{"deep": [18446744073709551616]}'])
async def test_a_value_that_the_topic_cannot_carry_is_refused_before_it_is_sent(
    town: Town, api: httpx.AsyncClient, value: str
) -> None:
    before = town.log.size("simulation_control")
    answer = await api.post(
        "/api/v1/simulation/command/weather",
        content=f'{{"hours": {value}}}',
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")
    assert "cannot be sent on" in answer.json()["errors"][0]["message"]
    assert town.log.size("simulation_control") == before


async def test_a_rejected_command_is_a_conflict_with_the_simulators_reason(town: Town, api: httpx.AsyncClient) -> None:
    town.answers["pause"] = lambda _: {"status": "rejected", "reason": "paused already"}
    answer = await api.post("/api/v1/simulation/pause")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "paused already"


async def test_a_command_that_nobody_acknowledges_times_out_and_names_who(town: Town, api: httpx.AsyncClient) -> None:
    town.silent = True
    answer = await api.post("/api/v1/simulation/pause")
    assert answer.status_code == 504
    assert answer.json()["unanswered"] == "simulator"


async def test_without_kafka_commands_are_refused_and_reads_go_on(town: Town, api: httpx.AsyncClient) -> None:
    town.core.intake.reached(False, "gone")
    answer = await api.post("/api/v1/simulation/pause")
    assert (answer.status_code, answer.json()["unavailable"]) == (503, "kafka")
    assert (await api.get("/api/v1/users")).json()["total"] == 2
    assert (await api.get("/readyz")).status_code == 503
    assert (await api.get("/health")).json()["kafka"]["status"] == "down"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/api/v1/simulation/speed", {"multiplier": -1}, "body.multiplier"),
        ("POST", "/api/v1/simulation/speed", {"multiplier": 1001}, "body.multiplier"),
        ("POST", "/api/v1/simulation/speed/0.5", None, "path.multiplier"),
        ("POST", "/api/v1/admin/control/behavior/adjust", {"probabilities": {"browse": 1.1}}, "body.probabilities"),
        ("POST", "/api/v1/simulation/speed", {"multiplier": 5, "more": 1}, "body.more"),
        ("POST", "/api/v1/simulation/speed/fast", None, "path.multiplier"),
        ("POST", "/api/v1/admin/control/users/spawn/0", None, "path.count"),
        ("POST", "/api/v1/admin/control/events/trigger", {"event_type": "a.b", "channel": "no"}, "body.channel"),
        ("GET", "/api/v1/users/7", None, "path.user_id"),
        ("GET", "/api/v1/bookings/?status=maybe", None, "query.status"),
        ("GET", "/api/v1/admin/streams/history/bokings", None, "path.channel"),
        ("GET", "/api/v1/admin/streams/history/bookings?before=nonsense", None, "query.before"),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field(
    api: httpx.AsyncClient, method: str, path: str, body: object, field: str
) -> None:
    answer = await api.request(method, path, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]] or answer.json()["errors"][0][
        "field"
    ].startswith(field)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_channel_misspelt_is_refused_with_the_nearest_name(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/admin/streams/history/bokings")
    assert "bookings" in answer.json()["errors"][0]["message"]


async def test_people_are_listed_by_page_and_search(town: Town, api: httpx.AsyncClient) -> None:
    first = (await api.get("/api/v1/users?limit=1")).json()
    assert [user["name"] for user in first["users"]] == ["Ada Reyes"]
    assert first["users"][0]["friend_count"] == 1
    second = (await api.get(f"/api/v1/users?limit=1&cursor={first['next_cursor']}")).json()
    assert ([user["name"] for user in second["users"]], second["next_cursor"]) == (["Bo Lind"], None)
    found = (await api.get("/api/v1/users?query=lind")).json()
    assert [user["user_id"] for user in found["users"]] == ["u0000002"]


async def test_everyone_is_told_by_persona_at_once(town: Town, api: httpx.AsyncClient) -> None:
    town.say("users", *(person(f"u{number:07}", "Cy", persona="night_owl") for number in range(3, 1503)))
    personas = (await api.get("/api/v1/users/personas")).json()["personas"]
    assert personas.pop("foodie_explorer") == ["u0000001", "u0000002"]
    assert personas == {"night_owl": [f"u{number:07}" for number in range(3, 1503)]}


async def test_a_person_is_the_latest_row_until_the_tombstone(town: Town, api: httpx.AsyncClient) -> None:
    town.say("users", person("u0000002", "Bo Berg"))
    assert (await api.get("/api/v1/users/u0000002")).json()["name"] == "Bo Berg"
    assert (await api.get("/api/v1/users?query=berg")).json()["total"] == 1
    town.bury("users", "u0000002")
    assert (await api.get("/api/v1/users/u0000002")).status_code == 404
    assert (await api.get("/api/v1/users")).json()["total"] == 1


async def test_the_social_graph_tells_each_friendship_once(town: Town, api: httpx.AsyncClient) -> None:
    town.say("users", person("u0000002", "Bo Lind", friend_ids="u0000001"))
    graph = (await api.get("/api/v1/social/graph")).json()
    assert graph["edges"] == [["u0000001", "u0000002"]]
    assert {node["name"]: node["friend_count"] for node in graph["nodes"]} == {"Ada Reyes": 1, "Bo Lind": 1}


async def test_a_venue_is_shown_with_its_features(api: httpx.AsyncClient) -> None:
    shown = (await api.get("/api/v1/venues/v00001")).json()
    assert (shown["name"], shown["features"], shown["rating"]) == ("Bar Luce", ["rooftop", "live_music"], 4.25)
    assert (await api.get("/api/v1/venues?category=cafe")).json()["total"] == 0


async def test_a_venue_is_shown_with_its_happy_hours_prices_and_promotion(town: Town, api: httpx.AsyncClient) -> None:
    names = ("happy_hours", "happy_hour_discount", "price_level", "promotion", "discount", "promotion_ends_at")
    before = (await api.get("/api/v1/venues/v00001")).json()
    assert [before[name] for name in names] == [None] * 6
    hours, ends = ",".join(["1020-1140"] * 5 + ["-"] * 2), 1_772_827_200_000_000
    given = dict(zip(names, (hours, 25.0, 1.125, "promotion", 15.0, ends), strict=True))
    town.say("venues", venue("v00001", "Bar Luce", **given))
    shown = (await api.get("/api/v1/venues/v00001")).json()
    assert {name: shown[name] for name in names} == given | {"promotion_ends_at": "2026-03-06T20:00:00.000000Z"}


async def test_a_service_that_does_not_answer_is_named(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/v1/recommendations/u0000001/venues")
    assert (answer.status_code, answer.json()["unanswered"]) == (504, "recommender")


async def test_a_reply_that_refuses_is_a_conflict(town: Town, api: httpx.AsyncClient) -> None:
    town.answers["booking.auto_book"] = lambda _: {"status": "rejected", "reason": "nobody is interested"}
    answer = await api.post("/api/v1/bookings/venue/v00001/auto-book")
    assert (answer.status_code, answer.json()["detail"]) == (409, "nobody is interested")


async def test_questions_asked_at_once_get_each_its_own_answer(town: Town, api: httpx.AsyncClient) -> None:
    def answer(row: dict[str, object]) -> dict[str, object]:
        ranks = range(json.loads(str(row["parameters"]))["limit"])
        return {"status": "ok", "payload": json.dumps([{**VENUE_PICKS[0], "rank": rank} for rank in ranks])}

    town.answers["recommendations.venues"] = answer
    answers = await asyncio.gather(
        *[api.get(f"/api/v1/recommendations/u0000001/venues?limit={limit}") for limit in range(1, 20)]
    )
    assert [len(answer.json()) for answer in answers] == list(range(1, 20))


async def test_aggregates_come_from_analytics(town: Town, api: httpx.AsyncClient) -> None:
    asked = []

    def answer(row: dict[str, object]) -> dict[str, object]:
        asked.append(json.loads(str(row["parameters"])))
        return {"status": "ok", "payload": told(row)}

    town.answers["aggregate.get"] = answer
    figures = await api.get("/api/v1/admin/metrics/aggregate?time_range=24h&group_by=hour")
    assert (figures.json(), asked) == (AGGREGATE, [{"time_range": "24h", "group_by": "hour"}])


async def test_statistics_count_the_live_branch_once(town: Town, api: httpx.AsyncClient) -> None:
    same = {**viewed(), "event_id": hash_id("same")}
    town.say("user_actions", viewed(), same)
    town.say("user_actions", same)
    town.say("user_actions", viewed(), branch=0)
    stats = (await api.get("/api/v1/admin/stats")).json()
    assert stats["events"]["user_actions"] == {"venue.viewed": 2}
    assert stats["totals"]["users"] == 2
    assert stats["events_per_second"] > 0
    assert stats["branch"] == 1


async def test_tables_of_a_backfill_are_not_tables_a_minute(town: Town, api: httpx.AsyncClient) -> None:
    town.branch = 2
    town.tell_state(phase="backfill")
    town.say("bookings", *[booking("booking.confirmed", f"past-{number}") for number in range(50)], source="booking")
    assert (await api.get("/api/v1/admin/stats")).json()["bookings_per_minute"] == 0
    town.tell_state(phase="running")
    town.say("bookings", booking("booking.confirmed", "now"), source="booking")
    stats = (await api.get("/api/v1/admin/stats")).json()
    assert 0 < stats["bookings_per_minute"] <= 60
    assert stats["totals"]["bookings_confirmed"] == 51


async def test_a_new_branch_starts_from_nothing_and_the_old_one_is_closed(town: Town, api: httpx.AsyncClient) -> None:
    town.say("user_actions", viewed())
    town.branch = 2
    town.say("user_actions", viewed())
    town.tell_state(phase="backfill")
    town.say("user_actions", viewed(), branch=1)
    stats = (await api.get("/api/v1/admin/stats")).json()
    assert (stats["branch"], stats["phase"]) == (2, "backfill")
    assert stats["events"]["user_actions"] == {"venue.viewed": 1}
    assert stats["totals"]["users"] == 0


async def test_lag_is_what_a_service_has_yet_to_read(town: Town, api: httpx.AsyncClient) -> None:
    town.core.context.ledger.services.ends = {("user_actions", 0): 10, ("user_actions", 1): 5, ("environment", 0): 2}
    # booking has not reported `environment`, so it does not read it; analytics has said nothing: it owes everything
    progress = {"instance": "a", "wall_time": town.clock.now_us(), "positions": "user_actions:0=7,user_actions:1=5"}
    town.say("system_metrics", {"event_type": "service.progress", **progress}, source="booking")
    stats = (await api.get("/api/v1/admin/stats")).json()
    assert (stats["lag"]["booking"], stats["lag"]["analytics"], stats["lag"]["simulator"]) == (3, 17, 0)
    assert stats["services"]["booking"]["alive"] is True
    assert stats["services"]["recommender"]["alive"] is False
