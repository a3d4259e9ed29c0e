"""`python -m services.recommender`: the recommender as a process."""

import sys

from services.recommender.app import build
from services.recommender.settings import Settings
from streamkit.lifecycle import run_service

if __name__ == "__main__":
    sys.exit(run_service("recommender", Settings, build))
