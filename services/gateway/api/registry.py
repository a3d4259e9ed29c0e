"""The read-only part of the Schema Registry protocol, answered from the committed contracts.

Enough for any Confluent deserializer: ``schema.registry.url`` = ``http://host:port/registry``. Its errors have the
registry's own shape, because its clients read that.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Request

from services.gateway.api.context import InContext, Json
from services.gateway.api.resource import Resource
from streamkit.contracts import Catalogue, Schema, subject_of

_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA = 40401, 40402, 40403

router = Resource(prefix="/registry", tags=["registry"])


@router.get("/subjects")
async def list_subjects(context: InContext) -> Json:
    """Every subject."""
    return Json(sorted(map(subject_of, context.ledger.catalogue.topics)))


@router.get("/subjects/{subject}/versions")
async def list_versions(subject: str, context: InContext) -> Json:
    """Versions of a subject."""
    versions = _versions(context.ledger.catalogue, subject)
    return Json(sorted(versions)) if versions else _error(_NO_SUBJECT, f"Subject '{subject}' not found.")


@router.get("/subjects/{subject}/versions/{version}")
async def get_version(subject: str, version: str, context: InContext) -> Json:
    """One version of a subject, by number or `latest`."""
    versions = _versions(context.ledger.catalogue, subject)
    if not versions:
        return _error(_NO_SUBJECT, f"Subject '{subject}' not found.")
    number = max(versions) if version in {"latest", "-1"} else int(version) if version.isdecimal() else -1
    if number not in versions:
        return _error(_NO_VERSION, f"Version {version} not found.")
    return Json(_registered(context.ledger.catalogue, subject, number, versions[number]))


@router.post("/subjects/{subject}")
async def look_up(subject: str, request: Request, context: InContext) -> Json:
    """Which version of a subject a schema is; reads only, as the protocol has it."""
    versions = _versions(context.ledger.catalogue, subject)
    if not versions:
        return _error(_NO_SUBJECT, f"Subject '{subject}' not found.")
    try:
        asked = orjson.loads(orjson.loads(await request.body())["schema"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Json({"error_code": 42201, "message": "Invalid schema"}, 422)
    for number, schema in versions.items():
        if schema == asked:
            return Json(_registered(context.ledger.catalogue, subject, number, schema))
    return _error(_NO_SCHEMA, "Schema not found")


@router.get("/schemas/ids/{schema_id}")
async def get_schema(schema_id: int, context: InContext) -> Json:
    """The schema of an id."""
    found = _by_id(context.ledger.catalogue, schema_id)
    return Json({"schema": _text(found[2])}) if found else _error(_NO_SCHEMA, f"Schema {schema_id} not found")


@router.get("/schemas/ids/{schema_id}/versions")
async def get_versions_of_schema(schema_id: int, context: InContext) -> Json:
    """Subjects and versions that an id stands for."""
    found = _by_id(context.ledger.catalogue, schema_id)
    return (
        Json([{"subject": found[0], "version": found[1]}])
        if found
        else _error(_NO_SCHEMA, f"Schema {schema_id} not found")
    )


@router.get("/schemas/types")
async def get_types() -> Json:
    """Kinds of schema spoken."""
    return Json(["AVRO"])


@router.get("/config")
async def get_config() -> Json:
    """The rule that schemas keep."""
    return Json({"compatibilityLevel": "BACKWARD_TRANSITIVE"})


def _versions(catalogue: Catalogue, subject: str) -> Mapping[int, Schema]:
    topic = catalogue.topics.get(subject.removesuffix("-value"))
    return topic.versions if topic is not None and subject_of(topic.name) == subject else {}


def _by_id(catalogue: Catalogue, schema_id: int) -> tuple[str, int, Schema] | None:
    for name, number in catalogue.schema_ids.items():
        if number == schema_id:
            subject, _, version = name.rpartition("/")
            return subject, int(version), _versions(catalogue, subject)[int(version)]
    return None


def _registered(catalogue: Catalogue, subject: str, version: int, schema: Schema) -> dict[str, Any]:
    identity = catalogue.schema_ids.get(f"{subject}/{version}")
    return {"subject": subject, "version": version, "id": identity, "schemaType": "AVRO", "schema": _text(schema)}


def _text(schema: Schema) -> str:
    return orjson.dumps(schema).decode()


def _error(code: int, message: str) -> Json:
    return Json({"error_code": code, "message": message}, 404)
