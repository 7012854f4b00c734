"""Commands that need no installation: `fortnight timetable`. Each loads only what it needs."""

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from app.embedded import InUse, NoFolder, NoValkey
from app.migrate import NoDatabase


@contextlib.contextmanager
def in_sentences() -> Iterator[None]:
    """What a person can do something about is said in a sentence, without a trace."""
    from app.core.errors import Refused
    from app.serving import PortInUse

    try:
        yield
    except (InUse, NoDatabase, NoFolder, NoValkey, PortInUse, Refused) as problem:
        raise click.ClickException(str(problem)) from None


@click.group()
def timetable() -> None:
    """Who meets whom, when: the planner by itself, from a file."""


@timetable.command()
@click.argument("problem", type=click.File(encoding="utf-8"))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same plan.")
@click.option("--repair", is_flag=True, help="Keep the plan in `previous` and change as little as possible.")
@click.option("--seconds", default=30, show_default=True, help="How long HiGHS may better the plan; needs highspy.")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Where the plan goes.")
def solve(problem: Any, *, seed: int, repair: bool, seconds: int, out: Any) -> None:
    """Solve the timetable in PROBLEM (a JSON file, - for standard input) and write the plan with its reasons."""
    from app.matching.exact import available
    from app.timetable.problem import repair_text, solve_text

    with in_sentences():
        text = problem.read()
        if seconds and not repair and not available():
            click.echo("HiGHS (highspy) is not installed: the plan is the local search's, without a bound.", err=True)
        click.echo(repair_text(text) if repair else solve_text(text, seed=seed, seconds=seconds), file=out)


@timetable.command()
@click.argument("people", type=int)
@click.option("--size", default=4, show_default=True, help="Seats at a table.")
@click.option("--rounds", default=4, show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same tables.")
def mix(people: int, *, size: int, rounds: int, seed: int) -> None:
    """Tables for rounds in which PEOPLE (so many, numbered from 1) meet as many new people as they can, as JSON."""
    import json
    from dataclasses import asdict

    from app.matching import mixing

    with in_sentences():
        found = mixing.mix(range(1, people + 1), size=size, rounds=rounds, seed=seed)
        click.echo(json.dumps(asdict(found)))
