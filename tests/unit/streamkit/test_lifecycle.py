"""A service drains on a signal, and its exit code says how it ended."""

import asyncio
import json
import os
import signal

import pytest

from streamkit import lifecycle
from streamkit.errors import Fatal
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import Service, run_parts, run_service
from streamkit.settings import ServiceSettings
from streamkit.testing import eventually


class Worker:
    """Waits for the end and tells that it came."""

    def __init__(self) -> None:
        self.drained = False

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.drained = True


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def run(self, stop: asyncio.Event) -> None:
        raise self.error


class Signalling:
    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    async def run(self, stop: asyncio.Event) -> None:
        os.kill(os.getpid(), self.number)
        await stop.wait()


class Deaf:
    async def run(self, stop: asyncio.Event) -> None:
        await asyncio.Event().wait()


class Closing:
    def __init__(self, closed: list[str], name: str) -> None:
        self.closed = closed
        self.name = name

    async def close(self) -> None:
        self.closed.append(self.name)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_every_part_and_exits_clean(number: signal.Signals) -> None:
    worker = Worker()
    assert run_service("test", ServiceSettings, lambda _: [worker, Signalling(number)]) == 0
    assert worker.drained


def test_a_fatal_part_ends_the_service_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_service("test", ServiceSettings, lambda _: [Worker(), Failing(Fatal("disk full"))]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said["reason"] == "disk full"
    assert said["service"] == "test"


def test_a_defect_is_told_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_service("test", ServiceSettings, lambda _: [Failing(KeyError("x"))]) == 1
    assert "Traceback" in json.loads(capsys.readouterr().err.splitlines()[0])["exception"]


def test_a_wrong_configuration_exits_with_two_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUNA_HEALTH_PORT", "door")
    assert run_service("test", ServiceSettings, lambda _: []) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "LUNA_HEALTH_PORT" in line


def test_the_first_part_to_finish_ends_the_service() -> None:
    class Done:
        async def run(self, stop: asyncio.Event) -> None:
            return

    worker = Worker()
    assert run_service("test", ServiceSettings, lambda _: [worker, Done()]) == 0
    assert worker.drained


async def test_resources_are_closed_last_first_even_after_a_failure() -> None:
    closed: list[str] = []
    service = Service([Failing(Fatal("x"))], [Closing(closed, "producer"), Closing(closed, "pool")])
    with pytest.raises(ExceptionGroup):
        await run_parts(service, asyncio.Event())
    assert closed == ["pool", "producer"]


async def test_a_part_that_does_not_drain_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "DRAIN_LIMIT_S", 0.05)
    stop = asyncio.Event()
    stop.set()
    with pytest.raises(ExceptionGroup) as caught:
        await run_parts(Service([Deaf()]), stop)
    assert "Deaf" in str(caught.value.exceptions[0])


async def fetch(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split(" ")[1]), body


async def test_health_answers_live_at_once_and_ready_when_all_parts_are() -> None:
    readiness = Readiness("kafka", "database")
    server, stop = HealthServer(0, readiness, "127.0.0.1"), asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await eventually(server.started.is_set)
    assert (await fetch(server.port, "/livez"))[0] == 200
    readiness.set("kafka", ok=True)
    status, body = await fetch(server.port, "/readyz")
    assert status == 503
    assert json.loads(body)["parts"]["database"] == {"ok": False, "detail": "starting"}
    readiness.set("database", ok=True)
    assert (await fetch(server.port, "/readyz"))[0] == 200
    assert "luna_consumed_records_total" in (await fetch(server.port, "/metrics"))[1]
    assert (await fetch(server.port, "/"))[0] == 404
    stop.set()
    await running


async def test_a_taken_health_port_is_said_in_one_line() -> None:
    stop = asyncio.Event()
    first = HealthServer(0, Readiness(), "127.0.0.1")
    running = asyncio.create_task(first.run(stop))
    await eventually(first.started.is_set)
    with pytest.raises(Fatal, match=str(first.port)):
        await HealthServer(first.port, Readiness(), "127.0.0.1").run(stop)
    stop.set()
    await running
