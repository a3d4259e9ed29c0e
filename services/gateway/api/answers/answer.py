"""What every declared answer has in common. Nothing here runs for a request: handlers write their bytes themselves."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema

Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""ISO 8601 in UTC with microseconds."""
Absent = SkipJsonSchema[None]
"""For a member that may be missing and is never null: ``name: str | Absent = None``."""


class Answer(BaseModel):
    """A JSON object. A member without a default is always there; further members may come in later versions."""

    model_config = ConfigDict(use_attribute_docstrings=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema without what says nothing: defaults that only mark a member as optional, titles of members."""
        reference = handler(core)
        members: dict[str, dict[str, Any]] = handler.resolve_ref_schema(reference).get("properties", {})
        for member in members.values():
            member.pop("default", None)
            member.pop("title", None)
        return reference
