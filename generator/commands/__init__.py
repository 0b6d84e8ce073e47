"""The commands of `brief`, in groups; cli.py gathers them."""

from __future__ import annotations

import click

from generator.commands import checking, comparing, creating, editing, exporting, paper, watching

#: Every command beside build and serve. A new one: a function in a module here, and its name
#: in the COMMANDS of that module.
GROUPS: tuple[tuple[click.Command, ...], ...] = (
    checking.COMMANDS,
    comparing.COMMANDS,
    creating.COMMANDS,
    editing.COMMANDS,
    exporting.COMMANDS,
    paper.COMMANDS,
    watching.COMMANDS,
)
