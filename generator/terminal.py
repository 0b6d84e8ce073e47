"""What every command shares: the two streams, exit codes, options, how problems are printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from generator.host import ENGINES, MKDOCS
from generator.problems import Problem, as_text

FINE, CONTENT, USAGE, BUG, MACHINE, INTERRUPTED = 0, 1, 2, 3, 4, 130

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class DayType(click.ParamType[dt.date]):
    """A full date, `2025-08-25`."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write 2025-08-25.", param, ctx)


class IdType(click.ParamType[str]):
    """The id of a record. The path of its file or the address of its page stand for it."""

    name = "id"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        return str(value).rstrip("/").rpartition("/")[2].removesuffix(".yml")


def this_day() -> dt.date:
    """The current day where the person at the terminal is: the only clock the commands read."""
    return dt.datetime.now().astimezone().date()


today_option = click.option(
    "--today",
    type=DayType(),
    default=None,
    metavar="DATE",
    help="Count days from this date instead of the current day.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default=MKDOCS,
    show_default=True,
    help="What makes the pages.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would change, and change nothing."
)
force_option = click.option(
    "--force", is_flag=True, help="Also change files that have uncommitted changes in git."
)


fonts_option = click.option(
    "--fonts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="FOLDER",
    help="Fonts for names in other scripts, instead of those of the system.",
)


def say(text: str) -> None:
    """A line for the person at the terminal, never for another program."""
    err.print(Text(text))


def print_problems(problems: Iterable[Problem], console: Console) -> None:
    for problem in problems:
        if console.is_terminal:
            console.print(_coloured(problem))
        else:
            click.echo(as_text(problem), err=console.stderr)


def _coloured(problem: Problem) -> Text:
    place, _, rest = as_text(problem).partition(": ")
    head, _, hint = rest.partition("\n")
    text = Text()
    text.append(f"{place}: ", style="dim")
    text.append(head, style="bold red" if problem.level == "error" else "yellow")
    if hint:
        text.append(f"\n{hint}")
    return text


def print_excerpt(text: str, level: str, console: Console) -> None:
    """A problem over several lines, the head and the caret in colour where there are colours."""
    if not console.is_terminal:
        click.echo(f"{text}\n", err=console.stderr)
        return
    colour = "red" if level == "error" else "yellow"
    for n, row in enumerate(text.split("\n")):
        style = f"bold {colour}" if not n or set(row.partition("|")[2].strip()) == {"^"} else ""
        style = "dim" if n == 1 else style
        console.print(Text(row, style=style))
    console.print()


def print_diff(diff: str, console: Console = out) -> None:
    """A unified diff, in colours on a terminal."""
    if not console.is_terminal:
        click.echo(diff, nl=False, err=console.stderr)
        return
    for row in diff.splitlines():
        style = {"+": "green", "-": "red", "@": "cyan"}.get(row[:1], "")
        console.print(Text(row, style="bold" if row[:4] in ("+++ ", "--- ") else style))


def relative(root: Path, path: Path) -> str:
    """A path the user named, relative to the project; refuses one outside of it."""
    absolute = path if path.is_absolute() else Path.cwd() / path
    if not absolute.exists():
        raise click.BadParameter(f"{path} does not exist.", param_hint="PATHS")
    try:
        return absolute.resolve().relative_to(root).as_posix()
    except ValueError:
        raise click.BadParameter(f"{path} is not in {root}.", param_hint="PATHS") from None


def is_under(path: str, wanted: list[str]) -> bool:
    """Whether a file is one of `wanted`, or lies in one of them."""
    return any(w == "." or path == w or path.startswith(w + "/") for w in wanted)
