"""Reads the files of `luna generate` into the tables of a city; only the columns and event types it needs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from cli.realism.city import City, NotMeasuredError
from cli.realism.doings import actions, answers, bookings, invites, registrations, reviews, sessions, visits
from cli.realism.files import Files, open_files
from cli.realism.surroundings import events, groups, holidays, prices, weather


def read(directory: Path) -> City:
    """The city a directory tells.

    Raises:
        DirectoryError: Not a directory, no manifest, or not in Parquet.
    """
    files = open_files(directory)
    tables: dict[str, pl.DataFrame] = {}
    missing: dict[str, str] = {}
    for name, reader in READERS.items():
        try:
            tables[name] = reader(files)
        except NotMeasuredError as error:
            missing[name] = str(error)
        except pl.exceptions.ColumnNotFoundError as error:
            missing[name] = f"a column is missing: {str(error).splitlines()[0]}"
    return City(files.start_us, files.end_us, files.zone, len(files.users.categories), tables, missing)


def _venues(files: Files) -> pl.DataFrame:
    rows = files.scan("venues").sort("t", maintain_order=True).collect()
    first = rows.group_by("venue", maintain_order=True).agg(pl.col("rating").first().alias("first_rating"))
    columns = ["venue", "category", "latitude", "longitude", "price_tier", "rating", "takes_bookings"]
    last = rows.group_by("venue", maintain_order=True).agg(pl.col(*columns[1:], "outdoor_seating", "cuisine").last())
    return last.join(first, on="venue").sort("venue")


def _users(files: Files) -> pl.DataFrame:
    rows = files.scan("users").sort("t", maintain_order=True).collect()
    return (
        rows.group_by("user", maintain_order=True)
        .agg(
            pl.col("registered_at").first().dt.epoch("us"),
            pl.col("home_latitude", "home_longitude", "price_tier").first(),
        )
        .sort("user")
    )


def _friends(files: Files) -> pl.DataFrame:
    """Friendships at each person's first row: ``a`` < ``b``."""
    rows = files.scan("users").sort("t", maintain_order=True).collect()
    first = rows.group_by("user", maintain_order=True).agg(pl.col("friend_ids").first())
    pairs = first.drop_nulls("friend_ids").select("user", pl.col("friend_ids").str.split(",")).explode("friend_ids")
    other = pairs.with_columns(files.user_of("friend_ids").alias("other")).drop_nulls("other")
    ends = other.select(pl.min_horizontal("user", "other").alias("a"), pl.max_horizontal("user", "other").alias("b"))
    return ends.filter(pl.col("a") != pl.col("b")).unique().sort("a", "b")


def _ties(files: Files) -> pl.DataFrame:
    """New friendships in the order they were made: ``t``, ``a`` < ``b``."""
    rows = files.scan("social_interactions", "friend.accepted").with_columns(files.user_of("other_user_id").alias("o"))
    ends = rows.select("t", pl.min_horizontal("user", "o").alias("a"), pl.max_horizontal("user", "o").alias("b"))
    return ends.drop_nulls().filter(pl.col("a") != pl.col("b")).sort("t").collect()


READERS: Final[Mapping[str, Callable[[Files], pl.DataFrame]]] = {
    "venues": _venues,
    "users": _users,
    "friends": _friends,
    "ties": _ties,
    "visits": visits,
    "sessions": sessions,
    "actions": actions,
    "bookings": bookings,
    "invites": invites,
    "answers": answers,
    "groups": groups,
    "reviews": reviews,
    "registrations": registrations,
    "weather": weather,
    "events": events,
    "holidays": holidays,
    "prices": prices,
}
