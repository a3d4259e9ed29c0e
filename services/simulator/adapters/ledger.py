"""The ledger of branches on disk: synced before a branch's first record leaves, so that none is ever used twice."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from services.simulator.adapters.journal import sync_directory
from services.simulator.runtime.branches import Ledger, Opened
from streamkit.errors import Retryable

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Name of this boot of the machine; empty where it has none.

    What a dead process wrote without syncing is still there within the same boot, and may not be after another.
    """
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""


class LedgerFile:
    """``ledger.json`` of one simulator."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Ledger:
        """The ledger; empty if there is none or it is damaged (the control topic then says what was used)."""
        try:
            content = json.loads(self._path.read_text())
            last = content["last"]
            return Ledger(
                {run: int(branch) for run, branch in content["highest"].items()},
                None if last is None else Opened(**last),
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Ledger()

    def save(self, ledger: Ledger) -> None:
        """Write it durably.

        Raises:
            Retryable: The disk refuses it.

        """
        beside = self._path.with_suffix(".part")
        content = {"highest": dict(ledger.highest), "last": None if ledger.last is None else asdict(ledger.last)}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            sync_directory(self._path.parent)
        except OSError as error:
            raise Retryable(f"ledger {self._path}: {error.strerror}") from error
