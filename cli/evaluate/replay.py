"""A history told again to a recommender, which is asked questions on the way: it knows what lies before each, no more.

The recommender is driven as any host drives it, by batches of the topics; its answers are its `replies`.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cli.evaluate.history import History
from cli.evaluate.metrics import NOBODY, Lists
from cli.evaluate.questions import Ids, Questions
from services.recommender.data_files import load_weights
from services.recommender.handlers import Recommender
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.memory import MemoryLog
from streamkit.processor import Processor
from streamkit.records import Batch, Outgoing

MINUTE_US = 60_000_000
STEP_US = 60 * MINUTE_US
"""Simulated time fed at once where nobody is asked."""

NEVER_US = 1 << 61
"""Deadline of a question: an evaluation has the time it takes."""

SWITCHES = ("rerank", "learn")
"""Beginnings of the names of a constructor's flag for the model that learns from feedback."""


def variants() -> Mapping[str, Callable[[], Processor]]:
    """The recommender, and without the learning re-ranker too, where it has one that can be turned off."""
    whole = {"recommender": lambda: Recommender(load_weights(), _no_clock)}
    parameters = inspect.signature(Recommender).parameters
    flags = [name for name, one in parameters.items() if isinstance(one.default, bool) and name.startswith(SWITCHES)]
    if not flags:
        return whole
    switch: Mapping[str, Callable[..., Processor]] = {"": Recommender}

    def set_to(value: bool) -> Callable[[], Processor]:  # noqa: FBT001 - the value of a flag
        return lambda: switch[""](load_weights(), _no_clock, **{flags[0]: value})

    return {"recommender": set_to(True), "recommender, re-ranker off": set_to(False)}


def _no_clock() -> int:
    return 0


class Tape:
    """Feeds the records of a history to a processor, each once, and asks it."""

    def __init__(self, history: History, ids: Ids, processor: Processor) -> None:
        self._history = history
        self._ids = ids
        self._processor = processor
        self._fed = dict.fromkeys(
            (topic for topic in processor.subscriptions if topic in history.topics and topic != "requests"), 0
        )
        self._times = {topic: history.topics[topic]["simulation_time"].to_numpy() for topic in self._fed}
        self._early: set[int] = set()
        self._log = MemoryLog(catalogue := Catalogue.load(), Codec(catalogue))
        self._asked = 0
        self._sample = history.topics["users"].select("run_id", "branch", "world", "city").row(0, named=True)

    def until(self, time_us: int) -> None:
        """Feed everything before a time."""
        for topic, start in self._fed.items():
            stop = int(np.searchsorted(self._times[topic], time_us))
            self._fed[topic] = stop
            rows = np.arange(start, stop)
            if topic == "user_actions" and self._early:
                rows = rows[~np.isin(rows, list(self._early))]
                self._early = {row for row in self._early if row >= stop}
            self._feed(topic, rows)

    def open(self, session: str, time_us: int) -> None:
        """Feed one session.started of the present minute before anything else of that minute."""
        frame = self._history.topics["user_actions"]
        start = self._fed["user_actions"]
        stop = int(np.searchsorted(self._times["user_actions"], time_us, side="right"))
        rows = start + np.flatnonzero((frame["event_id"][start:stop] == session).to_numpy())
        self._early.update(rows.tolist())
        self._feed("user_actions", rows)

    def ask(self, users: Sequence[int], time_us: int, k: int) -> Lists:
        """The venues recommended to some people, shape (users, k); nobody for who is not known."""
        rows = [self._request(user, time_us, k, place) for place, user in enumerate(users)]
        start = self._log.size("requests")
        self._log.append([Outgoing.from_rows("requests", rows)])
        outputs = self._processor.process(self._log.batch("requests", start, start + len(rows)))
        begin = self._log.size("replies")
        self._log.append([output for output in outputs if output.topic == "replies"])
        found = np.full((len(users), k), NOBODY, dtype=np.int64)
        end = self._log.size("replies")
        if end == begin:
            return found
        replies = self._log.batch("replies", begin, end).frame
        index = {venue: place for place, venue in enumerate(self._ids.venues)}
        places = {str(row["request_id"]): place for place, row in enumerate(rows)}
        for request, payload in zip(replies["request_id"].to_list(), replies["payload"].to_list(), strict=True):
            if payload is not None:
                listed = [index[item["venue_id"]] for item in json.loads(payload)][:k]
                found[places[request], : len(listed)] = listed
        self._log.forget("requests", start + len(rows))
        self._log.forget("replies", end)
        return found

    def _feed(self, topic: str, rows: NDArray[np.int64]) -> None:
        if not len(rows):
            return
        frame = self._history.topics[topic]
        whole = len(rows) == rows[-1] - rows[0] + 1
        part = frame.slice(int(rows[0]), len(rows)) if whole else frame[rows]
        self._processor.process(Batch(topic, part, np.zeros(len(rows), dtype=np.int32), rows))

    def _request(self, user: int, time_us: int, k: int, place: int) -> dict[str, object]:
        self._asked += 1
        name = f"evaluation-{self._asked}-{place}"
        return {
            **self._sample,
            "event_id": name, "event_type": "request.made", "simulation_time": time_us, "source": "gateway",
            "user_id": self._ids.users[user], "request_id": name, "subject": self._ids.users[user],
            "owner": "recommender", "kind": "recommendations.venues",
            "parameters": json.dumps({"user_id": self._ids.users[user], "limit": k}),
            "deadline": NEVER_US, "wall_time": 0,
        }  # fmt: skip


def answers(
    history: History, ids: Ids, asked: Sequence[Questions], make: Callable[[], Processor], k: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Sequence[Lists]:  # fmt: skip
    """The recommender's lists for several sets of questions, in one telling; ``advance`` is told the questions done.

    A question is put at the beginning of its minute: of that minute only who opened the app is known.
    """
    tape = Tape(history, ids, make())
    lists = [np.full((len(questions), k), NOBODY, dtype=np.int64) for questions in asked]
    whose = np.concatenate([np.full(len(questions), place) for place, questions in enumerate(asked)])
    rows = np.concatenate([np.arange(len(questions)) for questions in asked])
    minutes = np.concatenate([questions.time_us // MINUTE_US for questions in asked])
    order = np.argsort(minutes, kind="stable")
    at = history.start_us
    cuts = np.flatnonzero(np.diff(minutes[order])) + 1
    for group in np.split(order, cuts) if len(order) else ():
        time_us = int(minutes[group[0]]) * MINUTE_US
        while at + STEP_US < time_us:
            at += STEP_US
            tape.until(at)
        tape.until(time_us)
        at = max(at, time_us)
        who = []
        for one in group.tolist():
            questions, row = asked[whose[one]], int(rows[one])
            opened = questions.opened[row]
            if opened is not None:
                tape.open(opened, int(questions.time_us[row]))
            who.append(int(questions.user[row]))
        for one, listed in zip(group.tolist(), tape.ask(who, time_us, k), strict=True):
            lists[whose[one]][rows[one]] = listed
        advance(len(group))
    return lists
