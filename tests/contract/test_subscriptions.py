"""Every service reads exactly the topics that topics.yaml says it reads: back-pressure waits for what they say."""

import pytest

from services.analytics.app import TOPICS as ANALYTICS
from services.analytics.processor import DIRECTORY
from services.booking.processor import SUBSCRIPTIONS as BOOKING
from services.recommender.handlers import SUBSCRIPTIONS as RECOMMENDER
from streamkit.contracts import Catalogue


@pytest.mark.parametrize(
    ("service", "topics"),
    [("booking", BOOKING), ("recommender", RECOMMENDER), ("analytics", (*ANALYTICS, DIRECTORY))],
)
def test_a_service_reads_what_the_contract_says_it_reads(service: str, topics: tuple[str, ...]) -> None:
    assert sorted(topics) == sorted(Catalogue.load().topics_read_by(service))
