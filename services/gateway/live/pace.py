"""Keeps a channel to the records a second that watchers asked for; what is left out is counted, to be told."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """One channel through one set of filters. ``skipped`` were left out since the last frame went out."""

    rate: int
    left: float
    at: float
    skipped: int = 0

    @staticmethod
    def of(rate: int, now: float) -> "Pace":
        """A pace that begins with a second's records."""
        return Pace(rate, float(rate), now)

    def most(self, now: float) -> int:
        """Records that may go out now; monotonic seconds."""
        self.left = min(float(self.rate), self.left + (now - self.at) * self.rate)
        self.at = now
        return int(self.left)

    def told(self, records: int) -> None:
        """So many went out, and with them how many had been left out."""
        self.left -= records
        self.skipped = 0
