"""What a benchmark measured, beside what it is compared to and the bar it must clear."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure. ``bar`` is a bound for ``value``, at least or (``lower_is_better``) at most; no bar, no verdict.

    A peer that could not be installed has a name and no value: it is reported as such, never as beaten.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    bar: float | None = None
    lower_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """Value over the peer's."""
        return self.value / self.peer_value if self.peer_value else None

    @property
    def ok(self) -> bool:
        """Whether the bar is cleared."""
        if self.bar is None:
            return True
        return self.value <= self.bar if self.lower_is_better else self.value >= self.bar

    def printable(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"ratio": self.ratio, "ok": self.ok}
