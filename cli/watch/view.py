"""The city as lines of a terminal: a function of the model and the size, for 80 by 24 and everything above."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.watch.keys import CHOOSING, HELP
from cli.watch.model import City

BLOCKS = "▁▂▃▄▅▆▇█"
_FUNNEL = ("sessions", "views", "interests", "bookings_requested", "bookings_confirmed", "visits", "reviews")
_RATES = (
    ("events/s", "events_per_second"),
    ("bookings/min", "bookings_per_minute"),
    ("recommended/s", "recommendations_per_second"),
    ("in the app", "active_users"),
)
_HEAD, _FOOT, _TOP = 3, 2, 8
SMALLEST = (60, 16)


def spark(points: Sequence[float], width: int) -> str:
    """The last points as blocks, 0 at the bottom, their highest at the top."""
    shown = list(points)[-width:]
    highest = max(shown, default=0.0)
    if highest <= 0:
        return BLOCKS[0] * len(shown)
    return "".join(BLOCKS[min(int(point / highest * len(BLOCKS)), len(BLOCKS) - 1)] for point in shown)


def render(city: City, width: int, height: int) -> RenderableType:
    """The whole screen, never wider or higher than asked."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Text(f"{SMALLEST[0]} x {SMALLEST[1]} is the least; this is {width} x {height}. q quits")
    left = width // 2
    middle = Table.grid(padding=0, expand=False)
    middle.add_column(width=left)
    middle.add_column(width=width - left - 1)
    middle.add_row(_rates(city, left), _funnel(city, width - left - 1))
    rows = height - _HEAD - _TOP - _FOOT - 1
    bottom = Table.grid(padding=0)
    bottom.add_column(width=width - 28)
    bottom.add_column(width=27)
    bottom.add_row(_feed(city, width - 29, rows), _scenarios(city) if city.choosing else _venues(city, rows))
    return Group(*_head(city, width), middle, bottom, *_foot(city, width))


def _line(text: str, width: int, style: str = "") -> Text:
    return Text(text[:width], style=style, no_wrap=True, overflow="crop")


def _head(city: City, width: int) -> list[Text]:
    stats = city.stats
    time = str(stats.get("simulation_time") or "")[:16].replace("T", " ")
    speed = "max" if city.speed == 0 else f"{city.speed:g}x"
    achieved = float(stats.get("speed_achieved") or 0.0)
    first = f" Luna · {stats.get('city', '?')} · {time} UTC · {city.phase} · {speed}, {achieved:.0f}x achieved"
    style = "bold white on dark_green" if city.link == "live" and city.phase == "running" else "bold white on dark_red"
    second = f" people {int(stats.get('population') or 0):,} · scenario {stats.get('scenario') or 'none'}{_aim(city)}"
    third = f" {city.link} · {city.url}" + (f" · {stats['reason']}" if stats.get("reason") else "")
    return [_line(first.ljust(width), width, style), _line(second, width), _line(third, width, "dim")]


def _aim(city: City) -> str:
    """The events a second that the simulator aims at, and what it reaches; empty where the speed decides."""
    target, achieved = city.stats.get("rate_target"), float(city.stats.get("rate_achieved") or 0.0)
    return "" if target is None else f" · aims at {float(target):,.0f} events/s, {achieved:,.0f} achieved"


def _rates(city: City, width: int) -> Group:
    lines = []
    for label, name in _RATES:
        points = city.rates.get(name) or [0.0]
        lines.append(_line(f" {label:<14}{points[-1]:>9,.1f} {spark(points, width - 26)}", width, "cyan"))
    lag = city.stats.get("lag") or {}
    behind = "  ".join(f"{name} {count:,}" for name, count in lag.items() if count) or "nobody"
    latency = city.stats.get("latency_ms") or {}
    lines.append(_line(f" behind        {behind}", width - 1))
    lines.append(_line(f" latency p99   {latency.get('p99') or 'not known,'} ms", width - 1))
    dead = sum((city.stats.get("dlq") or {}).values())
    lines.append(_line(f" dead letters  {dead:,}", width - 1, "red" if dead else ""))
    return Group(*lines)


def _funnel(city: City, width: int) -> Group:
    counts = city.stats.get("conversion") or {}
    most = max([*counts.values(), 1])
    room = max(width - 33, 1)
    lines = []
    for name in _FUNNEL:
        count = int(counts.get(name) or 0)
        label = name.replace("_", " ")
        lines.append(_line(f"{label:<19}{count:>11,} {'█' * round(count / most * room)}", width, "green"))
    return Group(*lines)


def _feed(city: City, width: int, rows: int) -> Group:
    shown = list(city.feed)[-rows:]
    lines = [_line(f" {one.time:<6}{one.words}", width, one.style) for one in shown]
    return Group(*lines, *(Text("") for _ in range(rows - len(lines))))


def _venues(city: City, rows: int) -> Group:
    top = city.visits.most_common(max(rows - 1, 0))
    return Group(_line("visits while watching", 27, "bold"), *(_line(f"{n:>5} {name}", 27) for name, n in top))


def _scenarios(city: City) -> Group:
    lines = [_line("scenarios", 27, "bold")]
    for number, name in enumerate(city.scenarios[:9], 1):
        holds = name in city.holding
        lines.append(_line(f"{number} {name}{' · holds' if holds else ''}", 27, "yellow" if holds else ""))
    return Group(*lines)


def _foot(city: City, width: int) -> list[Text]:
    said = city.said or (f"{city.skipped:,} records were too many to show" if city.skipped else "")
    return [_line(f" {said}", width, "yellow"), _line(f" {CHOOSING if city.choosing else HELP}", width, "reverse")]
