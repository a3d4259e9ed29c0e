"""The part of an explanation that is of one person's situation: what holds, what nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.simulator.domain.behaviour import MOST_BOOKINGS
from services.simulator.domain.draws import Array
from services.simulator.domain.scenarios import SITUATIONS
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.town import Town

_WORDS = {
    "venue_in_mind": "has a venue in mind",
    "venue_trends": "has a venue in mind that is trending",
    "just_joined": "has just joined",
    "friendless": "has no friends",
    "owes_invitation": "was invited and has not invited back",
}


@dataclass(frozen=True)
class Under:
    """A scenario under way: its start and the moment it settles from, microseconds.

    ``weights`` are the log weights of actions that somebody ordered in place of its own.
    """

    name: str
    started: int
    released: int
    intensity: float = 1.0
    weights: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Known:
    """What the course of a run made of a person and of the city; None is unknown."""

    scenarios: Sequence[Under] | None = None
    weather: str | None = None
    traffic: str | None = None
    holiday: str | None = None
    """One that somebody triggered; empty where nobody did."""
    bookings: int | None = None
    friends: int | None = None
    invitations: int | None = None
    planning: bool | None = None
    intent: bool | None = None
    heat: float | None = None
    newcomer: bool | None = None
    trends: bool | None = None
    """Whether the venue in mind is trending."""
    owes: bool | None = None
    """Whether a friend's invitation still waits for one back."""
    doing: str | None = None
    """The last act of the session under way; empty before the first one, or without a session."""
    ordered: tuple[float, ...] | None = None
    """What orders have added to the log weight of each action; zeros where nobody ordered anything."""


@dataclass(frozen=True)
class Step:
    """One modifier: what it multiplies the target's rate, weight or odds by; an added tier is told as it is."""

    source: str
    target: str
    change: str
    factor: float


def of_person(known: Known, town: Town, persona: int) -> tuple[list[Step], list[str]]:
    """What the person's own situation does, and what of it nobody knows."""
    holds = {
        "venue_in_mind": known.intent,
        "venue_trends": known.trends,
        "just_joined": known.newcomer,
        "friendless": not known.newcomer and _none(known.friends),
        "owes_invitation": known.owes,
    }
    steps = []
    for number, name in enumerate(SITUATIONS):
        if holds[name]:
            steps += _steps(_WORDS[name], town.tables.situations[number, persona])
    if known.doing:
        steps += _steps(f"after {known.doing}", town.tables.chain[1 + ACTIONS.index(known.doing)])
    for source, target, impossible in (
        ("has no friends", "action.invite", _none(known.friends)),
        ("waits for answers to an invitation", "action.invite", known.planning),
        ("has no invitation to answer", "action.respond", _none(known.invitations)),
        (
            f"holds {MOST_BOOKINGS} bookings",
            "action.book",
            None if known.bookings is None else known.bookings >= MOST_BOOKINGS,
        ),
    ):
        if impossible:
            steps.append(Step(source, target, "impossible", 0.0))
    names = {
        "scenarios": "scenarios under way", "weather": "weather that somebody ordered",
        "traffic": "traffic (taken as moderate)", "holiday": "a holiday that somebody triggered",
        "bookings": "bookings held", "friends": "friends", "invitations": "invitations waiting",
        "planning": "a plan under way", "intent": "a venue in mind", "trends": "whether that venue is trending",
        "heat": "recent activity", "newcomer": "whether they have just joined", "owes": "an invitation to return",
        "doing": "what they have just done", "ordered": "behaviour that somebody ordered",
    }  # fmt: skip
    return steps, [words for name, words in names.items() if getattr(known, name) is None]


def _steps(source: str, change: Array) -> list[Step]:
    """A step for each action whose log weight changes."""
    factors = np.exp(change).tolist()
    return [
        Step(source, f"action.{action}", f"multiply {factor:.2f}", factor)
        for action, factor in zip(ACTIONS, factors, strict=True)
        if abs(factor - 1) > 1e-6  # noqa: PLR2004 — rounding
    ]


def _none(count: int | None) -> bool | None:
    return None if count is None else count == 0
