"""Settings: where values come from, and what a mistake is called."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.config import ByteSize, ConfigError, Duration, Section, Settings, load
from kit.database import DatabaseConfig


class Grpc(Section):
    port: int = 9000
    keep_alive: Duration = timedelta(seconds=75)
    max_size: ByteSize = ByteSize.parse("4MiB")
    names: list[str] = Field(default_factory=list)


class Config(Settings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    grpc: Grpc = Grpc()
    database: DatabaseConfig = DatabaseConfig()
    title: str = "shop"


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SHOP_SECRETS_DIR", str(tmp_path / "secrets"))
    return tmp_path / "secrets"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def _problems(path: Path | None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(Config, path)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return list(caught.value.problems)


def test_without_sources_there_are_defaults() -> None:
    assert load(Config, None) == Config()


def test_environment_wins_over_secrets_over_file_over_defaults(
    file: Path, no_secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("grpc:\n  port: 1\n  keep_alive: 1m\n  max_size: 1KiB\ntitle: file\n")
    no_secrets.mkdir()
    (no_secrets / "shop_grpc__port").write_text("2\n")
    (no_secrets / "SHOP_GRPC__MAX_SIZE").write_text("2KiB")
    (no_secrets / "other_service_key").write_bytes(b"\xff not ours")
    (no_secrets / "kubernetes.io").mkdir()
    monkeypatch.setenv("SHOP_GRPC__PORT", "3")
    monkeypatch.setenv("SHOP_GRPC__NAMES", '["a", "b"]')
    config = load(Config, file)
    assert config.grpc == Grpc.model_construct(
        port=3, keep_alive=timedelta(minutes=1), max_size=ByteSize(2048), names=["a", "b"]
    )
    assert config.title == "file"


def test_a_variable_names_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("title: named\n")
    monkeypatch.setenv("SHOP_CONFIG", str(file))
    assert load(Config, None).title == "named"


def test_settings_made_in_code_ignore_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TITLE", "environment")
    assert Config(title="code").title == "code"
    assert Config().title == "shop"


def test_all_mistakes_are_named_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(
        "grpc:\n  prot: 1\n  keep_alive: 30\n  max_size: 4 parsecs\ndatabse:\n  url: x\ndatabase:\n  pool_size: ten\n"
    )
    monkeypatch.setenv("SHOP_GRPC__PROT", "1")
    monkeypatch.setenv("SHOP_GRCP__PORT", "1")
    monkeypatch.setenv("SHOP_GRPC__NAMES", "[1,")
    problems = "\n".join(_problems(file))
    for expected in (
        "environment variable SHOP_GRCP__PORT: no such setting; did you mean SHOP_GRPC__PORT?",
        "environment variable SHOP_GRPC__PROT: grpc.prot: no such setting; did you mean port?",
        'environment variable SHOP_GRPC__NAMES: grpc.names: must be a list, such as ["a", "b"], not \'[1,\'',
        f"{file}:3: grpc.keep_alive: 30 has no unit; write it like '30s' (units: ms, s, m, h, d)",
        f"{file}:4: grpc.max_size: '4 parsecs' has an unknown unit 'parsecs' (units: ",
        f"{file}:5: databse: no such setting; did you mean database?",
        f"{file}:8: database.pool_size: input should be a valid integer",
    ):
        assert expected in problems


def test_a_value_for_a_section_is_told_what_the_section_has(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = "is a section, of port, keep_alive, max_size, names: set one of these"
    monkeypatch.setenv("SHOP_GRPC", '{"port": 1}')
    assert _problems(None) == [f"environment variable SHOP_GRPC: grpc: {expected}"]
    monkeypatch.delenv("SHOP_GRPC")
    file.write_text("grpc: 9000\n")
    assert _problems(file) == [f"{file}:1: grpc: {expected}"]


def test_a_secret_is_not_quoted(no_secrets: Path) -> None:
    no_secrets.mkdir()
    secret = no_secrets / "shop_grpc__port"
    secret.write_text("hunter2")
    assert _problems(None) == [f"{secret}: grpc.port: not a valid value"]


def test_what_kubernetes_adds_for_services_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SHOP_SERVICE_HOST": "10.0.0.1",
        "SHOP_SERVICE_PORT": "9000",
        "SHOP_SERVICE_PORT_GRPC": "9000",
        "SHOP_PORT": "tcp://10.0.0.1:9000",
        "SHOP_PORT_9000_TCP_ADDR": "10.0.0.1",
        "SHOP_DB_SERVICE_HOST": "10.0.0.2",
        "SHOP_DB_PORT": "tcp://10.0.0.2:5432",
    }.items():
        monkeypatch.setenv(name, value)
    assert load(Config, None) == Config()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", ":1:5: "),
        ("- a", ":1: must be a mapping of settings"),
        ("title: a\ntitle: b", ":2: title: already set on line 1"),
        ("title: \xff", "not UTF-8"),
        ("grpc: 5", ":1: grpc: "),
        ("title: [1]", ":1: title: input should be a valid string, not [1]"),
        ("? [a]\n: b", ":1"),
    ],
)
def test_a_bad_file_is_a_problem_with_its_place(file: Path, text: str, problem: str) -> None:
    file.write_bytes(text.encode("latin-1"))
    (found,) = _problems(file)
    assert found.startswith(str(file)) and problem in found


@pytest.mark.parametrize("text", ["", "# nothing", "grpc:\n", "---\n"])
def test_an_empty_file_or_section_means_defaults(file: Path, text: str) -> None:
    file.write_text(text)
    assert load(Config, file) == Config()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    missing = tmp_path / "missing.yaml"
    assert _problems(missing) == [f"{missing}: cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("10s", 10), ("1.5m", 90), (" 1 h ", 3600), ("1d", 86400)]
)
def test_durations(text: str, seconds: float) -> None:
    assert Grpc.model_validate({"keep_alive": text}).keep_alive.total_seconds() == seconds


@pytest.mark.parametrize("value", [5, 5.0, "5", "s", "-5s", "5 sec", "1e3s", "", None, True, [], "5s5s"])
def test_anything_else_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="keep_alive"):
        Grpc.model_validate({"keep_alive": value})


@pytest.mark.parametrize(
    ("text", "size"), [("512B", 512), ("64KiB", 65536), ("1.5MiB", 1572864), ("1KB", 1000)]
)
def test_sizes(text: str, size: int) -> None:
    assert Grpc.model_validate({"max_size": text}).max_size == size
