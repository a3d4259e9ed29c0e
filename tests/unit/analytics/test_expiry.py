"""What is kept is bounded by the clock of the city, and by nothing that a record says of itself."""

from collections import Counter

from services.analytics.domain.aggregates.store import WIDTHS, Kept
from services.analytics.domain.cells import MemoryCells, split_key
from services.analytics.processor import AnalyticsProcessor, Limits
from services.analytics.settings import PREFERENCES_FILE, read_learning
from tests.unit.analytics.city import DAY, MINUTE, Frames, event, rows_of, tick

KEPT = Kept(minute=120, quarter=75, hour=600, day=2 * 1_440)
STEP = 30


def city() -> tuple[Frames, MemoryCells, AnalyticsProcessor]:
    cells = MemoryCells()
    return Frames(), cells, AnalyticsProcessor(cells, read_learning(PREFERENCES_FILE), Limits(kept=KEPT))


def kinds(cells: MemoryCells) -> Counter[str]:
    return Counter(split_key(key)[1] for key, _ in cells.scan(0))


def windows(cells: MemoryCells) -> Counter[str]:
    names = [split_key(key)[2] for key, _ in cells.scan(0) if split_key(key)[1] == "window"]
    return Counter(name.split(":")[0] for name in names)


def test_cells_are_as_many_after_five_days_as_after_three() -> None:
    frames, cells, processor = city()
    counted = []
    for number in range(5 * 1_440 // STEP):
        at = number * STEP * MINUTE
        processor.process(frames.batch("user_actions", [event("venue.viewed", number, at)]))
        processor.process(frames.batch("system_metrics", [tick(at + STEP * MINUTE, f"user_actions:0={number + 1}")]))
        if number * STEP % 1_440 == 720:
            counted.append((kinds(cells), windows(cells)))
    three, *_, five = counted[2:]
    assert three == five
    for width, minutes in WIDTHS.items():
        assert 0 < five[0][width] <= KEPT.of(width) // minutes + 1, width
    assert five[1].keys() == {"minute", "hour", "day"}


def test_a_record_from_the_future_makes_nothing_be_forgotten_and_closes_nothing() -> None:
    frames, cells, processor = city()
    processor.process(frames.batch("user_actions", [event("venue.viewed", 0, 0), event("venue.viewed", 1, 900 * DAY)]))
    closed = processor.process(frames.batch("system_metrics", [tick(3 * MINUTE, "user_actions:0=2")]))
    starts = {row["window_start"] for row in rows_of(closed, "system_metrics")}
    assert len(starts) == 1
    assert kinds(cells)["minute"] == 2


def test_a_record_of_a_forgotten_minute_counts_as_late_and_still_in_its_day() -> None:
    frames, _, processor = city()
    processor.process(frames.batch("user_actions", [event("venue.viewed", 0, 600 * MINUTE)]))
    processor.process(frames.batch("system_metrics", [tick(601 * MINUTE, "user_actions:0=1")]))
    processor.process(frames.batch("user_actions", [event("venue.viewed", 1, 300 * MINUTE)]))
    closed = processor.process(frames.batch("system_metrics", [tick(2 * DAY, "user_actions:0=2", 1)]))
    live = processor.live
    assert live is not None
    assert (live.aggregates.late, processor.late) == (1, 1)
    days = [row for row in rows_of(closed, "system_metrics") if row["window_end"] - row["window_start"] == DAY]
    assert sum(row["count"] for row in days if row["metric"] == "events" and row["dimension"] is None) == 2
