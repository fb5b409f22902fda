"""Settings: the named ones are read, a wrong one is refused by name, secrets are not shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import (
    ROOT,
    SIMULATOR_ACCOUNT_SID,
    SIMULATOR_FROM,
    Settings,
    SettingsError,
    read_settings,
)

ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "s3cret",
    "TWILIO_WHATSAPP_FROM": "+14155238886",
    "PUBLIC_URL": "https://maraga.example/",
}

Read = Callable[..., Settings]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Settings from exactly these variables, whatever this machine's environment holds."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def read_from(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return read_settings()

    return read_from


def test_without_any_setting_the_simulator_is_on_and_stays_on_this_machine(read: Read) -> None:
    settings = read()
    assert settings.simulator
    assert settings.web_host == "127.0.0.1"
    assert settings.public_address == "http://127.0.0.1:8000"
    assert settings.twilio_api == "http://127.0.0.1:8000/simulator/twilio"
    assert (settings.account_sid, settings.whatsapp_from) == (SIMULATOR_ACCOUNT_SID, SIMULATOR_FROM)
    assert settings.office_zone.key == "Asia/Makassar"


def test_with_an_account_the_simulator_is_off_and_twilio_is_meant(read: Read) -> None:
    settings = read(**ACCOUNT)
    assert not settings.simulator
    assert settings.twilio_api is None
    assert settings.choices_content_sid is None
    assert settings.whatsapp_from == "whatsapp:+14155238886"
    assert settings.public_address == "https://maraga.example"
    assert settings.auth_token == "s3cret"


def test_another_api_server_can_be_named_for_an_account(read: Read) -> None:
    assert read(**ACCOUNT, TWILIO_API_BASE_URL="http://127.0.0.1:9/").twilio_api == (
        "http://127.0.0.1:9"
    )


@pytest.mark.parametrize("missing", ["TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "PUBLIC_URL"])
def test_an_account_without_a_companion_is_refused_naming_it(read: Read, missing: str) -> None:
    rest = {name: value for name, value in ACCOUNT.items() if name != missing}
    with pytest.raises(SettingsError, match=missing):
        read(**rest)


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("WEB_PORT", "soon", "integer"),
        ("WEB_PORT", "0", "greater than or equal to 1"),
        ("WEB_PORT", "65536", "less than or equal to 65535"),
        ("PUBLIC_URL", "maraga.example", "http"),
        ("PUBLIC_URL", "https://maraga.example/?a=1", "without query"),
        ("DATABASE_URL", "mysql://x/y", "PostgreSQL"),
        ("TZ_OFFICE", "Makassar", "Asia/Makassar"),
        ("TWILIO_ACCOUNT_SID", "AC123", "32 hexadecimal"),
        ("TWILIO_WHATSAPP_FROM", "0811", r"whatsapp:\+"),
        ("TWILIO_API_BASE_URL", "twilio", "http"),
        ("BURST_QUIET_SECONDS", "-1", "greater"),
        ("BURST_QUIET_SECONDS", "nan", ""),
        ("RASA_TIMEOUT_SECONDS", "0", "greater than 0"),
        ("RATE_LIMIT_PER_MINUTE", "0", "greater"),
        ("RETENTION_DAYS", "0", "greater"),
        ("SESSION_HOURS", "x", "integer"),
        ("WORKERS", "many", "integer"),
        ("LOG_LEVEL", "LOUD", "DEBUG"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_what_it_takes(
    read: Read, name: str, value: str, takes: str
) -> None:
    with pytest.raises(SettingsError, match=f"(?i)^{name} holds .*{takes}") as refusal:
        read(**{name: value})
    assert "\n" not in str(refusal.value)


def test_every_fault_has_a_line_of_its_own(read: Read) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(WEB_PORT="soon", TZ_OFFICE="Mars")
    assert len(str(refusal.value).splitlines()) == 2


def test_a_wrong_database_address_is_refused_without_its_password(read: Read) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(DATABASE_URL="mysql://maraga:RAHASIA@host/db")
    assert "RAHASIA" not in str(refusal.value)


def test_secrets_do_not_show_when_settings_are_printed(read: Read) -> None:
    settings = read(**ACCOUNT, DATABASE_URL="postgresql://maraga:RAHASIA@host/db")
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_usual_way_to_write_the_database_address_is_understood(read: Read, scheme: str) -> None:
    address = read(DATABASE_URL=f"{scheme}://u:p@host:5432/db").database_address
    assert address == "postgresql+psycopg://u:p@host:5432/db"


def test_an_empty_variable_is_as_good_as_none(read: Read) -> None:
    assert read(WEB_PORT="", TWILIO_ACCOUNT_SID="", PUBLIC_URL="").simulator


def test_settings_can_not_be_changed_while_running(read: Read) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read().web_port = 9


def test_the_example_file_describes_every_setting_and_no_other() -> None:
    example = ROOT / ".env.example"
    lines = example.read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").split("=")[0] for line in lines if _is_setting(line)}
    assert named == {name.upper() for name in Settings.model_fields}


def _is_setting(line: str) -> bool:
    name, equals, _ = line.lstrip("# ").partition("=")
    return bool(equals) and name.isupper() and " " not in name


def test_no_module_but_settings_reads_the_environment() -> None:
    allowed = {"settings.py", "encoder.py"}
    for folder in ("bot", "actions", "knowledge_base"):
        for path in Path(ROOT / folder).rglob("*.py"):
            if "launcher" in path.parts or path.name in allowed:
                continue
            assert "os.environ" not in path.read_text(encoding="utf-8"), path
