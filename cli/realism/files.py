"""The files of one run: which days and people they tell, and how their rows are scanned."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from cli.realism.city import SECOND, NotMeasuredError, local

HOME: Final = "new_york"
"""The city whose facts are the reference."""
ZONE: Final = "America/New_York"
"""Clock of a city whose venues say none."""


class DirectoryError(Exception):
    """A directory that is not the output of ``luna generate --format parquet``."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one run."""

    directory: Path
    zone: str
    start_us: int
    end_us: int
    users: pl.Enum
    venues: pl.Enum

    def scan(self, topic: str, *event_types: str) -> pl.LazyFrame:
        """Rows of a topic, first of each event_id, with ``t``, ``user`` and ``venue`` as this package counts them.

        Raises:
            NotMeasuredError: The topic has no files.
        """
        frame = scan(self.directory, topic)
        columns = frame.collect_schema().names()
        if event_types:
            frame = frame.filter(pl.col("event_type").is_in(event_types))
        known = [pl.col("simulation_time").dt.epoch("us").alias("t")]
        known.append(pl.col("user_id").cast(self.users, strict=False).to_physical().cast(pl.UInt32).alias("user"))
        if "venue_id" in columns:
            known.append(
                pl.col("venue_id").cast(self.venues, strict=False).to_physical().cast(pl.UInt32).alias("venue")
            )
        return frame.unique("event_id", keep="first", maintain_order=True).with_columns(known)

    def user_of(self, column: str) -> pl.Expr:
        """Index of the user that another column names."""
        return pl.col(column).cast(self.users, strict=False).to_physical().cast(pl.UInt32)

    def local(self, column: str = "t") -> list[pl.Expr]:
        """The city's clock of a column of microseconds."""
        return local(column, self.zone)


def scan(directory: Path, topic: str) -> pl.LazyFrame:
    """All files of a topic.

    Raises:
        NotMeasuredError: There are none.
    """
    paths = sorted((directory / topic).glob("*.parquet"))
    if not paths:
        raise NotMeasuredError(f"the directory has no {topic}")
    return pl.scan_parquet(paths)


def _manifest(directory: Path) -> Mapping[str, object]:
    path = directory / "manifest.json"
    if not path.is_file():
        raise DirectoryError(f"{directory} has no manifest.json: it is not the output of `luna generate`")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DirectoryError(f"{path} is not JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise DirectoryError(f"{path} is not an object")
    if manifest.get("format") != "parquet":
        raise DirectoryError(f"{directory} is in {manifest.get('format')}; `luna generate --format parquet` is needed")
    return manifest


def told_city(directory: Path) -> str:
    """The city that a directory tells of; raises `DirectoryError`."""
    configuration = _manifest(directory).get("configuration")
    return str(configuration.get("city", HOME)) if isinstance(configuration, Mapping) else HOME


def open_files(directory: Path) -> Files:
    """Look at a directory.

    Raises:
        DirectoryError: Not a directory, no manifest, or not in Parquet.
    """
    manifest = _manifest(directory)
    users: set[str] = set()
    for topic in ("users", "user_actions"):
        try:
            told = scan(directory, topic).select(pl.col("user_id").drop_nulls().unique()).collect()
        except NotMeasuredError:
            continue
        users |= set(told["user_id"].to_list())
    try:
        frame = scan(directory, "venues").select("venue_id", "time_zone").unique().collect()
    except NotMeasuredError:
        frame = pl.DataFrame({"venue_id": [], "time_zone": []}, schema={"venue_id": pl.String, "time_zone": pl.String})
    zones = frame["time_zone"].mode().to_list()
    start, end = _span(directory, manifest)
    return Files(
        directory,
        str(zones[0]) if zones else ZONE,
        start,
        end,
        pl.Enum(sorted(users)),
        pl.Enum(sorted(set(frame["venue_id"].to_list()))),
    )


def _span(directory: Path, manifest: Mapping[str, object]) -> tuple[int, int]:
    """First and last moment told, microseconds: the manifest's, else those of the actions."""
    configuration, ticks = manifest.get("configuration"), manifest.get("ticks")
    if isinstance(configuration, Mapping) and isinstance(ticks, int):
        start, tick = configuration.get("start"), configuration.get("tick_seconds")
        if isinstance(start, int) and isinstance(tick, int):
            return start, start + ticks * tick * SECOND
    try:
        time = pl.col("simulation_time").dt.epoch("us")
        told = scan(directory, "user_actions").select(time.min().alias("first"), time.max().alias("last")).collect()
    except NotMeasuredError as error:
        raise DirectoryError(f"{directory}: neither the manifest nor user_actions says which days it tells") from error
    first, last = told.row(0)
    if first is None:
        raise DirectoryError(f"{directory} tells nothing")
    return int(first), int(last) + 1
