"""Runs the gateway."""

import sys

from services.gateway.app import build
from services.gateway.settings import GatewaySettings
from streamkit.lifecycle import run_service

if __name__ == "__main__":
    sys.exit(run_service("gateway", GatewaySettings, build))
