"""What the files of an offline run say of a person and of the city at a moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import polars as pl

from cli.manifest import NAME
from services.simulator.domain.behaviour import ACTION_KINDS
from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.city import CityConfig
from services.simulator.domain.events import EVENT_TYPES, Kind
from services.simulator.domain.explain_person import Known, Under
from services.simulator.domain.specification import ACTIONS, World

_ENDED = ("booking.declined", "booking.expired", "booking.cancelled", "booking.completed", "booking.no_show")
_ACTS = {EVENT_TYPES[Kind(kind)]: name for kind, name in zip(ACTION_KINDS, ACTIONS, strict=True)}
_ACTS |= {"invite.declined": _ACTS["invite.accepted"]}
_HOUR = 60 * MINUTE


class RunError(Exception):
    """A directory that holds no run that can be read, and why."""


@dataclass(frozen=True, slots=True)
class ToldRun:
    """The seed, the configuration, and the records of one directory of `generate`."""

    directory: Path
    seed: int
    config: CityConfig
    paths: Mapping[str, list[Path]]

    def known(self, user: str, time_us: int, world: World) -> Known:
        """What was so at a time, as the rules of the world see it."""
        bookings = self._before("bookings", time_us)
        social = self._before("social_interactions", time_us)
        actions = self._before("user_actions", time_us).filter(pl.col("user_id") == user)
        around = self._before("environment", time_us)
        profile = self._profile(user, time_us)
        mine = bookings.filter(pl.col("user_id") == user)
        venue = _in_mind(actions, mine, social, user, time_us)
        return Known(
            scenarios=self._scenarios(time_us),
            weather=_last(around, "weather.changed"),
            traffic=_last(around, "traffic.changed"),
            holiday="",  # a run to files takes no orders
            bookings=_held(mine, time_us),
            friends=len(profile["friend_ids"].split(",")) if profile["friend_ids"] else 0,
            invitations=_waiting(social.filter(pl.col("other_user_id") == user), social),
            planning=_planning(social, user),
            intent=venue is not None,
            trends=venue is not None and _trending(self._before("venues", time_us), venue),
            heat=_heat(actions, time_us, world.session.excitation_half_life_minutes),
            owes=_owes(social, user, time_us - int(world.social.owed_days * 24 * _HOUR)),
            doing=_doing(pl.concat([actions, social, mine], how="diagonal_relaxed"), user),
            newcomer=profile["registered_at"] > time_us - int(world.social.newcomer_hours * _HOUR),
            ordered=(0.0,) * len(ACTIONS),
        )

    def _before(self, topic: str, time_us: int) -> pl.DataFrame:
        """Records of a topic up to a time, in order."""
        read = pl.read_parquet if self.paths.get(topic, [Path()])[0].suffix == ".parquet" else pl.read_ndjson
        frames = [read(path) for path in self.paths.get(topic, [])]
        if not frames:
            raise RunError(f"{self.directory} has no file of {topic}")
        whole = pl.concat(frames, how="diagonal_relaxed")
        times = [name for name, kind in whole.schema.items() if isinstance(kind, pl.Datetime)]
        whole = whole.with_columns(pl.col(times).dt.timestamp("us"))
        return whole.filter(pl.col("simulation_time") <= time_us).sort("simulation_time", maintain_order=True)

    def _profile(self, user: str, time_us: int) -> dict[str, Any]:
        """The latest record of a person."""
        rows = self._before("users", time_us).filter(pl.col("user_id") == user)
        if rows.height == 0:
            raise RunError(f"{self.directory} knows no {user} at that time")
        return rows.row(-1, named=True)

    def _scenarios(self, time_us: int) -> list[Under]:
        """The last window told of each cause; of a stopped one it has moved."""
        if "ground_truth" not in self.paths:
            return []
        windows = self._before("ground_truth", time_us).filter(pl.col("event_type") == "truth.scenario_window")
        found = []
        for row in windows.unique("cause_id", keep="last", maintain_order=True).iter_rows(named=True):
            given = json.loads(row["parameters"])
            released = row["starts_at"] + int((given["ramp_minutes"] + given["hold_minutes"]) * MINUTE)
            found.append(Under(row["name"], row["starts_at"], released, given["intensity"]))
        return found


def told_run(directory: Path) -> ToldRun:
    """Raises `RunError` where the directory is none of `generate`, or not of Parquet or JSON lines."""
    try:
        content: dict[str, Any] = json.loads((directory / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{directory / NAME}: {error}") from error
    if content["format"] not in ("parquet", "jsonl"):
        raise RunError(f"{directory} is of format {content['format']}; parquet and jsonl can be read")
    given = content["configuration"]
    config = CityConfig(**{f.name: given[f.name] for f in fields(CityConfig) if f.name in given})
    paths: dict[str, list[Path]] = {}
    for file in content["files"]:
        paths.setdefault(file["topic"], []).append(directory / file["path"])
    return ToldRun(directory, int(content["seed"]), config, paths)


def _last(around: pl.DataFrame, event_type: str) -> str | None:
    rows = around.filter(pl.col("event_type") == event_type)
    return None if rows.height == 0 else str(rows["condition"][-1])


def _held(mine: pl.DataFrame, time_us: int) -> int:
    """Bookings asked for or confirmed whose hour has not passed."""
    latest = mine.filter(pl.col("booking_id").is_not_null()).group_by("booking_id", maintain_order=True)
    ends = latest.agg(pl.col("event_type").last(), pl.col("start_time").drop_nulls().last())
    open_now = ends.filter(~pl.col("event_type").is_in(_ENDED) & (pl.col("start_time") + _HOUR >= time_us))
    return open_now.height


def _waiting(mine: pl.DataFrame, social: pl.DataFrame) -> int:
    """Invitations to the person without an answer."""
    sent = mine.filter(pl.col("event_type") == "invite.sent")["invite_id"]
    return len(set(sent.to_list()) - set(_answered(social)))


def _planning(social: pl.DataFrame, user: str) -> bool:
    """Whether invitations of the person still wait for an answer."""
    sent = social.filter((pl.col("event_type") == "invite.sent") & (pl.col("user_id") == user))["invite_id"]
    return bool(set(sent.to_list()) - set(_answered(social)))


def _answered(social: pl.DataFrame) -> list[str]:
    kinds = ("invite.accepted", "invite.declined", "invite.expired")
    return social.filter(pl.col("event_type").is_in(kinds))["invite_id"].to_list()


def _in_mind(actions: pl.DataFrame, booked: pl.DataFrame, social: pl.DataFrame, user: str, time_us: int) -> str | None:
    """The venue in mind: of an interest for a time ahead, with no booking or invitation since."""
    interest = actions.filter(
        (pl.col("event_type") == "interest.expressed") & (pl.col("preferred_time").fill_null(0) > time_us)
    )
    if interest.height == 0:
        return None
    at = interest["simulation_time"][-1]
    asked = booked.filter((pl.col("event_type") == "booking.requested") & (pl.col("simulation_time") >= at))
    sent = social.filter(
        (pl.col("event_type") == "invite.sent") & (pl.col("user_id") == user) & (pl.col("simulation_time") >= at)
    )
    return str(interest["venue_id"][-1]) if asked.height + sent.height == 0 else None


def _trending(venues: pl.DataFrame, venue: str) -> bool:
    rows = venues.filter(pl.col("venue_id") == venue)
    return rows.height > 0 and bool((rows["trending"][-1] or 0.0) > 0)


def _owes(social: pl.DataFrame, user: str, since_us: int) -> bool:
    """Whether the last invitation that the person said yes to lately came from somebody not invited back."""
    mine = social.filter(pl.col("user_id") == user)
    taken = mine.filter((pl.col("event_type") == "invite.accepted") & (pl.col("simulation_time") > since_us))
    if taken.height == 0:
        return False
    at, friend = taken["simulation_time"][-1], taken["other_user_id"][-1]
    back = mine.filter((pl.col("event_type") == "invite.sent") & (pl.col("other_user_id") == friend))
    return back.filter(pl.col("simulation_time") >= at).height == 0


def _doing(told: pl.DataFrame, user: str) -> str:
    """The last act of the person's session; empty without one, or before its first.

    An invitation answered in the app counts as one, also where it was answered because the person was there.
    """
    mine = told.filter(pl.col("user_id") == user).sort("simulation_time", maintain_order=True)
    doing, inside = "", False
    for kind in mine["event_type"].to_list():
        if kind in ("session.started", "session.ended"):
            doing, inside = "", kind == "session.started"
        elif inside:
            doing = _ACTS.get(kind, doing)
    return doing


def _heat(actions: pl.DataFrame, time_us: int, half_life_minutes: float) -> float:
    """Excitement left by the sessions so far: 1 each, 2 at most, halved every so many minutes."""
    heat, last = 0.0, 0
    for start in actions.filter(pl.col("event_type") == "session.started")["simulation_time"].to_list():
        heat = min(heat * 0.5 ** ((start - last) / MINUTE / half_life_minutes) + 1.0, 2.0)
        last = start
    return heat * 0.5 ** ((time_us - last) / MINUTE / half_life_minutes) if last else 0.0
