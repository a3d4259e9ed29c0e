"""Booking broken on purpose: rows are marked sent before they are. What dies in between is lost."""

import sys
from typing import Any

from services.booking import app
from services.booking.adapters.outbox import Relay
from services.booking.settings import Settings
from streamkit.lifecycle import run_service


class MarksFirst(Relay):
    """Deletes, then publishes."""

    def _take(self) -> Any:
        chunk = super()._take()
        if chunk is not None:
            super()._delete(chunk)
        return chunk

    def _delete(self, chunk: Any) -> None:
        del chunk


if __name__ == "__main__":
    vars(app)["Relay"] = MarksFirst
    sys.exit(run_service("booking", Settings, app.build))
