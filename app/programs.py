"""The command line: `fortnight` or `python -m app`. The only place that puts the programs together."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app import logs, migrate
from app.commands import in_sentences, timetable
from app.embedded import claimed, private_valkey
from app.settings import Settings, SettingsError, settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.routing import BaseRoute

    from app.main import Setup
    from app.serving import Endless


_Answer = TypeVar("_Answer")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Fortnight hosts two-week virtual dialogue events. Settings come from the environment: see docs/settings.md."""


@main.command()
def run() -> None:
    """Everything in one process: pages, live, worker.

    SQLite and a private Valkey unless the settings say otherwise.
    """
    chosen = _settings()
    with in_sentences(), claimed(chosen.data), _news_server(chosen) as (redis_url, keeping):
        migrate.upgrade(chosen.database)
        asyncio.run(_everything(chosen, _setup(chosen, redis_url), keeping=keeping))
    click.echo("Stopped. Everything is stored.")


@main.command()
def web() -> None:
    """The pages, one of several processes."""
    chosen = _server_settings()
    app = _pages(_setup(chosen, chosen.redis_url))
    with in_sentences():
        asyncio.run(_serve(chosen, app, said=f"Pages on port {chosen.port}."))


@main.command()
def realtime() -> None:
    """The live socket, one of several processes."""
    from realtime.server import create_app

    chosen = _server_settings()
    app = create_app(_setup(chosen, chosen.redis_url))
    with in_sentences():
        asyncio.run(_serve(chosen, app, said=f"Live socket on port {chosen.port}."))


@main.command()
def worker() -> None:
    """Jobs and letters, one of several processes."""
    from workers.settings import worker

    chosen = _server_settings()
    _work(chosen, partial(worker, chosen, redis_url=chosen.redis_url), said="Works.")


@main.command()
def inbox() -> None:
    """Answers by mail, one of several processes.

    They come by LMTP, or out of a mailbox by IMAP.
    """
    from workers.inbox import keep_inbox

    chosen = _server_settings()
    _work(chosen, partial(keep_inbox, chosen), said="Takes mail.")


@main.command("migrate")
def migrate_() -> None:
    """Bring the database to the shape this version needs."""
    chosen = _settings()
    with in_sentences():
        migrate.upgrade(chosen.database)
    click.echo(f"The database is at version {migrate.head()}.")


@main.command()
def demo() -> None:
    """Load the demonstration event, or bring it to today.

    It is always in the middle of its two weeks.
    """
    from app.core import times
    from app.demo.load import load

    chosen = _settings()
    if not chosen.demo:
        raise click.ClickException("The demonstration lets anybody enter as anybody. If you want that, set DEMO=1.")
    with in_sentences():
        loaded = asyncio.run(_with_stores(chosen, lambda: load(times.now())))
    click.echo("The demonstration is loaded." if loaded else "The demonstration stands where it should already.")


@main.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="How the person is called; without it the address's first part.")
@click.option("--password", default="", help="Without it the person signs in by a link in a letter.")
def create_admin(email: str, *, name: str, password: str) -> None:
    """Let the person with EMAIL run this installation.

    Somebody who is not known yet is added.
    """
    from pydantic import validate_email
    from pydantic_core import PydanticCustomError

    chosen = _settings()
    try:
        validate_email(email)
    except PydanticCustomError:
        raise click.ClickException(f"{email} is no e-mail address.") from None
    with in_sentences():
        asyncio.run(_with_stores(chosen, lambda: _created(email, name=name, password=password)))
    click.echo(f"{email} runs this installation now. Sign in: {chosen.address}/sign-in")


@main.command("mail-test")
@click.argument("address")
def mail_test(address: str) -> None:
    """Send one letter to ADDRESS and say how it went.

    It goes by the mail server of the settings.
    """
    from workers.postman import MailServer, Permanent, Postman, Temporary, test_letter

    server = MailServer.from_settings(_settings())
    if server is None:
        raise click.ClickException("SMTP_HOST is not set: letters wait in the outbox. See docs/settings.md.")
    try:
        asyncio.run(Postman(server).carry(test_letter(address)))
    except (Temporary, Permanent) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"The mail server {server.host}:{server.port} took a letter to {address}. Look into that mailbox.")


main.add_command(timetable)


@main.command()
def check() -> None:
    """Say what is set up and what is not.

    Ends with 1 if something is missing.
    """
    from app.checks import found

    sentences = asyncio.run(found(_settings()))
    for good, sentence in sentences:
        click.echo(f"{'ok ' if good else '!! '} {sentence}")
    sys.exit(0 if all(good for good, _ in sentences) else 1)


def _settings() -> Settings:
    try:
        chosen = settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    logs.set_up(level=chosen.log_level, form=chosen.log_format)
    return chosen


def _server_settings() -> Settings:
    """For programs of which several run at once: they need servers to meet in."""
    chosen = _settings()
    if chosen.alone or not chosen.redis_url:
        raise click.ClickException(
            "Several processes meet in PostgreSQL and Redis: set DATABASE_URL and REDIS_URL. "
            "For everything in one process use `fortnight run`."
        )
    with in_sentences():
        migrate.reach(chosen.database)
    return chosen


def _setup(chosen: Settings, redis_url: str) -> "Setup":
    from app.main import Setup

    return Setup(
        database_url=chosen.database, redis_url=redis_url, files=chosen.files_folder, secret=chosen.signing_secret,
        base_url=chosen.address, name=chosen.programme_name, mail_domain=chosen.mail_from.rpartition("@")[2],
        reply_address=chosen.reply_address, demo=chosen.demo, sends_mail=chosen.sends_mail,
        file_limit=chosen.file_limit_mb, compiled=chosen.data / "templates",
    )  # fmt: skip


def _pages(setup: "Setup", *, more: "list[BaseRoute] | None" = None) -> Any:
    from app.main import create_app

    return create_app(setup, more=more or [])


async def _everything(chosen: Settings, setup: "Setup", *, keeping: "list[Endless]") -> None:
    from app.checks import welcome
    from realtime.server import LiveLine
    from workers.inbox import keep_inbox
    from workers.settings import worker

    live = LiveLine(own_origin=setup.base_url)
    app = _pages(setup, more=live.routes)
    if chosen.demo:
        await _bring_to_today()
    beside: list[Endless] = [live.run, partial(worker, chosen, redis_url=setup.redis_url), *keeping]
    beside += [partial(keep_inbox, chosen)] if chosen.reply_address else []
    await _serve(chosen, app, said=await welcome(chosen), beside=beside)


async def _bring_to_today() -> None:
    """The demonstration runs now, whenever now is."""
    from app.core import times
    from app.demo.load import load

    click.echo("Bringing the demonstration to today ...")
    await load(times.now())


def _work(chosen: Settings, work: "Endless", *, said: str) -> None:
    with in_sentences():
        asyncio.run(_working(_setup(chosen, chosen.redis_url), work, said=said))


async def _working(setup: "Setup", work: "Endless", *, said: str) -> None:
    from app.main import close_stores, open_stores
    from app.serving import until_signal

    open_stores(setup)
    await until_signal(work, said=said)
    await close_stores()


async def _with_stores(chosen: Settings, act: "Callable[[], Awaitable[_Answer]]") -> "_Answer":
    """One act on the database, by the command line; news are left out, browsers look by themselves."""
    from app.core import db, files

    await asyncio.to_thread(migrate.upgrade, chosen.database)
    db.connect(chosen.database)
    files.use_folder(chosen.files_folder, limit=chosen.file_limit_mb)
    try:
        return await act()
    finally:
        await db.disconnect()


async def _created(email: str, *, name: str, password: str) -> None:
    from app.core import db, times
    from app.people import actions, passwords

    hashed = await passwords.hashed(password) if password else ""
    async with db.transaction() as session:
        await actions.create_admin(
            session, email=email, name=name, password_hash=hashed, lang="", zone="", now=times.now()
        )


async def _serve(chosen: Settings, app: Any, *, said: str, beside: "list[Endless] | None" = None) -> None:
    from app.serving import serve
    from realtime.lines import LiveProtocol

    await serve(app, chosen, line=LiveProtocol, said=said, beside=beside or [])


@contextlib.contextmanager
def _news_server(chosen: Settings) -> "Iterator[tuple[str, list[Endless]]]":
    """The address of the Redis that was set, or of a private Valkey for as long as the block lasts, and who keeps it."""
    if chosen.redis_url:
        yield chosen.redis_url, []
        return
    with private_valkey(chosen.data, meanwhile=_load_programs) as valkey:
        yield valkey.url, [valkey.keep]


def _load_programs() -> None:
    for program in ("app.main", "realtime.server", "workers.settings"):
        import_module(program)
