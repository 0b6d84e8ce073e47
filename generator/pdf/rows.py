"""Takeaways as rows: in a list, in the table of what is open, with their last step, in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.model import Summit, Takeaway
from generator.pdf.desk import Desk
from generator.pdf.nodes import Nodes, Tree, with_notes


def row_of(desk: Desk, takeaway: Takeaway, most: int = 1) -> Tree:
    """A takeaway in a list: where it stands, what it says, whose word it is, its notes."""
    return {
        "chip": desk.chip(desk.corpus.status(takeaway)),
        "kind": takeaway.kind.label,
        "headline": desk.head_line(takeaway),
        "body_instead": _cited(desk, takeaway, most),
        "basis": desk.basis(takeaway),
    }


def _cited(desk: Desk, takeaway: Takeaway, most: int) -> Nodes:
    if most == 1:
        return desk.best(takeaway.sources)
    return desk.cite(takeaway.sources, most=most)


def body_of(desk: Desk, takeaway: Takeaway) -> Nodes:
    """The statement in full; at its end the sources its text does not cite itself."""
    return with_notes(desk.prose(takeaway.body), desk.cite(takeaway.sources, takeaway.body))


def open_row(desk: Desk, takeaway: Takeaway, most: int = 1) -> Tree:
    """A row of the table of what is open: issue, where it stands, since, next step."""
    return {
        "headline": [*desk.head_line(takeaway), *_cited(desk, takeaway, most)],
        "by": desk.links(takeaway.by),
        "chip": desk.chip(desk.corpus.status(takeaway)),
        "since": desk.since(takeaway),
        "next": desk.next_step(takeaway),
    }


def followed_row(desk: Desk, takeaway: Takeaway) -> Tree:
    """The same with the last step in words."""
    return {**open_row(desk, takeaway), "step": {"c": last_step_of(desk, takeaway)}}


def last_step_of(desk: Desk, takeaway: Takeaway) -> Nodes:
    """The last step in words, with the best two of its sources."""
    step = desk.corpus.last_step(takeaway)
    if step is None:
        return []
    return with_notes(desk.prose(step.note), desk.cite(step.sources, step.note, most=2))


def disputes_of(desk: Desk, summit: Summit) -> list[Tree]:
    return [
        {"question": d.question, "accounts": [desk.account(a) for a in d.accounts]}
        for d in summit.disputed
    ]


def unique(records: Iterable[Any]) -> list[Any]:
    """The records, each once."""
    return list({record.id: record for record in records}.values())
