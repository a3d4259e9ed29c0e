"""Where the past ends: after so many days of the city, or where the wall clock is when the city gets there. Pure."""

from dataclasses import dataclass

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Horizon:
    """The policy of a backfill. ``until_now``: it ends where the wall clock is, however long it takes to get there."""

    backfill_us: int
    until_now: bool = False

    def live_us(self, start_us: int, now_us: int) -> int:
        """Simulated time at which a city that began at ``start_us`` goes live, if the wall clock says ``now_us``."""
        return now_us if self.until_now else start_us + self.backfill_us


def start_before(now_us: int, backfill_us: int, tick_us: int) -> int:
    """The start of a city that is to arrive at now: so long before, at a whole tick."""
    return (now_us - backfill_us) // tick_us * tick_us
