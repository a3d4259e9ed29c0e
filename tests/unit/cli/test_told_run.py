"""What the files of a run say of one person's situation: the last act, a venue in mind, an invitation to return."""

import polars as pl
import pytest

from cli import told_run

ME, FRIEND, OTHER = "u0000001", "u0000002", "u0000003"


def _told(*events: tuple[str, str] | tuple[str, str, str]) -> pl.DataFrame:
    """Records a second apart: type, whose, and of whom or where."""
    rows = [
        {"event_type": kind, "user_id": user, "other_user_id": rest[0] if rest else None, "simulation_time": second}
        for second, (kind, user, *rest) in enumerate(events, 1)
    ]
    types = {"event_type": pl.String, "user_id": pl.String, "other_user_id": pl.String, "simulation_time": pl.Int64}
    return pl.DataFrame(rows, schema=types)


@pytest.mark.parametrize(
    ("events", "doing"),
    [
        ([], ""),
        ([("session.started", ME)], ""),
        ([("session.started", ME), ("venue.viewed", ME), ("venue.saved", FRIEND)], "view"),
        ([("session.started", ME), ("venue.viewed", ME), ("invite.declined", ME)], "respond"),
        ([("session.started", ME), ("search.performed", ME), ("booking.confirmed", ME)], "search"),
        ([("session.started", ME), ("venue.viewed", ME), ("session.ended", ME)], ""),
        ([("venue.viewed", ME), ("session.started", ME)], ""),
        ([("session.started", ME), ("session.ended", ME), ("invite.accepted", ME)], ""),
    ],
)
def test_the_last_act_is_of_the_session_under_way(events: list[tuple[str, str]], doing: str) -> None:
    assert told_run._doing(_told(*events), ME) == doing


@pytest.mark.parametrize(
    ("events", "since", "owes"),
    [
        ([], 0, False),
        ([("invite.accepted", ME, FRIEND)], 0, True),
        ([("invite.accepted", ME, FRIEND)], 5, False),
        ([("invite.declined", ME, FRIEND)], 0, False),
        ([("invite.accepted", FRIEND, ME)], 0, False),
        ([("invite.accepted", ME, FRIEND), ("invite.sent", ME, FRIEND)], 0, False),
        ([("invite.accepted", ME, FRIEND), ("invite.sent", ME, OTHER)], 0, True),
        ([("invite.sent", ME, FRIEND), ("invite.accepted", ME, FRIEND)], 0, True),
    ],
)
def test_who_said_yes_lately_owes_until_they_ask_back(
    events: list[tuple[str, str, str]], since: int, *, owes: bool
) -> None:
    assert told_run._owes(_told(*events), ME, since) is owes


@pytest.mark.parametrize(("scores", "trends"), [([], False), ([0.0], False), ([0.0, 1.5], True), ([1.5, None], False)])
def test_a_venue_trends_by_its_last_row(scores: list[float | None], *, trends: bool) -> None:
    rows = pl.DataFrame(
        {"venue_id": ["v00007"] * len(scores), "trending": scores},
        schema={"venue_id": pl.String, "trending": pl.Float64},
    )
    assert told_run._trending(rows, "v00007") is trends
