"""The city without a broker: a million people for a day, and a week told nine ways, the same to the byte or not.

Hours of work in full: both are the product's own commands, in processes of their own.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from cli.bench.measure import Measurement


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people for how long, and which tellings are compared."""

    users: int = 1_000_000
    venues: int = 6_000
    days: float = 1.0
    compared_users: int = 2_000
    compared_days: float = 7.0
    shards: str = "1,4,16"
    times: int = 2


QUICK = Sizes(5_000, 600, 0.02, 200, 0.05, "1,4", 1)


def measure(sizes: Sizes | None = None) -> Sequence[Measurement]:
    """Both, one after the other.

    Raises:
        RuntimeError: a command ended with a code that it has no figures for.

    """
    sizes = sizes or Sizes()
    with TemporaryDirectory(prefix="luna-bench-offline-") as name:
        return [*_generated(sizes, Path(name)), *_compared(sizes, Path(name))]


def _generated(sizes: Sizes, home: Path) -> list[Measurement]:
    words = ("--users", sizes.users, "--venues", sizes.venues, "--days", sizes.days, "--out", home / "city")
    told, memory = _run("generate", words, home / "told.json")
    name = f"{sizes.users:,} users for {sizes.days:g} days offline, all services, Parquet"
    return [
        Measurement(name, told["records"] / told["seconds"], "records/s"),
        Measurement("the same, records", told["records"], "records"),
        Measurement("the same, wall time", told["seconds"], "s"),
        Measurement("the same, memory at its largest", memory / 2**20, "MiB"),
    ]


def _compared(sizes: Sizes, home: Path) -> list[Measurement]:
    words = (
        "--users", sizes.compared_users, "--days", sizes.compared_days, "--shards", sizes.shards, "--times", sizes.times
    )  # fmt: skip
    found, _ = _run("determinism", words, home / "ways.json")
    people, days = f"{sizes.compared_users:,} users", f"{sizes.compared_days:g} days"
    name = f"told: {people} for {days}: {sizes.shards} shards, restored"
    return [
        Measurement(name, len(found["ways"]), "tellings"),
        Measurement("topics whose bytes differ", len(found["differing"]), "topics", bar=0, lower_is_better=True),
    ]


def _run(command: str, words: Sequence[object], figures: Path) -> tuple[Mapping[str, Any], int]:
    """Figures that a command of ours writes, and its resident bytes at their largest, looked at once a second."""
    line = [sys.executable, "-m", "cli", command, *map(str, words), "--json", str(figures)]
    log = figures.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(line, stdout=said, stderr=said)  # noqa: S603 - our own command
    watched, largest = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            largest = max(largest, watched.memory_info().rss)
            process.wait(1.0)
        except (subprocess.TimeoutExpired, psutil.NoSuchProcess):
            continue
    if not figures.exists():
        words = " / ".join(log.read_text(encoding="utf-8", errors="replace").split("\n")[-6:])
        raise RuntimeError(f"luna {command} ended with {process.returncode} and wrote no figures: {words}")
    return json.loads(figures.read_text(encoding="utf-8")), largest
