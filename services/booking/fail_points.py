"""Places where a test makes the process die as by `kill -9`, or stand still. Inert unless the settings name one."""

import os
import signal
from collections.abc import Callable

from streamkit.errors import ConfigurationError

POINTS = (
    "migrating",
    "relay_starts",
    "after_poll",
    "before_outbox",
    "before_commit",
    "after_commit",
    "before_publish",
    "after_publish",
    "before_mark",
    "after_mark",
    "before_offsets",
    "after_offsets",
)
"""In the order in which a new process on an empty database passes them."""
STOP = "stop@"

FailPoint = Callable[[str], None]


def no_failure(point: str) -> None:
    """Nothing happens anywhere."""
    del point


def fail_at(setting: str) -> FailPoint:
    """Die at ``point`` or, the nth time it is reached, at ``point:n``; with ``stop@`` before it, stand still there.

    Raises:
        ConfigurationError: for another name.

    """
    if not setting:
        return no_failure
    named, _, times = setting.removeprefix(STOP).partition(":")
    if named not in POINTS or not (times or "1").isdigit():
        raise ConfigurationError(f"booking.fail_point: {setting!r} is none of {', '.join(POINTS)}")
    left = int(times or "1")
    number = signal.SIGSTOP if setting.startswith(STOP) else signal.SIGKILL

    def fail(point: str) -> None:
        nonlocal left
        if point == named:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), number)

    return fail
