"""Laws of the wire: keys, partitions, order in time, producers, duplicates."""

from pathlib import Path
from typing import Any

import yaml

from tests.laws.reading import Reading

TOPICS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "schemas" / "topics.yaml").read_text(encoding="utf-8")
)
KEYED_BY: dict[str, str] = {name: topic["key"] for name, topic in TOPICS["topics"].items()}


def time_never_goes_back(reading: Reading) -> list[str]:
    """simulation_time never goes back within (run, branch, topic, key, source)."""
    latest: dict[tuple[object, ...], object] = {}
    broken = []
    for record in reading.records:
        topic = TOPICS["topics"][record.topic]
        if topic.get("wall_clock") or not topic.get("time_ordered", True):
            continue
        line = (*record.telling, record.topic, record.key, record["source"])
        before: Any = latest.get(line)
        if before is not None and record["simulation_time"] < before:
            back = f"{record['simulation_time']} < {before}"
            broken.append(f"{record.topic} {record.key!r} {record['event_type']}: {back}")
        latest[line] = record["simulation_time"]
    return broken


def keys_are_the_key_column_on_java_s_partition(reading: Reading) -> list[str]:
    """The key is the key column in UTF-8, on the partition that Java's partitioner chooses."""
    broken = []
    for record in reading.records:
        if record.key.decode() != record[KEYED_BY[record.topic]]:
            broken.append(f"{record.topic}: key {record.key!r} is not its {KEYED_BY[record.topic]}")
        wanted = (murmur2(record.key) & 0x7FFFFFFF) % TOPICS["partitions"]
        if record.partition != wanted:
            broken.append(f"{record.topic}: key {record.key!r} on partition {record.partition}, Java says {wanted}")
    return broken


def producers_keep_to_the_contract(reading: Reading) -> list[str]:
    """Every event type comes from a service that topics.yaml names, with the columns it must set."""
    broken = set()
    for record in reading.records:
        known = TOPICS["topics"][record.topic]["events"].get(record["event_type"])
        if known is None:
            broken.add(f"{record.topic}: unknown event type {record['event_type']}")
            continue
        producers = [known["producer"]] if isinstance(known["producer"], str) else known["producer"]
        if record["source"] not in producers:
            broken.add(f"{record.topic}: {record['event_type']} from {record['source']}")
        broken |= {
            f"{record.topic}: {record['event_type']} without {name}" for name in known["sets"] if record[name] is None
        }
    return sorted(broken)


def murmur2(data: bytes) -> int:
    """Kafka's murmur2 with the seed of its default partitioner, as an unsigned 32-bit number.

    An implementation of its own, so that the check does not share a mistake with what it checks.
    """
    mask, m, length = 0xFFFFFFFF, 0x5BD1E995, len(data)
    h = (0x9747B28C ^ length) & mask
    for start in range(0, length - length % 4, 4):
        k = int.from_bytes(data[start : start + 4], "little") * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    tail = data[length - length % 4 :]
    if tail:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)
