"""What was meant to be published becomes what is: some of it late, twice, never, out of order or unreadable.

Everything follows from the rules, what is held back, and draws keyed by `event_id`; the wall clock and the number of
processes have no part in it. Labels go out with the tick in which the record was meant to.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from services.simulator.domain.draws import Array, Draws, Purpose
from services.simulator.domain.ids import parsed
from services.simulator.domain.town import Identity
from services.simulator.imperfections.rows import packed, rows_of, unpacked, values_of
from services.simulator.imperfections.rules import EVERY_TOPIC, TOPICS, Fault, Rule
from services.simulator.runtime.spread import Rescheduled, take, times
from streamkit.identity import event_id
from streamkit.processor import Output
from streamkit.records import Outgoing

MINUTE = 60_000_000
FARTHEST = 8
"""Records that one out of order is overtaken by, at most: a choice."""

GROUND_TRUTH, LABEL = "ground_truth", "truth.imperfection"


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A record that is published later than it was meant to: when, where, and the packed row."""

    due_us: int
    topic: str
    row: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """The tick that is published: of which telling, and its span in simulated microseconds."""

    identity: Identity
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Distorted:
    """What is published of a tick, and what is held back after it."""

    outputs: list[Output]
    held: tuple[Held, ...]


@dataclass(slots=True)
class _Label:
    """Something that happened to a row: ``until_us`` is when the record, or its copy, is published."""

    fault: Fault
    topic: str
    row: dict[str, object]
    until_us: int | None


def distort(
    outputs: Sequence[Output], rules: Sequence[Rule], held: tuple[Held, ...], draws: Draws, tick: Tick
) -> Distorted:
    """Apply rules to the records of a tick; without rules and with nothing held back they stay as they are."""
    if not rules and not held:
        return Distorted(list(outputs), held)
    published: list[Output] = []
    labels: list[_Label] = []
    waiting = list(held)
    for output in outputs:
        if not isinstance(output, Outgoing) or output.topic not in TOPICS or not output.rows:
            published.append(output)
            continue
        kept, later = _one(output, rules, draws, tick, labels)
        waiting += later
        if kept.rows:
            published.append(kept)
    waiting.sort()
    due = [one for one in waiting if one.due_us < tick.end_us]
    published += _released(due)
    if labels:
        published.append(_labelled(labels, tick))
    return Distorted(published, tuple(waiting[len(due) :]))


def _one(
    batch: Outgoing, rules: Sequence[Rule], draws: Draws, tick: Tick, labels: list[_Label]
) -> tuple[Outgoing, list[Held]]:
    """The part of a batch that is published as meant, and what is held back of it."""
    met = _met(batch, rules, draws)
    struck = np.flatnonzero(met >= 0)
    if not len(struck):
        return batch, []
    moments, spread = times(batch), _uniform(batch, draws, len(rules))
    gone = np.zeros(batch.rows, dtype=np.bool_)
    damaged = np.zeros(batch.rows, dtype=np.bool_)
    later: list[Held] = []
    for row, values in zip(struck.tolist(), rows_of(batch, struck), strict=True):
        rule = rules[met[row]]
        until = _until(rule, row, moments, float(spread[row]), tick)
        gone[row] = rule.kind in {"late", "drop", "reorder"}
        damaged[row] = rule.kind == "corrupt"
        if until is not None:
            later.append(Held(until, batch.topic, packed(values)))
        labels.append(_Label(rule.kind, batch.topic, values, until))
    if damaged.any():
        batch = replace(batch, damaged=damaged)
    return (take(batch, np.flatnonzero(~gone)) if gone.any() else batch), later


def _met(batch: Outgoing, rules: Sequence[Rule], draws: Draws) -> Array:
    """Index of the rule that each row meets, -1 none; shape (rows,)."""
    met = np.full(batch.rows, -1)
    types = np.array(values_of(batch.columns["event_type"], batch.rows), dtype=object)
    for number, rule in enumerate(rules):
        if rule.topic not in {EVERY_TOPIC, batch.topic}:
            continue
        meant = np.ones(batch.rows, dtype=np.bool_) if rule.event_type is None else types == rule.event_type
        met[(met < 0) & meant & (_uniform(batch, draws, number) < rule.rate)] = number
    return met


def _uniform(batch: Outgoing, draws: Draws, step: int) -> Array:
    """One draw of each row, a function of its event id; shape (rows,)."""
    ids = pl.Series(values_of(batch.columns["event_id"], batch.rows), dtype=pl.String)
    high, low = parsed(ids)
    return draws.uniform(Purpose.IMPERFECTION, low, step=step, also=[high])


def _until(rule: Rule, row: int, moments: Array, uniform: float, tick: Tick) -> int | None:
    """When a struck record, or its copy, is published; None where it is not, or is at its own moment."""
    if rule.kind in {"late", "duplicate"}:
        return int(moments[row]) + max(int(uniform * rule.delay_minutes * MINUTE), 1)
    if rule.kind == "reorder":
        overtaken = row + 1 + int(uniform * FARTHEST)
        return int(moments[min(overtaken, len(moments) - 1)]) + 1 if row + 1 < len(moments) else tick.end_us
    return None


def _released(due: Sequence[Held]) -> list[Output]:
    """Records whose time has come, one batch a topic."""
    found: list[Output] = []
    for topic in dict.fromkeys(one.topic for one in due):
        mine = [one for one in due if one.topic == topic]
        batch = unpacked(topic, [one.row for one in mine])
        moments = np.array([one.due_us for one in mine], dtype=np.int64)
        found.append(Rescheduled(topic, batch.rows, batch.columns, due_us=moments))
    return found


def _labelled(labels: Sequence[_Label], tick: Tick) -> Outgoing:
    """One record of ground truth for everything that went wrong."""
    who = tick.identity
    rows: list[dict[str, object]] = []
    for label in labels:
        subject = str(label.row["event_id"])
        name = event_id(who.run_id, who.branch, "simulator", subject, LABEL)
        meant = label.row["simulation_time"]
        rows.append({
            "event_id": name,
            "event_type": LABEL,
            "run_id": who.run_id,
            "branch": who.branch,
            "simulation_time": meant,
            "world": who.world,
            "city": who.city,
            "source": "simulator",
            "correlation_id": subject,
            "cause_id": name,
            "kind": "imperfection",
            "name": label.fault,
            "starts_at": meant,
            "ends_at": label.until_us,
            "subject_event_type": label.row["event_type"],
            "subject_event_id": subject,
            "subject_topic": label.topic,
            "parameters": json.dumps({"published": label.fault != "drop"}),
        })  # fmt: skip
    return Outgoing.from_rows(GROUND_TRUTH, rows)
