"""Questions to analytics by topic: the answer's payload with its times in words, or the problem that keeps it away."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from services.gateway.api.context import Context, answered
from services.gateway.api.problems import not_found
from services.gateway.state.times import iso

TIMES = frozenset({"now", "from", "to", "start", "end", "closed_until", "figures_from", "time", "at"})
"""Members of analytics' answers, beside the columns of records, that are microseconds since 1970."""


async def ask_analytics(context: Context, kind: str, subject: str, arguments: Mapping[str, object]) -> Any:
    """Ask; arguments that are None are left out, so that the answering side's own defaults hold."""
    given = {name: value for name, value in arguments.items() if value is not None}
    deadline = context.settings.request_deadline_s
    payload = answered(await context.desk.ask("analytics", kind, subject, given, deadline))
    return in_words(payload, context.records.times | TIMES)


async def ask_events(context: Context, kind: str, subject: str, arguments: Mapping[str, object]) -> Any:
    """Ask for stored records; those of the living branch get the names that the store, which keeps ids, lacks."""
    payload = await ask_analytics(context, kind, subject, arguments)
    for record in payload.get("events", ()):
        if (record.get("run_id"), record.get("branch")) == context.ledger.live:
            context.records.add_names(record)
    return payload


def on_branch(context: Context, branch: int | None) -> dict[str, object]:
    """What a question to the event store says of the branch it is about: one of the living run, or the living one."""
    if branch is None:
        return {}
    if context.ledger.live is None:
        raise not_found(f"branch {branch}")
    return {"run_id": context.ledger.live[0], "branch": branch}


def in_words(value: Any, times: AbstractSet[str]) -> Any:
    """The same value with its times as ISO 8601, as all of the API writes them."""
    if isinstance(value, dict):
        return {
            name: iso(inner) if name in times and type(inner) is int else in_words(inner, times)
            for name, inner in value.items()
        }
    return [in_words(inner, times) for inner in value] if isinstance(value, list) else value
