"""Asks the broker where partitions begin and end: lag, dead letters, and whether it is there at all."""

import asyncio
from collections.abc import Callable

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from services.gateway.state.services import Services
from streamkit.broker import offsets
from streamkit.clock import Clock, sleep_or_stop
from streamkit.contracts import Catalogue
from streamkit.positions import Positions
from streamkit.settings import KafkaSettings

_EVERY_S = 2.0
_PATIENCE_S = 3.0


class Watermarks:
    """Refreshes `Services` every two seconds; ``tell`` hears whether Kafka answered."""

    def __init__(
        self,
        settings: KafkaSettings,
        catalogue: Catalogue,
        services: Services,
        clock: Clock,
        tell: Callable[[bool, str], None],
    ) -> None:
        self._settings = settings
        self._dead_letters = {f"{name}.dlq": name for name, topic in catalogue.topics.items() if topic.dlq}
        self._wanted = frozenset(catalogue.topics) | self._dead_letters.keys()
        self._services = services
        self._clock = clock
        self._tell = tell

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until told to stop."""
        admin = AdminClient(self._settings.client())
        while not stop.is_set():
            try:
                beginnings, ends = await asyncio.to_thread(self._ask, admin)
            except (KafkaException, TimeoutError) as error:
                self._tell(False, str(error) or "no answer")
            else:
                self._settle(beginnings, ends)
                self._tell(True, "")
            await sleep_or_stop(self._clock, _EVERY_S, stop)

    def _ask(self, admin: AdminClient) -> tuple[Positions, Positions]:
        metadata = admin.list_topics(timeout=_PATIENCE_S)
        places = [
            (name, partition)
            for name in self._wanted & metadata.topics.keys()
            for partition in metadata.topics[name].partitions
        ]
        return offsets(admin, places, _PATIENCE_S, beginnings=True), offsets(admin, places, _PATIENCE_S)

    def _settle(self, beginnings: Positions, ends: Positions) -> None:
        self._services.beginnings = beginnings
        self._services.ends = {place: end for place, end in ends.items() if place[0] not in self._dead_letters}
        letters = dict.fromkeys(self._dead_letters.values(), 0)
        for place, end in ends.items():
            topic = self._dead_letters.get(place[0])
            if topic is not None:
                letters[topic] += end - beginnings.get(place, 0)
        self._services.dead_letters = letters
