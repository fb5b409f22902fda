"""Every setting, typed, read once from the environment (and `.env`), refused at start when wrong.

`.env.example` describes each one for the person who runs the service.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent

# What the stand-in for Twilio answers to when no account is configured. Not secrets: the
# simulator refuses to start beside a real account, and listens where the web process does.
SIMULATOR_ACCOUNT_SID = "AC" + "0" * 32
SIMULATOR_AUTH_TOKEN = "simulator-only"
SIMULATOR_FROM = "whatsapp:+62000000000"
SIMULATOR_CHOICES_SID = "HX" + "0" * 32
SIMULATOR_ALERT_SID = "HX" + "0" * 31 + "1"


class SettingsError(Exception):
    """A setting is wrong; the text says which, what it holds and what it takes."""


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        raise ValueError("takes an http:// or https:// address without query")
    return value.rstrip("/")


def _database_address(value: str) -> str:
    if not re.match(r"postgres(ql)?(\+psycopg)?://", value):
        raise ValueError("takes a PostgreSQL address such as postgresql://user:password@host/name")
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", value)


WebAddress = Annotated[str, AfterValidator(_web_address)]
DatabaseAddress = Annotated[str, AfterValidator(_database_address)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where the service is reached
    public_url: WebAddress | None = None
    web_host: str = "127.0.0.1"
    web_port: Port = 8000

    # Where the state is
    database_url: DatabaseAddress | None = None
    data_dir: Path = ROOT / "var"

    # Twilio
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_whatsapp_from: str | None = None
    twilio_api_base_url: WebAddress | None = None
    twilio_choices_content_sid: str | None = None
    twilio_alert_content_sid: str | None = None

    # The dialogue
    rasa_url: WebAddress = "http://127.0.0.1:5005"
    actions_url: WebAddress = "http://127.0.0.1:5055/webhook"
    rasa_timeout_seconds: float = Field(default=8.0, gt=0, le=60)
    bot_patience_seconds: float = Field(default=30.0, ge=1, le=300)
    burst_quiet_seconds: float = Field(default=0.8, ge=0, le=10)

    # The office
    tz_office: str = "Asia/Makassar"
    rate_limit_per_minute: int = Field(default=60, ge=1, le=10_000)
    session_hours: int = Field(default=12, ge=1, le=720)
    alert_repeat_minutes: int = Field(default=10, ge=1, le=240)
    retention_days: int = Field(default=365, ge=1, le=3650)
    raw_form_retention_days: int = Field(default=30, ge=1, le=3650)

    # The knowledge base
    encoder_model: str | None = None
    faq_author_may_publish: bool = False

    # How many processes share the work
    web_processes: int = Field(default=2, ge=1, le=32)
    workers: int = Field(default=1, ge=1, le=32)
    turn_threads: int = Field(default=6, ge=1, le=64)
    send_threads: int = Field(default=3, ge=1, le=64)

    log_level: str = "INFO"

    @field_validator("tz_office")
    @classmethod
    def _known_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, ZoneInfoNotFoundError):
            raise ValueError("takes a time zone name such as Asia/Makassar") from None
        return value

    @field_validator("twilio_account_sid")
    @classmethod
    def _account_sid(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
            raise ValueError("takes AC and 32 hexadecimal digits, from the Twilio console")
        return value

    @field_validator("twilio_whatsapp_from")
    @classmethod
    def _whatsapp_sender(cls, value: str | None) -> str | None:
        if value is None:
            return None
        number = value.removeprefix("whatsapp:")
        if not re.fullmatch(r"\+\d{6,15}", number):
            raise ValueError("takes the sender's number such as whatsapp:+14155238886")
        return f"whatsapp:{number}"

    @field_validator("log_level")
    @classmethod
    def _log_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("takes DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def simulator(self) -> bool:
        """The phone page and the stand-in for Twilio are on when no account is configured."""
        return self.twilio_account_sid is None

    @property
    def public_address(self) -> str:
        return self.public_url or f"http://127.0.0.1:{self.web_port}"

    @property
    def account_sid(self) -> str:
        return self.twilio_account_sid or SIMULATOR_ACCOUNT_SID

    @property
    def auth_token(self) -> str:
        if self.twilio_auth_token is None:
            return SIMULATOR_AUTH_TOKEN
        return self.twilio_auth_token.get_secret_value()

    @property
    def whatsapp_from(self) -> str:
        return self.twilio_whatsapp_from or SIMULATOR_FROM

    @property
    def twilio_api(self) -> str | None:
        """Base address of the Messages API; None means Twilio's own."""
        if self.twilio_api_base_url is None and self.simulator:
            return f"http://127.0.0.1:{self.web_port}/simulator/twilio"
        return self.twilio_api_base_url

    @property
    def choices_content_sid(self) -> str | None:
        """The content template for tappable choices; None sends them as numbered text."""
        if self.twilio_choices_content_sid is None and self.simulator:
            return SIMULATOR_CHOICES_SID
        return self.twilio_choices_content_sid

    @property
    def alert_content_sid(self) -> str | None:
        """The content template that calls officers on duty; None calls nobody on WhatsApp."""
        if self.twilio_alert_content_sid is None and self.simulator:
            return SIMULATOR_ALERT_SID
        return self.twilio_alert_content_sid

    @property
    def office_zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz_office)

    @property
    def database_address(self) -> str:
        """The configured database, else the embedded one under `data_dir`."""
        if self.database_url is not None:
            return self.database_url
        from bot.launcher.postgres import embedded_address

        return embedded_address(self.data_dir)


def _companions_missing(settings: Settings) -> str | None:
    if settings.simulator:
        return None
    companions = {
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "TWILIO_WHATSAPP_FROM": settings.twilio_whatsapp_from,
        "PUBLIC_URL": settings.public_url,
    }
    missing = [name for name, value in companions.items() if value is None]
    if not missing:
        return None
    return f"TWILIO_ACCOUNT_SID is set, so {' and '.join(missing)} must be set too"


def read_settings() -> Settings:
    """Settings from the environment; raises SettingsError with one clear line a fault."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(fault) for fault in error.errors())) from None
    missing = _companions_missing(settings)
    if missing:
        raise SettingsError(missing)
    return settings


def _explain(fault: object) -> str:
    assert isinstance(fault, dict)
    name = str(fault["loc"][0]).upper()
    held = "a secret" if "TOKEN" in name or "PASSWORD" in name else repr(fault["input"])
    if name == "DATABASE_URL":
        held = "an address that is not understood"
    problem = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name} holds {held}; {problem}"


@cache
def settings() -> Settings:
    """The process's settings, read at first use."""
    return read_settings()
