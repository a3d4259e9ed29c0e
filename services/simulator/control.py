"""Carries out commands: the clock's and questions at once, the telling's between two ticks, the city's with a tick."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from services.simulator.domain.city import CommandResult
from services.simulator.runtime import commands
from services.simulator.runtime.admission import Admitted, Order, Received
from services.simulator.runtime.commands import (
    Parameters,
    Rate,
    Refused,
    Saved,
    Scope,
    Seed,
    Snapshot,
    Speed,
    Start,
    Travel,
)
from services.simulator.runtime.notices import Answer
from services.simulator.runtime.pacer import UNPACED, Pacer
from services.simulator.telling import Telling, iso

REMEMBERED = 10_000
"""Command ids remembered, so that a command repeated by a client or a crash acts once."""

OURS = "simulator"

WHILE_STOPPED = frozenset(
    {"start", "seed", "reset", "stop", "snapshot", "snapshot.create", "snapshot.restore", "travel"}
)
"""Commands that a stopped simulation obeys; questions it answers too."""

ENDING = frozenset({"start", "seed", "reset", "stop", "snapshot.restore", "travel"})
"""Orders after which nothing more is told to the branch they come to."""

Question = Callable[[Parameters, Telling], Mapping[str, object]]
"""Answers a question of people, or raises `Refused`."""


@dataclass(frozen=True, slots=True)
class BranchOrder:
    """Reset, seed, start, stop or snapshot, waiting for the tick in hand to end."""

    event_id: str
    command_id: str
    command: str
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Control:
    """Commands of one simulator. ``live_speed`` is asked for once the backfill is over."""

    pacer: Pacer
    live_speed: float
    live_rate: float | None = None
    backfilling: bool = False
    stopped: bool = False
    order: BranchOrder | None = None
    handled: dict[str, None] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)

    def receive(self, received: Received, telling: Telling, live_us: int, now: float) -> list[Answer]:
        """Act on the commands among control records; answers to those that are settled already.

        ``live_us`` is the simulated time at which the backfill ends.
        """
        answers = []
        columns = ["event_type", "event_id", "command_id", "command", "target", "parameters"]
        for row, values in enumerate(received.batch.frame.select(columns).iter_rows()):
            event_type, event_id, command_id, name, target, parameters = values
            if event_type != "command.issued" or target not in {None, "", OURS} or command_id in self.handled:
                continue
            self._remember(command_id)
            try:
                parsed = commands.parse(name, parameters)
                answer = self._act(name, parsed, event_id, command_id, telling, live_us, now)
            except Refused as refusal:
                answer = Answer(
                    event_id, command_id, name, accepted=False, reason=str(refusal), effective_us=_at(telling)
                )
            if answer is not None:
                answers.append(answer)
            elif commands.scope_of(name) is Scope.CITY:
                telling.inbox.order(received, row)
        return answers

    def _act(
        self,
        name: str,
        parameters: Parameters,
        event_id: str,
        command_id: str,
        telling: Telling,
        live_us: int,
        now: float,
    ) -> Answer | None:
        scope = commands.scope_of(name)
        if scope is Scope.QUESTION:
            said = self.questions[name](parameters, telling)
            return Answer(
                event_id, command_id, name, accepted=True, reason=None, effective_us=_at(telling), result=said
            )
        if self.stopped and name not in WHILE_STOPPED:
            raise Refused(f"the simulation is stopped; {name} needs a start or a reset first")
        if scope is Scope.CITY:
            if self.order is not None and self.order.command in ENDING:
                raise Refused(f"a {self.order.command} is under way, which ends this branch; try again when it is done")
            return None
        if scope is Scope.BRANCH:
            if self.order is not None:
                raise Refused(f"a {self.order.command} is already under way")
            self.order = BranchOrder(event_id, command_id, name, _changes(parameters))
            return None
        effective = self._pace(name, parameters, telling, live_us, now)
        result = {"paused": self.pacer.paused, "speed": self.live_speed or "max", "rate": self.live_rate}
        return Answer(event_id, command_id, name, accepted=True, reason=None, effective_us=effective, result=result)

    def _pace(self, name: str, parameters: Parameters, telling: Telling, live_us: int, now: float) -> int:
        """Act on the clock; the simulated time from which it holds."""
        paced = self.pacer.city_us(now) if self.pacer.speed != UNPACED else _at(telling)
        if name == "pause":
            self.pacer.pause(now)
        elif name == "resume":
            self.pacer.resume(now)
        elif isinstance(parameters, Speed):
            self.live_speed = UNPACED if parameters.multiplier == "max" else parameters.multiplier
            self.live_rate = None
        elif isinstance(parameters, Rate):
            self.live_rate = parameters.events_per_second
        if name in {"pause", "resume"}:
            return paced
        if self.backfilling:
            return live_us
        self.go_live(now)
        return paced

    def go_live(self, now: float) -> None:
        """Pace as people asked for."""
        self.backfilling = False
        if self.live_rate is None:
            self.pacer.set_speed(self.live_speed, now)
        else:
            self.pacer.set_rate(self.live_rate, now)

    def backfill(self, now: float) -> None:
        """As fast as possible, until `go_live`."""
        self.backfilling = True
        self.pacer.set_speed(UNPACED, now)

    def _remember(self, command_id: str) -> None:
        self.handled[command_id] = None
        if len(self.handled) > REMEMBERED:
            del self.handled[next(iter(self.handled))]


def _at(telling: Telling) -> int:
    return telling.city.time_us


def _changes(parameters: Parameters) -> Mapping[str, object]:
    """What an order carries: changes of the configuration and the seed, the words of a snapshot, or a moment."""
    if isinstance(parameters, Snapshot):
        return {"name": parameters.name, "description": parameters.description}
    if isinstance(parameters, Saved):
        return {"snapshot": parameters.snapshot}
    if isinstance(parameters, Travel):
        return {"to": int(parameters.to.timestamp()) * 1_000_000, "pause": parameters.pause}
    given: dict[str, object] = {}
    if isinstance(parameters, Start):
        given = {
            "users": parameters.population,
            "seed": parameters.seed,
            "active_percentage": parameters.active_percentage,
            "maximum_active_users": parameters.maximum_active_users,
        }
        if parameters.start_time is not None:
            given["start"] = int(parameters.start_time.astimezone(UTC).timestamp()) * 1_000_000
    elif isinstance(parameters, Seed):
        given = {"users": parameters.users, "seed": parameters.seed, "venues": parameters.venues}
    return {name: value for name, value in given.items() if value is not None}


def order_note(order: BranchOrder) -> dict[str, str]:
    """An order as a checkpoint keeps it, so that the branch it opened can answer it after a crash."""
    return {"event_id": order.event_id, "command_id": order.command_id, "command": order.command}


def opened_answer(note: Mapping[str, str], telling: Telling) -> Answer:
    """The answer to the order that opened a branch; its note may hold more to say, as JSON."""
    result = json.loads(note.get("result", "{}")) | {
        "simulation_time": iso(telling.city.time_us),
        "run_id": telling.identity.run_id,
        "branch": telling.identity.branch,
        "seed": telling.seed,
        "users": telling.config.users,
        "venues": telling.config.venues,
        "active_percentage": telling.config.active_percentage,
        "maximum_active_users": telling.config.maximum_active_users,
    }
    return Answer(
        note["event_id"],
        note["command_id"],
        note["command"],
        accepted=True,
        reason=None,
        effective_us=telling.city.time_us,
        result=result,
    )


def answered(
    order: BranchOrder, telling: Telling, result: Mapping[str, object] | None = None, refused: str | None = None
) -> Answer:
    """The answer to an order that was carried out between two ticks, or could not be."""
    return Answer(
        order.event_id,
        order.command_id,
        order.command,
        accepted=refused is None,
        reason=refused,
        effective_us=telling.city.time_us,
        result=result,
    )


def answers_of(admitted: Admitted, results: Sequence[CommandResult], effective_us: int) -> list[Answer]:
    """The answers of the city to its commands."""
    orders = {order.command.command_id: order for order in admitted.orders}
    return [answer_of(orders[result.command_id], result, effective_us) for result in results]


def answer_of(order: Order, result: CommandResult, effective_us: int) -> Answer:
    """The answer of the city to one command."""
    return Answer(
        event_id=order.event_id,
        command_id=result.command_id,
        command=order.command.name,
        accepted=result.accepted,
        reason=result.reason,
        effective_us=effective_us,
        result=result.result,
    )
