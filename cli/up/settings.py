"""What `luna up` may be told through the environment, beside what every service reads there."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cli.servers.ports import free_port

LAST_HEALTH_PORT = 65_000
"""The ports of the other services follow that of the first."""


class Broker(BaseModel):
    """A broker that runs already."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    bootstrap_servers: str | None = Field(
        default=None, description="Kafka addresses; without them a local one is started"
    )


class Database(BaseModel):
    """A database that runs already."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    url: str | None = Field(default=None, description="SQLAlchemy URL; a local PostgreSQL is started without it")


class Ports(BaseModel):
    """Ports of this machine that the city takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kafka: int = Field(default=9092, ge=1, le=65535, description="The local Kafka")
    postgres: int = Field(default=15432, ge=1, le=65535, description="The local PostgreSQL")
    gateway: int = Field(default=8000, ge=1, le=65535, description="API and page")
    health: int = Field(
        default=9101, ge=1, le=LAST_HEALTH_PORT, description="Health of the first service, others follow"
    )

    @classmethod
    def free(cls, services: int) -> "Ports":
        """Ports that nothing listens on now, for a second city on one machine."""
        return cls(kafka=free_port(), postgres=free_port(), gateway=free_port(), health=free_port(services))


class UpSettings(BaseSettings):
    """Where the city's servers are, or where to start them."""

    model_config = SettingsConfigDict(env_prefix="LUNA_", env_nested_delimiter="__", frozen=True, extra="ignore")

    kafka: Broker = Field(default=Broker(), description="Broker")
    database: Database = Field(default=Database(), description="Database")
    data_dir: Path = Field(default=Path(".luna"), description="Local state: servers' data, logs, checkpoints")
    ports: Ports = Field(default=Ports(), description="Ports")
