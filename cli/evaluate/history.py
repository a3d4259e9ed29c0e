"""A told city as one table a topic, in order of time: made here without a broker, or read from an export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cli.offline import compose
from cli.realism.city import NotMeasuredError
from cli.realism.files import open_files, scan
from services.recommender.handlers import SUBSCRIPTIONS
from services.simulator.domain.city import CityConfig

NEEDED = ("user_actions", "bookings", "social_interactions", "recommendations", "venues", "users")
"""What questions, baselines and acceptance are made of."""

TOPICS = tuple(dict.fromkeys((*(topic for topic in SUBSCRIPTIONS if topic != "requests"), *NEEDED)))
"""Read from a history; the questions people asked then are not part of it."""

READ_EVERY = 60
"""Ticks from one look into the log to the next: bounds what it holds."""


@dataclass(frozen=True, slots=True)
class History:
    """Records of a city by topic, as `Batch.frame` has them, earliest first. Times are microseconds."""

    topics: Mapping[str, pl.DataFrame]
    start_us: int
    end_us: int
    zone: str

    def events(self, topic: str, *kinds: str) -> pl.DataFrame:
        """Records of some types; without the topic, none."""
        frame = self.topics[topic]
        return frame.filter(pl.col("event_type").is_in(kinds))


class HistoryError(Exception):
    """A history that cannot be evaluated, with its reason."""


def generate(
    config: CityConfig, seed: int, ticks: int, advance: Callable[[], None], *, recommended: bool = True
) -> History:
    """A city made here; ``advance`` is called after every tick. Without ``recommended`` nobody in it is advised."""
    run = compose(config, seed, recommended=recommended)
    parts: dict[str, list[pl.DataFrame]] = {topic: [] for topic in TOPICS}
    read = dict.fromkeys(TOPICS, 0)

    def look() -> None:
        for topic, start in read.items():
            stop = run.log.size(topic)
            if stop > start:
                parts[topic].append(run.log.batch(topic, start, stop).frame)
                read[topic] = stop
        # topics that nobody here reads are kept for nobody
        run.host.forget_read({name: run.log.size(name) for name in run.log.topics} | read)

    def after_tick(done: int) -> None:
        advance()
        if done % READ_EVERY == 0:
            look()

    run.host.run(ticks, after_tick)
    run.host.settle()
    look()
    end = config.start + ticks * config.tick_seconds * 1_000_000
    return _history({topic: pl.concat(frames) for topic, frames in parts.items() if frames}, config.start, end)


def read(directory: Path) -> History:
    """The city of a directory of ``luna generate --format parquet``.

    Raises:
        DirectoryError: Not such a directory.
        HistoryError: Topics are missing.

    """
    files = open_files(directory)
    topics = {}
    for topic in TOPICS:
        try:
            frame = scan(directory, topic).collect()
        except NotMeasuredError:
            continue
        moments = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
        topics[topic] = frame.with_columns(pl.col(name).dt.epoch("us") for name in moments)
    return _history(topics, files.start_us, files.end_us)


def _history(topics: Mapping[str, pl.DataFrame], start_us: int, end_us: int) -> History:
    missing = [topic for topic in ("user_actions", "venues", "users") if topic not in topics]
    if missing:
        raise HistoryError(f"the history has no {', '.join(missing)}")
    empty = topics["user_actions"].clear()
    ordered = {
        topic: topics[topic].unique("event_id", keep="first", maintain_order=True).sort(
            "simulation_time", maintain_order=True
        )
        for topic in topics
    }  # fmt: skip
    optional = {"booking_id": pl.String, "created_by": pl.String}
    for topic in ("bookings", "social_interactions"):
        absent = empty.with_columns(pl.lit(None, kind).alias(name) for name, kind in optional.items())
        ordered.setdefault(topic, absent)
    return History(ordered, start_us, end_us, str(ordered["venues"]["time_zone"][0]))
