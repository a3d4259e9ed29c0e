"""Times as clients give them: text in ISO 8601 and nothing else, because a number could be seconds or anything."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

_BEGINS = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


def _text(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _BEGINS.match(value)):
        return value
    raise ValueError("must be ISO 8601, for example 2024-06-07T17:30:00Z")


Moment = Annotated[datetime, BeforeValidator(_text), Field(strict=False)]
"""A time; without a zone it is UTC."""

ZonedMoment = Annotated[AwareDatetime, BeforeValidator(_text), Field(strict=False)]
"""A time with its zone."""
