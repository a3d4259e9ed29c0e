import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.gateway.settings import Live
from streamkit.identity import hash_id
from tests.unit.gateway.conftest import Opener
from tests.unit.gateway.dial import ids, of, send, stream, subscribe, until, url
from tests.unit.gateway.town import Town, booking, settings, viewed


async def test_records_arrive_in_batches_with_the_position_after_them(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed(), viewed("u0000002"))
        frame = await of(socket, "events")
    assert frame["channel"] == "user_actions"
    assert {event["user_name"] for event in frame["events"]} == {"Ada Reyes", "Bo Lind"}
    assert frame["position"].startswith(f"{town.core.context.hub.epoch}:")


async def test_only_records_that_pass_the_filters_arrive(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", filters={"user_id": "u0000002", "event_types": ["venue.viewed"]})
        town.say("user_actions", viewed("u0000001"), viewed("u0000002"))
        frame = await of(socket, "events")
    assert [event["user_id"] for event in frame["events"]] == ["u0000002"]


async def test_a_client_that_comes_back_gets_exactly_what_it_missed(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed(), viewed("u0000002"))
        seen = await of(socket, "events")
    town.say("user_actions", viewed(), viewed("u0000002"), viewed())
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", positions={"user_actions": seen["position"]})
        missed = await ids(socket, 3)
        town.say("user_actions", viewed())
        missed += await ids(socket, 1)
    known = {event["event_id"] for event in seen["events"]}
    assert len(set(missed)) == 4
    assert known.isdisjoint(missed)


async def test_a_client_that_missed_too_much_is_told_so(open_town: Opener) -> None:
    town = await open_town(settings(history_records=100))
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed())
        position = (await of(socket, "events"))["position"]
    for _ in range(5):
        town.say("user_actions", *[viewed() for _ in range(60)])
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], positions={"user_actions": position})
        resync = await of(socket, "resync")
    assert (resync["reason"], resync["channels"]) == ("gap", ["user_actions"])


async def test_who_resumes_at_a_gateway_that_has_just_begun_waits_until_it_knows_what_lives(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed())
        position = (await of(socket, "events"))["position"]
    town.say("user_actions", viewed("u0000002"), viewed())
    ledger = town.core.context.ledger
    lives, ledger.live, ledger.caught_up = ledger.live, None, False
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], positions={"user_actions": position})
        await asyncio.sleep(0.3)
        ledger.live, ledger.caught_up = lives, True
        message = await until(socket, lambda one: one["type"] in {"events", "resync"})
    assert message["type"] == "events"
    assert len(message["events"]) == 2


async def test_a_position_of_another_telling_is_told_so(town: Town) -> None:
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], positions={"user_actions": "other:0.0.0.0"})
        assert (await of(socket, "resync"))["reason"] == "epoch"


async def test_a_new_branch_makes_watchers_start_over(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions")
        town.branch = 2
        town.tell_state()
        assert (await of(socket, "resync"))["reason"] == "new_branch"
        town.say("user_actions", viewed())
        assert (await of(socket, "events"))["events"][0]["branch"] == 2


async def test_nothing_of_the_closed_branch_follows_the_resync(town: Town) -> None:
    async with stream(town) as socket:
        await subscribe(socket, "user_actions", "bookings")
        town.say("user_actions", viewed(), viewed())
        town.say("bookings", booking("booking.requested", hash_id("b1")))
        town.branch = 2
        town.tell_state()
        town.say("user_actions", viewed("u0000002"))
        first = await until(socket, lambda message: message["type"] in {"resync", "events"})
        assert (first["type"], first["reason"]) == ("resync", "new_branch")
        town.say("bookings", booking("booking.requested", hash_id("b2")))
        told = [event for _ in range(2) for event in (await of(socket, "events"))["events"]]
    assert [(event["topic"], event["branch"]) for event in told] == [("user_actions", 2), ("bookings", 2)]


async def test_recent_records_come_first_when_asked_for(town: Town) -> None:
    town.say("user_actions", *[viewed() for _ in range(5)])
    async with stream(town) as socket:
        await send(socket, "subscribe", channels=["user_actions"], recent=3)
        assert len(await ids(socket, 3)) == 3


async def test_counters_come_by_themselves_until_they_are_unsubscribed(town: Town) -> None:
    async with stream(town) as socket:
        first = await of(socket, "counters")
        assert first["payload"]["totals"]["users"] == 2
        await send(socket, "unsubscribe", channels=["counters"])
        await of(socket, "unsubscribed")
        await subscribe(socket, "user_actions")
        town.say("user_actions", viewed())
        assert (await of(socket, "events"))["channel"] == "user_actions"


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"channels": ["nothing"]}, "payload.channels"),
        ({"channels": []}, "payload.channels"),
        ({"channels": ["bookings"], "filters": {"sample": 0}}, "payload.filters.sample"),
        ({"channels": ["bookings"], "filters": {"event_types": ["booked"]}}, "payload.filters.event_types"),
        ({"channels": ["bookings"], "positions": {"bookings": "x"}}, "payload.positions.bookings"),
    ],
)
async def test_a_bad_subscription_names_its_field(town: Town, payload: dict[str, object], field: str) -> None:
    async with stream(town) as socket:
        await send(socket, "subscribe", **payload)
        error = await of(socket, "error")
        assert (error["field"], error["request_id"]) == (field, "r1")


async def test_a_client_that_does_not_read_is_let_go_and_others_are_not_slowed(open_town: Opener) -> None:
    town = await open_town(settings(live=Live(tick_s=0.01, outbox_records=2_000)))
    async with stream(town) as reading, connect(url(town, "/ws/stream"), max_queue=1, open_timeout=3) as stalled:
        await subscribe(reading, "user_actions")
        await send(stalled, "subscribe", channels=["user_actions"])
        hub = town.core.context.hub
        rounds = 0
        while hub.counts()["stream"] == 2 and rounds < 500:
            town.say("user_actions", *[viewed() for _ in range(200)])
            assert len(await ids(reading, 200)) == 200
            rounds += 1
        assert hub.counts()["stream"] == 1
        with pytest.raises(ConnectionClosed):
            await until(stalled, lambda _: False)
