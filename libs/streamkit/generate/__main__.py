"""``python -m streamkit.generate [--check | --release] [--root DIR]``: 1 when ``--check`` finds a stale file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from streamkit.contracts import Catalogue, ContractError
from streamkit.generate import stale, write
from streamkit.generate.release import release


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the generator; returns the exit code."""
    parser = argparse.ArgumentParser(prog="streamkit.generate", description="Code and docs from schemas/.")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--check", action="store_true", help="change nothing; exit 1 when a file is stale")
    chosen.add_argument("--release", action="store_true", help="commit changed schemas to the history as new versions")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[3], help="root of the checkout")
    options = parser.parse_args(arguments)
    schemas = options.root / "schemas"
    try:
        if options.release:
            for line in release(schemas):
                sys.stdout.write(f"released {line}\n")
        catalogue = Catalogue.load(schemas)
    except ContractError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    paths = stale(options.root, catalogue) if options.check else write(options.root, catalogue)
    for path in paths:
        sys.stdout.write(f"{'stale' if options.check else 'wrote'} {path}\n")
    return 1 if options.check and paths else 0


if __name__ == "__main__":
    sys.exit(main())
