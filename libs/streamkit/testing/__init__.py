"""Fakes that pass the same suite as the real thing, and that suite: for the tests of every service."""

from streamkit.clock import ManualClock
from streamkit.testing.fakes import MemoryProducer, MemorySource, eventually
from streamkit.testing.handlers import Collecting, Deduplicating, Folding, Refusing
from streamkit.testing.suite import LogHost, LogSuite, Record, sample, standing_topic

__all__ = [
    "Collecting",
    "Deduplicating",
    "Folding",
    "LogHost",
    "LogSuite",
    "ManualClock",
    "MemoryProducer",
    "MemorySource",
    "Record",
    "Refusing",
    "eventually",
    "sample",
    "standing_topic",
]
