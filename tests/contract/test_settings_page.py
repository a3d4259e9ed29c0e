"""docs/settings.md and .env.example say what the settings classes say."""

from cli.settings_page import ROOT, main, pages


def test_the_settings_pages_are_fresh() -> None:
    assert main(["--check"]) == 0


def test_no_path_of_the_machine_that_wrote_them_is_in_them() -> None:
    assert all(str(ROOT) not in text for text in pages().values())
