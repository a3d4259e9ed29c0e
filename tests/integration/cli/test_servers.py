import psycopg
import pytest
from confluent_kafka.admin import AdminClient


@pytest.mark.kafka
def test_the_session_has_a_real_broker(kafka_bootstrap: str) -> None:
    metadata = AdminClient({"bootstrap.servers": kafka_bootstrap}).list_topics(timeout=10)
    assert len(metadata.brokers) >= 1


@pytest.mark.postgres
def test_the_session_has_a_real_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute("select current_database(), version()").fetchone()
    assert row is not None
    assert row[1].startswith("PostgreSQL")
