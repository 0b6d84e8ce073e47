"""The command `brief`: parses, calls, prints, exits. No logic."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn, TextIO

import click
from jinja2 import TemplateError
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from generator import __version__
from generator import build as building
from generator import shards as sharding
from generator import verify as verifying
from generator.commands import GROUPS
from generator.files import MachineError
from generator.git import GitError
from generator.host import NoEngine
from generator.memory import Known
from generator.parallel import cores
from generator.pdf import CannotMake, TypesettingFailed
from generator.preview import preview
from generator.problems import ContentError, counted
from generator.published import CannotCompare
from generator.running import HostError
from generator.seal import NotSealed
from generator.splice import CannotEdit
from generator.terminal import (
    BUG,
    CONTENT,
    FINE,
    INTERRUPTED,
    MACHINE,
    USAGE,
    engine_option,
    err,
    fonts_option,
    print_problems,
    say,
    today_option,
)


class _Examples(click.Group):
    """A group whose help leads with examples."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(EXAMPLES + "\n")
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in groups, each with the whole of its first sentence."""
        named = {name for names in SECTIONS.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in named)
        for title, names in {**SECTIONS, "Others": others}.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, c.get_short_help_str(limit=300)) for name, c in commands if c]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


SECTIONS = {
    "Look": ("check", "explain", "stats", "xref", "diff", "gate", "links"),
    "Write": ("new", "add-source", "status", "fmt", "rename", "merge", "withdraw", "intake"),
    "Make": ("build", "join", "serve", "verify", "pdf", "export", "schemas"),
}

EXAMPLES = """\
Summit Briefings: records in content/, a site in site/.

  brief check                     is the content fine?
  brief check content/summits     what is wrong in this folder
  brief build                     make the site in site/
  brief build --pdf               with PDFs of summits, countries, topics
  brief serve                     read it while you write

  brief new takeaway              write a new record; it asks what it needs
  brief status ID under-way --date 2025-11-26 --source SOURCE \\
      --note "A bill was filed."  add a step to what became of it
  brief fmt                       bring all files into the same form
  brief rename OLD NEW            another id, with every reference to it
  brief export bibtex summits     records in another format
  brief explain SB401             what a rule wants, with an example
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


#: The share I of N.
Fraction = tuple[int, int]


def _fraction(ctx: click.Context, param: click.Parameter, value: str | None) -> Fraction | None:
    """I/N as two numbers."""
    if value is None:
        return None
    number, _, count = value.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise click.BadParameter(f"{value} is not of the form I/N, such as 2/4.")
    return int(number), int(count)


@cli.command()
@click.option("--pdf", is_flag=True, help="Make the PDFs as well, and name them on their pages.")
@click.option("--clean", is_flag=True, help="Make everything anew, not only what changed.")
@click.option("--jobs", type=click.IntRange(1), help="Processes at once; else one for each core.")
@click.option(
    "--shard",
    metavar="I/N",
    callback=_fraction,
    help="Make only the share I of N, in .build/shards, for brief join.",
)
@engine_option
@fonts_option
@today_option
@click.pass_obj
def build(
    root: Path,
    pdf: bool,
    clean: bool,
    jobs: int | None,
    shard: tuple[int, int] | None,
    engine: str,
    fonts: tuple[Path, ...],
    today: dt.date | None,
) -> None:
    """Build the site into site/, anew only where something changed. Nothing changes there while the
    content has errors."""
    day = today or dt.date.today()
    how: building.How = {"pdf": pdf, "fonts": fonts, "jobs": jobs or cores(), "engine": engine}
    how["clean"] = clean
    if shard:
        with _Progress() as stage:
            files = sharding.shard(root, day, shard, stage, **how)
        err.print(f"{files:,} files: {sharding.folder_of(root, shard)}")
        return
    with _Progress() as stage:
        built = building.build(root, day, stage, **how)
    _report(root, built, pdf)


@cli.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--pdf", is_flag=True, help="The shares were built with their PDFs.")
@click.option("--jobs", type=click.IntRange(1), help="Processes at once; else one for each core.")
@engine_option
@fonts_option
@today_option
@click.pass_obj
def join(
    root: Path,
    folders: tuple[Path, ...],
    pdf: bool,
    jobs: int | None,
    engine: str,
    fonts: tuple[Path, ...],
    today: dt.date | None,
) -> None:
    """Make the site in site/ of the shares that `brief build --shard` made, those in .build/shards
    if no other FOLDERS are named."""
    day, found = today or dt.date.today(), folders or sorted((root / sharding.SHARDS).glob("*"))
    how: building.How = {"pdf": pdf, "fonts": fonts, "jobs": jobs or cores(), "engine": engine}
    with _Progress() as stage:
        built = sharding.join(root, day, found, stage, **how)
    _report(root, built, pdf)


def _report(root: Path, built: building.Built, pdf: bool) -> None:
    print_problems(built.problems, err)
    for line in built.said:
        say(f"Warning: {line}")
    err.print(
        f"{built.records:,} records, {built.pages:,} pages "
        f"({built.written:,} written, {built.removed:,} removed), {built.indexed:,} in the search "
        f"index{f', {built.papers:,} PDFs' if pdf else ''}: {root / 'site'}"
    )


@cli.command()
@click.option("--pdf", is_flag=True, help="The site has PDFs; make them as well.")
@engine_option
@fonts_option
@today_option
@click.pass_obj
def verify(
    root: Path, pdf: bool, engine: str, fonts: tuple[Path, ...], today: dt.date | None
) -> None:
    """Build the site anew elsewhere and see whether site/ is the same, byte by byte."""
    with _Progress() as stage:
        day = today or verifying.built_on(root / "site") or dt.date.today()
        verdict = verifying.verify(root, day, stage, pdf=pdf, fonts=fonts, engine=engine)
    for fault in verdict.faults:
        click.echo(fault)
    wrong = len(verdict.faults)
    say(
        f"{verdict.files:,} files compared: " + (f"{wrong:,} faults." if wrong else "all the same.")
    )
    sys.exit(CONTENT if wrong else FINE)


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
    """Serve the site and build it again, where it changed, whenever a record does."""
    from generator import serving  # MkDocs is slow to import, and needed only here

    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise click.UsageError(f"{address} is not of the form HOST:PORT, such as 127.0.0.1:8000.")

    known: Known = {}

    def first(paths: Iterable[str], folder: Path) -> int:
        """Build the pages of edited records; whatever is wrong with them, the build will say."""
        try:
            return len(preview(root, paths, known, dt.date.today(), folder))
        except (HostError, TemplateError, MachineError, OSError):
            return 0

    def again() -> None:
        """Build; while something is wrong, the last good site stays."""
        try:
            with _Progress() as stage:
                built = building.build(root, dt.date.today(), stage, jobs=cores(), known=known)
        except ContentError as error:
            print_problems(error.problems, err)
            say(f"The last good site stays: {counted(error.problems)}.")
        except (HostError, NotSealed, MachineError, OSError) as error:
            say(f"The last good site stays: {error}")
        else:
            err.print(f"Built: {built.written:,} files written, {built.removed:,} removed.")

    again()
    err.print(f"The site is at http://{address}/ and follows your edits; Ctrl-C ends it.")
    serving.serve(root, host, int(port), again, first)


for group in GROUPS:
    for command in group:
        cli.add_command(command)


# -- printing -----------------------------------------------------------------------------------


class _Progress:
    """A bar on a terminal, silence elsewhere."""

    STAGES = 8

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
        self.at = ""
        return self.stage

    def stage(self, name: str) -> None:
        if _WANTED:  # it was lost in a function that a library or the system had called
            raise _WANTED[-1]
        own = name.partition(":")[0]  # what follows says how far the stage is
        self.bar.update(self.task, description=name, advance=own != self.at)
        self.at = own

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


# -- the way out --------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit; every expected failure is one plain message."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know all letters
    try:
        with _signals():
            _run(arguments)
    except _Ended as ended:
        say("Ended; the site stays as it was.")
        sys.exit(ended.code)
    except SystemExit as leave:
        if type(sys.stdout).__name__ == "_PacifyFlushWrapper":
            leave.code = FINE  # nobody reads on; click takes that for an error
        raise
    finally:
        _flush()


class _Ended(BaseException):
    """Somebody asked the program to end."""

    def __init__(self, number: int) -> None:
        self.code = 128 + number


#: Requests to end, as the exceptions they were raised as. One that comes while a library calls back
#: or a process is forked goes nowhere; so a build asks here at each of its stages.
_WANTED: list[BaseException] = []


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """While inside, a request to end is an exception, so that everything is put in order first."""

    def end(number: int, _: object) -> NoReturn:
        _WANTED.append(KeyboardInterrupt() if number == signal.SIGINT else _Ended(number))
        raise _WANTED[-1]

    def lost(about: sys.UnraisableHookArgs) -> None:
        if about.exc_value not in _WANTED:
            told(about)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        numbers.append(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    _WANTED.clear()
    told, sys.unraisablehook = sys.unraisablehook, lost
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        sys.unraisablehook = told
        for number, handler in before.items():
            signal.signal(number, handler)


def _flush() -> None:
    """What is still to be printed; where nobody reads it any more, that is no trouble."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (BrokenPipeError, ValueError):
            _to_nowhere(stream)
        except OSError as error:
            _to_nowhere(stream)
            say(f"The output could not be written: {error.strerror or error}")
            sys.exit(MACHINE)


def _to_nowhere(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _run(arguments: list[str] | None) -> NoReturn:
    debug = "--debug" in (arguments if arguments is not None else sys.argv)
    try:
        cli.main(args=arguments, prog_name="brief", standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except ContentError as error:
        print_problems(error.problems, err)
        say(f"The content has {counted(error.problems)}; the site stays as it was.")
        sys.exit(CONTENT)
    except CannotEdit as error:
        print_problems(error.problems, err)
        say(str(error))
        sys.exit(CONTENT)
    except (CannotCompare, GitError, MachineError) as error:
        say(str(error))
        sys.exit(MACHINE)
    except (KeyboardInterrupt, click.Abort):
        say("Interrupted; the site stays as it was.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.exit(FINE)
    except TemplateError as error:
        place = getattr(error, "filename", None) or getattr(error, "name", None) or ""
        say(f"A template is missing or broken; git can bring it back. {place}: {error}")
        sys.exit(BUG)
    except (CannotMake, NoEngine) as error:
        say(str(error))
        sys.exit(USAGE)
    except (HostError, TypesettingFailed, NotSealed) as error:
        say(str(error))
        sys.exit(BUG)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        say(f"{error.strerror or error}{where}")
        sys.exit(MACHINE)
    except Exception as error:
        say(f"A bug in brief: {type(error).__name__}: {error}")
        say("Please report it with the command you ran; --debug shows where it arose.")
        if debug:
            traceback.print_exc()
        sys.exit(BUG)
    sys.exit(FINE)
