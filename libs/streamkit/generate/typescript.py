"""TypeScript types of records, for the dashboard and other clients of the gateway."""

from streamkit.codec.plan import Field, Plan
from streamkit.contracts import Catalogue, Topic
from streamkit.generate.python_types import class_name

TYPES = {
    "string": "string", "int": "number", "long": "number", "float": "number", "double": "number", "boolean": "boolean",
}  # fmt: skip


def typescript_module(catalogue: Catalogue) -> str:
    """Source of ``events.ts``."""
    topics = catalogue.topics.values()
    lines = [
        "// Records of every topic, generated from schemas/ by `make generate`; not edited by hand.",
        "// Times are microseconds since 1970 UTC.",
        "",
    ]
    for topic in topics:
        lines += _topic(topic)
    lines += ["/** Row type of each topic. */", "export interface Rows {"]
    lines += [f"  {topic.name}: {class_name(topic.name)};" for topic in topics]
    lines += ["}", "", "export type TopicName = keyof Rows;", ""]
    return "\n".join(lines)


def _topic(topic: Topic) -> list[str]:
    row = class_name(topic.name)
    union = row.removesuffix("Row") + "EventType"
    names = [f'  | "{name}"' for name in topic.events]
    documents = {column["name"]: column.get("doc", "") for column in topic.schema["fields"]}
    lines = [f"export type {union} =", *names[:-1], f"{names[-1]};", "", f"/** {topic.purpose}. */"]
    lines.append(f"export interface {row} {{")
    for field in Plan.of(topic.schema).fields:
        lines += [f"  /** {documents[field.name]} */", f"  {field.name}: {_type(field, union)};"]
    return [*lines, "}", ""]


def _type(field: Field, union: str) -> str:
    if field.name == "event_type":
        return union
    return TYPES[field.kind] + (" | null" if field.nullable else "")
