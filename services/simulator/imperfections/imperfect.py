"""The rules in force and what is held back: the part of a telling that a checkpoint keeps of its imperfections."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.simulator.domain.draws import Draws
from services.simulator.imperfections.distortion import Held, Tick, distort
from services.simulator.imperfections.rules import Rule, parse, plain
from streamkit.processor import Output

COMMAND = "imperfections"
"""Name of the command that changes the rules."""


class Imperfect:
    """Mutable: the rules change by command, the pool with every tick."""

    def __init__(self, seed: int, rules: Sequence[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self.held: tuple[Held, ...] = ()
        self._draws = Draws(seed)

    def publish(self, outputs: Sequence[Output], tick: Tick) -> list[Output]:
        """What goes out in a tick instead of what the city emitted."""
        distorted = distort(outputs, self.rules, self.held, self._draws, tick)
        self.held = distorted.held
        return distorted.outputs

    def obey(self, parameters: Mapping[str, object]) -> Mapping[str, object]:
        """Take up other rules; what is held back comes when it is due all the same. The answer to the command.

        Raises:
            ValueError: The rules are not as they must be.

        """
        done = self.foresee(parameters)
        self.rules = parse(parameters.get("rules", ()))
        return done

    def foresee(self, parameters: Mapping[str, object]) -> Mapping[str, object]:
        """What `obey` would answer. Changes nothing.

        Raises:
            ValueError: The rules are not as they must be.

        """
        return {"rules": plain(parse(parameters.get("rules", ()))), "held": len(self.held)}

    def save(self) -> dict[str, NDArray[np.generic]]:
        """Everything as arrays of plain types."""
        return {
            "rules": np.array([json.dumps(plain(self.rules)).encode()]),
            "due": np.array([one.due_us for one in self.held], dtype=np.int64),
            "topics": np.array([one.topic.encode() for one in self.held], dtype="S"),
            "rows": np.array([one.row for one in self.held], dtype="S"),
        }

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """The state of an earlier `save`."""
        texts = arrays["rules"].tolist()
        self.rules = parse(json.loads(texts[0]))
        columns = [arrays[name].tolist() for name in ("due", "topics", "rows")]
        self.held = tuple(Held(due, topic.decode(), row) for due, topic, row in zip(*columns, strict=True))
