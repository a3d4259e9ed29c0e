from typing import Any

from services.analytics.domain.emitting import in_time


def row(user: str, time: int) -> tuple[str, dict[str, Any]]:
    return "journeys", {"user_id": user, "simulation_time": time}


def test_rows_of_several_partitions_leave_in_the_order_of_time_they_were_made_in() -> None:
    bookings, actions = [row("u1", 1), row("u1", 3)], [row("u1", 2), row("u2", 2)]
    assert in_time([*bookings, *actions]) == [row("u1", 1), row("u1", 2), row("u2", 2), row("u1", 3)]
