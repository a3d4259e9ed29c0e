"""What a tick is told, in which order, and what a crash makes of what waits."""

from pathlib import Path

from services.simulator.adapters.journal import Journal
from services.simulator.runtime.admission import Admitted, Inbox, Received
from services.simulator.telling import Telling
from tests.unit.simulator.runtime.fakes import World


async def city(root: Path) -> tuple[World, Telling]:
    world = World(root)
    telling = (await world.until_tick(3)).telling
    telling.journal = Journal(telling.journal.path)  # its simulator has ended
    return world, telling


def commands(world: World, count: int) -> list[Received]:
    """As many commands, each by itself, in falling order of their ids: the other way round than ids would sort them."""
    orders = []
    for _ in range(count):
        command = world.broker.command("spawn", '{"count": 1}')
        last = {place: len(pairs) - 1 for place, pairs in world.broker.records.items()}
        orders += [one for one in world.broker.read("simulation_control", last) if ids([one]) == [command]]
    return sorted(orders, key=lambda one: str(one.batch.frame["event_id"][0]), reverse=True)


def ids(received: list[Received]) -> list[str]:
    return [str(one.batch.frame["command_id"][0]) for one in received]


def told(admitted: Admitted) -> list[str]:
    return [order.command.command_id for order in admitted.orders]


async def test_a_script_is_obeyed_in_the_order_in_which_it_was_told_before(tmp_path: Path) -> None:
    world, telling = await city(tmp_path)
    orders = commands(world, 6)
    telling.script[telling.city.tick] = list(orders)
    assert told(telling.admit()) == ids(orders)


async def test_commands_told_early_are_obeyed_in_the_order_in_which_they_were_answered(tmp_path: Path) -> None:
    world, telling = await city(tmp_path)
    orders = commands(world, 3)
    for received in orders:
        telling.inbox.order(received, 0)
        assert telling.ordered
        assert [answer[0].command.command_id for answer in telling.admit_early()] == ids([received])
    assert told(telling.admit()) == ids(orders)


async def test_a_tick_that_was_told_before_a_crash_or_was_deaf_is_told_nothing_early(tmp_path: Path) -> None:
    world, telling = await city(tmp_path)
    telling.inbox.order(commands(world, 1)[0], 0)
    found = [telling.ordered]
    telling.told[telling.city.tick] = Admitted()
    found.append(telling.ordered)
    telling.told.clear()
    telling.deaf_until = telling.city.tick
    found.append(telling.ordered)
    assert found == [True, False, False]


async def test_what_waits_at_a_checkpoint_is_taken_in_again_after_it(tmp_path: Path) -> None:
    world, telling = await city(tmp_path)
    waiting, admitted = commands(world, 2)
    telling.inbox.order(admitted, 0)
    telling.admit()
    telling.inbox.order(waiting, 0)
    telling.checkpoint()
    checkpoint = telling.checkpoints.sound()[0]
    again = Inbox("r", 0)
    again.recent.load(checkpoint.arrays["recent"].astype("S26"))
    again.order(admitted, 0)
    assert not again.ordered, "its tick was told it"
    again.order(waiting, 0)
    assert again.ordered


async def test_the_journal_of_a_tick_that_was_told_before_a_crash_begins_where_it_was_told(tmp_path: Path) -> None:
    world, telling = await city(tmp_path)
    before = telling.journal.length
    telling.inbox.order(commands(world, 1)[0], 0)
    telling.admit_early()
    telling.admit_early()
    assert telling.journal.length > telling.journal_start == before
