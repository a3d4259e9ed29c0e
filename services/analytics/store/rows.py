"""Batches of decoded records as rows of the store's tables, column by column."""

import io
from collections.abc import Mapping, Sequence

import polars as pl

from services.analytics.domain.cells import Scope
from streamkit.contracts import Catalogue
from streamkit.records import Batch

DAY_US = 86_400_000_000
UNSTORED = frozenset({"users", "venues", "requests", "replies", "replay"})
"""Rows of what is now (their topics keep the latest), questions and answers, and what was told before."""
SELF = ("service.heartbeat", "service.progress")
"""What services say of themselves several times a second: of their topic only the rest is history."""
CLOSED = "aggregate.window_closed"
"""Goes to a table of its own, where a later version replaces an earlier one."""

COLUMNS = (
    "day", "event_id", "simulation_us", "scope_id", "kind_id", "partition", "offset", "user_id", "other_user_id",
    "venue_id", "booking_id", "cause_id", "correlation_id", "body",
)  # fmt: skip
_LINKS = ("user_id", "other_user_id", "venue_id", "booking_id", "cause_id", "correlation_id")
Kind = tuple[str, str, str]
"""(topic, event type, source)."""


def stored_topics(catalogue: Catalogue) -> tuple[str, ...]:
    """Topics that the store reads, sorted."""
    return tuple(sorted(set(catalogue.topics) - UNSTORED))


def events_of(batch: Batch) -> Batch:
    """The records of a batch that are kept as events."""
    if batch.topic != "system_metrics":
        return batch
    return batch.filter((~batch.frame["event_type"].is_in([*SELF, CLOSED])).to_numpy())


def windows_of(batch: Batch) -> pl.DataFrame:
    """Closed windows in a batch, the newest version of each figure."""
    closed = batch.frame.filter(pl.col("event_type") == CLOSED) if batch.topic == "system_metrics" else pl.DataFrame()
    if closed.is_empty():
        return closed
    return (
        closed.select(
            "run_id",
            "branch",
            width_us=pl.col("window_end") - pl.col("window_start"),
            start_us="window_start",
            metric="metric",
            dimension=_text("dimension"),
            dimension_value=_text("dimension_value"),
            version="version",
            count="count",
            value="value",
        )
        .sort("version", maintain_order=True)
        .unique(
            ["run_id", "branch", "width_us", "start_us", "metric", "dimension", "dimension_value"],
            keep="last",
            maintain_order=True,
        )
    )


def _text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.replace_all("\0", "", literal=True)


def scopes_of(batch: Batch) -> Mapping[Scope, tuple[str, str]]:
    """World and city of each telling that a batch names."""
    found = batch.frame.select("run_id", "branch", "world", "city").unique(["run_id", "branch"], keep="first")
    return {Scope(run_id, branch): (world, city) for run_id, branch, world, city in found.iter_rows()}


def kinds_of(batch: Batch) -> set[Kind]:
    """Kinds of records that a batch holds."""
    pairs = batch.frame.select("event_type", "source").unique()
    return {(batch.topic, event_type, source) for event_type, source in pairs.iter_rows()}


def days_of(batch: Batch) -> list[int]:
    """Simulated days of a batch's records, counted from 1970."""
    days: list[int] = (batch.frame["simulation_time"] // DAY_US).unique().to_list()
    return days


def event_rows(batch: Batch, scopes: Mapping[Scope, int], kinds: Mapping[Kind, int]) -> pl.DataFrame:
    """Rows of `analytics.events`, in `COLUMNS`; the body is the record's bytes as they came."""
    scope_ids = pl.DataFrame(
        [(scope.run_id, scope.branch, number) for scope, number in scopes.items()],
        schema={"run_id": pl.String, "branch": batch.frame.schema["branch"], "scope_id": pl.Int32},
        orient="row",
    )
    kind_ids = pl.DataFrame(
        [(event_type, source, number) for (topic, event_type, source), number in kinds.items() if topic == batch.topic],
        schema={"event_type": pl.String, "source": pl.String, "kind_id": pl.Int32},
        orient="row",
    )
    present = set(batch.frame.columns)
    links = [pl.col(name) if name in present else pl.lit(None, pl.String).alias(name) for name in _LINKS]
    return (
        batch.frame.select("event_id", "simulation_time", "run_id", "branch", "event_type", "source", *links)
        .with_columns(
            pl.Series("partition", batch.partitions),
            pl.Series("offset", batch.offsets),
            pl.Series("body", batch.values, pl.Binary),
            day=(pl.col("simulation_time") // DAY_US).cast(pl.Int32),
            simulation_us="simulation_time",
        )
        .join(scope_ids, on=["run_id", "branch"], how="left", maintain_order="left")
        .join(kind_ids, on=["event_type", "source"], how="left", maintain_order="left")
        .select(COLUMNS)
    )


def once_each(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of several topics together, the first of those that are the same event."""
    return pl.concat(frames).unique(["day", "event_id"], keep="first", maintain_order=True)


def csv_of(rows: pl.DataFrame) -> bytes:
    """Rows as PostgreSQL's COPY reads them: no quotes are null, a body is hexadecimal."""
    buffer = io.BytesIO()
    rows.with_columns(body=pl.lit("\\x") + pl.col("body").bin.encode("hex")).write_csv(buffer, include_header=False)
    return buffer.getvalue()
