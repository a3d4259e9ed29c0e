"""Confluent's own client and deserializer against the registry that the gateway answers."""

import asyncio
import json
from collections.abc import Iterator

import fastavro
import httpx
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.unit.gateway.town import CATALOGUE, Town, viewed


@pytest.fixture
def registry(town: Town) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": f"http://127.0.0.1:{town.core.web.port}/registry"}) as client:
        yield client


async def test_the_avro_deserializer_reads_our_records_unaided(town: Town, registry: SchemaRegistryClient) -> None:
    town.say("user_actions", viewed())
    (value,) = [value for partition in range(4) for value in town.log.values("user_actions", partition)]
    context = SerializationContext("user_actions", MessageField.VALUE)
    record = await asyncio.to_thread(AvroDeserializer(registry), value, context)
    assert isinstance(record, dict)
    assert (record["event_type"], record["user_id"], record["venue_id"]) == ("venue.viewed", "u0000001", "v00001")


async def test_every_schema_is_found_by_id_subject_and_version(registry: SchemaRegistryClient) -> None:
    subjects = await asyncio.to_thread(registry.get_subjects)
    assert subjects == sorted(f"{name}-value" for name in CATALOGUE.topics)
    for subject in subjects:
        latest = await asyncio.to_thread(registry.get_latest_version, subject)
        assert latest.version in await asyncio.to_thread(registry.get_versions, subject)
        assert latest.version is not None
        assert latest.schema_id is not None
        numbered = await asyncio.to_thread(registry.get_version, subject, latest.version)
        by_id = await asyncio.to_thread(registry.get_schema, latest.schema_id, subject)
        assert numbered.schema_id == latest.schema_id == CATALOGUE.schema_ids[f"{subject}/{latest.version}"]
        assert by_id.schema_str == latest.schema.schema_str
        assert by_id.schema_str is not None
        fastavro.parse_schema(json.loads(by_id.schema_str))
        looked_up = await asyncio.to_thread(registry.lookup_schema, subject, by_id)
        assert looked_up.version == latest.version


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("schemas/ids/99999", 40403),
        ("subjects/nothing-value/versions", 40401),
        ("subjects/nothing-value/versions/latest", 40401),
        ("subjects/users-value/versions/99", 40402),
    ],
)
async def test_what_is_not_there_is_said_in_the_registrys_words(api: httpx.AsyncClient, path: str, code: int) -> None:
    answer = await api.get(f"/registry/{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, code)


async def test_the_client_raises_its_own_error_for_an_unknown_id(registry: SchemaRegistryClient) -> None:
    with pytest.raises(SchemaRegistryError):
        await asyncio.to_thread(registry.get_schema, 99_999)


async def test_nothing_can_be_registered(api: httpx.AsyncClient) -> None:
    answer = await api.post("/registry/subjects/users-value/versions", json={"schema": "{}"})
    assert answer.status_code == 405
