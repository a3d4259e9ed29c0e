"""The booking service as a processor: batches of eight topics in, outcomes, notifications and replies out."""

from collections.abc import Mapping, Sequence

import polars as pl

from services.booking.data_files import load_policy
from services.booking.desk import Desk
from services.booking.domain.near import Neighbourhood
from services.booking.domain.policy import Policy
from services.booking.domain.rules import Condition, Rulebook
from services.booking.domain.venue import Venue
from services.booking.events import SOURCE, Records
from services.booking.handlers.control import on_simulation_control
from services.booking.handlers.environment import on_environment
from services.booking.handlers.groups import on_social_interactions
from services.booking.handlers.questions import on_requests
from services.booking.handlers.requests import on_bookings
from services.booking.handlers.timers import due_tick, fire, on_system_metrics
from services.booking.handlers.venues import on_venues
from services.booking.handlers.visits import on_user_actions
from services.booking.ports import BookingState, Scope
from streamkit.processor import Output
from streamkit.records import Batch

SUBSCRIPTIONS = (
    "venues",
    "simulation_control",
    "environment",
    "social_interactions",
    "bookings",
    "user_actions",
    "requests",
    "system_metrics",
)
"""In lock-step order: venues and weather before the requests they bear on, ticks after all that they stand for."""

TELLINGS = 16
"""(run, branch) of which rules are kept worked out: nearly always one is live."""

_FOLDS = {
    "venues": on_venues,
    "simulation_control": on_simulation_control,
    "environment": on_environment,
    "social_interactions": on_social_interactions,
    "bookings": on_bookings,
    "user_actions": on_user_actions,
    "requests": on_requests,
}


class BookingProcessor:
    """Decides; everything it remembers is in the state port."""

    def __init__(self, state: BookingState, policy: Policy | None = None) -> None:
        self._state = state
        self._policy = policy or load_policy()
        self._rulebooks: dict[Scope, Rulebook] = {}
        self._neighbourhoods: dict[Scope, tuple[Mapping[str, Venue], Neighbourhood]] = {}

    @property
    def name(self) -> str:
        """The service."""
        return SOURCE

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics read."""
        return SUBSCRIPTIONS

    def process(self, batch: Batch) -> Sequence[Output]:
        """Fold one batch of one topic, scope by scope, then fire the timers that have become due."""
        outputs: list[Output] = []
        self._advance(batch)
        live = self._state.live()
        if batch.removed and batch.topic == "venues" and live is not None:
            self._state.remove_venues(live, batch.removed)
        scopes = _by_scope(batch.frame)
        for scope, frame in scopes.items():
            outputs += self._fold(batch.topic, scope, frame)
        for scope in dict.fromkeys([*scopes, *([live] if live else [])]):
            outputs += self._timers(scope)
        return outputs

    def _fold(self, topic: str, scope: Scope, frame: pl.DataFrame) -> Sequence[Output]:
        if topic == "system_metrics":
            on_system_metrics(self._state, scope, frame)
            return []
        desk = self._desk(scope)
        _FOLDS[topic](desk, frame)
        return self._close(desk)

    def _timers(self, scope: Scope) -> Sequence[Output]:
        tick = due_tick(self._state, scope)
        if tick is None:
            return []
        desk = self._desk(scope)
        fire(desk, tick)
        return self._close(desk)

    def _desk(self, scope: Scope) -> Desk:
        directory = self._state.directory(scope)
        rulebook = self._rulebook(scope, directory)
        return Desk(self._state, scope, rulebook, Records(scope), directory, self._neighbourhoods[scope][1])

    def _rulebook(self, scope: Scope, directory: Mapping[str, Venue]) -> Rulebook:
        """What was worked out for a telling, as long as neither its venues nor what holds there has changed."""
        conditions: tuple[Condition, ...] = tuple(self._state.conditions(scope))
        known, rulebook = self._neighbourhoods.get(scope), self._rulebooks.get(scope)
        fresh = known is not None and known[0] is directory
        if known is None and len(self._neighbourhoods) >= TELLINGS:
            self._neighbourhoods.clear()
            self._rulebooks.clear()
        if not fresh:
            self._neighbourhoods[scope] = directory, Neighbourhood.of(directory, self._policy.near)
        if rulebook is None or not fresh or rulebook.conditions != conditions:
            rulebook = self._rulebooks[scope] = Rulebook.of(self._policy, conditions)
        return rulebook

    def _close(self, desk: Desk) -> Sequence[Output]:
        desk.flush()
        return desk.records.outputs(self._state)

    def _advance(self, batch: Batch) -> None:
        ends: dict[tuple[str, int], int] = {}
        for partition, offset in zip(batch.partitions.tolist(), batch.offsets.tolist(), strict=True):
            place = batch.topic, partition
            ends[place] = max(ends.get(place, 0), offset + 1)
        self._state.advance(ends)


def _by_scope(frame: pl.DataFrame) -> dict[Scope, pl.DataFrame]:
    """Records of each scope, in order of first appearance; nearly always there is just one."""
    if frame.is_empty():
        return {}
    if frame["run_id"].n_unique() == 1 == frame["branch"].n_unique():
        return {Scope(str(frame["run_id"][0]), int(frame["branch"][0])): frame}
    parts = frame.partition_by(["run_id", "branch"], maintain_order=True, as_dict=True)
    return {Scope(str(run_id), int(branch)): part for (run_id, branch), part in parts.items()}
