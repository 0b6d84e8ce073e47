"""What a book has besides its chapters, as data: the list of tracked items, glossary, list of
sources, index, figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator import figures as drawings
from generator.corpus import Corpus
from generator.model import (
    Country,
    Organisation,
    Person,
    Record,
    Source,
    Status,
    Summit,
    Takeaway,
    Term,
    Topic,
)
from generator.pdf.desk import Desk
from generator.pdf.nodes import Nodes, Tree
from generator.pdf.rows import followed_row
from generator.words import WORDS

#: The drawing of who met has room for so many meetings.
LANES = 40

#: What stands before the first word of a title.
_BEFORE = re.compile(r"^\W+", re.UNICODE)


def as_printed(source: Source) -> tuple[str, str, str]:
    """The order of the list of sources: by what an entry begins with, an author or the title."""
    first = source.authors[0] if source.authors else source.title
    return _BEFORE.sub("", first).casefold(), str(source.issued), source.id


def tracked(desk: Desk, takeaways: Iterable[Takeaway]) -> list[Tree]:
    """The tracked items by where they stand."""
    rows = [t for t in takeaways if t.history]
    return [
        {
            "heading": status.label,
            "items": [followed_row(desk, t) for t in rows if desk.corpus.status(t) is status],
        }
        for status in Status
        if any(desk.corpus.status(t) is status for t in rows)
    ]


def term(desk: Desk, term: Term) -> Tree:
    short = f" ({term.abbreviation})" if term.abbreviation else ""
    return {
        "id": term.id,
        "name": f"{term.name}{short}",
        "definition": desk.prose(term.definition),
        "see": desk.links(term.see),
    }


def index(desk: Desk, summits: Sequence[Summit], takeaways: Sequence[Takeaway]) -> list[Tree]:
    """People, places and topics with the parts of the book they come up in."""
    corpus = desk.corpus
    places: dict[str, list[str]] = {}
    for summit in summits:
        for name in (summit.city, *(c.name for c in corpus.countries_at(summit))):
            places.setdefault(name, []).append(summit.id)
    return [
        {
            "heading": WORDS["people"],
            "entries": [
                {"name": [*_inverted(p), *_own_script(desk, p)], "to": _mentions(desk, p)}
                for p in corpus.all(Person)
            ],
        },
        {
            "heading": WORDS["pdf_places"],
            "entries": [
                {"name": [name], "to": places[name]} for name in sorted(places, key=str.casefold)
            ],
        },
        {
            "heading": WORDS["organisations"],
            "entries": [
                {"name": [o.name], "to": _mentions(desk, o)} for o in corpus.all(Organisation)
            ],
        },
        {
            "heading": WORDS["topics"],
            "entries": [
                {"name": [t.name], "to": [k.id for k in takeaways if t.id in k.topics]}
                for t in corpus.all(Topic)
            ],
        },
    ]


def _inverted(person: Person) -> Nodes:
    names = person.names
    if names.family and names.given:
        return [f"{names.family}, {names.given}"]
    return [names.display]


def _own_script(desk: Desk, person: Person) -> Nodes:
    return [
        node for node in desk.person(person) if isinstance(node, dict) and node["k"] == "natives"
    ]


def _mentions(desk: Desk, record: Record) -> list[str]:
    """The summits, takeaways, briefings and terms of this book that name a record."""
    owners = dict.fromkeys(r.owner for r in desk.corpus.references_to(record.id))
    return [owner for owner in owners if owner in desk.here]


# -- figures --------------------------------------------------------------------------------------


def figures(corpus: Corpus, summits: Sequence[Summit], takeaways: Sequence[Takeaway]) -> Tree:
    """The data of the drawings, with the findings the site states."""
    found = {
        f.id: f
        for name in ("timeline", "tracker", "countries")
        for f in drawings.on_index(corpus, name, str)
    }
    held = [s for s in summits if s.took_place][-LANES:]
    countries = [c for c in corpus.all(Country) if any(c in corpus.countries_at(s) for s in held)]
    countries.sort(key=lambda c: -sum(c in corpus.countries_at(s) for s in held))
    statuses = [corpus.status(t) for t in takeaways if t.history]
    pairs = [p for p in corpus.pairs.values() if p.meetings]
    pairs.sort(key=lambda p: -p.meetings)
    return {
        "meetings": {
            "title": found["meetings"].title,
            "finding": found["meetings"].finding,
            "years": [s.start[:4] for s in held],
            "lanes": [
                {"name": c.name, "at": [c in corpus.countries_at(s) for s in held]}
                for c in countries
            ],
        },
        "pairs": {
            "title": WORDS["pdf_by_pair"],
            "finding": found["meetings-by-pair"].finding,
            "rows": [
                {"name": " – ".join(c.name for c in p.countries), "number": p.meetings}
                for p in pairs
            ],
        },
        "status": {
            "title": found["status"].title,
            "finding": found["status"].finding,
            "rows": [
                {
                    "chip": {"k": "chip", "status": str(status), "label": status.label},
                    "number": statuses.count(status),
                }
                for status in Status
                if status in statuses
            ],
        },
    }
