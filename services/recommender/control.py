"""Commands addressed to the recommender: saving and loading its state under a snapshot id, and resets."""

import json
from collections.abc import Callable, Mapping

import polars as pl

from services.recommender import publishing
from services.recommender.cities import Cities, Telling
from services.recommender.domain.state import CityState
from services.recommender.publishing import Row
from services.recommender.snapshots import SnapshotError, SnapshotStore, dump, restore

SAVE, LOAD, RESET = "snapshot.save", "snapshot.load", "reset"


def begun(store: SnapshotStore, telling: Telling) -> CityState:
    """State that a telling begins from: that of the snapshot loaded for it, else an empty one.

    Asked at the first record of a telling, so that a restart finds the loaded state whatever order topics are read in.
    """
    snapshot_id = store.base(telling)
    return CityState() if snapshot_id is None else restore(store.load(snapshot_id))


def obey(cities: Cities, store: SnapshotStore, control: pl.DataFrame, wall_us: int) -> list[Row]:
    """Carry out the commands of a frame that are ours; an acknowledgement for each."""
    wanted = (pl.col("event_type") == "command.issued") & (pl.col("target") == "recommender")
    return [_acknowledged(cities, store, command, wall_us) for command in control.filter(wanted).to_dicts()]


def _acknowledged(cities: Cities, store: SnapshotStore, command: Row, wall_us: int) -> Row:
    does: Mapping[str, Callable[[Cities, SnapshotStore, Row], dict[str, object]]] = {
        SAVE: _save, LOAD: _load, RESET: _reset
    }  # fmt: skip
    name = str(command["command"])
    try:
        result = does.get(name, _refuse)(cities, store, command)
    except SnapshotError as refusal:
        return publishing.acknowledgement(command, wall_us, "rejected", reason=str(refusal))
    return publishing.acknowledgement(command, wall_us, "accepted", result=result)


def _refuse(_: Cities, __: SnapshotStore, command: Row) -> dict[str, object]:
    raise SnapshotError(f"the recommender takes {SAVE}, {LOAD} and {RESET}, not {command['command']!r}")


def _save(cities: Cities, store: SnapshotStore, command: Row) -> dict[str, object]:
    city = cities.known.get(_telling(command))
    if city is None:
        raise SnapshotError(f"nothing is known of branch {command['branch']}")
    snapshot_id = _snapshot_id(command)
    store.save(snapshot_id, dump(city))
    return {"snapshot_id": snapshot_id, "users": len(city.people), "venues": len(city.places)}


def _load(cities: Cities, store: SnapshotStore, command: Row) -> dict[str, object]:
    """The snapshot becomes the state of the telling that the command stands in."""
    snapshot_id, telling = _snapshot_id(command), _telling(command)
    city = restore(store.load(snapshot_id))
    store.note_base(telling, snapshot_id)
    cities.known[telling] = city
    return {"snapshot_id": snapshot_id, "users": len(city.people), "venues": len(city.places)}


def _reset(_: Cities, __: SnapshotStore, ___: Row) -> dict[str, object]:
    return {"state": "folded anew in every new branch"}


def _telling(command: Row) -> Telling:
    return str(command["run_id"]), int(str(command["branch"]))


def _snapshot_id(command: Row) -> str:
    """From the parameters, or from the column of that name."""
    try:
        parameters = json.loads(str(command["parameters"] or "{}"))
    except json.JSONDecodeError as error:
        raise SnapshotError(f"parameters are not JSON: {error}") from error
    given = parameters.get("snapshot_id") if isinstance(parameters, dict) else None
    snapshot_id = given or command.get("snapshot_id")
    if not isinstance(snapshot_id, str) or not snapshot_id:
        raise SnapshotError("parameters: snapshot_id is missing")
    return snapshot_id
