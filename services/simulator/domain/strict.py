"""The base of every specification that is read out of YAML."""

from collections.abc import Mapping
from typing import ClassVar


class Strict:
    """Unknown keys are errors, and numbers that are none, wherever the parsing happens."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = {"extra": "forbid", "allow_inf_nan": False}
