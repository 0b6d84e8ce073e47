"""The command that hands out records in other formats: export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator import build as building
from generator import selection
from generator.files import write_atomic
from generator.parallel import cores
from generator.problems import ContentError, has_errors
from generator.terminal import say, this_day, today_option


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(list(selection.FORMATS)))
@click.argument("selectors", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of the terminal.",
)
@today_option
@click.pass_obj
def export(
    root: Path,
    form: str,
    selectors: tuple[str, ...],
    output: Path | None,
    today: dt.date | None,
) -> None:
    """Print records as json, csv, bibtex, ris, csl, markdown, atom or ical.

    SELECTORS are addresses of pages, such as summits, takeaways/by-topic/trade, pairs/jp-kr or
    tracker, or ids of records; without any, everything is exported.
    """
    checked = building.check_content(root, today or this_day(), cores())
    if has_errors(checked.problems):
        raise ContentError(checked.problems)
    try:
        records = selection.selected(checked.corpus, selectors)
        data = selection.FORMATS[form](checked.corpus, records)
    except selection.CannotExport as error:
        raise click.UsageError(str(error)) from None
    if output is None:
        click.echo(data, nl=False)
        return
    write_atomic(output, data)
    say(f"{len(records):,} records in {output}")


COMMANDS = (export,)
