"""Bookings by REST: folded from the topic, made and asked of the booking service."""

import json

import httpx

from services.booking.handlers.parameters import GroupAnswer, GroupAsk, GroupGet
from streamkit.identity import hash_id
from tests.unit.gateway.replies import told
from tests.unit.gateway.town import Town, booking

B1, B2 = hash_id("b1"), hash_id("b2")


async def test_a_booking_is_folded_to_its_status_and_never_goes_back(town: Town, api: httpx.AsyncClient) -> None:
    town.say("bookings", booking("booking.requested", B1), booking("booking.requested", B2))
    town.say("bookings", booking("booking.confirmed", B1), source="booking")
    town.say("bookings", booking("booking.requested", B1))
    shown = (await api.get(f"/api/v1/bookings/{B1}")).json()
    assert (shown["status"], shown["tables"], shown["venue_name"]) == ("confirmed", ["3", "4"], "Bar Luce")
    assert shown["start_time"] == "2024-06-07T12:00:00.000000Z"
    listed = (await api.get("/api/v1/bookings/?limit=1")).json()
    assert ([row["booking_id"] for row in listed["bookings"]], listed["next_cursor"]) == ([B2], 1)
    mine = (await api.get("/api/v1/bookings/user/u0000001")).json()
    assert [row["booking_id"] for row in mine["bookings"]] == [B2, B1]
    assert (await api.get("/api/v1/bookings/?status=pending")).json()["total"] == 1


async def test_a_booking_is_made_by_asking_the_booking_service(town: Town, api: httpx.AsyncClient) -> None:
    asked = []

    def answer(row: dict[str, object]) -> dict[str, object]:
        asked.append(row)
        return {"status": "ok", "payload": told(row)}

    town.answers["booking.create"] = answer
    body = {"venue_id": "v00001", "party_size": 2, "start_time": "2024-06-07T19:30:00-04:00"}
    made = await api.post("/api/v1/bookings/u0000001/create", json=body)
    assert (made.status_code, made.json()["status"]) == (201, "confirmed")
    assert '"start_time":"2024-06-07T23:30:00.000000Z"' in str(asked[0]["parameters"])
    assert asked[0]["subject"] == "v00001"
    nowhere = await api.post("/api/v1/bookings/u0000001/create", json={**body, "venue_id": "v99999"})
    assert nowhere.status_code == 404


async def test_a_group_is_asked_answered_and_looked_up_in_words_that_booking_takes(
    town: Town, api: httpx.AsyncClient
) -> None:
    asked: list[dict[str, object]] = []

    def answer(row: dict[str, object]) -> dict[str, object]:
        asked.append(row)
        return {"status": "ok", "payload": told(row)}

    for kind in ("booking.group", "booking.group_answer", "booking.group_get"):
        town.answers[kind] = answer
    body = {"user_id": "u0000001", "venue_id": "v00001", "start_time": "2024-06-07T19:30:00-04:00"}
    made = await api.post("/api/v1/bookings/group", json={**body, "member_ids": ["u0000002"], "smallest": 2})
    assert (made.status_code, made.json()["status"]) == (201, "collecting")
    said = await api.post(f"/api/v1/bookings/group/{B1}/answer", json={"user_id": "u0000002", "accept": False})
    seen = await api.get(f"/api/v1/bookings/group/{B1}")
    assert (said.status_code, seen.status_code) == (200, 200)
    given = [json.loads(str(row["parameters"])) for row in asked]
    group = GroupAsk.model_validate(given[0])
    assert (group.member_ids, group.smallest, group.start_time) == (["u0000002"], 2, "2024-06-07T23:30:00.000000Z")
    assert GroupAnswer.model_validate(given[1]) == GroupAnswer(group_id=B1, user_id="u0000002", accept=False)
    assert GroupGet.model_validate(given[2]).group_id == B1
    stranger = await api.post("/api/v1/bookings/group", json={**body, "member_ids": ["u9999999"]})
    assert stranger.status_code == 404


async def test_bookings_are_listed_with_and_without_the_last_slash(town: Town, api: httpx.AsyncClient) -> None:
    town.say("bookings", booking("booking.requested", B1))
    listed = (await api.get("/api/v1/bookings")).json()
    assert (await api.get("/api/v1/bookings/")).json() == listed
    assert listed["total"] == 1
