"""How a service lives: one TaskGroup, SIGTERM and SIGINT drain it, and its exit code tells the supervisor what to do.

0: asked to stop, or done. 1: cannot go on here, start it anew. 2: configuration is wrong, starting anew is no use.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import thread as thread_pools
from dataclasses import dataclass
from typing import Protocol, TypeVar

import uvloop

from streamkit import garbage, logs
from streamkit.errors import ConfigurationError, Fatal, Retryable
from streamkit.settings import ServiceSettings, load

EXIT_CLEAN, EXIT_FATAL, EXIT_CONFIGURATION = 0, 1, 2

DRAIN_LIMIT_S = 20.0
"""Draining takes one batch and one commit; longer means stuck. Under a supervisor's usual 30 s before SIGKILL."""

LEAVE_LIMIT_S = 10.0
"""What is left after the last word, tasks and threads of libraries, may take so long to end; then it is ended."""

_Settings = TypeVar("_Settings", bound=ServiceSettings)


class LongRunning(Protocol):
    """A part of a service that runs until told to stop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what is in hand and return. Raise to end the whole service."""
        ...


class Resource(Protocol):
    """Something to close after all parts have returned: a producer, a pool of connections."""

    async def close(self) -> None:
        """Flush and release."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """Parts that run together, and resources they share, closed in reverse order at the end."""

    parts: Sequence[LongRunning]
    resources: Sequence[Resource] = ()


async def run_parts(service: Service, stop: asyncio.Event) -> None:
    """Run all parts until one returns or raises, or ``stop`` is set; then drain the others and close.

    Raises:
        ExceptionGroup: of what parts raised.
        Fatal: where draining took too long.

    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_until_done(part, stop)) for part in service.parts]
            await stop.wait()
            _, stuck = await asyncio.wait(tasks, timeout=DRAIN_LIMIT_S) if tasks else (set(), set())
            if stuck:
                names = ", ".join(sorted(task.get_name() for task in stuck))
                raise Fatal(f"did not stop within {DRAIN_LIMIT_S:g} s: {names}")
    finally:
        for resource in reversed(service.resources):
            await resource.close()


async def _until_done(part: LongRunning, stop: asyncio.Event) -> None:
    task = asyncio.current_task()
    if task:
        task.set_name(type(part).__name__)
    try:
        await part.run(stop)
    finally:
        stop.set()


def run_service(
    name: str,
    settings: type[_Settings],
    build: Callable[[_Settings], Service | Sequence[LongRunning]],
) -> int:
    """Load settings, build the service inside the event loop, run it, and say how it ended. Returns the exit code.

    Everything of ours is closed by then. A library's task that does not let itself be cancelled, or a thread of it that
    waits for somebody, would keep the process there for good, and its supervisor from starting it anew: such a process
    ends with its code `LEAVE_LIMIT_S` later, without returning.
    """
    before = set(threading.enumerate())
    try:
        loaded = load(settings)
        logs.configure(name, loaded.log_level, loaded.instance_name)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(_serve(name, loaded, build))
            force = threading.Timer(LEAVE_LIMIT_S, _leave, (code,))
            force.daemon = True
            force.start()
        for left in _waited_for(before):
            left.join()  # the interpreter would, too, with nobody there to end it by force
        force.cancel()
        return code  # noqa: TRY300
    except ConfigurationError as error:
        print(f"{name}: configuration: {error}", file=sys.stderr)  # noqa: T201 - the one line for a person
        return EXIT_CONFIGURATION


def _waited_for(before: Collection[threading.Thread]) -> list[threading.Thread]:
    """Threads begun since, without which the interpreter does not end; those of pools it ends itself."""
    known = {*before, *thread_pools._threads_queues}  # noqa: SLF001 - nothing else names them
    return [thread for thread in threading.enumerate() if not thread.daemon and thread not in known]


def _leave(code: int) -> None:
    """End the process at once, and say that something had to be left behind."""
    threads = [f"{thread.name} ({type(thread).__name__})" for thread in _waited_for({threading.main_thread()})]
    logs.get_logger().warning("ended by force: a task or thread of a library did not end", threads=threads, code=code)
    sys.stderr.flush()
    os._exit(code)


async def _serve(name: str, settings: _Settings, build: Callable[[_Settings], Service | Sequence[LongRunning]]) -> int:
    log = logs.get_logger()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        built = build(settings)
        garbage.set_aside()
        garbage.look_rarely()
        await run_parts(built if isinstance(built, Service) else Service(built), stop)
    except ConfigurationError:
        raise
    except (Exception, ExceptionGroup) as error:
        reasons = list(dict.fromkeys(_leaves(error)))
        wrong = next((reason for reason in reasons if isinstance(reason, ConfigurationError)), None)
        if wrong:
            raise wrong from error
        for reason in reasons:
            known = isinstance(reason, Fatal | Retryable)
            log.critical(
                "service failed",
                reason=f"{reason}" if known else f"{type(reason).__name__}: {reason}",
                exc_info=None if known else reason,
            )
        return EXIT_FATAL
    log.info("service stopped", name=name)
    return EXIT_CLEAN


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]
