"""What people did, as tables: one row an act, in the order of person and time."""

from typing import Final

import polars as pl

from cli.realism.city import SECOND
from cli.realism.files import Files

IN_THE_APP: Final = (
    "venue.browsed",
    "venue.viewed",
    "search.performed",
    "venue.saved",
    "venue.liked",
    "friends.checked",
    "interest.expressed",
    "recommendation.accepted",
    "review.submitted",
)
"""Deliberate acts on user_actions. A list that is passed over (recommendation.ignored) is not an act."""

AMONG_PEOPLE: Final = ("friend.requested", "friend.accepted", "invite.sent", "invite.accepted", "invite.declined")
SLACK_US: Final = 2 * SECOND
"""An act this long after the recorded end of a session still belongs to it: ends are told in whole seconds."""


def visits(files: Files) -> pl.DataFrame:
    """Check-ins: where, when, with how many, how long, at what bill; ``booked`` where a table was reserved."""
    started = files.scan("user_actions", "visit.started").select(
        "user", "venue", "t", "latitude", "longitude", "party_size", "booking_id", "visit_id"
    )
    ended = files.scan("user_actions", "visit.ended").select(
        "visit_id", pl.col("duration_seconds").alias("seconds"), pl.col("spend_minor").alias("spend")
    )
    places = (
        files.scan("venues")
        .unique("venue", keep="first", maintain_order=True)
        .select("venue", "category", "price_tier")
    )
    return (
        started.drop_nulls(("user", "venue"))
        .join(ended, on="visit_id", how="left")
        .join(places, on="venue", how="left")
        .with_columns(pl.col("booking_id").is_not_null().alias("booked"), *files.local())
        .sort("user", "t", "visit_id")
        .collect()
    )


def sessions(files: Files) -> pl.DataFrame:
    """Uses of the app: start, ``seconds`` (null where the end is not told) and ``session``, their index."""
    started = files.scan("user_actions", "session.started").select("user", "t", "session_id")
    ended = files.scan("user_actions", "session.ended").select(
        "session_id", pl.col("duration_seconds").alias("seconds")
    )
    rows = started.drop_nulls("user").join(ended, on="session_id", how="left").with_columns(files.local())
    return rows.sort("user", "t", "session_id").drop("session_id").with_row_index("session").collect()


def actions(files: Files) -> pl.DataFrame:
    """Deliberate acts in the app, among people and at the booking desk, with the session they fell into."""
    own = files.scan("user_actions", *IN_THE_APP).filter(pl.col("source") == "simulator")
    among = files.scan("social_interactions", *AMONG_PEOPLE)
    asked = files.scan("bookings", "booking.requested").filter(pl.col("source") == "simulator")
    columns = ("user", "t", pl.col("event_type").cast(pl.Categorical).alias("kind"), "venue")
    rows = pl.concat([part.select(columns) for part in (own, among, asked)]).drop_nulls("user").sort("t").collect()
    spans = sessions(files).select(
        "user", "t", "session", (pl.col("t") + pl.col("seconds").fill_null(0) * SECOND + SLACK_US).alias("until")
    )
    placed = rows.join_asof(spans.sort("t"), on="t", by="user", strategy="backward", check_sortedness=False)
    inside = pl.when(pl.col("t") <= pl.col("until")).then("session")
    return placed.with_columns(inside.alias("session")).drop("until").sort("user", "t")


def bookings(files: Files) -> pl.DataFrame:
    """Reservations, one row each: made when, for when, by whom, for how many, and what became of them."""
    rows = files.scan("bookings").with_columns(pl.col("start_time").dt.epoch("us").alias("start"))
    happened = {
        name: pl.col("event_type") == f"booking.{name}"
        for name in ("requested", "waitlisted", "confirmed", "declined", "cancelled", "seated", "no_show")
    }
    last = rows.group_by("booking_id").agg(
        pl.col("user").drop_nulls().first(),
        pl.col("venue").drop_nulls().first(),
        pl.col("party_size").drop_nulls().first(),
        pl.col("start").filter(happened["confirmed"] | happened["requested"]).last(),
        pl.col("reason").filter(happened["declined"]).first(),
        pl.col("t").filter(happened["requested"]).first(),
        pl.col("t").filter(happened["cancelled"]).first().alias("cancelled_t"),
        *(test.any().alias(name) for name, test in happened.items() if name != "requested"),
    )
    when = pl.col("start").cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(files.zone)
    return (
        last.drop_nulls(("user", "venue", "t", "start"))
        .with_columns(
            *files.local(),
            when.dt.hour().alias("start_hour"),
            (when.dt.weekday() - 1).alias("start_weekday"),
            when.dt.date().cast(pl.Int32).alias("start_day"),
        )
        .sort("user", "t", "booking_id")
        .collect()
    )


def invites(files: Files) -> pl.DataFrame:
    """Invitations sent: by whom, when, to whom."""
    rows = files.scan("social_interactions", "invite.sent").with_columns(files.user_of("other_user_id").alias("other"))
    return rows.select("user", "t", "other", "invite_id").drop_nulls("user").sort("user", "t", "invite_id").collect()


def answers(files: Files) -> pl.DataFrame:
    """Invitations answered: by whom, when, ``accepted`` or not, how many ``seconds`` after."""
    return (
        files.scan("social_interactions", "invite.accepted", "invite.declined")
        .select(
            "user",
            "t",
            "invite_id",
            (pl.col("event_type") == "invite.accepted").alias("accepted"),
            pl.col("latency_seconds").alias("seconds"),
        )
        .drop_nulls("user")
        .sort("user", "t", "invite_id")
        .collect()
    )


def reviews(files: Files) -> pl.DataFrame:
    """Reviews: stars, place, and whether the visit had been booked."""
    visited = files.scan("user_actions", "visit.started").select(
        "visit_id", pl.col("booking_id").is_not_null().alias("booked")
    )
    rows = files.scan("user_actions", "review.submitted").select("user", "venue", "t", "rating", "visit_id")
    joined = rows.drop_nulls(("user", "venue", "rating")).join(visited, on="visit_id", how="left")
    return joined.sort("user", "t", "visit_id").collect()


def registrations(files: Files) -> pl.DataFrame:
    """People who joined in the days told."""
    rows = files.scan("user_actions", "user.registered").select("user", "t").drop_nulls("user")
    return rows.unique("user", keep="first", maintain_order=True).with_columns(files.local()).sort("user").collect()
