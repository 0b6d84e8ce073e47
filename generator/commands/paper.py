"""The command that makes PDFs: pdf."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from generator import build as building
from generator.files import write_atomic
from generator.formats import Paper
from generator.parallel import cores
from generator.pdf import CannotMake, press, shelf
from generator.pdf.fonts import Rack
from generator.problems import ContentError, has_errors
from generator.terminal import (
    CONTENT,
    FINE,
    DayType,
    err,
    fonts_option,
    say,
    this_day,
    today_option,
)


def _forms(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each kind of document."""
    for form in reversed(shelf.FORMS):
        option = click.option(f"--{form.option}", multiple=True, metavar="ID", help=form.help)
        command = option(command)
    return command


@click.command()
@_forms
@click.option("--since", type=DayType(), metavar="DATE", help="Meetings and steps from that day.")
@click.option("--until", type=DayType(), metavar="DATE", help="Meetings and steps to that day.")
@click.option("--open", "open_items", is_flag=True, help="Everything that is still open.")
@click.option("--compendium", is_flag=True, help="The whole record as a book.")
@click.option("--all", "everything", is_flag=True, help="All that come with the site.")
@click.option(
    "--paper",
    type=click.Choice(press.PAPERS),
    default=press.PAPERS[0],
    show_default=True,
    help="Size of the page.",
)
@fonts_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="PATH",
    show_default="the current folder",
    help="A file that ends in .pdf, for one document; else a folder.",
)
@today_option
@click.pass_obj
def pdf(
    root: Path,
    /,
    output: Path,
    fonts: tuple[Path, ...],
    paper: str,
    today: dt.date | None,
    **wanted: Any,
) -> None:
    """Make PDFs: name what they are to be about. Options for ids may come several times.

    Each PDF has the records behind it attached. What is made once is kept in .build/pdf and not
    made again while nothing in it changes.
    """
    checked = building.check_content(root, today or this_day(), cores())
    if has_errors(checked.problems):
        raise ContentError(checked.problems)
    try:
        documents = _chosen(checked.corpus, **wanted)
        rack = Rack(fonts)
    except CannotMake as error:
        raise click.UsageError(str(error)) from None
    targets = _targets(documents, output, by_kind=wanted["everything"])
    for folder in {target.parent for target in targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    with _Bar() as progress:
        made = press.make(documents, root / ".build" / "pdf", rack, progress, paper=paper)
    for warning in made.warnings:
        say(f"Warning: {warning}")
    for done in made.papers:
        write_atomic(targets[done.path], done.file.read_bytes())
        say(_line(done, targets[done.path]))
    for document in made.too_long:
        say(f"{document.path}: the bottom line and the key facts do not fit; shorten them.")
    sys.exit(CONTENT if made.too_long else FINE)


def _chosen(
    corpus: Any,
    *,
    since: dt.date | None,
    until: dt.date | None,
    open_items: bool,
    compendium: bool,
    everything: bool,
    **ids: tuple[str, ...],
) -> list[shelf.Document]:
    """The documents the options name. Raises `CannotMake`."""
    found = shelf.chosen(corpus, ids)
    if everything:
        found += shelf.standard(corpus)
    if open_items:
        found.append(shelf.open_items(corpus))
    if compendium:
        found += shelf.compendium(corpus)
    if since or until:
        found.append(shelf.selection(corpus, str(since or ""), str(until or "")))
    if not found:
        raise CannotMake("Say what to make, such as --summit ID, --open, --compendium or --all.")
    return list({document.path: document for document in found}.values())


def _targets(documents: Sequence[shelf.Document], output: Path, by_kind: bool) -> dict[str, Path]:
    """Where each document goes."""
    if output.suffix.lower() == ".pdf" and not output.is_dir():
        if len(documents) > 1:
            raise click.UsageError(f"{len(documents)} documents need a folder; {output} is a file.")
        return {documents[0].path: output}
    return {d.path: output / (d.path if by_kind else Path(d.path).name) for d in documents}


def _line(paper: Paper, target: Path) -> str:
    pages = f"{paper.pages} page{'' if paper.pages == 1 else 's'}"
    return f"{target}: {pages}, {paper.size / 1000:,.0f} kB"


class _Bar:
    """A bar that counts documents, on a terminal."""

    def __enter__(self) -> press.Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self.bar = Progress(
            *columns,
            TimeElapsedColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self.bar.start()
        self.task = self.bar.add_task("Setting PDFs", total=None)
        return self.step

    def step(self, done: int, of: int, name: str) -> None:
        self.bar.update(self.task, completed=done, total=of, description=name)

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


#: What this module adds to `brief`.
COMMANDS: tuple[click.Command, ...] = (pdf,)
