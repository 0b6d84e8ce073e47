"""Commands that say what is wrong: check, explain."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from generator import build as building
from generator import edit, editors, git, load, rules
from generator.corpus import Corpus
from generator.excerpts import excerpt
from generator.files import read_plain, write_atomic, write_if_changed
from generator.parallel import cores
from generator.problems import (
    Problem,
    as_github,
    as_json,
    as_summary,
    counted,
    has_errors,
)
from generator.repair import Repair, repair
from generator.terminal import (
    CONTENT,
    FINE,
    err,
    is_under,
    out,
    print_diff,
    print_excerpt,
    print_problems,
    relative,
    say,
    this_day,
    today_option,
)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How problems are printed.",
    show_default=True,
)
@click.option(
    "--excerpt/--no-excerpt",
    "excerpts",
    default=None,
    help="Show the line each problem is about; on a terminal that is the rule.",
)
@click.option(
    "--fix", is_flag=True, help="First repair what has one way of repair only, and show it."
)
@click.option(
    "--changed-since",
    "since",
    metavar="REV",
    help="Only problems that changes since this git revision touch; older ones are counted.",
)
@click.option("--dry-run", is_flag=True, help="With --fix: show the repairs, and change nothing.")
@today_option
@click.pass_obj
def check(
    root: Path,
    paths: tuple[Path, ...],
    form: str,
    excerpts: bool | None,
    fix: bool,
    since: str | None,
    dry_run: bool,
    today: dt.date | None,
) -> None:
    """Check the content; name PATHS to see only what is wrong there."""
    today = today or this_day()
    wanted = [relative(root, path) for path in paths]
    if dry_run and not fix:
        raise click.UsageError("--dry-run goes with --fix; a check alone changes nothing.")
    if fix:
        _fix(root, wanted, dry_run, out if form == "text" else err)
    checked = building.check_content(root, today, cores())
    _offer_ids(root, checked.corpus)
    problems = [p for p in checked.problems if not wanted or is_under(p.path, wanted)]
    older = 0
    if since:
        problems, older = _touched(root, problems, since, today)
    if form == "json":
        click.echo(as_json(problems))
    elif form == "github":
        if text := as_github(problems):
            click.echo(text)
        _write_summary(problems)
    elif excerpts or (excerpts is None and out.is_terminal):
        texts = _texts(root, problems)
        for problem in problems:
            print_excerpt(excerpt(problem, texts, out.width), problem.level, out)
    else:
        print_problems(problems, out)
    if form == "text":
        records = len(checked.corpus.records)
        more = f" {older:,} older ones are not shown." if older else ""
        err.print(
            f"{records:,} records: {counted(problems)}.{more}", style="" if problems else "dim"
        )
        codes = sorted({p.code for p in problems})
        if codes and out.is_terminal:
            say(f"What a code means: brief explain {codes[0]}.")
    sys.exit(CONTENT if has_errors(problems) else FINE)


def _offer_ids(root: Path, corpus: Corpus) -> None:
    """Schemas with the ids of the day into .build/, so that an editor can offer them."""
    ids: dict[str, list[str]] = {}
    for record in corpus.records.values():
        if record.withdrawn is None:
            ids.setdefault(record.folder, []).append(record.id)
    with contextlib.suppress(OSError):  # a check works where nothing may be written
        for name, text in editors.with_ids(ids).items():
            write_if_changed(root / ".build" / "schemas" / name, text.encode())


def _texts(root: Path, problems: list[Problem]) -> dict[str, str]:
    texts = {}
    for path in {p.path for p in problems} | {p.also[0] for p in problems if p.also}:
        try:
            texts[path] = read_plain(root / path).decode("utf-8-sig", "replace")
        except OSError:
            continue
    return texts


def _write_summary(problems: list[Problem]) -> None:
    """Where a workflow of GitHub runs: the whole list into the summary of the job."""
    if name := os.environ.get("GITHUB_STEP_SUMMARY"):
        path = Path(name)
        before = path.read_bytes() if path.exists() else b""
        write_atomic(path, before + as_summary(problems).encode())


def _touched(
    root: Path, problems: list[Problem], since: str, today: dt.date
) -> tuple[list[Problem], int]:
    """The problems in changed files and those a change brought about elsewhere; how many others."""
    changed = git.changed_lines(root, since)
    with tempfile.TemporaryDirectory() as folder:
        for path, data in git.contents(root, since).items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        before = building.check_content(Path(folder), today, cores()).problems
    known = {(p.path, p.code, p.message) for p in before}
    kept = [p for p in problems if p.path in changed or (p.path, p.code, p.message) not in known]
    return kept, len(problems) - len(kept)


def _fix(root: Path, wanted: list[str], dry_run: bool, console: Console) -> None:
    """Repair what can be, and show it; what is for a program goes elsewhere."""
    files = [p for p in load.record_paths(root) if not wanted or is_under(p, wanted)]
    repairs: list[Repair] = [r for p in files if (r := repair(p, read_plain(root / p)))]
    edits = [r.edit for r in repairs if r.edit]
    print_diff(edit.shown(edits), console)
    if not dry_run:
        edit.apply(root, edits)
    for unsure in (r for r in repairs if r.choices):
        say(f"{unsure.path} can be repaired in {len(unsure.choices)} ways; choose one by hand:")
        for choice in unsure.choices[:3]:
            print_diff(edit.shown([choice]), console)
    files_repaired = f"{len(edits):,} file{'' if len(edits) == 1 else 's'}"
    say(f"{files_repaired} {'would be ' if dry_run else ''}repaired.")


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a rule wants, with an example of how not and how; without CODE, list them all."""
    if code is None:
        for rule in rules.ALL.values():
            click.echo(f"{rule.code}  {rule.rule}")
        sys.exit(FINE)
    found = rules.find(code)
    if isinstance(found, str):
        hint = f" Did you mean {found}?" if found else " brief explain lists them all."
        raise click.UsageError(f"there is no rule {code}.{hint}")
    click.echo(rules.explained(found))


COMMANDS = (check, explain)
