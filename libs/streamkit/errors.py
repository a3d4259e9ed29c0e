"""The three kinds of failure, and configuration: every error a service raises is one of these or a defect.

Retryable: wait and do the same again. Poison: this record never will work, copy it to the dead-letter topic and go
on. Fatal: the process must end and be started anew. Nothing is caught and passed over.
"""

from pathlib import Path


class Retryable(Exception):  # noqa: N818 - the kinds have the names that the design gives them
    """It may heal by waiting: broker or database away, queue full, conflict to decide again."""


class Poison(Exception):  # noqa: N818
    """One record can never be handled. The runner copies it to the dead-letter topic and goes on without it."""

    def __init__(self, topic: str, partition: int, offset: int, reason: str) -> None:
        super().__init__(f"{topic}:{partition}@{offset}: {reason}")
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.reason = reason


class Fatal(Exception):  # noqa: N818
    """It cannot heal inside this process: say it in one line, exit non-zero, let the supervisor start anew."""


class ConfigurationError(Fatal):
    """A setting, scenario or schema file is wrong. Exit code 2: starting again does not help."""

    def __init__(self, reason: str, file: Path | str | None = None, line: int | None = None, nearest: str = "") -> None:
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__(f"{place}{reason}{hint}")
        self.file = None if file is None else str(file)
        self.line = line
        self.reason = reason
        self.nearest = nearest
