"""Composition root of the in-memory host: all services of a city in one process, on a log in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.analytics.app import in_memory_processors as analytics
from services.booking.app import in_memory_processor as booking
from services.recommender.app import in_memory_processor as recommender
from services.simulator.domain.city import CityConfig
from services.simulator.offline import OfflineCity
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import LockStep, MemoryLog
from streamkit.processor import Processor


@dataclass(frozen=True, slots=True)
class OfflineRun:
    """A city that runs as far as it is asked to."""

    city: OfflineCity
    log: MemoryLog
    host: LockStep


def compose(config: CityConfig, seed: int) -> OfflineRun:
    """Wire simulator, recommender, booking and analytics; deterministic in seed and configuration."""
    catalogue = Catalogue.load()
    log = MemoryLog(catalogue, Codec(catalogue))
    city = OfflineCity(config, seed, log)
    processors: Sequence[Processor] = (recommender(), booking(), *analytics())
    return OfflineRun(city, log, LockStep(city, processors, log))
