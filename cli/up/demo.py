"""The demo's watch over a running city: a live status line, and after a time the summary and the verdict."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.gateway import Gateway, GatewayError
from cli.up.city import City
from cli.up.summary import Summary, summarise

STEP_SECONDS = 0.2
SETTLE_SECONDS = 90.0
"""After the pause every service has to reach the end of its topics within this: a few seconds on an idle machine."""

START_SECONDS = 300.0
"""A city that is not live and whose clock has stood still for so long will not be: a backfill may take longer."""

_QUIET_SECONDS = 10.0
_LIVE_PHASES = ("running", "paused")


@dataclass
class Watch:
    """Follows one city. ``stopped`` tells that somebody asked for the end."""

    city: City
    console: Console
    stopped: Callable[[], bool]

    def run(self, seconds: float | None) -> Summary | None:
        """Until stopped, or for ``seconds`` from the end of the backfill; then the summary.

        Raises:
            CrashLoopError: where a service keeps ending.

        """
        gateway = Gateway(self.city.url, seconds=3.0)
        begun, live_since, said = time.monotonic(), None, 0.0
        clock, moved = None, begun
        with self.console.status("the city opens …") as status:
            while not self.stopped():
                self.city.supervisor.step()
                now = time.monotonic()
                stats = self._stats(gateway)
                if stats.get("simulation_time", clock) != clock:
                    clock, moved = stats["simulation_time"], now
                if live_since is None and stats.get("phase") in _LIVE_PHASES:
                    live_since = now
                    self.console.print(f"live after {now - begun:.1f} s: [bold]{self.city.url}[/bold]")
                line = status_line(stats, self.city.supervisor.down)
                status.update(line)
                if not self.console.is_terminal and now - said > _QUIET_SECONDS:
                    self.console.print(line)
                    said = now
                if seconds is not None and self._over(seconds, moved, live_since, now):
                    return self._finish(gateway)
                time.sleep(STEP_SECONDS)
        gateway.close()
        return None

    @staticmethod
    def _over(seconds: float, moved: float, live_since: float | None, now: float) -> bool:
        if live_since is None:
            return now - moved > START_SECONDS
        return now - live_since >= seconds

    def _finish(self, gateway: Gateway) -> Summary:
        """Pause, let every service reach the end, and count."""
        restarts, down = self.city.supervisor.restarts, self.city.supervisor.down
        try:
            with closing(Gateway(self.city.url)) as patient:  # a loaded city answers later than it can be looked at
                patient.post("/simulation/pause")
        except GatewayError as error:
            self.console.print(f"the city could not be paused: {error}")
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            summary = summarise(self._stats(gateway), restarts, down)
            if not any(summary.lag.values()) or time.monotonic() > deadline:
                gateway.close()
                return summary
            self.city.supervisor.step()
            time.sleep(STEP_SECONDS)

    @staticmethod
    def _stats(gateway: Gateway) -> Mapping[str, Any]:
        try:
            return gateway.get("/admin/stats")
        except GatewayError:
            return {}


def status_line(stats: Mapping[str, Any], down: list[str]) -> str:
    """One line on the state of the city."""
    if not stats:
        return "waiting for the gateway" + (f"; not running: {', '.join(down)}" if down else "")
    lag = sum(value or 0 for value in stats.get("lag", {}).values())
    parts = [
        f"{stats.get('phase')} {str(stats.get('simulation_time') or '')[:16].replace('T', ' ')}",
        f"{stats.get('events_per_second') or 0:.0f} events/s",
        f"{stats.get('active_users') or 0} of {stats.get('population') or 0} people active",
        f"lag {lag}",
        f"DLQ {sum(stats.get('dlq', {}).values())}",
    ]
    return " · ".join(parts + ([f"down: {', '.join(down)}"] if down else []))


def print_summary(console: Console, summary: Summary) -> None:
    """The table of `make demo FOR=…`."""
    table = Table(title="The city in figures", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for topic, records in sorted(summary.events.items()):
        table.add_row(f"events on {topic}", f"{records:,}")
    table.add_section()
    for name, value in summary.counts.items():
        table.add_row(name, f"{value:,}")
    table.add_section()
    table.add_row("records on dead-letter topics", f"{sum(summary.dlq.values()):,}")
    table.add_row("records behind", f"{sum(summary.lag.values()):,}")
    for quantile in ("p50", "p99"):
        latency = summary.latency_ms.get(quantile)
        table.add_row(f"end-to-end latency {quantile}", "-" if latency is None else f"{latency:.0f} ms")
    console.print(table)
