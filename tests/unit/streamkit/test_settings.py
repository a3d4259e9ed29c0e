"""Settings come from the file and the environment, and what is wrong is named by file, line and nearest name."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from streamkit.errors import ConfigurationError
from streamkit.settings import Section, ServiceSettings, load
from streamkit.settings_docs import env_example, markdown_table, settings_of


class Database(Section):
    url: SecretStr = Field(default=SecretStr("postgresql://here"), description="Where rows live")
    pool: int = Field(default=4, ge=1, description="Connections")


class Example(ServiceSettings):
    database: Database = Field(default_factory=Database, description="Database")


class Demanding(ServiceSettings):
    token: str = Field(description="Must be given")


def write(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = folder / "luna.yaml"
    file.write_text(text)
    monkeypatch.setenv("LUNA_CONFIG", str(file))
    return file


def refused(settings: type[ServiceSettings] = Example) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(settings)
    return caught.value


def test_defaults_hold_where_nothing_is_set() -> None:
    assert load(Example).database.pool == 4


def test_a_variable_wins_over_the_file_and_leaves_its_siblings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "database:\n  pool: 7\n  url: postgresql://file\nlog_level: debug\n", monkeypatch)
    monkeypatch.setenv("LUNA_DATABASE__URL", "postgresql://variable")
    settings = load(Example)
    assert settings.database.pool == 7
    assert settings.database.url.get_secret_value() == "postgresql://variable"
    assert settings.log_level == "debug"


def test_a_wrong_value_is_named_by_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "log_level: info\ndatabase:\n  pool: 0\n", monkeypatch)
    error = refused()
    assert (error.file, error.line) == (str(file), 3)
    assert "database.pool" in error.reason


def test_an_unknown_name_in_a_section_is_refused_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "kafka:\n  bootstrap_server: a:1\n", monkeypatch)
    error = refused()
    assert error.line == 2
    assert error.nearest == "kafka.bootstrap_servers"


def test_an_unknown_section_is_refused_with_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kafkka:\n  linger_ms: 1\n", monkeypatch)
    assert refused().nearest == "kafka"


def test_sections_of_other_services_may_stand_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "simulator:\n  users: 5\n", monkeypatch)
    assert load(Example).log_level == "info"


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_DATABASE__POOL", "many")
    assert "LUNA_DATABASE__POOL" in str(refused())


def test_a_misspelt_variable_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_DATBASE__POOL", "3")
    assert refused().nearest == "LUNA_DATABASE"


def test_a_missing_setting_says_which_variable_sets_it() -> None:
    assert "LUNA_TOKEN" in str(refused(Demanding))


def test_broken_yaml_is_named_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kafka: [1,\n  2\nlog_level: info\n", monkeypatch)
    assert refused().line in (2, 3)


def test_a_missing_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUNA_CONFIG", "/nowhere/luna.yaml")
    assert "cannot be read" in str(refused())


def test_settings_cannot_be_changed() -> None:
    settings = load(Example)
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "debug"


def test_the_table_and_the_example_name_every_variable_and_no_secret() -> None:
    table, example = markdown_table([Example, Demanding]), env_example([Example, Demanding])
    for setting in [*settings_of(Example), *settings_of(Demanding)]:
        assert f"`{setting.variable}`" in table
        assert f"{setting.variable}=" in example
        assert setting.meaning
    assert "postgresql://here" not in table + example
    assert "LUNA_TOKEN=\n" in example


def test_no_class_holds_more_than_fifteen_settings() -> None:
    assert (
        max(len(model.model_fields) for model in (*ServiceSettings.__subclasses__(), *Section.__subclasses__())) <= 15
    )
