"""Writes under an idempotency key are done once."""

import asyncio

import httpx
import pytest

from tests.unit.gateway.direct import direct
from tests.unit.gateway.town import Row, Town, settings

SPAWN = "/api/v1/admin/control/users/spawn/3"


class Counting:
    """Accepts commands and counts them."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, _: object) -> Row:
        self.given += 1
        return {"status": "accepted", "result": f'{{"count": {self.given}}}'}


@pytest.fixture
def counted() -> Counting:
    return Counting()


@pytest.fixture
def town(counted: Counting) -> Town:
    town = Town(settings(command_deadline_s=5))
    town.populate()
    town.answers["spawn"] = counted
    return town


async def spawn(api: httpx.AsyncClient, key: str | None, **body: object) -> httpx.Response:
    return await api.post(SPAWN, json=body, headers={"Idempotency-Key": key} if key is not None else {})


async def test_a_write_sent_again_is_answered_by_its_first_answer(town: Town, counted: Counting) -> None:
    async with direct(town) as api:
        first, again, other = [await spawn(api, key) for key in ("one", "one", "two")]
    assert counted.given == 2
    assert first.json() == again.json() != other.json()
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)


async def test_the_same_write_twice_at_once_is_done_once(town: Town, counted: Counting) -> None:
    async with direct(town) as api:
        answers = await asyncio.gather(*[spawn(api, "one") for _ in range(5)])
    assert counted.given == 1
    assert {answer.text for answer in answers} == {answers[0].text}


async def test_without_a_key_every_write_is_done(town: Town, counted: Counting) -> None:
    async with direct(town) as api:
        await spawn(api, None)
        await spawn(api, None)
    assert counted.given == 2


async def test_a_key_serves_one_request_only(town: Town, counted: Counting) -> None:
    async with direct(town) as api:
        await spawn(api, "one")
        other = await spawn(api, "one", befriend=True)
        bad = await spawn(api, "no spaces")
    assert (other.status_code, bad.status_code, counted.given) == (422, 422, 1)
    assert other.json()["errors"][0]["field"] == "header.idempotency-key"


async def test_a_refusal_is_repeated_and_a_silence_tried_again(town: Town) -> None:
    town.answers["spawn"] = lambda _: {"status": "rejected", "reason": "the city is full"}
    async with direct(town) as api:
        assert [(await spawn(api, "full")).status_code for _ in range(2)] == [409, 409]
    quiet = Town(settings(command_deadline_s=0.05))
    quiet.populate()
    quiet.silent = True
    async with direct(quiet) as api:
        assert (await spawn(api, "one")).status_code == 504
        quiet.silent = False
        assert "idempotency-replayed" not in (await spawn(api, "one")).headers


async def test_a_body_over_the_limit_is_refused_under_a_key_too(town: Town) -> None:
    async def chunks() -> object:
        for _ in range(80):
            yield b" " * 1_000

    async with direct(town) as api:
        answer = await api.post(SPAWN, content=chunks(), headers={"Idempotency-Key": "large"})  # type: ignore[arg-type]
        without = await api.post(SPAWN, content=chunks())  # type: ignore[arg-type]
    assert (answer.status_code, without.status_code) == (413, 413)
