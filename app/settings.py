"""Settings: read once from the environment (or `.env`) into one frozen object. Every one is explained in docs/settings.md."""

import ipaddress
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting cannot be used; the message is a whole sentence per setting for the person who starts the program."""


class Settings(BaseSettings):
    """What the environment says. Field `base_url` is the variable `BASE_URL`; an empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    # Where it listens and how it is reached
    host: str = Field("127.0.0.1", description="The address the pages and the live socket listen on.")
    port: int = Field(8000, ge=1, le=65535, description="The port the pages and the live socket listen on.")
    base_url: str = Field("", description="How people reach the site; used in letters and calendar entries.")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses whose X-Forwarded-For and X-Forwarded-Proto headers are believed."
    )

    # Where things are kept
    data: Path = Field(Path("var"), description="The folder for everything the programs keep themselves.")
    database_url: str = Field("", description="PostgreSQL address; without it a SQLite file in DATA.")
    redis_url: str = Field("", description="Redis or Valkey address; without it a private Valkey is started.")
    files: Path | None = Field(None, description="The folder for uploaded files, shared by all web processes.")
    file_limit_mb: int = Field(10, ge=1, le=100, description="The biggest file people may send, in megabytes.")
    secret: str = Field("", description="Signs links and sessions; made and kept in DATA when one process runs alone.")

    # Mail
    smtp_host: str = Field("", description="The mail server; without it letters wait in the outbox.")
    smtp_port: int = Field(587, ge=1, le=65535, description="The mail server's port.")
    smtp_user: str = Field("", description="The name to sign in to the mail server with.")
    smtp_password: str = Field("", description="The password for SMTP_USER.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is protected."
    )
    mail_from: str = Field("fortnight@localhost", description="The address letters come from.")

    # Answers by mail
    reply_address: str = Field("", description="Letters are answered to this address, with +WORD before its @.")
    inbox_trusts: str = Field("", description="The name our mail server gives itself in Authentication-Results.")
    inbox_lmtp: str = Field("", description="HOST:PORT on which mail is taken from the mail server by LMTP.")
    inbox_imap_host: str = Field("", description="The IMAP server whose mailbox is looked into for answers.")
    inbox_imap_port: int = Field(993, ge=1, le=65535, description="The IMAP server's port.")
    inbox_imap_security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How the connection to the IMAP server is protected."
    )
    inbox_imap_user: str = Field("", description="The name to sign in to the IMAP server with.")
    inbox_imap_password: str = Field("", description="The password for INBOX_IMAP_USER.")
    inbox_imap_folder: str = Field("INBOX", description="The folder of the mailbox in which answers arrive.")
    inbox_imap_seconds: int = Field(30, ge=1, le=3600, description="How often the mailbox is looked into.")

    # Demonstration and tests
    demo: bool = Field(False, description="Loads the demonstration event and lets visitors enter as invented people.")
    demo_anywhere: bool = Field(False, description="Opens the demonstration to other machines than this one.")
    clock: Path | None = Field(
        None, description="A file with an offset in seconds: every process lives that much later."
    )

    # The installation
    programme_name: str = Field("Fortnight", description="What the site is called in letters and on pages.")

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How log lines look.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        for prefix in ("postgresql://", "postgres://"):
            if url.startswith(prefix):
                return "postgresql+asyncpg://" + url.removeprefix(prefix)
        if url and not url.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite:///")):
            raise ValueError("it must begin with postgresql:// (or be left out for a SQLite file in DATA)")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("it must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("base_url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError("it must be a whole address such as https://events.example.org")
        return url.rstrip("/")

    @field_validator("reply_address")
    @classmethod
    def _one_address(cls, address: str) -> str:
        name, _, domain = address.rpartition("@")
        if address and (not name or not domain or len(name) > 20 or not address.isascii() or set(name) & set('+"<> ')):
            raise ValueError("it must be an address such as reply@example.org, with at most 20 letters before the @")
        return address.casefold()

    @model_validator(mode="after")
    def _mail_comes_in(self) -> Self:
        if self.inbox_lmtp and not (
            self.inbox_lmtp.rpartition(":")[0] and self.inbox_lmtp.rpartition(":")[2].isdecimal()
        ):
            raise ValueError("The setting INBOX_LMTP cannot be used: it must be an address and a port: 127.0.0.1:8024.")
        if self.reply_address and not (self.inbox_lmtp or self.inbox_imap_host):
            raise ValueError(
                "REPLY_ADDRESS lets letters be answered, and nothing takes the answers: set INBOX_LMTP or INBOX_IMAP_HOST."
            )
        if self.reply_address and not self.inbox_trusts:
            raise ValueError(
                "REPLY_ADDRESS lets letters be answered, and anybody could write as anybody: set INBOX_TRUSTS to the name "
                "your mail server gives itself in the header Authentication-Results."
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.secret and len(self.secret) < 32:
            raise ValueError("SECRET is too short: use at least 32 random characters.")
        if not self.alone and not self.secret:
            raise ValueError(
                "SECRET is missing: with PostgreSQL every process needs the same one, 32 characters or more."
            )
        if self.demo and not self.demo_anywhere and not self.on_loopback:
            raise ValueError(
                f"DEMO lets anybody enter as anybody, and HOST={self.host} opens it to other machines. "
                "Use HOST=127.0.0.1, or set DEMO_ANYWHERE=1 if that is what you want."
            )
        return self

    @property
    def alone(self) -> bool:
        """One process does everything: the database is a SQLite file."""
        return not self.database_url.startswith("postgresql")

    @property
    def on_loopback(self) -> bool:
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def database(self) -> str:
        """The address for SQLAlchemy."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data.absolute() / 'fortnight.db'}"

    @property
    def files_folder(self) -> Path:
        return self.files or self.data / "files"

    @property
    def address(self) -> str:
        """How people reach the site, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """People come by https: cookies get `__Host-` and `Secure`."""
        return self.address.startswith("https://")

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def signing_secret(self) -> str:
        """SECRET, or the one kept in DATA; made on first use."""
        return self.secret or _kept_secret(self.data / "secret")


@cache
def _kept_secret(path: Path) -> str:
    """The secret in the file at `path`; exactly one of several starting processes writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".secret-{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48))
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text().strip()


@cache
def settings() -> Settings:
    """The settings of this process; raises SettingsError with a sentence per wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(found["loc"], found["msg"]) for found in error.errors())) from None


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    what = message.removeprefix("Value error, ")
    return f"The setting {str(where[0]).upper()} cannot be used: {what}." if where else what
