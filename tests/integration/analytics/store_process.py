"""`python -m tests.integration.analytics.store_process POINT:N`: the event store alone, dead by SIGKILL at a point."""

import os
import signal
import sys

from services.analytics.settings import AnalyticsSettings
from services.analytics.store.app import build_store
from streamkit.clock import SystemClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import Service, run_service
from streamkit.producer import Producer


def build(settings: AnalyticsSettings) -> Service:
    """The store's parts without the folds."""
    catalogue = Catalogue.load()
    codec = Codec(catalogue, service="analytics")
    producer = Producer(settings.kafka, codec, SystemClock())
    readiness = Readiness()
    named, _, times = sys.argv[1].partition(":")
    left = int(times)

    def around(point: str) -> None:
        nonlocal left
        left -= point == named
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    store = build_store(settings, catalogue, codec, producer, readiness, around)
    return Service([HealthServer(settings.health_port, readiness), *store.parts], [producer, *store.resources])


if __name__ == "__main__":
    sys.exit(run_service("analytics", AnalyticsSettings, build))
