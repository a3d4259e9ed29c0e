"""Runs the simulator."""

import sys

from services.simulator.app import build
from services.simulator.settings import SimulatorSettings
from streamkit.lifecycle import run_service

if __name__ == "__main__":
    sys.exit(run_service("simulator", SimulatorSettings, build))
