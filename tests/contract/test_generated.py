"""What is generated from the contracts is committed and current."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streamkit.codec import Codec
from streamkit.contracts import Catalogue, schemas_dir
from streamkit.generate import rendered, stale, write
from streamkit.generate.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_committed_files_are_what_the_contracts_generate() -> None:
    assert stale(ROOT, Catalogue.load()) == [], "run make generate"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(schemas_dir(), tmp_path / "schemas")
    write(tmp_path, Catalogue.load())
    return tmp_path


def test_a_changed_contract_makes_the_check_fail_until_generated_again(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--root", str(checkout)]) == 0
    topics = checkout / "schemas" / "topics.yaml"
    topics.write_text(topics.read_text(encoding="utf-8").replace("Answers to requests", "Answers"), encoding="utf-8")
    assert main(["--check", "--root", str(checkout)]) == 1
    assert "stale docs/events.md" in capsys.readouterr().out
    assert main(["--root", str(checkout)]) == 0
    assert main(["--check", "--root", str(checkout)]) == 0


@pytest.mark.parametrize("path", sorted(rendered(Catalogue.load())), ids=str)
def test_a_hand_edit_of_any_generated_file_is_stale(checkout: Path, path: Path) -> None:
    edited = checkout / path
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert stale(checkout, Catalogue.load()) == [path]


def test_a_module_of_a_topic_that_is_gone_is_stale_and_removed(checkout: Path) -> None:
    orphan = checkout / "libs/streamkit/generated/old_topic.py"
    orphan.write_text("", encoding="utf-8")
    assert stale(checkout, Catalogue.load()) == [orphan.relative_to(checkout)]
    write(checkout, Catalogue.load())
    assert not orphan.exists()


def test_a_changed_schema_is_released_as_a_new_version_that_old_bytes_still_follow(checkout: Path) -> None:
    schema = checkout / "schemas" / "avro" / "journeys.avsc"
    text = schema.read_text(encoding="utf-8").rstrip()
    grown = text.removesuffix("}").rstrip().removesuffix("]").rstrip()
    schema.write_text(
        grown + ',\n    {"name": "mood", "type": ["null", "string"], "default": null, "doc": "Mood"}\n  ]\n}\n',
        encoding="utf-8",
    )
    assert main(["--release", "--root", str(checkout)]) == 0
    catalogue = Catalogue.load(checkout / "schemas")
    assert catalogue.topic("journeys").version == 3
    assert catalogue.schema_ids["journeys-value/3"] == max(catalogue.schema_ids.values())
    assert (checkout / "schemas/examples/journeys/golden/3.txt").is_file()
    old = (checkout / "schemas/examples/journeys/golden/1.txt").read_text(encoding="utf-8").splitlines()
    new = (checkout / "schemas/examples/journeys/golden/3.txt").read_text(encoding="utf-8").splitlines()
    values = [bytes.fromhex(line.split(" ")[1]) for line in [*new, *old, *new]]
    decoded = Codec(catalogue).decode("journeys", values)
    assert decoded.rows.tolist() == list(range(len(values)))
    assert decoded.frame["mood"].to_list() == [None] * len(values)
    assert decoded.frame["event_type"].to_list() == [line.split(" ")[0] for line in [*new, *old, *new]]
    assert main(["--release", "--root", str(checkout)]) == 0
    assert Catalogue.load(checkout / "schemas").topic("journeys").version == 3


def test_broken_contracts_stop_the_generator_with_their_reason(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "schemas" / "topics.yaml").write_text("topics: {}", encoding="utf-8")
    assert main(["--root", str(checkout)]) == 1
    assert "topics.yaml:1" in capsys.readouterr().err


def test_the_generated_python_imports() -> None:
    code = "from streamkit.generated import bookings; assert bookings.BOOKING_NO_SHOW == 'booking.no_show'"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
