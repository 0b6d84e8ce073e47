"""The lists as data: a country, two countries, a topic, a person, what is open, a time.

Each function takes the linked records and returns a tree that `templates/pdf/list.typ` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from generator import words as wording
from generator.corpus import Corpus, Pair
from generator.fields import When
from generator.model import Country, Office, Person, Record, Status, Summit, Takeaway, Topic
from generator.pdf.desk import Desk, unbroken
from generator.pdf.head import head
from generator.pdf.nodes import Node, Nodes, Tree, joined
from generator.pdf.rows import followed_row, row_of, unique
from generator.words import WORDS, spoken_day, spoken_range


def country(corpus: Corpus, record: Country) -> Tree:
    """What a country met about, promised and left open."""
    desk = Desk(corpus)
    takeaways = corpus.takeaways_with(record)
    pairs = corpus.pairs_of(record)
    tree = {
        "facts": [
            *desk.named("native", desk.native(record.native, bare=True)),
            *desk.named("aliases", ", ".join(record.aliases)),
            *desk.named("pairs", joined([_pair_line(desk, p) for p in pairs], "; ")),
        ],
        "sections": [
            _open_items(desk, takeaways),
            _meetings(desk, corpus.summits_with(record)),
            _by_summit(desk, takeaways, "takeaways"),
        ],
    }
    return _listed(desk, "pdf_country", record.name, [record, *takeaways], corpus.url(record), tree)


def pair(corpus: Corpus, record: Pair) -> Tree:
    """What lies between two countries."""
    desk = Desk(corpus)
    closed = [t for t in record.takeaways if t.history and not corpus.is_open(t)]
    rest = [t for t in record.takeaways if not t.history]
    tree = {
        "facts": [*desk.named("countries", desk.links(c.id for c in record.countries))],
        "lede": f"{_count(record.meetings, 'meeting')}, "
        f"{_count(len(_open(corpus, record.takeaways)), 'open_item')}.",
        "sections": [
            _open_items(desk, record.takeaways),
            _meetings(desk, record.summits),
            _section("closed_items", items=[followed_row(desk, t) for t in closed]),
            _by_summit(desk, rest, "not_tracked"),
        ],
    }
    title = " – ".join(c.name for c in record.countries)
    behind: list[Record] = [*record.countries, *record.summits, *record.takeaways]
    return _listed(desk, "pdf_pair", title, behind, f"pairs/{record.id}/", tree)


def topic(corpus: Corpus, record: Topic) -> Tree:
    """What was said and promised on a subject."""
    desk = Desk(corpus)
    takeaways = corpus.takeaways_with(record)
    narrower = [t.id for t in corpus.narrower(record)]
    tree = {
        "introduction": desk.prose(record.definition),
        "facts": [
            *desk.named("broader", desk.links([record.broader or ""])),
            *desk.named("narrower", desk.links(narrower)),
        ],
        "sections": [_open_items(desk, takeaways), _by_summit(desk, takeaways, "takeaways")],
    }
    return _listed(desk, "pdf_topic", record.name, [record, *takeaways], corpus.url(record), tree)


def person(corpus: Corpus, record: Person) -> Tree:
    """Whom a person met, and what came of it."""
    desk = Desk(corpus)
    takeaways = corpus.takeaways_with(record)
    summits = corpus.summits_with(record)
    offices = [
        [f"{o.office}, ", *desk.links([o.country or o.organisation or ""]), f", {_span(o)}"]
        for o in record.offices
    ]
    met = [
        [*desk.person(other), f": {_count(len(rows), 'meeting')}"]
        for other, rows in corpus.met(record)
    ]
    tree = {
        "facts": [
            *desk.named("native", desk.native(record.names.native, bare=True)),
            *([{"label": WORDS["offices"], "lines": offices}] if offices else []),
            *desk.named("affiliation", desk.links([record.affiliation or ""])),
            *desk.named("aliases", ", ".join(record.aliases)),
            *([{"label": WORDS["counterparts"], "lines": met}] if met else []),
        ],
        "sections": [_meetings(desk, summits), _by_summit(desk, takeaways, "takeaways")],
    }
    behind: list[Record] = [record, *summits, *takeaways]
    return _listed(desk, "pdf_person", record.names.display, behind, corpus.url(record), tree)


def open_items(corpus: Corpus) -> Tree:
    """Every tracked item that is not closed, by where it stands."""
    desk = Desk(corpus)
    rows = _open(corpus, corpus.tracked())
    sections = [
        _section(
            status.label,
            items=[followed_row(desk, t) for t in rows if corpus.status(t) is status],
            about=f"{_count(n, 'item')}: {status.about}.",
        )
        for status in Status
        if (n := sum(corpus.status(t) is status for t in rows))
    ]
    tree = {"lede": WORDS["tracker_intro"], "sections": sections}
    return _listed(desk, "pdf_open_list", WORDS["open_items"], rows, "tracker/", tree)


def selection(corpus: Corpus, since: str, until: str) -> Tree:
    """The meetings and the steps between two days, both included; empty text means no limit."""
    desk = Desk(corpus)
    inside = _within(since, until)
    summits = [s for s in corpus.all(Summit) if inside(s.start)]
    takeaways = unique(t for s in summits for t in corpus.takeaways_of(s))
    steps = sorted(
        ((str(step.date), t.id, t, step) for t in corpus.tracked() for step in t.history),
        key=lambda row: row[:2],
    )
    moved = [(t, step) for _, _, t, step in steps if inside(step.date)]
    tree = {
        "lede": f"{_count(len(summits), 'meeting')}, {_count(len(moved), 'step')}.",
        "sections": [
            _meetings(desk, summits),
            _section(
                "pdf_steps",
                steps=[{"headline": desk.head_line(t), **desk.step(step)} for t, step in moved],
            ),
            _by_summit(desk, takeaways, "takeaways"),
        ],
    }
    first, last = (spoken_day(When(d)) if d else "" for d in (since, until))
    key = "pdf_between" if since and until else "pdf_from" if since else "pdf_until"
    title = WORDS[key].format(first=first, last=last)
    behind: list[Record] = [*summits, *takeaways, *(t for t, _ in moved)]
    return _listed(desk, "pdf_selection", title, behind, "timeline/", tree)


def has_selection(corpus: Corpus, since: str, until: str) -> bool:
    """Whether anything is recorded between two days."""
    inside = _within(since, until)
    return any(inside(s.start) for s in corpus.all(Summit)) or any(
        inside(step.date) for t in corpus.tracked() for step in t.history
    )


def _within(since: str, until: str) -> Callable[[When], bool]:
    return lambda when: (
        (not since or str(when.last) >= since) and (not until or str(when.first) <= until)
    )


def _listed(
    desk: Desk, kind: str, title: str, behind: Iterable[Record], path: str, tree: Tree
) -> Tree:
    sections = [s for s in tree["sections"] if s["full"]]
    top = head(desk, kind, title, behind, path, ())
    return {**top, "kicker": WORDS[kind], **tree, "sections": sections, "notes": []}


def _section(heading: str, about: str = "", **rows: Any) -> Tree:
    """A section of a list: `items`, `meetings`, `groups` or `steps`."""
    full = any(rows.values())
    return {"heading": WORDS.get(heading, heading), "about": about, "full": full, **rows}


def _open(corpus: Corpus, takeaways: Iterable[Takeaway]) -> list[Takeaway]:
    rows = [t for t in takeaways if t.history and corpus.is_open(t)]
    return sorted(rows, key=lambda t: (t.history[-1].date, t.id), reverse=True)


def _open_items(desk: Desk, takeaways: Iterable[Takeaway]) -> Tree:
    return _section(
        "open_items", items=[followed_row(desk, t) for t in _open(desk.corpus, takeaways)]
    )


def _meetings(desk: Desk, summits: Sequence[Summit]) -> Tree:
    rows = [
        {
            "date": unbroken(spoken_range(s.start, s.end)),
            "title": desk.link(s),
            "state": "" if s.took_place else s.state.label,
            "text": s.bottom_line,
        }
        for s in reversed(summits)
    ]
    return _section("summits", meetings=rows)


def _by_summit(desk: Desk, takeaways: Sequence[Takeaway], heading: str) -> Tree:
    """Takeaways under the summits they belong to, the latest first."""
    groups: dict[str, list[Takeaway]] = {}
    for takeaway in takeaways:
        groups.setdefault(takeaway.summits[0], []).append(takeaway)
    homes = [s for i in groups if (s := desk.corpus.get(i, Summit))]
    rows = [
        {
            "title": [*desk.link(s), f", {unbroken(spoken_range(s.start, s.end))}"],
            "rows": [row_of(desk, t) for t in groups[s.id]],
        }
        for s in sorted(homes, key=desk.corpus.sort_key, reverse=True)
    ]
    return _section(heading, groups=rows)


def _pair_line(desk: Desk, record: Pair) -> Nodes:
    title = " – ".join(c.name for c in record.countries)
    text: list[str | Node] = [title, f" ({_count(record.meetings, 'meeting')})"]
    return desk.outward(f"pairs/{record.id}/", text)


def _span(office: Office) -> str:
    end = f" – {spoken_day(office.end)}" if office.end else " –"
    return spoken_day(office.start) + end


def _count(number: int, key: str) -> str:
    return wording.count(number, WORDS[f"pdf_{key}_one"], WORDS[f"pdf_{key}_many"])
