"""Adds records to the partials of their simulated minute, hour and day; the same whatever the order and the batches.

A chunk is counted once, by minute, and its minutes are added up to hours and days.
"""

from array import array
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pyroaring import BitMap

from services.analytics.domain.aggregates import firsts, responses
from services.analytics.domain.aggregates.columns import MINUTE_US, NONE, ColumnReader, Columns, Words
from services.analytics.domain.aggregates.durations import bins_of
from services.analytics.domain.aggregates.firsts import Firsts
from services.analytics.domain.aggregates.kinds import (
    INVITE_ANSWERS,
    PEOPLE_DEED_OF,
    PEOPLE_DEEDS,
    STEP_OF,
    VENUE_DEED_OF,
    VENUE_DEEDS,
)
from services.analytics.domain.aggregates.names import Names, Numbering
from services.analytics.domain.aggregates.partials import STEPS, VECTORS
from services.analytics.domain.aggregates.positions import Positions
from services.analytics.domain.aggregates.responses import Responses
from services.analytics.domain.aggregates.series import SeriesFold, measure
from services.analytics.domain.aggregates.store import WIDTHS, Kept, PartialStore
from services.analytics.domain.cells import Cells, Scope
from services.analytics.domain.codes import Numbers
from services.analytics.domain.people import PeopleDirectory
from services.analytics.domain.venues import VenueDirectory

SERIES, VENUES, PEOPLE, CELLS = range(len(VECTORS))
KINDS = ("series-names", "people-names", "venue-names", "cell-names")
"""Kinds of the cells that hold the numberings of the vectors."""


class Aggregates:
    """All counts of one scope."""

    def __init__(self, scope: Scope, cells: Cells, people: PeopleDirectory, venues: VenueDirectory, kept: Kept) -> None:
        self.people, self.venues = people, venues
        self.series, self.persons, self.places, self.grid = (Numbering(cells, scope, kind) for kind in KINDS)
        self.partials = PartialStore(scope, cells, kept)
        self.firsts = Firsts(scope, cells, self.persons)
        self._scope, self._cells = scope, cells
        self._responses: dict[int, Responses] = {}
        self._reader = ColumnReader(people, venues, (self.persons, self.places))
        self._splits = SeriesFold(self._reader.kinds, self._reader.values)
        self._positions = Positions(venues)
        self._steps = _Roles(self._reader.kinds, STEP_OF, STEPS)
        self._venue_deeds = _Roles(self._reader.kinds, VENUE_DEED_OF, VENUE_DEEDS)
        self._people_deeds = _Roles(self._reader.kinds, PEOPLE_DEED_OF, PEOPLE_DEEDS)
        self.newest = 0
        """Latest minute of any record."""
        self.closed_until = 0
        """Minute before which every minute is closed; set by whoever closes them."""
        self.late = 0
        """Records of a closed minute that were folded or dropped since the process began."""
        """Those of them whose minute is no longer kept: hour and day have them while they are kept."""

    def load(self, kind: str, partition: int, name: str, data: bytes) -> bool:
        """Take back a cell; whether it was one of these."""
        if kind in WIDTHS:
            self.partials.load(kind, partition, name, data)
            if kind == "minute":
                self.newest = max(self.newest, int(name))
        elif kind in KINDS:
            (self.series, self.persons, self.places, self.grid)[KINDS.index(kind)].load(partition, data)
        elif kind == firsts.KIND:
            self.firsts.load(partition, data)
        elif kind == responses.KIND:
            self._waiting(partition).load(data)
        else:
            return False
        return True

    def save(self) -> None:
        """Write everything that changed since the last call."""
        self.partials.save(self.closed_until)
        for numbering in (self.series, self.persons, self.places, self.grid):
            numbering.save()
        self.firsts.save()
        for waiting in self._responses.values():
            waiting.save()

    def fold(self, topic: str, partition: int, frame: pl.DataFrame) -> None:
        """Add records of one partition of a counted topic."""
        columns = self._reader.read(topic, partition, frame)
        self.late += int(np.count_nonzero(columns.minute < self.closed_until))
        self.newest = max(self.newest, int(columns.minute.max()))
        self._fold_series(partition, columns)
        if topic in ("user_actions", "social_interactions", "bookings"):
            self._fold_people(partition, columns)
            self._fold_venues(partition, columns)
        if topic in ("user_actions", "bookings"):
            self._fold_cells(partition, columns)

    def _fold_series(self, partition: int, columns: Columns) -> None:
        names = self.series.of(partition)
        counted = list(self._splits.of(names, partition, columns))
        measured = np.array(self._measures(names, partition, columns), dtype=np.int64).reshape(-1, 3)
        minutes, row = np.unique(np.concatenate([columns.minute, measured[:, 0]]), return_inverse=True)
        width, records = len(names.order), len(columns)
        totals = np.zeros(len(minutes) * width, dtype=np.int64)
        for rows, series in counted:
            of = row[:records] if rows is None else row[:records][rows]
            totals += np.bincount(of * width + series, minlength=len(totals))
        np.add.at(totals, row[records:] * width + measured[:, 1], measured[:, 2])
        self._spread(SERIES, partition, minutes, totals.reshape(len(minutes), width))

    def _spread(self, vector: int, partition: int, minutes: Numbers, counts: Numbers) -> None:
        """Add rows of counts, one a minute in order, to their minutes, hours and days."""
        for width in ("minute", "hour", "day"):
            start = minutes // WIDTHS[width]
            stretches, first = np.unique(start, return_index=True)
            sums = counts if width == "minute" else np.add.reduceat(counts, first, axis=0)
            for stretch, total in zip(stretches.tolist(), sums, strict=True):
                if stretch > self.partials.horizon(width):
                    self.partials.touch(width, stretch, partition).add(vector, total)

    def _measures(self, names: Names, partition: int, columns: Columns) -> list[tuple[int, int, int]]:
        """Minute, series and amount of what is summed rather than counted: few records have any."""
        found: list[tuple[int, int, int]] = []
        if columns.topic == "social_interactions":
            chosen = columns.frame.select("event_type", "simulation_time", "latency_seconds", "party_size")
            answers = chosen.filter(
                pl.col("event_type").is_in(INVITE_ANSWERS) & pl.col("latency_seconds").is_not_null()
            )
            bins = bins_of(answers["latency_seconds"].to_numpy().astype(np.float64)).tolist()
            for time, number in zip(answers["simulation_time"].to_list(), bins, strict=True):
                found.append((time // MINUTE_US, names.number(measure("invite_response", "bin", str(number))), 1))
            groups = chosen.filter((pl.col("event_type") == "group.formed") & pl.col("party_size").is_not_null())
            for time, size in groups.select("simulation_time", "party_size").iter_rows():
                found.append((time // MINUTE_US, names.number(measure("group_people")), size))
        elif columns.topic == "bookings":
            for time, seconds in self._waiting(partition).fold(columns.frame):
                number = int(bins_of(np.array([seconds]))[0])
                found.append((time // MINUTE_US, names.number(measure("booking_response", "bin", str(number))), 1))
        return found

    def _fold_people(self, partition: int, columns: Columns) -> None:
        """Who was active, who took which step, and what they did how often."""
        if columns.topic == "user_actions":
            acting = columns.person != NONE
            self._unite(partition, 0, columns.minute[acting], columns.person[acting], ("minute", "hour", "day"))
        steps = self._steps.of(columns)
        for step in np.unique(steps[steps != NONE]).tolist():
            chosen = (steps == step) & (columns.person != NONE)
            people = columns.person[chosen]
            self._unite(partition, 1 + step, columns.minute[chosen], people, ("hour", "day"))
            if len(people):
                times = columns.frame["simulation_time"].to_numpy()[chosen]
                self.firsts.fold(partition, step, people, times)
        deeds = self._people_deeds.of(columns)
        chosen = (deeds != NONE) & (columns.person != NONE)
        codes = columns.person[chosen] * len(PEOPLE_DEEDS) + deeds[chosen]
        self._count(partition, PEOPLE, columns.minute[chosen], codes, ("hour", "day"))

    def _fold_venues(self, partition: int, columns: Columns) -> None:
        deeds = self._venue_deeds.of(columns)
        chosen = (deeds != NONE) & (columns.venue != NONE)
        codes = columns.venue[chosen] * len(VENUE_DEEDS) + deeds[chosen]
        self._count(partition, VENUES, columns.minute[chosen], codes, ("hour", "day"))
        if columns.topic == "user_actions":
            spend = columns.frame["spend_minor"].fill_null(0).to_numpy()
            paid = (spend > 0) & (columns.venue != NONE)
            codes = columns.venue[paid] * len(VENUE_DEEDS) + VENUE_DEEDS.index("spend")
            self._count(partition, VENUES, columns.minute[paid], codes, ("hour", "day"), spend[paid])

    def _fold_cells(self, partition: int, columns: Columns) -> None:
        names = self.grid.of(partition)
        if columns.topic == "user_actions":
            latitude, longitude = columns.frame["latitude"].to_numpy(), columns.frame["longitude"].to_numpy()
            there = ~(np.isnan(latitude) | np.isnan(longitude))
            numbers, kind = self._positions.of_people(names, latitude[there], longitude[there]), 0
        else:
            asked = (columns.frame["event_type"] == "booking.requested").to_numpy()
            venues = columns.frame["venue_id"].filter(pl.Series(asked)).to_list()
            numbers, known = self._positions.of_venues(names, venues)
            there = asked.copy()
            there[np.flatnonzero(asked)[~known]] = False
            kind = 1
        self._count(partition, CELLS, columns.minute[there], numbers * 2 + kind, ("quarter",))

    def _unite(self, partition: int, place: int, minute: Numbers, person: Numbers, widths: Sequence[str]) -> None:
        """Add people to a set of their stretches: of the narrowest, and so of those that these lie in."""
        if not len(person):
            return
        narrow = WIDTHS[widths[0]]
        stretch = minute // narrow
        order = np.argsort(stretch, kind="stable")
        starts, first = np.unique(stretch[order], return_index=True)
        for start, numbers in zip(starts.tolist(), np.split(person[order].astype(np.uint32), first[1:]), strict=True):
            people = BitMap(array("I", numbers.tobytes()))
            for width in widths:
                at = start * narrow // WIDTHS[width]
                if at > self.partials.horizon(width):
                    self.partials.touch(width, at, partition).unite(place, people)

    def _count(
        self,
        partition: int,
        vector: int,
        minute: Numbers,
        codes: Numbers,
        widths: Sequence[str],
        amounts: NDArray[np.int64] | None = None,
    ) -> None:
        if not len(codes):
            return
        for width in widths:
            stretch = minute // WIDTHS[width]
            for start in np.unique(stretch).tolist():
                if start > self.partials.horizon(width):
                    at = stretch == start
                    weights = None if amounts is None else amounts[at].astype(np.float64)  # exact below 2^53
                    totals = np.bincount(codes[at], weights).astype(np.int64)
                    self.partials.touch(width, start, partition).add(vector, totals)

    def _waiting(self, partition: int) -> Responses:
        found = self._responses.get(partition)
        if found is None:
            found = self._responses[partition] = Responses(self._scope, self._cells, partition)
        return found


class _Roles:
    """What each kind of record counts as, if anything: its place in ``roles``."""

    def __init__(self, kinds: Words, role_of: object, roles: Sequence[str]) -> None:
        assert isinstance(role_of, dict)
        self._kinds = kinds
        self._places = {kind: roles.index(role) for kind, role in role_of.items()}
        self._table = np.zeros(0, dtype=np.int64)

    def of(self, columns: Columns) -> Numbers:
        """Shape (records,), `NONE` for those that count as nothing."""
        words = self._kinds.words
        if len(self._table) < len(words):
            self._table = np.array([self._places.get(word, NONE) for word in words], dtype=np.int64)
        return self._table[columns.kind]
