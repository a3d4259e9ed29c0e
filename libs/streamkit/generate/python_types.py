"""Python types of records: one module a topic, with its row as a TypedDict and its event types as constants."""

from collections.abc import Mapping

from streamkit.codec.plan import Plan
from streamkit.contracts import Catalogue, Topic

TYPES = {"string": "str", "int": "int", "long": "int", "float": "float", "double": "float", "boolean": "bool"}
PACKAGE = '"""Types of every topic\'s records, generated from schemas/ by `make generate`; not edited by hand."""\n'


def python_modules(catalogue: Catalogue) -> Mapping[str, str]:
    """Source of the generated package, by file name."""
    return {"__init__.py": PACKAGE, **{f"{name}.py": _module(topic) for name, topic in catalogue.topics.items()}}


def class_name(topic: str) -> str:
    """Name of the row type: ``user_actions`` is ``UserActionsRow``."""
    return "".join(word.capitalize() for word in topic.split("_")) + "Row"


def _module(topic: Topic) -> str:
    lines = [
        f'"""Records of the topic {topic.name}, generated from schemas/ by `make generate`; not edited by hand."""',
        "",
        "from typing import Final, TypedDict",
        "",
        f'TOPIC: Final = "{topic.name}"',
        f'KEY: Final = "{topic.key}"',
        "",
        *(f'{name.upper().replace(".", "_")}: Final = "{name}"' for name in topic.events),
        "",
        "COLUMNS: Final = (",
        *(f'    "{column}",' for column in topic.columns),
        ")",
        "",
        "",
        f"class {class_name(topic.name)}(TypedDict):",
        f'    """{topic.purpose}.',
        "",
        "    Times are microseconds since 1970 UTC.",
        '    """',
        "",
    ]
    lines += [
        f"    {field.name}: {TYPES[field.kind]}{' | None' if field.nullable else ''}"
        for field in Plan.of(topic.schema).fields
    ]
    return "\n".join(lines) + "\n"
