"""The command that asks whether sources still answer: links."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from generator import build as building
from generator import links as asking
from generator.files import write_atomic
from generator.problems import ContentError, has_errors
from generator.terminal import CONTENT, FINE, say, this_day, today_option


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to this file instead of the terminal.",
)
@today_option
@click.pass_obj
def links(root: Path, output: Path | None, today: dt.date | None) -> None:
    """Ask whether the addresses of sources still answer. Takes minutes, and needs the network."""
    checked = building.check_content(root, today or this_day())
    if has_errors(checked.problems):
        raise ContentError(checked.problems)
    try:
        hosts = asking.spared(root)
    except asking.CannotRead as error:
        raise click.UsageError(str(error)) from None
    found = asking.addresses(checked.corpus)
    say(f"Asking for {len(found):,} addresses.")
    rows = asking.answers(found, hosts)
    text = asking.report(rows, asking.unarchived(checked.corpus))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_atomic(output, text.encode())
    gone = sum(row.state == asking.GONE for row in rows)
    say(f"{gone:,} of {len(rows):,} addresses are gone.")
    sys.exit(CONTENT if gone else FINE)


COMMANDS = (links,)
