"""A log in memory with Kafka's partitions and bytes, and the host that runs a whole city on it in lock-step."""

from streamkit.memory.lockstep import LockStep, Ticker
from streamkit.memory.log import DLQ_SUFFIX, MemoryLog

__all__ = ["DLQ_SUFFIX", "LockStep", "MemoryLog", "Ticker"]
