"""A summit at a glance, its brief, and a briefing in full, as data.

Each function takes the linked records and returns a tree that a template of the same name in
`templates/pdf/` prints. What does not fit on the pages a document may have gives way in the order
of the ranks given here, the highest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from generator.corpus import Corpus
from generator.model import (
    Briefing,
    Person,
    Record,
    Source,
    Summit,
    Takeaway,
    TakeawayKind,
)
from generator.pdf.desk import Desk
from generator.pdf.head import head
from generator.pdf.nodes import Nodes, Tree
from generator.pdf.rows import (
    body_of,
    disputes_of,
    followed_row,
    last_step_of,
    open_row,
    row_of,
    unique,
)
from generator.words import WORDS, meeting

#: Which takeaways a short document shows first, by kind; within a kind the order of the summit.
WEIGHT = {
    kind: n
    for n, kind in enumerate(
        (
            TakeawayKind.OUTCOME,
            TakeawayKind.COMMITMENT,
            TakeawayKind.OPEN_ISSUE,
            TakeawayKind.ANNOUNCEMENT,
            TakeawayKind.DISAGREEMENT,
            TakeawayKind.OMISSION,
            TakeawayKind.SIGNAL,
            TakeawayKind.REAFFIRMATION,
            TakeawayKind.POSITION,
            TakeawayKind.ASSESSMENT,
            TakeawayKind.CONTEXT,
        )
    )
}

#: Rows of each list at a glance; the page holds what fits of them.
GLANCE_ROWS = 6

# -- one summit -----------------------------------------------------------------------------------


def glance(corpus: Corpus, summit: Summit) -> Tree:
    """A summit on one page: bottom line, key facts, what came of it, what is open, each list with
    what weighs most first."""
    desk = Desk(corpus, places=False)
    lists = _two_lists(corpus, summit)
    settled, still_open = (_by_weight(rows)[:GLANCE_ROWS] for rows in lists)
    left_out = [len(rows) - min(len(rows), GLANCE_ROWS) for rows in lists]
    turns = _by_turns(settled, still_open)
    summary = [[block] for block in desk.prose(summit.summary)]
    rank = _ladder([*turns, *(f"summary {n}" for n in range(len(summary)))])
    tree = {
        **_top(desk, summit),
        "summary": [{"rank": rank[f"summary {n}"], "c": c} for n, c in enumerate(summary)],
        "takeaways": [{**row_of(desk, t), "rank": rank[t.id]} for t in settled],
        "takeaways_more": left_out[0],
        "open": [{**open_row(desk, t), "rank": rank[t.id]} for t in still_open],
        "open_more": left_out[1],
        "notes": [],
    }
    return {**_head(desk, summit, "pdf_glance"), **tree}


def brief(corpus: Corpus, summit: Summit) -> Tree:
    """A summit on two pages: the same with its summary, the statements in full, the last steps."""
    desk = Desk(corpus)
    settled, still_open = _two_lists(corpus, summit)
    turns = _by_turns(_by_weight(settled), _by_weight(still_open))
    first = turns[: 2 * GLANCE_ROWS]
    rank = _ladder(
        [
            *first,
            "summary",
            *turns[len(first) :],
            *(f"{t.id} step" for t in still_open),
            "disputed",
            *(f"{t.id} body" for t in settled),
        ]
    )
    tree = {
        **_top(desk, summit),
        "summary": {"rank": rank["summary"], "c": desk.prose(summit.summary)},
        "takeaways": [
            {
                **row_of(desk, t, most=2),
                "rank": rank[t.id],
                "body": {
                    "rank": rank[f"{t.id} body"],
                    "c": body_of(desk, t),
                },
            }
            for t in settled
        ],
        "open": [
            {
                **open_row(desk, t, most=2),
                "rank": rank[t.id],
                "step": {"rank": rank[f"{t.id} step"], "c": last_step_of(desk, t)},
            }
            for t in still_open
        ],
        "disputed": {"rank": rank["disputed"], "c": disputes_of(desk, summit)},
        "notes": [],
    }
    return {**_head(desk, summit, "pdf_brief"), **tree}


def _top(desk: Desk, summit: Summit) -> Tree:
    return {
        "kicker": meeting(summit),
        "bottom_line": summit.bottom_line,
        "facts": desk.facts(summit),
    }


def _head(desk: Desk, summit: Summit, kind: str) -> Tree:
    corpus = desk.corpus
    takeaways = corpus.takeaways_of(summit)
    shown: list[Record] = [summit, *takeaways, *(corpus.followed(t) for t in takeaways)]
    shown += [seat.person for seat in corpus.seats(summit)]
    return head(desk, kind, summit.title, shown, corpus.url(summit), ())


def _two_lists(corpus: Corpus, summit: Summit) -> tuple[list[Takeaway], list[Takeaway]]:
    """The takeaways of a summit: those settled or never tracked, and those still open."""
    rows = corpus.takeaways_of(summit)
    still_open = [t for t in rows if t.history and corpus.is_open(t)]
    return [t for t in rows if t not in still_open], still_open


def _by_weight(rows: Sequence[Takeaway]) -> list[Takeaway]:
    return sorted(rows, key=lambda t: WEIGHT[t.kind])


def _by_turns(left: Iterable[Takeaway], right: Iterable[Takeaway]) -> list[str]:
    """The ids of two lists, one of each by turns."""
    return [t.id for two in zip_longest(left, right) for t in two if t]


def _ladder(steps: Sequence[str]) -> dict[str, int]:
    """Each part's rank: what comes first stays longest."""
    return {step: rank for rank, step in enumerate(steps)}


# -- a briefing in full ---------------------------------------------------------------------------


def briefing(corpus: Corpus, record: Briefing) -> Tree:
    """A briefing in full, with what became of each point."""
    desk = Desk(corpus)
    shown = [t for s in record.sections for i in s.takeaways if (t := corpus.get(i, Takeaway))]
    number = f", {record.number}" if record.number else ""
    tree = {
        "kicker": f"{record.kind.label}{number}",
        "bottom_line": record.bottom_line,
        "facts": [
            *desk.named("summits", desk.links(record.summits)),
            *desk.named("authors", desk.links(record.authors)),
            *desk.named("publisher", desk.links([record.publisher])),
            *desk.named("digest_of", _digest(desk, record)),
            *desk.named("licence", record.licence or ""),
        ],
        "hint": WORDS["digest_note"] if record.digest_of else "",
        "introduction": desk.prose(record.introduction),
        "messages": [desk.prose(message) for message in record.messages],
        "sections": [
            {
                "heading": section.heading,
                "body": desk.prose(section.body, rich=True) if section.body else [],
                "rows": [
                    row_of(desk, t, most=2)
                    for i in section.takeaways
                    if (t := corpus.get(i, Takeaway))
                ],
            }
            for section in record.sections
        ],
        "since_then": [followed_row(desk, t) for t in unique(shown) if corpus.status(t)],
        "disclaimer": desk.prose(record.disclaimer) if record.disclaimer else [],
        "notes": [],
    }
    summits = [s for i in record.summits if (s := corpus.get(i, Summit))]
    people = [p for i in record.authors if (p := corpus.get(i, Person))]
    names = [] if record.digest_of else [p.names.display for p in people]  # a digest is our own
    behind: list[Record] = [record, *summits, *people, *shown]
    return {**head(desk, "pdf_briefing", record.title, behind, corpus.url(record), names), **tree}


def _digest(desk: Desk, record: Briefing) -> Nodes:
    source = desk.corpus.get(record.digest_of or "", Source)
    return [*desk.link(source), f", {source.publisher}", *desk.note(source.id)] if source else []
