"""`python -m services.booking`: the booking service as a process."""

import sys

from services.booking.app import build
from services.booking.settings import Settings
from streamkit.lifecycle import run_service

if __name__ == "__main__":
    sys.exit(run_service("booking", Settings, build))
