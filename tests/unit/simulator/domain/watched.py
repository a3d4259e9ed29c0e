"""A city whose answers and records are kept, decoded."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from services.simulator.domain.city import City, Command, CommandResult
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.records import Outgoing

CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE, service="simulator")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000


class Watched:
    """A city whose answers and records are kept, decoded."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.frames: dict[str, list[pl.DataFrame]] = {}
        self.given = 0

    def order(self, name: str, parameters: Mapping[str, object]) -> CommandResult:
        self.given += 1
        return self.tick([Command(str(self.given), name, parameters)])[0]

    def tick(self, commands: list[Command] | None = None) -> list[CommandResult]:
        step = self.city.step((), commands or [])
        for output in step.outputs:
            assert isinstance(output, Outgoing)
            assert CATALOGUE.violations(output) == []
            decoded = CODEC.decode(output.topic, CODEC.encode(output).values)
            assert not decoded.poison
            self.frames.setdefault(output.topic, []).append(decoded.frame)
        return step.results

    def run(self, ticks: int) -> None:
        for _ in range(ticks):
            self.tick()

    def rows(self, topic: str) -> pl.DataFrame:
        return pl.concat(self.frames[topic])

    def events(self, topic: str, event_id: object) -> pl.DataFrame:
        empty = CODEC.decode(topic, []).frame
        return pl.concat([empty, *self.frames.get(topic, [])]).filter(pl.col("event_id") == event_id)

    def event(self, topic: str, event_id: object) -> dict[str, object]:
        found = self.events(topic, event_id)
        assert found.height == 1
        return found.row(0, named=True)


def iso(moment: int) -> str:
    return (EPOCH + timedelta(microseconds=moment)).isoformat()


def conditions(watched: Watched) -> list[str]:
    rows = watched.rows("environment")
    return rows.filter(pl.col("event_type") == "weather.changed")["condition"].to_list()
