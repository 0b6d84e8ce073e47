"""The compendium as data: the whole record as a book, in one volume or several.

Chapters are summits, in parts by year; each has its notes. What a book needs besides is made from
the records as well (`endmatter`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from generator import words as wording
from generator.corpus import Corpus
from generator.model import (
    Briefing,
    Country,
    Person,
    Record,
    Source,
    Status,
    Summit,
    Takeaway,
    TakeawayKind,
    Term,
    Topic,
)
from generator.pdf import endmatter
from generator.pdf.desk import Desk
from generator.pdf.head import head
from generator.pdf.nodes import Tree, joined
from generator.pdf.rows import body_of, disputes_of, row_of
from generator.words import WORDS, spoken_amount, spoken_day, spoken_range

#: A volume has at most about so many takeaways; setting it takes somewhat over a gigabyte.
VOLUME = 500


@dataclass(frozen=True)
class Volume:
    """One book: its number of how many, and the summits in it, in time."""

    number: int
    of: int
    summits: tuple[Summit, ...]


def volumes(corpus: Corpus, size: int = VOLUME) -> list[Volume]:
    """The summits in volumes of whole years with about `size` takeaways at most each."""
    years: dict[str, list[Summit]] = {}
    for summit in corpus.all(Summit):
        years.setdefault(summit.start[:4], []).append(summit)
    books: list[list[Summit]] = [[]]
    used = 0
    for summits in years.values():
        weight = sum(len(corpus.takeaways_of(s)) for s in summits)
        if books[-1] and used + weight > size:
            books.append([])
            used = 0
        books[-1] += summits
        used += weight
    return [Volume(n, len(books), tuple(book)) for n, book in enumerate(books, 1)]


def compendium(corpus: Corpus, volume: Volume) -> Tree:
    """One volume of the book."""
    inside = {s.id for s in volume.summits}
    takeaways = [t for t in corpus.all(Takeaway) if t.summits[0] in inside]
    briefings = corpus.all(Briefing) if volume.number == 1 else []
    terms = corpus.all(Term)
    shown: list[Record] = [*briefings, *volume.summits, *takeaways, *terms]
    desk = Desk(corpus, frozenset(r.id for r in shown))
    chapters = {s.id: _chapter(desk, s) for s in volume.summits}
    years = dict.fromkeys(s.start[:4] for s in volume.summits)
    tree = {
        "volume": _volume_name(volume),
        "span": " – ".join(dict.fromkeys((min(years), max(years)))) if years else "",
        "tagline": WORDS["tagline"],
        "scale": [{"chip": desk.chip(s), "about": s.about} for s in Status],
        "figures": endmatter.figures(corpus, volume.summits, takeaways),
        "briefings": [_briefing(desk, b) for b in briefings],
        "parts": [
            {
                "title": year,
                "chapters": [chapters[s.id] for s in volume.summits if s.start[:4] == year],
            }
            for year in years
        ],
        "tracked": endmatter.tracked(desk, takeaways),
        "glossary": {
            "id": "glossary",
            "terms": [endmatter.term(desk, t) for t in terms],
            "notes": [],
        },
        "index": endmatter.index(desk, volume.summits, takeaways),
    }
    people = [p for p in corpus.all(Person) if corpus.summits_with(p)]
    behind = [*shown, *people, *corpus.all(Country), *corpus.all(Topic)]
    top = head(desk, "pdf_compendium", _title(volume), behind, "", ())
    used = [s for i in desk.cited if (s := corpus.get(i, Source))]
    used.sort(key=endmatter.as_printed)
    return {
        **top,
        "imprint": _imprint(top, volume, takeaways, len(used)),
        **tree,
        "bibliography": [{**desk.source(s), "lang": s.language} for s in used],
    }


def _title(volume: Volume) -> str:
    name = f"{WORDS['site']}: {WORDS['pdf_compendium'].lower()}"
    return f"{name}, {_volume_name(volume)}" if volume.of > 1 else name


def _volume_name(volume: Volume) -> str:
    if volume.of == 1:
        return ""
    return WORDS["pdf_volume"].format(number=volume.number, of=volume.of)


def _imprint(top: Tree, volume: Volume, takeaways: Sequence[Takeaway], sources: int) -> list[str]:
    """Lines about the book itself: what is in it, licence, hash of its data."""
    digest = hashlib.sha256(top["attached"]["records.json"].encode()).hexdigest()
    counted = ", ".join(
        wording.count(number, WORDS[f"pdf_{key}_one"], WORDS[f"pdf_{key}_many"])
        for key, number in (
            ("meeting", len(volume.summits)),
            ("takeaway", len(takeaways)),
            ("source", sources),
        )
    )
    return [
        WORDS["pdf_holds"].format(counted=counted, day=top["as_of"]),
        WORDS["pdf_licence"],
        WORDS["pdf_hash"].format(digest=digest),
    ]


# -- chapters -------------------------------------------------------------------------------------


def _chapter(desk: Desk, summit: Summit) -> Tree:
    own = [t for t in desk.corpus.takeaways_of(summit) if t.summits[0] == summit.id]
    others = [t for t in desk.corpus.takeaways_of(summit) if t.summits[0] != summit.id]
    return {
        "id": summit.id,
        "title": summit.title,
        "kicker": wording.meeting(summit),
        "date": spoken_range(summit.start, summit.end),
        "bottom_line": summit.bottom_line,
        "facts": desk.facts(summit),
        "summary": desk.prose(summit.summary),
        "takeaways": [_entry(desk, t) for t in own],
        "also": [desk.head_line(t) for t in others],
        "disputed": disputes_of(desk, summit),
        "notes": [],
    }


def _entry(desk: Desk, takeaway: Takeaway) -> Tree:
    """A takeaway in full."""
    corpus = desk.corpus
    followed = corpus.followed(takeaway)
    facts = [
        *desk.named("by", desk.links(takeaway.by)),
        *desk.named("concerns", desk.links(takeaway.concerns)),
        *desk.named("topic", desk.links(takeaway.topics)),
        *_amounts(takeaway),
        *desk.named("deadline", _deadline(takeaway)),
    ]
    related = [
        ("restates", takeaway.restates),
        ("restated_by", [t.id for t in corpus.restated_by(takeaway)]),
        ("supersedes", takeaway.supersedes),
        ("superseded_by", [t.id for t in corpus.superseded_by(takeaway)]),
        ("addresses", takeaway.addresses),
        ("addressed_by", [t.id for t in corpus.addressed_by(takeaway)]),
    ]
    return {
        "id": takeaway.id,
        **row_of(desk, takeaway),
        "headline": takeaway.headline,
        "kind": "" if takeaway.kind is TakeawayKind.ASSESSMENT else takeaway.kind.label,
        "body_instead": [],
        "body": body_of(desk, takeaway),
        "facts": facts,
        "accounts": [
            joined([desk.links([c.source for c in a.sources]), desk.account(a)], ": ")
            for a in takeaway.accounts
        ],
        "history": [desk.step(step) for step in takeaway.history],
        "follows": desk.head_line(followed) if followed is not takeaway else [],
        "related": [f for key, ids in related for f in desk.named(key, desk.links(ids))],
    }


def _amounts(takeaway: Takeaway) -> list[Tree]:
    lines = [[f"{spoken_amount(amount)}: {amount.what}"] for amount in takeaway.amounts]
    return [{"label": WORDS["amounts"], "lines": lines}] if lines else []


def _deadline(takeaway: Takeaway) -> str:
    due = takeaway.deadline
    return f"{spoken_day(due.date)}, {due.text}" if due else ""


def _briefing(desk: Desk, record: Briefing) -> Tree:
    get = desk.corpus.get
    return {
        "id": record.id,
        "title": record.title,
        "kicker": record.kind.label,
        "by": joined([desk.links(record.authors), desk.links([record.publisher])]),
        "bottom_line": record.bottom_line,
        "hint": WORDS["digest_note"] if record.digest_of else "",
        "introduction": desk.prose(record.introduction),
        "messages": [desk.prose(message) for message in record.messages],
        "sections": [
            {
                "heading": section.heading,
                "body": desk.prose(section.body, rich=True) if section.body else [],
                "rows": [row_of(desk, t) for i in section.takeaways if (t := get(i, Takeaway))],
            }
            for section in record.sections
        ],
        "disclaimer": desk.prose(record.disclaimer) if record.disclaimer else [],
        "notes": [],
    }
