"""Structured logs: one JSON object a line on stderr, with service, instance, run, branch and correlation.

INFO is for one canonical line a handled batch and for changes of state; everything else is DEBUG or louder.
"""

import logging
import sys
from typing import TYPE_CHECKING, cast

import orjson
import structlog
from structlog.contextvars import bind_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

if TYPE_CHECKING:
    from structlog.typing import Processor


def _to_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str).decode()


def configure(service: str, level: str = "info", instance: str = "") -> None:
    """Send structlog and the standard library's logging to stderr as JSON lines that name the service."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, _to_json],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _to_json],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))  # libraries speak only when something is wrong
    bind_contextvars(service=service, **({"instance": instance} if instance else {}))


def bind(**context: object) -> None:
    """Add fields (run_id, branch, correlation_id …) to every later line of this task and its children."""
    bind_contextvars(**context)


def get_logger() -> FilteringBoundLogger:
    """A logger; `configure` decides where its lines go."""
    return cast("FilteringBoundLogger", structlog.get_logger())
