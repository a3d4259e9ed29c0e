"""What goes when too much is kept: figures of tellings that are over, days that no live telling needs, then its oldest.

A partition is a simulated day of all tellings together. A telling set in earlier times than those before it has the
oldest days of all, so that what counts is how far a day lies from the clock of a telling that lives, not its date.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How many simulated days are kept, and how much of the disk all may take; 0 is no limit.

    A day more than ``ahead_us`` ahead of the clock of every live telling is nobody's: some record had an absurd date.
    """

    days: int
    mib: int
    ahead_us: int = 7_200_000_000


@dataclass(frozen=True, slots=True)
class Day:
    """A simulated day, counted from 1970, with its size and an estimate of its events."""

    day: int
    size: int
    events: int


def surplus(days: Collection[Day], retention: Retention, ticks: Collection[int] = (), figures: int = 0) -> list[int]:
    """Days beyond what may be kept, in the order in which they go.

    ``ticks`` are the clocks of live tellings, microseconds; ``figures`` bytes count towards the size. First go days
    ahead of every clock, the farthest first, then the oldest of no live telling. Days that one has within what is kept
    go by size alone, and the day of its clock never does. Without any clock the newest day is what always stays.
    """
    here = {at // DAY_US for at in ticks} or {max((one.day for one in days), default=0)}
    ends = {(at + retention.ahead_us) // DAY_US for at in ticks} or here
    ahead = sorted((one for one in days if one.day > max(ends)), key=lambda one: -one.day)
    rest = (one for one in days if one.day <= max(ends))
    going = [*ahead, *sorted(rest, key=lambda one: (_lived(one.day, ends, retention, ticks), one.day))]
    size, held = figures + sum(one.size for one in going), len(going)
    dropped: list[int] = []
    for one in going:
        too_many = 0 < retention.days < held and not _lived(one.day, ends, retention, ticks)
        too_large = 0 < retention.mib << 20 < size
        if one.day in here or not (too_many or too_large):
            continue
        dropped.append(one.day)
        size, held = size - one.size, held - 1
    return dropped


def _lived(day: int, ends: Collection[int], retention: Retention, ticks: Collection[int]) -> bool:
    """Whether a live telling has this day among those that are kept; 0 keeps all before its clock."""
    return bool(ticks) and any(day <= end and (not retention.days or end - retention.days < day) for end in ends)


def surplus_figures(over: Sequence[tuple[int, int]], others: int, retention: Retention) -> list[int]:
    """Of (telling, bytes of its figures), the first to go first, those that go; ``others`` is what all else takes."""
    size = others + sum(one for _, one in over)
    gone: list[int] = []
    for number, one in over:
        if not 0 < retention.mib << 20 < size:
            break
        gone.append(number)
        size -= one
    return gone
