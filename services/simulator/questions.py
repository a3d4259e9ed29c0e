"""What people may ask of a city that is told, and what changes nothing in it: answered at once."""

from collections.abc import Mapping

from services.simulator.control import Question
from services.simulator.runtime.commands import Explain, Parameters, Refused, Saved
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.listing import listed
from services.simulator.snapshots.manifest import SnapshotError
from services.simulator.telling import Telling


def questions(files: SnapshotFiles, needed: tuple[str, ...]) -> Mapping[str, Question]:
    """Answers by command. ``needed``: services without whose state no snapshot can be restored."""

    def delete(parameters: Parameters, telling: Telling) -> Mapping[str, object]:
        del telling
        assert isinstance(parameters, Saved)
        try:
            found = files.named(parameters.snapshot)
            files.delete(found.name)
        except SnapshotError as error:
            raise Refused(str(error)) from error
        return {"snapshot_id": found.snapshot_id, "name": found.name}

    def list_all(parameters: Parameters, telling: Telling) -> Mapping[str, object]:
        del parameters, telling
        return listed(files, needed)

    return {"snapshot.list": list_all, "snapshot.delete": delete, "explain": explain}


def explain(parameters: Parameters, telling: Telling) -> Mapping[str, object]:
    """Why a person's action probabilities are what they are."""
    assert isinstance(parameters, Explain)
    time = parameters.time
    time_us = telling.city.time_us if time is None else int(time.timestamp() * 1_000_000)
    try:
        return telling.city.explain(parameters.user_id, time_us)
    except ValueError as error:
        raise Refused(str(error)) from error
