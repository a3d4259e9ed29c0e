"""The simulation's state and its commands, as far as booking takes part in them."""

import json
from collections.abc import Callable, Mapping

import polars as pl
from pydantic import Field, ValidationError

from services.booking.desk import Desk
from services.booking.events import SOURCE
from services.booking.handlers.parameters import Parameters
from services.booking.handlers.rows import Row, fresh_rows, rows_of


class RefusedError(Exception):
    """A command that cannot be obeyed, with its reason."""


class Snapshot(Parameters):
    """Arguments of snapshot.save and snapshot.load."""

    snapshot_id: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")


def on_simulation_control(desk: Desk, frame: pl.DataFrame) -> None:
    """Follow the live telling; obey and acknowledge commands addressed to booking."""
    if frame.filter(pl.col("event_type") == "state.changed").height:
        desk.state.put_live(desk.scope)
    commands = frame.filter((pl.col("event_type") == "command.issued") & (pl.col("target") == SOURCE))
    for row in fresh_rows(desk, rows_of(commands, ("command_id", "command", "parameters"))):
        try:
            result, reason = _obey(desk, row), None
        except (RefusedError, ValueError) as error:
            result, reason = None, _words(error)
        columns = {
            "command_id": row.columns["command_id"],
            "command": row.columns["command"],
            "status": "accepted" if reason is None else "rejected",
            "reason": reason,
            "effective_time": row.trigger.time_us if reason is None else None,
            "result": None if result is None else json.dumps(result),
            "wall_time": row.trigger.time_us,
        }
        desk.records.add("simulation_control", "ack.given", row.trigger, columns)


def _obey(desk: Desk, row: Row) -> dict[str, object]:
    command = COMMANDS.get(str(row.columns["command"]))
    if command is None:
        raise RefusedError(f"booking does not take the command {row.columns['command']!r}")
    parameters = json.loads(row.text("parameters") or "{}")
    return command(desk, parameters if isinstance(parameters, dict) else {"parameters": parameters})


def _reset(desk: Desk, parameters: Mapping[str, object]) -> dict[str, object]:
    del desk, parameters
    return {"tables": "free in every new branch"}


def _save(desk: Desk, parameters: Mapping[str, object]) -> dict[str, object]:
    snapshot_id = Snapshot.model_validate(parameters).snapshot_id
    if not desk.state.save(desk.scope, snapshot_id):
        raise RefusedError(f"there is a snapshot {snapshot_id!r} already")
    return {"snapshot_id": snapshot_id}


def _load(desk: Desk, parameters: Mapping[str, object]) -> dict[str, object]:
    snapshot_id = Snapshot.model_validate(parameters).snapshot_id
    if not desk.state.load(desk.scope, snapshot_id):
        raise RefusedError(f"there is no snapshot {snapshot_id!r}")
    return {"snapshot_id": snapshot_id}


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'parameters'}: {first['msg']}"
    return str(error) if isinstance(error, RefusedError) else f"parameters: {error}"


COMMANDS: Mapping[str, Callable[[Desk, Mapping[str, object]], dict[str, object]]] = {
    "reset": _reset,
    "snapshot.save": _save,
    "snapshot.load": _load,
}
