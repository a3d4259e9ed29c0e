from cli.topics import plans
from streamkit.contracts import Catalogue
from streamkit.producer import LARGEST_RECORD_BYTES

BROKERS_LIMIT = 1_048_588
"""message.max.bytes of Apache Kafka where nobody has set it."""


def test_a_dead_letter_topic_takes_the_largest_record_and_its_reason() -> None:
    wanted = {plan.name: plan.config for plan in plans(Catalogue.load())}
    for name in [name for name in wanted if f"{name}.dlq" in wanted]:
        limit = int(wanted[name].get("max.message.bytes", BROKERS_LIMIT))
        letter = int(wanted[f"{name}.dlq"].get("max.message.bytes", BROKERS_LIMIT))
        assert limit + 10_000 < letter < LARGEST_RECORD_BYTES
