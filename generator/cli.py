"""The command `brief`: parses, calls, prints, exits. No logic."""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from generator import __version__
from generator import build as building
from generator.files import MachineError
from generator.host import HostError
from generator.problems import (
    ContentError,
    Problem,
    as_github,
    as_json,
    as_text,
    counted,
    has_errors,
)

FINE, CONTENT, USAGE, BUG, MACHINE, INTERRUPTED = 0, 1, 2, 3, 4, 130

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class _Day(click.ParamType[dt.date]):
    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write 2025-08-25.", param, ctx)


class _Examples(click.Group):
    """A group whose help leads with examples."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(EXAMPLES + "\n")
        super().format_help(ctx, formatter)


EXAMPLES = """\
Summit Briefings: records in content/, a site in site/.

  brief check                     is the content fine?
  brief check content/summits     what is wrong in this folder
  brief build                     make the site in site/
  brief serve                     read it while you write
"""


@click.group(cls=_Examples, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="brief")
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=building.ROOT,
    help="The project's folder.",
    show_default="where this program lies",
)
@click.option("--debug", is_flag=True, help="Show where in the program a bug arose.")
@click.pass_context
def cli(ctx: click.Context, root: Path, debug: bool) -> None:
    """Exit codes: 0 fine, 1 errors in the content, 2 wrong usage, 3 a bug of ours, 4 the machine
    (disk, permission, lock), 130 interrupted."""
    ctx.obj = root.resolve()


today_option = click.option(
    "--today",
    type=_Day(),
    default=None,
    metavar="DATE",
    help="Count days from this date instead of the current day.",
)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How problems are printed.",
    show_default=True,
)
@today_option
@click.pass_obj
def check(root: Path, paths: tuple[Path, ...], form: str, today: dt.date | None) -> None:
    """Check the content; name PATHS to see only what is wrong there."""
    wanted = [_relative(root, path) for path in paths]
    checked = building.check_content(root, today or dt.date.today())
    problems = [p for p in checked.problems if not wanted or _is_under(p.path, wanted)]
    if form == "json":
        click.echo(as_json(problems))
    elif form == "github":
        if text := as_github(problems):
            click.echo(text)
    else:
        _print_problems(problems, out)
        records = len(checked.corpus.records)
        err.print(f"{records:,} records: {counted(problems)}.", style="dim" if not problems else "")
    sys.exit(CONTENT if has_errors(problems) else FINE)


@cli.command()
@today_option
@click.pass_obj
def build(root: Path, today: dt.date | None) -> None:
    """Build the site into site/. Nothing changes there while the content has errors."""
    with _progress() as stage:
        built = building.build(root, today or dt.date.today(), stage)
    _print_problems(built.problems, err)
    err.print(
        f"{built.records:,} records, {built.pages:,} pages "
        f"({built.written:,} written, {built.removed:,} removed), {built.indexed:,} in the search "
        f"index: {root / 'site'}"
    )


@cli.command()
@click.option(
    "--address",
    default="127.0.0.1:8000",
    show_default=True,
    metavar="HOST:PORT",
    help="Where the site can be read.",
)
@click.pass_obj
def serve(root: Path, address: str) -> None:
    """Serve the site and rebuild it whenever a record changes."""
    from mkdocs.commands.serve import (
        serve as mkdocs_serve,  # slow to import, needed only here
    )

    err.print(f"The site is at http://{address}/ and follows your edits; Ctrl-C ends it.")
    mkdocs_serve(str(root / "mkdocs.yml"), livereload=True, dev_addr=address, strict=False)


# -- printing -----------------------------------------------------------------------------------


def _print_problems(problems: Any, console: Console) -> None:
    for problem in problems:
        if not console.is_terminal:
            click.echo(as_text(problem), err=console.stderr)
            continue
        console.print(_coloured(problem))


def _coloured(problem: Problem) -> Text:
    place, _, rest = as_text(problem).partition(": ")
    head, _, hint = rest.partition("\n")
    text = Text()
    text.append(f"{place}: ", style="dim")
    text.append(head, style="bold red" if problem.level == "error" else "yellow")
    if hint:
        text.append(f"\n{hint}")
    return text


class _progress:
    """A bar on a terminal, silence elsewhere."""

    STAGES = 5

    def __enter__(self) -> Callable[[str], None]:
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self.bar.start()
        self.task = self.bar.add_task("Starting", total=self.STAGES)
        return self.stage

    def stage(self, name: str) -> None:
        self.bar.update(self.task, description=name, advance=1)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _relative(root: Path, path: Path) -> str:
    absolute = path if path.is_absolute() else Path.cwd() / path
    if not absolute.exists():
        raise click.BadParameter(f"{path} does not exist.", param_hint="PATHS")
    try:
        return absolute.resolve().relative_to(root).as_posix()
    except ValueError:
        raise click.BadParameter(f"{path} is not in {root}.", param_hint="PATHS") from None


def _is_under(path: str, wanted: list[str]) -> bool:
    return any(w == "." or path == w or path.startswith(w + "/") for w in wanted)


# -- the way out --------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit; every expected failure is one plain message."""
    debug = "--debug" in (arguments if arguments is not None else sys.argv)
    try:
        cli.main(args=arguments, prog_name="brief", standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except ContentError as error:
        _print_problems(error.problems, err)
        _say(f"The content has {counted(error.problems)}; the site stays as it was.")
        sys.exit(CONTENT)
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted; the site stays as it was.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FINE)
    except (MachineError, HostError) as error:
        _say(str(error))
        sys.exit(MACHINE if isinstance(error, MachineError) else BUG)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        _say(f"{error.strerror or error}{where}")
        sys.exit(MACHINE)
    except Exception as error:
        _say(f"A bug in brief: {type(error).__name__}: {error}")
        _say("Please report it with the command you ran; --debug shows where it arose.")
        if debug:
            traceback.print_exc()
        sys.exit(BUG)
    sys.exit(FINE)


def _say(text: str) -> None:
    err.print(Text(text))
