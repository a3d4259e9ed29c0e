"""Fail points: places where a test kills the process for real. Inert unless the setting names one."""

import os
import signal

from services.simulator.ports import FailPoint
from streamkit.errors import ConfigurationError

PLACES = ("opened", "journaled", "produced", "delivered", "tick_sent")


def inert(place: str, tick: int) -> None:
    """Pass by."""
    del place, tick


def fail_point(setting: str | None) -> FailPoint:
    """The fail point that a setting ``place:tick`` names; `inert` without one.

    Raises:
        ConfigurationError: The setting names no place.

    """
    if not setting:
        return inert
    place, _, number = setting.partition(":")
    if place not in PLACES or not number.isdigit():
        raise ConfigurationError(f"fail point {setting!r} is not place:tick; places: {', '.join(PLACES)}")

    def kill(at: str, tick: int) -> None:
        if at == place and tick == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    return kill
