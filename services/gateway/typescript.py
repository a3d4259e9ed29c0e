"""TypeScript types of the API for the dashboard, from the OpenAPI document: ``python -m …`` writes them.

``--check`` fails where the committed file is stale.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from services.gateway.app import compose
from services.gateway.settings import GatewaySettings
from services.gateway.state.letters import Letter
from services.gateway.web import create_app
from streamkit.clock import SystemClock
from streamkit.contracts import Catalogue
from streamkit.positions import Positions
from streamkit.processor import Output

TYPES = Path(__file__).parent / "dashboard" / "src" / "generated" / "api.ts"
PREFIX = "/api/v1"
HEADER = """\
// What the API takes and answers, generated from its OpenAPI document by `make generate`; not edited by hand.
// Times are ISO 8601 in UTC.
"""
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
Schema = Mapping[str, Any]


class _Nowhere:
    """Stands for Kafka where only the document is wanted."""

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        raise NotImplementedError

    async def newest(self, topic: str, limit: int) -> Sequence[Letter]:
        raise NotImplementedError


def document() -> dict[str, Any]:
    """The OpenAPI document of the gateway as it stands."""
    nowhere = _Nowhere()
    core = compose(GatewaySettings(), Catalogue.load(), nowhere.publish, nowhere, SystemClock())
    return create_app(core.context).openapi()


def module(api: Schema) -> str:
    """Source of the types of a document."""
    lines = [HEADER]
    for name, schema in api["components"]["schemas"].items():
        lines += [*_comment(schema), *_declared(name, schema), ""]
    lines += ["/** What each operation answers when it succeeds, by method and path. */", "export interface Answers {"]
    lines += [f"  readonly {orjson.dumps(name).decode()}: {kind};" for name, kind in _answers(api)]
    return "\n".join([*lines, "}", ""])


def main(arguments: Sequence[str], path: Path = TYPES) -> int:
    """Write the types, or with ``--check`` compare them."""
    fresh = module(document())
    if "--check" not in arguments:
        path.write_text(fresh, encoding="utf-8")
        return 0
    if path.is_file() and path.read_text(encoding="utf-8") == fresh:
        return 0
    sys.stderr.write(f"{path} is stale; run python -m services.gateway.typescript\n")
    return 1


def _declared(name: str, schema: Schema) -> Iterator[str]:
    if not schema.get("properties"):
        yield f"export type {name} = {_type(schema)};"
        return
    yield f"export interface {name} {{"
    for member, inner in schema["properties"].items():
        yield from (f"  {line}" for line in _comment(inner))
        yield f"  {_member(schema, member)};"
    yield "}"


def _comment(schema: Schema) -> list[str]:
    words = " ".join(str(schema.get("description", "")).split())
    return [f"/** {words.replace('*/', '* /')} */"] if words else []


def _member(schema: Schema, name: str) -> str:
    key = name if _NAME.fullmatch(name) else orjson.dumps(name).decode()
    return f"readonly {key}{'' if name in schema.get('required', ()) else '?'}: {_type(schema['properties'][name])}"


def _type(schema: Schema) -> str:
    """A schema as a type; one that says nothing is unknown."""
    told = "unknown"
    match schema:
        case {"$ref": reference}:
            told = str(reference).rpartition("/")[2]
        case {"const": value}:
            told = orjson.dumps(value).decode()
        case {"enum": values}:
            told = " | ".join(orjson.dumps(value).decode() for value in values)
        case {"anyOf": some} | {"oneOf": some}:
            told = " | ".join(dict.fromkeys(_type(one) for one in some))
        case {"type": "array"}:
            told = _list(schema)
        case {"type": "object"}:
            told = _object(schema)
        case {"type": str(kind)}:
            told = _PLAIN[kind]
        case {"type": list(kinds)}:
            told = " | ".join(_PLAIN[kind] for kind in kinds)
    return told


def _list(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"readonly [{', '.join(map(_type, schema['prefixItems']))}]"
    inner = _type(schema.get("items", {}))
    return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"


def _object(schema: Schema) -> str:
    """Its members, or a map where it declares none: of what its values are said to be."""
    if schema.get("properties"):
        return f"{{ {'; '.join(_member(schema, name) for name in schema['properties'])} }}"
    said = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
    values = [_type(one) for one in said if isinstance(one, dict)]
    return f"Readonly<Record<string, {' | '.join(dict.fromkeys(values)) or 'unknown'}>>"


def _answers(api: Schema) -> Iterator[tuple[str, str]]:
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if path.startswith(PREFIX) and status.startswith("2") and content is not None:
                    yield f"{method.upper()} {path.removeprefix(PREFIX)}", _type(content["schema"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
