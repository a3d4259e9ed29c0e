"""Every service reads exactly the topics that topics.yaml says it reads: back-pressure waits for what they say."""

import pytest

from services.analytics.app import TOPICS as ANALYTICS
from services.analytics.domain.directories import DIRECTORIES
from services.analytics.store.rows import UNSTORED, stored_topics
from services.booking.processor import SUBSCRIPTIONS as BOOKING
from services.recommender.handlers import SUBSCRIPTIONS as RECOMMENDER
from streamkit.contracts import Catalogue


@pytest.mark.parametrize(
    ("service", "topics"),
    [("booking", BOOKING), ("recommender", RECOMMENDER), ("analytics", (*ANALYTICS, *DIRECTORIES))],
)
def test_a_service_reads_what_the_contract_says_it_reads(service: str, topics: tuple[str, ...]) -> None:
    assert sorted(topics) == sorted(Catalogue.load().topics_read_by(service))


def test_the_event_store_reads_all_that_happens() -> None:
    catalogue = Catalogue.load()
    assert {*stored_topics(catalogue), *UNSTORED} == set(catalogue.topics)
    assert not UNSTORED - set(catalogue.topics)
