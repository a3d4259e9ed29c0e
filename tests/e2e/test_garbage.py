"""A thousand unreadable records among good ones on every topic: refused with their reasons, and the city goes on."""

from collections import Counter
from functools import partial

import pytest
from confluent_kafka import Message

from tests.e2e.consumer import read_all
from tests.e2e.garbage import CONTRACT, Place, Thrown, newest, throw
from tests.e2e.probes import answers, confirmed_booking, told_cause
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually
from tests.laws.every import violations
from tests.whole_topics import messages

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.kafka, pytest.mark.postgres]

EACH = 1_000
OUTSIDE_GROUPS = {("analytics", "users"), ("analytics", "venues")}
"""Read whole by every worker at every start, as a directory, without a group that could have a copy."""

STORE = "luna-analytics-store"
"""The event store's group: the contract names services, and nobody waits for this one."""

NOT_STORED = {"users", "venues", "requests", "replies", "replay"}

Copies = dict[tuple[str, Place], str]
"""Error class by consuming group and place of the original."""


def copies(city: Stack) -> Copies:
    """The dead letters of all groups."""
    found: Copies = {}
    for message in messages(city.bootstrap, [f"{topic}.dlq" for topic in CONTRACT]):
        headers = {
            name: value.decode() if isinstance(value, bytes) else ""
            for name, value in dict(message.headers() or []).items()
        }
        place = (
            headers["luna.error.topic"],
            int(headers["luna.error.partition"]),
            int(headers["luna.error.offset"]),
        )
        assert headers["luna.error.message"], f"{place}: no reason"
        assert message.topic() == f"{place[0]}.dlq"
        found[headers["luna.error.group"], place] = headers["luna.error.class"]
    return found


def wanted(thrown: dict[str, Thrown]) -> Copies:
    """A copy for every group that reads the topic; the gateway is not a group and writes none."""
    return {
        (group, place): sort.error
        for topic, garbage in thrown.items()
        for group in groups(topic)
        for place, sort in garbage.places.items()
    }


def groups(topic: str) -> set[str]:
    """Who commits offsets on a topic."""
    found = {name for name in CONTRACT[topic]["consumers"] if name != "gateway" and (name, topic) not in OUTSIDE_GROUPS}
    return found if topic in NOT_STORED else found | {STORE}


def compared(city: Stack, thrown: dict[str, Thrown]) -> str:
    """What is not as wanted about the dead letters, counted; empty where all is."""
    have, want = copies(city), wanted(thrown)
    kinds = {place: sort.name for garbage in thrown.values() for place, sort in garbage.places.items()}
    missing = Counter((group, place[0], kinds[place]) for group, place in want.keys() - have.keys())
    extra = Counter((group, place[0]) for group, place in have.keys() - want.keys())
    other = Counter(
        (group, kinds[place], have[group, place])
        for group, place in have.keys() & want.keys()
        if have[group, place] != want[group, place]
    )
    found = {"missing": dict(missing), "not garbage": dict(extra), "another reason": dict(other)}
    return str({name: counts for name, counts in found.items() if counts}) if any(found.values()) else ""


@pytest.mark.timeout(1800)
def test_garbage_is_refused_with_its_reason_and_the_city_goes_on(city: Stack) -> None:
    confirmed_booking(city)  # a question and its answer
    told_cause(city)
    city.settle()
    good: dict[str, list[Message]] = newest(city.bootstrap)
    told = {topic for topic in CONTRACT if topic in good}
    assert told >= set(CONTRACT) - {"replay"}
    restarts = city.output.count(" ended with ")
    thrown = {topic: throw(city.bootstrap, topic, good[topic], EACH) for topic in sorted(told)}
    city.resume()
    eventually(partial(_all_told, city, thrown), 180.0, every=2.0, said=partial(compared, city, thrown))
    assert compared(city, thrown) == ""
    tick = city.state()["tick"]
    eventually(lambda: city.state()["tick"] > tick + 5)
    confirmed_booking(city)
    assert set(answers(city).values()) == {200}
    city.settle()
    assert city.output.count(" ended with ") == restarts, "a service has ended"
    heard = read_all(city.bootstrap, city.url)
    assert heard.unreadable == []
    assert violations(heard.reading) == {}


def _all_told(city: Stack, thrown: dict[str, Thrown]) -> bool:
    """Whether every dead letter that is wanted is there."""
    return wanted(thrown).keys() <= copies(city).keys()
