"""The `luna` command: run the city here, steer it, look into it."""

import typer

from cli.commands import (
    bench,
    control,
    determinism,
    dlq,
    doctor,
    evaluate,
    explain,
    generate,
    realism,
    replay,
    run,
    scenario,
    snapshot,
    status,
    tail,
    topics,
    up,
    watch,
)

COMMANDS = (
    up, run, generate, topics, tail, control, snapshot, watch, replay, dlq, status, scenario, explain, realism,
    determinism, doctor, evaluate, bench,
)  # fmt: skip


def main() -> None:
    """Run the command line."""
    build()()


def build() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(name="luna", help="A living city on Apache Kafka.", no_args_is_help=True, add_completion=False)
    for command in COMMANDS:
        command.register(app)
    return app
