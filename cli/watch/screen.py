"""One watching terminal: the stream, the keys and the drawing side by side until somebody leaves."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import closing, contextmanager

from rich.console import Console
from rich.live import Live

from cli.gateway import Gateway, GatewayError
from cli.watch.keys import ESCAPE, Give, Leave, pressed
from cli.watch.model import City
from cli.watch.stream import messages
from cli.watch.view import render

DRAWS_PER_SECOND = 5


class Screen:
    """Watches one gateway. `run` ends when the person leaves; raises `GatewayError` and `ForbiddenError`."""

    def __init__(self, url: str, token: str | None, console: Console) -> None:
        self.city = City(url)
        self._url = url
        self._token = token
        self._console = console
        self._left = asyncio.Event()
        self._orders: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch until somebody leaves."""
        self.city.scenarios = await asyncio.to_thread(self._known_scenarios)
        with Live(console=self._console, screen=True, auto_refresh=False) as live, self._keys():
            tasks = {asyncio.create_task(self._follow()), asyncio.create_task(self._draw(live))}
            leaving = asyncio.create_task(self._left.wait())
            try:
                done, _ = await asyncio.wait({*tasks, leaving}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in (*tasks, leaving, *self._orders):
                    task.cancel()
                await asyncio.gather(*tasks, leaving, *self._orders, return_exceptions=True)

    def typed(self, text: str) -> None:
        """Keys that came together; an arrow or a function key is one that means nothing here."""
        if text.startswith(ESCAPE) and len(text) > 1:
            return
        for key in text:
            self.press(key)

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        match pressed(key, self.city):
            case Leave():
                self._left.set()
            case Give() as order:
                self.city.said = f"{order.words} …"
                task = asyncio.create_task(self._give(order))
                self._orders.add(task)
                task.add_done_callback(self._orders.discard)

    async def _give(self, order: Give) -> None:
        try:
            ack = await asyncio.to_thread(self._post, order)
        except GatewayError as error:
            self.city.said = f"{order.words}: {error}"
        else:
            self.city.said = f"{order.words}: {ack.get('status', 'done')}"

    def _post(self, order: Give) -> dict[str, object]:
        with closing(Gateway(self._url, self._token)) as gateway:
            return gateway.post(f"/simulation/command/{order.command}", order.parameters)

    def _known_scenarios(self) -> tuple[str, ...]:
        with closing(Gateway(self._url, self._token)) as gateway:
            return tuple(str(one["id"]) for one in gateway.get("/simulation/scenarios")["scenarios"])

    async def _follow(self) -> None:
        async for message in messages(self._url, self._token, self._linked):
            self.city.take(message)

    def _linked(self, how: str) -> None:
        self.city.link = how

    async def _draw(self, live: Live) -> None:
        while True:
            size = self._console.size
            live.update(render(self.city, size.width, size.height), refresh=True)
            await asyncio.sleep(1 / DRAWS_PER_SECOND)

    @contextmanager
    def _keys(self) -> Iterator[None]:
        """Keys as they are pressed, where there is a keyboard; the terminal is as it was afterwards."""
        if not sys.stdin.isatty():
            yield
            return
        loop, file = asyncio.get_running_loop(), sys.stdin.fileno()
        before = termios.tcgetattr(file)
        tty.setcbreak(file)
        loop.add_reader(file, lambda: self.typed(os.read(file, 64).decode(errors="replace")))
        try:
            yield
        finally:
            loop.remove_reader(file)
            termios.tcsetattr(file, termios.TCSADRAIN, before)
