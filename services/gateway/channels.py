"""Names of channels: the topics that people may watch, and what else these are called."""

from collections.abc import Iterable, Mapping, Sequence

from services.gateway.api.problems import InvalidError
from streamkit.contract_files import nearest
from streamkit.contracts import Catalogue

ALIASES: Mapping[str, str] = {
    "environmental": "environment",
    "social": "social_interactions",
    "system": "system_metrics",
    "metrics": "system_metrics",
    "simulation": "simulation_control",
}

HIDDEN = frozenset({"replies", "requests"})
"""Wires between the gateway and services: no channels."""

QUIET = frozenset({"system_metrics", "users", "venues", "preferences"})
"""Left out of `all` and `*`: bookkeeping and rows, no events of people."""


def channels(catalogue: Catalogue) -> tuple[str, ...]:
    """Every channel."""
    return tuple(name for name in catalogue.topics_read_by("gateway") if name not in HIDDEN)


def event_channels(catalogue: Catalogue) -> tuple[str, ...]:
    """Channels that tell what happens."""
    return tuple(name for name in channels(catalogue) if name not in QUIET)


def known(catalogue: Catalogue, name: str) -> str | None:
    """Topic of a channel's name or alias; None when there is none."""
    topic = ALIASES.get(name, name)
    return topic if topic in channels(catalogue) else None


def resolve(catalogue: Catalogue, name: str, field: str) -> str:
    """Topic of a channel's name or alias; refused with the nearest name."""
    topic = known(catalogue, name)
    if topic is None:
        hint = nearest(name, [*channels(catalogue), *ALIASES])
        raise InvalidError(field, f"no channel {name!r}{hint}")
    return topic


def resolve_all(catalogue: Catalogue, names: Sequence[str], field: str) -> tuple[str, ...]:
    """Topics of several names; ``*`` or none at all is every event channel."""
    if not names or "*" in names or "all" in names:
        return event_channels(catalogue)
    return tuple(dict.fromkeys(resolve(catalogue, name, field) for name in names))


def event_types(catalogue: Catalogue, names: Iterable[str], field: str) -> tuple[str, ...]:
    """Event types as they are named, each once; one that no channel has is refused with the nearest name."""
    known_types = {name for channel in channels(catalogue) for name in catalogue.topic(channel).events}
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in known_types:
            raise InvalidError(field, f"no event type {name!r}{nearest(name, known_types)}")
    return wanted
