"""The five services as processes: their commands, ports, and the environment each receives."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.up.settings import Ports
from cli.up.supervisor import ServiceSpec
from streamkit.clock import SystemClock

RANKS = {"simulator": 0, "recommender": 1, "booking": 1, "analytics": 1, "gateway": 2}
"""Services in the order of their health ports, with the rank in which they stop."""
NAMED = {"analytics": {"LUNA_INSTANCE": "analytics"}}
"""There is one here: under a name its group knows, who starts anew has its partitions back at once."""


def health_ports(ports: Ports) -> dict[str, int]:
    """Health port of each service."""
    return {name: ports.health + number for number, name in enumerate(RANKS)}


def service_specs(
    bootstrap_servers: str,
    database_url: str,
    data_dir: Path,
    ports: Ports,
    extra: Mapping[str, str] | None = None,
) -> list[ServiceSpec]:
    """What to run for a whole city."""
    shared = {
        "LUNA_KAFKA__BOOTSTRAP_SERVERS": bootstrap_servers,
        "LUNA_DATABASE__URL": database_url,
        "LUNA_DATA_DIR": str(data_dir),
        "LUNA_GATEWAY__PORT": str(ports.gateway),
        # one name a `luna up`: a simulator that crashes in it goes on, one of another opens a new branch
        "LUNA_SIMULATOR__STACK_ID": f"{os.getpid()}-{SystemClock().now_us()}",
        **(extra or {}),
    }
    return [
        ServiceSpec(
            name,
            [sys.executable, "-m", f"services.{name}"],
            NAMED.get(name, {}) | shared | {"LUNA_HEALTH_PORT": str(port)},
            RANKS[name],
        )
        for name, port in health_ports(ports).items()
    ]
