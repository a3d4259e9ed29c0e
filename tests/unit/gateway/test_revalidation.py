"""Reads whose answer the caller has already are answered without a body."""

import httpx
import pytest

from tests.unit.gateway.direct import direct
from tests.unit.gateway.town import Town, settings

VENUES = "/api/v1/venues"


@pytest.fixture
def town() -> Town:
    town = Town(settings())
    town.populate()
    return town


async def read(api: httpx.AsyncClient, *tags: str, path: str = VENUES) -> httpx.Response:
    return await api.get(path, headers=[("If-None-Match", tag) for tag in tags])


async def test_what_the_caller_has_is_not_sent_again(town: Town) -> None:
    async with direct(town) as api:
        first = await read(api)
        again = await read(api, first.headers["etag"])
    assert (first.status_code, len(first.content) > 2, first.headers["cache-control"]) == (
        200,
        True,
        "private, no-cache",
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


@pytest.mark.parametrize("form", ['"other", {}', '"other",{}', "*"])
async def test_one_tag_of_several_is_enough(town: Town, form: str) -> None:
    async with direct(town) as api:
        tag = (await read(api)).headers["etag"]
        assert (await read(api, form.format(tag))).status_code == 304
        assert (await read(api, '"other"', form.format(tag))).status_code == 304


async def test_the_strong_form_of_a_tag_is_the_same(town: Town) -> None:
    async with direct(town) as api:
        tag = (await read(api)).headers["etag"]
        assert (await read(api, tag.removeprefix("W/"))).status_code == 304


async def test_an_answer_that_changed_is_sent_whole_with_another_tag(town: Town) -> None:
    async with direct(town) as api:
        old = await read(api)
        other = await read(api, old.headers["etag"], path="/api/v1/users")
    assert other.status_code == 200
    assert other.headers["etag"] != old.headers["etag"]


async def test_errors_and_writes_have_no_tag(town: Town) -> None:
    async with direct(town) as api:
        missing = await read(api, "*", path=f"{VENUES}/v99999")
        written = await api.post("/api/v1/admin/control/users/spawn/0", headers={"If-None-Match": "*"})
    assert missing.status_code == 404
    assert "etag" not in missing.headers
    assert written.status_code != 304
    assert "etag" not in written.headers
