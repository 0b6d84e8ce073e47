"""Commands that change records: fmt, rename, merge, withdraw, status; and xref, which reads."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sized
from pathlib import Path

import click

from generator import edit, load
from generator.edit import Edit
from generator.fields import PartialDay
from generator.fmt import as_yaml
from generator.model import Status
from generator.problems import Problem
from generator.splice import CannotEdit
from generator.terminal import (
    CONTENT,
    FINE,
    DayType,
    IdType,
    dry_run_option,
    err,
    force_option,
    is_under,
    out,
    print_diff,
    print_problems,
    relative,
    say,
    this_day,
)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if a file would change.")
@dry_run_option
@click.pass_obj
def fmt(root: Path, paths: tuple[Path, ...], check: bool, dry_run: bool) -> None:
    """Bring record files into their canonical form (all of them, or PATHS).

    Fields in their order, prose in lines of at most 100 columns, quotes only where needed, dates
    as year-month-day. Comments stay, and no value changes.
    """
    wanted = [relative(root, path) for path in paths]
    files = [p for p in load.record_paths(root) if not wanted or is_under(p, wanted)]
    edits, refused = edit.fmt(root, files)
    if dry_run:
        print_diff(edit.shown(edits))
    elif check:
        for change in edits:
            click.echo(change.path)
    else:
        edit.apply(root, edits)
    for path, reason in refused:
        print_problems(reason.problems, err)
        say(f"{path} stays as it is: {reason}.")
    verb = "would change" if check or dry_run else "changed"
    left = f"; {len(refused):,} left alone" if refused else ""
    say(f"{len(edits):,} of {_counted(files, 'file')} {verb}{left}.")
    sys.exit(CONTENT if refused or (check and edits) else FINE)


@click.command()
@click.argument("old", type=IdType())
@click.argument("new")
@dry_run_option
@force_option
@click.pass_obj
def rename(root: Path, old: str, new: str, dry_run: bool, force: bool) -> None:
    """Give the record OLD the id NEW: its file and every reference to it.

    The old id goes into former_ids, so that its address leads to the new one for ever. A run that
    was cut short is finished by running it again.
    """
    edits = edit.rename(root, old, new)
    _do(root, edits, dry_run, force, f'"{old}" is now "{new}".')


@click.command()
@click.argument("old", type=IdType())
@click.argument("into", type=IdType())
@dry_run_option
@force_option
@click.pass_obj
def merge(root: Path, old: str, into: str, dry_run: bool, force: bool) -> None:
    """Let the record OLD go up in the record INTO, where two records are of one thing.

    Every reference to OLD leads to INTO, and OLD becomes one of its former ids. What OLD said is
    printed; take over by hand what INTO lacks.
    """
    edits, data = edit.merge(root, old, into)
    _do(root, edits, dry_run, force, f'"{old}" is now part of "{into}".')
    if data:
        kind = load.load(root).records[into]
        say(f"What {old} said:")
        for row in as_yaml(data, type(kind)):
            click.echo(f"  {row}")


@click.command()
@click.argument("record_id", metavar="ID", type=IdType())
@click.option("--reason", required=True, help="Why, in words a reader understands.")
@click.option("--date", "day", type=DayType(), help="The day it is withdrawn; today if left out.")
@dry_run_option
@click.pass_obj
def withdraw(root: Path, record_id: str, reason: str, day: dt.date | None, dry_run: bool) -> None:
    """Withdraw the record ID instead of deleting it: its page then says when and why."""
    edits = edit.withdraw(root, record_id, reason, day or this_day())
    _do(root, edits, dry_run, True, f'"{record_id}" is withdrawn.')


@click.command()
@click.argument("record_id", metavar="ID", type=IdType())
@click.argument("status", type=click.Choice([str(s) for s in Status]), metavar="STATUS")
@click.option("--date", "day", required=True, help="When it happened: 2025-11-14, 2025-11, 2025.")
@click.option("--note", required=True, help="What happened, in one or two sentences.")
@click.option(
    "--source",
    "sources",
    required=True,
    multiple=True,
    help='Id of a source, or "id, p. 2"; may be given several times.',
)
@click.option(
    "--checked",
    is_flag=False,
    flag_value="today",
    default=None,
    metavar="[DATE]",
    help="Also say that somebody looked for news, today or on that day.",
)
@click.option("--again", is_flag=True, help="Even if there is such a step on that day already.")
@dry_run_option
@click.pass_obj
def status(  # noqa: PLR0913, PLR0917 - one argument for each option
    root: Path,
    record_id: str,
    status: str,
    day: str,
    note: str,
    sources: tuple[str, ...],
    checked: str | None,
    again: bool,
    dry_run: bool,
) -> None:
    """Add a step to the history of the takeaway ID: its STATUS from a day on.

    The values of STATUS: open, negotiating, agreed, under-way, partly-delivered, delivered,
    stalled, missed, dropped, superseded, not-assessable.
    """
    _a_day(day, "--date")
    if checked:
        checked = this_day().isoformat() if checked == "today" else _a_day(checked, "--checked")
    step = {"date": day, "status": status, "note": note, "sources": [_citation(s) for s in sources]}
    edits = edit.add_step(root, record_id, step, checked, again)
    _do(root, edits, dry_run, True, f'"{record_id}" has a step {status} on {day}.')


def _a_day(text: str, option: str) -> str:
    try:
        return str(PartialDay(text))
    except ValueError as error:
        context = getattr(error, "context", None) or {}
        message = f"{context.get('message', error)}. {context.get('hint', '')}".strip()
        raise click.BadParameter(message, param_hint=option) from None


def _citation(text: str) -> str | dict[str, str]:
    source, _, locator = text.partition(",")
    return (
        {"source": source.strip(), "locator": locator.strip()}
        if locator.strip()
        else source.strip()
    )


@click.command()
@click.argument("record_id", metavar="ID", type=IdType())
@click.pass_obj
def xref(root: Path, record_id: str) -> None:
    """List every place that refers to the record ID, with its field and, in prose, its sentence."""
    mentions = edit.xref(root, record_id, this_day())
    for mention in mentions:
        out.print(f"{mention.path}:{mention.line}:{mention.column}: {mention.field}", markup=False)
        if mention.sentence:
            out.print(f"    {mention.sentence}", markup=False, style="dim")
    files = {mention.path for mention in mentions}
    say(f"{_counted(mentions, 'reference')} to {record_id}, in {_counted(files, 'file')}.")


def _do(root: Path, edits: list[Edit], dry_run: bool, force: bool, done: str) -> None:
    """Check the edits as the records they will be, then show them or put them in place."""
    own, others = edit.problems_after(load.load(root), edits, this_day())
    if own:
        print_problems(own, err)
        raise CannotEdit("Nothing was changed: it would bring in what stands above.")
    if dry_run:
        print_diff(edit.shown(edits))
        say(f"{_counted(edits, 'file')} would change.")
    else:
        edit.apply(root, edits, force)
        say(f"{done} {_counted(edits, 'file')} changed.")
    _to_do(root, others)


def _to_do(root: Path, others: Iterable[Problem]) -> None:
    others = load.place(root, others)
    if others:
        say("To be put right in other records now:")
        print_problems(others, err)


def _counted(things: Sized, one: str) -> str:
    return f"{len(things):,} {one}{'' if len(things) == 1 else 's'}"


COMMANDS = (fmt, rename, merge, withdraw, status, xref)
