"""`python -m services.analytics`: aggregates, journeys and preferences on Faust."""

import sys

from services.analytics.app import build
from services.analytics.settings import AnalyticsSettings
from streamkit.lifecycle import run_service

if __name__ == "__main__":
    sys.exit(run_service("analytics", AnalyticsSettings, build))
