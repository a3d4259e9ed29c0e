"""The simulation's state and its commands, as far as booking takes part in them."""

import json

import polars as pl

from services.booking.desk import Desk
from services.booking.events import SOURCE
from services.booking.handlers.rows import rows_of


def on_simulation_control(desk: Desk, frame: pl.DataFrame) -> None:
    """Follow the live telling; acknowledge commands addressed to booking."""
    if frame.filter(pl.col("event_type") == "state.changed").height:
        desk.state.put_live(desk.scope)
    commands = frame.filter((pl.col("event_type") == "command.issued") & (pl.col("target") == SOURCE))
    rows = list(rows_of(commands, ("command_id", "command")))
    fresh = desk.state.fresh(desk.scope, [row.trigger.event_id for row in rows]) if rows else set()
    for row in rows:
        if row.trigger.event_id not in fresh:
            continue
        fresh.discard(row.trigger.event_id)
        known = row.columns["command"] == "reset"
        columns = {
            "command_id": row.columns["command_id"],
            "command": row.columns["command"],
            "status": "accepted" if known else "rejected",
            "reason": None if known else f"booking does not take the command {row.columns['command']!r}",
            "effective_time": row.trigger.time_us if known else None,
            "result": json.dumps({"tables": "free in every new branch"}) if known else None,
            "wall_time": row.trigger.time_us,
        }
        desk.records.add("simulation_control", "ack.given", row.trigger, columns)
