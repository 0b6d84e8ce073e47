"""Commands that compare two versions of the content: diff, gate."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from generator import diff as differences
from generator import gate as gating
from generator import git, load, pages, published
from generator.build import check_content
from generator.parallel import cores
from generator.pdf import shelf
from generator.problems import as_github, as_json, counted, has_errors
from generator.terminal import CONTENT, FINE, out, print_problems, say, this_day, today_option


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
)
@click.option("--no-pages", is_flag=True, help="Do not work out which pages change; quicker.")
@today_option
@click.pass_obj
def diff(
    root: Path, base: str, head: str | None, form: str, no_pages: bool, today: dt.date | None
) -> None:
    """Say what changed in the records from BASE to HEAD: revisions of git, or folders with a
    content/ in them. Without HEAD: to the files as they are now."""
    before = _files(root, base)
    after = _files(root, head) if head else published.files_in(root)
    changes = differences.compare(differences.version(before), differences.version(after))
    affected: differences.Affected | None = differences.Affected()
    if changes and not no_pages:
        affected = _affected(before, after, today or this_day())
    writer = {
        "text": differences.as_text,
        "markdown": differences.as_comment,
        "json": differences.as_json,
    }[form]
    click.echo(writer(changes, affected), nl=form != "markdown")


def _files(root: Path, name: str) -> Mapping[str, bytes]:
    folder = Path(name)
    return published.files_in(folder) if (folder / "content").is_dir() else git.contents(root, name)


def _affected(
    before: Mapping[str, bytes], after: Mapping[str, bytes], today: dt.date
) -> differences.Affected | None:
    """The pages and PDFs that differ; None if one of the two versions has errors."""
    written: list[dict[str, bytes]] = []
    papers: list[dict[str, Any]] = []
    for files in (before, after):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "content").mkdir()
            for path, data in files.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            checked = check_content(Path(folder), today, cores())
        if has_errors(checked.problems):
            return None
        written.append(dict(pages.write(checked.corpus)))
        papers.append({d.path: d.tree() for d in shelf.standard(checked.corpus)})
    return differences.Affected(_differing(*written), _differing(*papers))


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(n for n in old.keys() | new.keys() if old.get(n) != new.get(n)))


@click.command()
@click.option(
    "--published",
    "name",
    required=True,
    metavar="URL|FOLDER|REV",
    help="What is public: the address of the site, a folder, or a git revision.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
)
@click.pass_obj
def gate(root: Path, name: str, form: str) -> None:
    """Say what publishing the content as it is would break of what is public already.

    A published id never disappears, a step never vanishes or changes without a line in revisions,
    and the day of publication stays.
    """
    now = differences.version(published.files_in(root))
    problems = load.place(root, gating.gate(published.read(root, name), now))
    if form == "json":
        click.echo(as_json(problems))
    elif form == "github":
        click.echo(as_github(problems))
    else:
        print_problems(problems, out)
        say(f"Compared with {name}: {counted(problems)}.")
    sys.exit(CONTENT if problems else FINE)


COMMANDS = (diff, gate)
