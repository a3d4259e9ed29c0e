"""Everybody the recommender has heard of, as columns: some 600 bytes a person, friends, places and tastes included."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from services.recommender.domain.columns import Array, Columns, Kind, forget, tally
from services.recommender.domain.draws import key_of
from services.recommender.domain.places import TASTES

FRIENDS = 48
"""Friends kept a person, the closest first: as many as a person of the simulated city has at most."""
WENT = 16
"""Places kept that a person goes to: those gone to most."""
IGNORED = 12
"""Venues kept that a person ignored: those ignored most."""

NEUTRAL_TASTE = 0.5
"""Liking of a taste nothing is known of."""

NEVER = -(1 << 62)
ROW_TIE, MEETING_TIE, INVITE_TIE = 1, 3, 1
"""How much closer two people are for being friends, for a table together, for an invitation taken: choices."""

DIETS = ("none", "vegetarian", "vegan", "halal", "kosher", "gluten_free")
LIFECYCLES = ("registered", "active", "dormant", "churned")
PERSONAS = (
    "social_butterfly", "foodie_explorer", "routine_regular", "event_organizer", "spontaneous_diner",
    "busy_professional", "budget_conscious",
)  # fmt: skip
OTHER_PERSONA = len(PERSONAS)
"""A persona that has no factors of its own."""

KINDS = {
    "latitude": Kind("f4", 0, 0), "longitude": Kind("f4", 0, 0),
    "home_latitude": Kind("f4", 0, 0), "home_longitude": Kind("f4", 0, 0),
    "taste": Kind("f4", len(TASTES), NEUTRAL_TASTE), "leaning": Kind("f4", len(TASTES), 0),
    "price": Kind("f4", 0, 2), "openness": Kind("f4", 0, 0.5), "outdoor": Kind("f4", 0, 0.5),
    "persona": Kind("i1", 0, OTHER_PERSONA), "diet": Kind("i1", 0, 0), "lifecycle": Kind("i1", 0, 0),
    "known": Kind("?", 0, 0), "placed": Kind("?", 0, 0), "taught": Kind("?", 0, 0), "joined": Kind("i8", 0, 0),
    "key": Kind("u4", 0, 0), "hours": Kind("u1", 24, 0),
    "went": Kind("i4", WENT, -1), "went_times": Kind("u2", WENT, 0),
    "ignored": Kind("i4", IGNORED, -1), "ignored_times": Kind("u1", IGNORED, 0),
    "friends": Kind("i4", FRIENDS, -1), "tie": Kind("u1", FRIENDS, 0),
    "told_at": Kind("i8", 0, NEVER), "shown_people_at": Kind("i8", 0, NEVER),
    "told_day": Kind("i4", 0, -1), "told_lists": Kind("u1", 0, 0), "meal_day": Kind("i4", 0, -1),
}  # fmt: skip


class Crowd:
    """People by row: columns, ids and names."""

    def __init__(self) -> None:
        self.columns = Columns(KINDS)
        self.index: dict[str, int] = {}
        self.ids: list[str] = []
        self.names: list[str] = []

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, user_id: str) -> int:
        """Row of an id, made if new. Who is only somebody's friend has a row and is not known yet."""
        row = self.index.get(user_id)
        if row is None:
            row = self.index[user_id] = self.columns.append()
            self.ids.append(user_id)
            self.names.append("")
            self.columns["key"][row] = key_of(user_id)
        return row

    def known(self, user_id: str) -> int | None:
        """Row of somebody who told of themselves; None of anybody else."""
        row = self.index.get(user_id)
        return row if row is not None and self.columns["known"][row] else None

    def meet(self, user_id: str) -> int:
        """Row of somebody who acts."""
        row = self.row(user_id)
        self.columns["known"][row] = True
        return row

    def put(self, values: Mapping[str, object]) -> None:
        """Take the latest row of `users`."""
        row = self.meet(str(values["user_id"]))
        columns = self.columns
        self.names[row] = str(values["name"])
        columns["persona"][row] = _code(PERSONAS, values["persona"], OTHER_PERSONA)
        columns["diet"][row] = _code(DIETS, values["dietary"], 0)
        columns["lifecycle"][row] = _code(LIFECYCLES, values["lifecycle"], 1)
        columns["openness"][row] = number(values["openness"])
        columns["joined"][row] = int(number(values.get("registered_at")))
        columns["home_latitude"][row] = north = number(values["home_latitude"])
        columns["home_longitude"][row] = east = number(values["home_longitude"])
        if not columns["taught"][row]:
            columns["price"][row] = number(values["price_tier"])
        if not columns["placed"][row]:
            self.place(row, north, east)
        self._put_friends(row, str(values["friend_ids"] or ""))

    def place(self, row: int, latitude: float, longitude: float) -> None:
        """Where somebody is now."""
        self.columns["latitude"][row], self.columns["longitude"][row] = latitude, longitude
        self.columns["placed"][row] = True

    def put_preferences(self, values: Mapping[str, object]) -> None:
        """Take the latest learned tastes of somebody."""
        row = self.row(str(values["user_id"]))
        self.columns["taste"][row] = [number(values[f"taste_{taste}"]) for taste in TASTES]
        self.columns["price"][row] = number(values["price_tier"])
        self.columns["outdoor"][row] = number(values["outdoor"])
        self.columns["taught"][row] = True

    def forget(self, user_id: str) -> None:
        """Drop what is known of somebody; the row stays, for whoever has it among their friends."""
        row = self.index.get(user_id)
        if row is not None:
            self.columns.clear(row)
            self.columns["key"][row] = key_of(user_id)
            self.names[row] = ""

    def befriend(self, one: int, other: int, weight: int) -> None:
        """Bring two people closer, both ways; the closest friends stand first."""
        for person, friend in ((one, other), (other, one)):
            keys, ties = self.columns["friends"][person], self.columns["tie"][person]
            slot = tally(keys, ties, friend, weight)
            while slot and ties[slot - 1] < ties[slot]:
                keys[[slot - 1, slot]] = keys[[slot, slot - 1]]
                ties[[slot - 1, slot]] = ties[[slot, slot - 1]]
                slot -= 1

    def are_friends(self, one: int, other: int) -> bool:
        """Whether somebody is among another's friends."""
        return bool((self.columns["friends"][one] == other).any())

    def friends_of(self, row: int) -> list[int]:
        """Rows of the friends of somebody."""
        friends = self.columns["friends"][row]
        return [int(friend) for friend in friends[friends >= 0].tolist()]

    def _put_friends(self, row: int, friend_ids: str) -> None:
        """Friends of a row of `users`: who is not among them is none any more."""
        listed = [self.row(name) for name in friend_ids.split(",") if name][:FRIENDS]
        keys, ties = self.columns["friends"][row], self.columns["tie"][row]
        if listed == [] and (keys < 0).all():
            return
        held = set(keys[keys >= 0].tolist())
        for gone in held.difference(listed):
            forget(keys, ties, gone)
        for new in listed:
            if new not in held:
                tally(keys, ties, new, ROW_TIE)
        order = np.argsort(-ties.astype(np.int16), kind="stable")
        keys[:], ties[:] = keys[order], ties[order]

    def dump(self) -> tuple[dict[str, Array], list[str], list[str]]:
        """Columns, ids and names."""
        return self.columns.dump(), list(self.ids), list(self.names)

    def load(self, saved: Mapping[str, Array], ids: Sequence[str], names: Sequence[str]) -> None:
        """Take up what `dump` gave."""
        self.columns.load(saved)
        if not len(self.columns) == len(ids) == len(names):
            raise ValueError("saved people have more or fewer ids than rows")
        self.ids, self.names = list(ids), list(names)
        self.index = {name: row for row, name in enumerate(self.ids)}

    def rows(self) -> Iterator[int]:
        """Everybody known."""
        yield from np.flatnonzero(self.columns["known"]).tolist()


def number(value: object) -> float:
    """A number of a record, 0 where it has none."""
    return float(value) if isinstance(value, int | float) else 0.0


def _code(names: Sequence[str], value: object, otherwise: int) -> int:
    return names.index(value) if isinstance(value, str) and value in names else otherwise
