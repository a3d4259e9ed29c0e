"""The suite of every log on real clients."""

import pytest

from streamkit.testing import LogHost, LogSuite


@pytest.mark.cluster
class TestInProcessCluster(LogSuite):
    """On librdkafka's in-process cluster."""

    @pytest.fixture
    def host(self, cluster_host: LogHost) -> LogHost:
        """A cluster of this test alone."""
        return cluster_host


@pytest.mark.kafka
class TestKafka(LogSuite):
    """On a real Apache Kafka."""

    @pytest.fixture
    def host(self, kafka_host: LogHost) -> LogHost:
        """Topics of this test alone."""
        return kafka_host
