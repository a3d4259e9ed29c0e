"""Settings: frozen classes read from `LUNA_…` variables (`__` nests) over a YAML file named by LUNA_CONFIG.

A wrong value or an unknown name is refused with file, line, reason and the nearest valid name. No other module
reads the environment.
"""

import os
import socket
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from streamkit.errors import ConfigurationError
from streamkit.settings_errors import explain, misspelt_section, misspelt_variable, read_yaml

PREFIX = "LUNA_"
CONFIG_VARIABLE = "LUNA_CONFIG"

Settings = TypeVar("Settings", bound=BaseSettings)


class Section(BaseModel):
    """Base of every nested group of settings: frozen, and unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(Section):
    """How to reach the broker, and how patient to be with it."""

    bootstrap_servers: str = Field(default="127.0.0.1:9092", description="Kafka addresses, host:port, comma-separated")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How to speak to the broker"
    )
    sasl_mechanism: str | None = Field(default=None, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
    sasl_username: str | None = Field(default=None, description="User name for SASL")
    sasl_password: SecretStr | None = Field(default=None, description="Password for SASL")
    ssl_ca_location: Path | None = Field(default=None, description="CA bundle of the broker's certificate")
    linger_ms: float = Field(default=5.0, ge=0, le=1000, description="How long the producer gathers a batch")
    compression: Literal["none", "lz4", "zstd", "snappy", "gzip"] = Field(default="lz4", description="Of batches")
    queue_records: int = Field(default=200_000, ge=1_000, description="Records the producer holds before senders wait")
    session_timeout_ms: int = Field(
        default=10_000, ge=1_000, description="Silence that costs a consumer its partitions"
    )
    max_batch_records: int = Field(default=10_000, ge=1, description="Records handed to a handler at once, at most")
    gather_ms: float = Field(default=15.0, ge=0, le=1000, description="How long a consumer gathers a batch")
    poison_limit: int = Field(default=1_000, ge=1, description="Poison records in a row that end a service loudly")
    start_deadline_s: float = Field(default=120.0, gt=0, description="Give up when the broker has not answered by then")

    def client(self) -> dict[str, str | int | float]:
        """The part of librdkafka's configuration that producers, consumers and admins share."""
        config: dict[str, str | int | float] = {
            "bootstrap.servers": self.bootstrap_servers,
            "security.protocol": self.security_protocol,
            "reconnect.backoff.max.ms": 2_000,
            "log_level": 2,  # what matters arrives through the error callback
        }
        if self.sasl_mechanism:
            config["sasl.mechanism"] = self.sasl_mechanism
            config["sasl.username"] = self.sasl_username or ""
            config["sasl.password"] = self.sasl_password.get_secret_value() if self.sasl_password else ""
        if self.ssl_ca_location:
            config["ssl.ca.location"] = str(self.ssl_ca_location)
        return config


class ServiceSettings(BaseSettings):
    """What every service needs. A service derives from it and adds its own sections."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        nested_model_default_partial_update=True,
    )

    kafka: KafkaSettings = Field(default_factory=KafkaSettings, description="Broker")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severe line")
    health_port: int = Field(default=0, ge=0, le=65535, description="Port of /livez, /readyz, /metrics; 0: a free one")
    health_host: str = Field(default="127.0.0.1", description="Address of the health port; 0.0.0.0 in a container")
    data_dir: Path = Field(default=Path(".luna"), description="Local state: journals, checkpoints, caches")
    schema_registry_url: str | None = Field(default=None, description="Schema Registry; else the catalogue")
    instance: str = Field(default="", description="Name of this process among its replicas; the host name if empty")

    @property
    def instance_name(self) -> str:
        """Who reports: the configured name, or the host's."""
        return self.instance or socket.gethostname()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values arrive as arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load(settings: type[Settings]) -> Settings:
    """Settings of a service from the environment and the file that LUNA_CONFIG names.

    Raises:
        ConfigurationError: with file and line (or the variable), the reason, and the nearest valid name.

    """
    environment = dict(os.environ)  # noqa: TID251 - this is the module that may
    named = environment.get(CONFIG_VARIABLE)
    file = Path(named) if named else None
    document = read_yaml(file) if file else None
    misspelt_variable(settings, environment)
    if document:
        misspelt_section(settings, document)
    try:
        return settings(**(document.values if document else {}))
    except ValidationError as error:
        raise explain(settings, error, document, environment) from error
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
