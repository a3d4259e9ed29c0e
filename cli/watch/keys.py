"""What a key means, given what is shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from cli.watch.model import City

FASTEST, SLOWEST, UNPACED = 1000.0, 1.0, 0.0
HELP = "space pause  + - speed  m max  s scenarios  q quit"
CHOOSING = "1-9 start or stop a scenario  s or esc back"
ESCAPE = "\x1b"


@dataclass(frozen=True, slots=True)
class Give:
    """A command: its name and parameters, and what to say meanwhile."""

    command: str
    parameters: Mapping[str, object]
    words: str


@dataclass(frozen=True, slots=True)
class Leave:
    """End the watching."""


def pressed(key: str, city: City) -> Give | Leave | None:
    """What a key asks for; it may open and close the list of scenarios."""
    match key:
        case "q" | "Q" | "\x03" | "\x04":
            return Leave()
        case " " | "p":
            return Give("resume", {}, "resuming") if city.paused else Give("pause", {}, "pausing")
        case "+" | "=" | "-" | "_":
            return _speed(city.speed, faster=key in "+=")
        case "m":
            return Give("speed", {"multiplier": "max"}, "as fast as possible")
        case "s":
            city.choosing = not city.choosing
        case _ if key == ESCAPE:
            city.choosing = False
        case _ if city.choosing and key in "123456789" and int(key) <= len(city.scenarios):
            name = city.scenarios[int(key) - 1]
            action = "stop" if name in city.holding else "start"
            city.choosing = False
            return Give("scenario", {"scenario": name, "action": action}, f"{action} {name}")
    return None


def _speed(now: float, *, faster: bool) -> Give:
    """Twice as fast or half; from as fast as possible down to what can be paced."""
    asked = FASTEST if now == UNPACED else now * 2 if faster else now / 2
    multiplier = min(max(asked, SLOWEST), FASTEST)
    return Give("speed", {"multiplier": multiplier}, f"speed {multiplier:g}x")
