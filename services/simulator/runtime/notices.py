"""What the simulator says of itself: ticks, states and acknowledgements, one record each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.simulator.domain.city import Identity
from services.simulator.runtime.admission import CONTROL, SOURCE
from streamkit.identity import event_id
from streamkit.positions import Positions, print_positions
from streamkit.records import Column, Outgoing

METRICS = "system_metrics"
JOURNAL_METRIC = "journal"
"""A tick's ``metric``: its ``value`` is how many records the branch's journal held when the tick was computed."""


@dataclass(frozen=True, slots=True)
class Published:
    """One tick that the broker has."""

    tick: int
    time_us: int
    ends: Positions
    events: int
    journaled: int


@dataclass(frozen=True, slots=True)
class State:
    """The simulation as people see it."""

    phase: str
    tick: int
    time_us: int
    start_us: int
    speed_target: float
    speed_achieved: float
    population: int
    active_users: int
    reason: str | None = None
    scenario: str | None = None
    rate_target: float | None = None
    rate_achieved: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command."""

    event_id: str
    command_id: str
    command: str
    accepted: bool
    reason: str | None
    effective_us: int
    result: Mapping[str, object] | None = None


def tick_record(identity: Identity, published: Published, state: State, wall_us: int) -> Outgoing:
    """``simulator.tick``: where the branch ends in every partition of the city's topics."""
    trigger = f"tick:{published.tick}"
    columns = _common(identity, "simulator.tick", trigger, published.time_us)
    columns |= {
        "wall_time": wall_us,
        "tick": published.tick,
        "positions": print_positions(published.ends),
        "count": published.events,
        "metric": JOURNAL_METRIC,
        "value": float(published.journaled),
        "speed_target": float(state.speed_target),
        "speed_achieved": float(state.speed_achieved),
        "active_users": state.active_users,
    }
    return Outgoing(METRICS, 1, columns)


def state_record(identity: Identity, state: State, wall_us: int) -> Outgoing:
    """``state.changed``; its id holds the wall clock because a state is said anew, never again."""
    columns = _common(identity, "state.changed", f"state:{state.phase}:{state.tick}:{wall_us}", state.time_us)
    columns |= {
        "phase": state.phase,
        "tick": state.tick,
        "start_time": state.start_us,
        "speed_target": float(state.speed_target),
        "speed_achieved": float(state.speed_achieved),
        "population": state.population,
        "active_users": state.active_users,
        "reason": state.reason,
        "scenario": state.scenario,
        "rate_target": state.rate_target,
        "rate_achieved": state.rate_achieved,
        "wall_time": wall_us,
    }
    return Outgoing(CONTROL, 1, columns)


@dataclass(frozen=True, slots=True)
class Saved:
    """A snapshot that was saved: its id, what it is called, and the tick from which it goes on."""

    snapshot_id: str
    name: str
    tick: int
    time_us: int


def snapshot_record(identity: Identity, saved: Saved, trigger: str, wall_us: int) -> Outgoing:
    """``snapshot.created``, because of the command event ``trigger``."""
    columns = _common(identity, "snapshot.created", trigger, saved.time_us)
    columns |= {
        "correlation_id": trigger,
        "snapshot_id": saved.snapshot_id,
        "tick": saved.tick,
        "result": json.dumps({"name": saved.name}),
        "wall_time": wall_us,
    }
    return Outgoing(CONTROL, 1, columns)


@dataclass(frozen=True, slots=True)
class Issued:
    """A command of the simulator to another service: ``parameters`` are JSON."""

    command_id: str
    command: str
    target: str
    parameters: str


def command_record(identity: Identity, issued: Issued, time_us: int, wall_us: int) -> Outgoing:
    """``command.issued`` to a service, in the branch that it is about."""
    columns = _common(identity, "command.issued", issued.command_id, time_us)
    columns |= {
        "command_id": issued.command_id,
        "command": issued.command,
        "target": issued.target,
        "parameters": issued.parameters,
        "issued_by": SOURCE,
        "wall_time": wall_us,
    }
    return Outgoing(CONTROL, 1, columns)


def ack_record(identity: Identity, answer: Answer, wall_us: int) -> Outgoing:
    """``ack.given``, named after the command's own event so that a command has one answer."""
    columns = _common(identity, "ack.given", answer.event_id, answer.effective_us)
    columns |= {
        "correlation_id": answer.event_id,
        "command_id": answer.command_id,
        "command": answer.command,
        "status": "accepted" if answer.accepted else "rejected",
        "reason": answer.reason,
        "effective_time": answer.effective_us,
        "result": None if answer.result is None else json.dumps(dict(answer.result)),
        "wall_time": wall_us,
    }
    return Outgoing(CONTROL, 1, columns)


def _common(identity: Identity, event_type: str, trigger: str, time_us: int) -> dict[str, Column]:
    return {
        "event_id": event_id(identity.run_id, identity.branch, SOURCE, trigger, event_type),
        "event_type": event_type,
        "run_id": identity.run_id,
        "branch": identity.branch,
        "simulation_time": time_us,
        "world": identity.world,
        "city": identity.city,
        "source": SOURCE,
    }
