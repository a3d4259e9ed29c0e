"""The dashboard's types of the API are what the OpenAPI document says."""

from pathlib import Path
from typing import Any

import pytest

from services.gateway.typescript import TYPES, main, module


def test_the_committed_types_are_what_the_document_says() -> None:
    assert main(["--check"]) == 0, "run make generate"


def test_a_hand_edit_is_stale_until_generated_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = tmp_path / TYPES.name
    assert main(["--check"], edited) == 1
    edited.write_text(TYPES.read_text(encoding="utf-8").replace("number", "string", 1), encoding="utf-8")
    assert main(["--check"], edited) == 1
    assert "stale" in capsys.readouterr().err
    assert (main([], edited), main(["--check"], edited)) == (0, 0)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "integer"}, "number"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]}, "Other | null"),
        ({"type": "string", "enum": ["a", "b"]}, '"a" | "b"'),
        ({"anyOf": [{"type": "number"}, {"const": "max"}]}, 'number | "max"'),
        ({"type": "array", "items": {"type": "string"}}, "readonly string[]"),
        ({"type": "array", "items": {"enum": [1, 2]}}, "readonly (1 | 2)[]"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]}, "readonly [string, number]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Readonly<Record<string, number>>"),
        ({"type": "object", "additionalProperties": True}, "Readonly<Record<string, unknown>>"),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, "{ readonly a: unknown }"),
    ],
)
def test_a_schema_is_told_as_a_type(schema: dict[str, Any], told: str) -> None:
    one = {"type": "object", "properties": {"it": schema, "is-it": schema}, "required": ["it"]}
    lines = module({"components": {"schemas": {"One": one}}, "paths": {}}).splitlines()
    assert f"  readonly it: {told};" in lines
    assert f'  readonly "is-it"?: {told};' in lines
