"""Asks services over topics and waits for the answer: commands and their acknowledgements, requests and replies."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from services.gateway.state.chunk import Chunk
from services.gateway.state.ledger import Ledger
from services.gateway.state.times import iso
from streamkit.clock import Clock
from streamkit.errors import Fatal, Retryable
from streamkit.identity import hash_id
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Outgoing

Publish = Callable[[Sequence[Output]], Awaitable[Positions]]

NO_RUN = "none"
"""Key of a command given before the simulator has ever spoken: a key may not be null."""


class UnansweredError(Exception):
    """Nobody answered before the deadline."""

    def __init__(self, who: str, what: str, seconds: float) -> None:
        super().__init__(f"{who} did not answer {what} within {seconds:g} s")
        self.who = who


class DisconnectedError(Exception):
    """Kafka is away, so nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Ack:
    """What a service says to a command."""

    command_id: str
    command: str
    accepted: bool
    by: str
    reason: str | None
    effective_time: int | None
    result: Any
    latency_ms: float

    def printable(self) -> dict[str, object]:
        """JSON of an acknowledgement."""
        return {
            "command_id": self.command_id,
            "command": self.command,
            "status": "accepted" if self.accepted else "rejected",
            "by": self.by,
            "reason": self.reason,
            "effective_time": iso(self.effective_time),
            "result": self.result,
            "latency_ms": self.latency_ms,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to a request; ``status`` is ok, rejected, not_found or error."""

    status: str
    reason: str | None
    payload: Any


class Desk:
    """Open questions by id. Answers arrive through `settle`, on the same loop."""

    def __init__(self, publish: Publish, ledger: Ledger, clock: Clock, instance: str) -> None:
        self._publish = publish
        self._ledger = ledger
        self._clock = clock
        self._instance = instance
        self._begun = clock.now_us()
        self._asked = 0
        self._open: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._failure: Fatal | None = None
        self._failed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Do nothing until told to stop; raise `Fatal` once the producer cannot go on, so that we start anew."""
        waiting = {asyncio.create_task(stop.wait()), asyncio.create_task(self._failed.wait())}
        _, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        if self._failure is not None:
            raise self._failure

    async def command(
        self,
        command: str,
        parameters: Mapping[str, object],
        issued_by: str,
        deadline_s: float,
        target: str | None = None,
    ) -> Ack:
        """Give a command and wait until it has been acknowledged.

        Raises:
            UnansweredError: not by the deadline.
            DisconnectedError: Kafka is away.
        """
        name = self._name()
        began = self._clock.monotonic()
        row = {
            **self._common("command.issued", name),
            "command_id": name,
            "command": command,
            "target": target,
            "parameters": orjson.dumps(parameters).decode(),
            "issued_by": issued_by,
            "wall_time": self._clock.now_us(),
        }
        said = await self._ask("simulation_control", name, row, target or "simulator", command, deadline_s)
        return Ack(
            name,
            command,
            said["status"] == "accepted",
            said["source"],
            said["reason"],
            said["effective_time"],
            _json(said["result"]),
            round((self._clock.monotonic() - began) * 1000, 1),
        )

    async def ask(
        self, owner: str, kind: str, subject: str, parameters: Mapping[str, object], deadline_s: float
    ) -> Reply:
        """Ask the service that owns the answer; raises as `command` does."""
        name = self._name()
        now = self._clock.now_us()
        row = {
            **self._common("request.made", name),
            "request_id": name,
            "subject": subject,
            "owner": owner,
            "kind": kind,
            "parameters": orjson.dumps(parameters).decode(),
            "deadline": now + round(deadline_s * 1e6),
            "wall_time": now,
        }
        said = await self._ask("requests", name, row, owner, kind, deadline_s)
        return Reply(said["status"], said["reason"], _json(said["payload"]))

    def settle(self, chunk: Chunk) -> None:
        """Match acknowledgements and replies to what was asked; others' answers are passed over."""
        if not self._open or chunk.topic not in {"simulation_control", "replies"}:
            return
        column = "command_id" if chunk.topic == "simulation_control" else "request_id"
        answers = chunk.frame.filter(pl.col("event_type").is_in(["ack.given", "reply.given"]))
        for row in answers.filter(pl.col(column).is_in(list(self._open))).iter_rows(named=True):
            waiting = self._open.get(row[column])
            if waiting is not None and not waiting.done():
                waiting.set_result(row)

    async def _ask(
        self, topic: str, name: str, row: Mapping[str, object], who: str, what: str, deadline_s: float
    ) -> Mapping[str, Any]:
        if not self._ledger.connected:
            raise DisconnectedError("Kafka cannot be reached")
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._open[name] = answer
        try:
            async with asyncio.timeout(deadline_s):
                await self._publish([Outgoing.from_rows(topic, [row])])
                return await answer
        except TimeoutError:
            raise UnansweredError(who, what, deadline_s) from None
        except Retryable as error:
            raise DisconnectedError(str(error)) from error
        except Fatal as error:
            self._failure = self._failure or error
            self._failed.set()
            raise DisconnectedError(str(error)) from error
        finally:
            del self._open[name]

    def _name(self) -> str:
        self._asked += 1
        return hash_id("gateway", self._instance, self._begun, self._asked)

    def _common(self, event_type: str, name: str) -> dict[str, object]:
        run, branch = self._ledger.live or (NO_RUN, 0)
        state = self._ledger.city.simulation
        return {
            "event_id": name,
            "event_type": event_type,
            "run_id": run,
            "branch": branch,
            "simulation_time": state.simulation_time or 0,
            "world": state.world,
            "city": state.city,
            "source": "gateway",
        }


def _json(text: str | None) -> Any:
    return None if text is None else orjson.loads(text)
