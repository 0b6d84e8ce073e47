"""Rules on summits: offices, dates, sides, documents, bottom lines."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import (
    DAY_AHEAD,
    TOKYO,
    Check,
    Found,
    before,
)
from generator.corpus import Corpus
from generator.model import (
    JOINT_KINDS,
    Person,
    Source,
    Summit,
    SummitFormat,
    SummitState,
)
from generator.problems import Rule

BOTTOM_LINE_WORDS = 40
#: Millimetres on the printed page of a summit at a glance, US letter being the shorter.
ROOM_FOR_FACTS = 150
#: Characters in a line of the key facts, and with how many leaders they are in one line each.
CHARACTERS = 31
MANY_SEATS = 8


def no_office_that_day(corpus: Corpus) -> Iterator[Found]:
    for summit in corpus.everything(Summit):
        for n, participant in enumerate(summit.participants):
            person = corpus.get(participant.person, Person)
            if person and not corpus.office_on(person, summit.start, participant.as_):
                office = f' as "{participant.as_}"' if participant.as_ else ""
                yield Found(
                    summit,
                    ("participants", n, "as" if participant.as_ else "person"),
                    f"{person.title_text} held no office{office} on {summit.start.day}",
                    f"Check the date, or the offices in content/people/{person.id}.yml.",
                )


def end_before_start(corpus: Corpus) -> Iterator[Found]:
    for summit in corpus.everything(Summit):
        if summit.end and before(summit.end, summit.start):
            yield Found(summit, ("end",), f"end: {summit.end} is before the start, {summit.start}")
    for person in corpus.everything(Person):
        for n, office in enumerate(person.offices):
            if office.end and before(office.end, office.start):
                yield Found(
                    person,
                    ("offices", n, "end"),
                    f"end: {office.end} is before the start, {office.start}",
                )


def held_in_the_future(corpus: Corpus) -> Iterator[Found]:
    for summit in corpus.everything(Summit):
        ahead = summit.start.first > corpus.today + DAY_AHEAD
        if ahead and summit.took_place:
            yield Found(
                summit,
                ("state",),
                f"state: {summit.state}, but it starts on {summit.start}, which is to come",
                "Write scheduled.",
            )
        if (
            summit.state is SummitState.SCHEDULED
            and (summit.end or summit.start).last < corpus.today - DAY_AHEAD
        ):
            yield Found(
                summit,
                ("state",),
                f"state: scheduled, but {summit.start} has passed",
                "Write held, postponed or cancelled.",
            )


_SIDES = {
    SummitFormat.BILATERAL: (2, 2),
    SummitFormat.TRILATERAL: (3, 3),
    SummitFormat.MINILATERAL: (4, 9),
}


def format_and_sides(corpus: Corpus) -> Iterator[Found]:
    for summit in corpus.everything(Summit):
        seats = corpus.seats(summit)
        sides = len({seat.country.id for seat in seats if seat.country})
        least, most = _SIDES.get(summit.format, (1, 999))
        all_known = len(seats) == len(summit.participants) and all(s.country for s in seats)
        if all_known and not least <= sides <= most:
            yield Found(
                summit,
                ("format",),
                f"format: {summit.format}, but the participants stand for {sides} "
                f"countr{'y' if sides == 1 else 'ies'}",
                f"{summit.format.label} means {summit.format.about}.",
            )


def joint_document_and_none(corpus: Corpus) -> Iterator[Found]:
    for summit in corpus.everything(Summit):
        if not summit.no_joint_document:
            continue
        for n, document in enumerate(summit.documents):
            source = corpus.get(document, Source)
            last_day = (summit.end or summit.start).last
            if source and source.kind in JOINT_KINDS and source.issued.first <= last_day:
                yield Found(
                    summit,
                    ("documents", n),
                    f'documents: "{source.id}" is a {source.kind.label.lower()}, '
                    "but no_joint_document says there is none",
                    "Take out one of the two.",
                )


def long_bottom_line(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        words = len(getattr(record, "bottom_line", "").split())
        if words > BOTTOM_LINE_WORDS:
            yield Found(
                record,
                ("bottom_line",),
                f"bottom_line: has {words} words, more than {BOTTOM_LINE_WORDS}",
                "Keep who, what came of it, what is open.",
            )


def too_long_for_a_page(corpus: Corpus) -> Iterator[Found]:
    """The printed page at a glance must hold these; the rest of it gives way (`generator/pdf`).

    Setting every page would take long and need the fonts, so the height is estimated; a test holds
    the estimate against the real page, that it never comes out too low."""
    for summit in corpus.everything(Summit):
        height = _printed(corpus, summit)
        if height > ROOM_FOR_FACTS:
            yield Found(
                summit,
                ("title",),
                f"title, bottom line and key facts take about {height:.0f} mm of a printed page, "
                f"more than {ROOM_FOR_FACTS}",
                "Shorten the longest of them.",
            )


def _printed(corpus: Corpus, summit: Summit) -> float:
    """About how high title, bottom line and key facts are on paper, in millimetres."""
    seats = corpus.seats(summit)
    names = [
        f"{seat.person.title_text} (name), {seat.office and seat.office.office}, country"
        for seat in seats
    ]
    if len(seats) > MANY_SEATS:
        names = ["; ".join(f"{seat.person.title_text} (name) (country)" for seat in seats)]
    documents = [source for i in summit.documents if (source := corpus.get(i, Source))]
    facts = [
        names,
        [f"{source.title} ({source.kind.label})" for source in documents],
        [f"{summit.venue or ''}, {summit.city}, country"],
    ]
    lines = [sum(1 + len(text) // CHARACTERS for text in texts) for texts in facts]
    notes = sum(1 + (len(s.title) + len(s.publisher) + 20) // 48 for s in documents)
    height = 8.5 * (1 + len(summit.title) // 42)
    height += 5.6 * (1 + len(summit.bottom_line) // 84)
    height += 4.1 * max(*lines, (sum(lines) + 13) / 2)  # in two columns, with other facts
    return height + 3.9 * (notes + 1) / 2


RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB501",
            "error",
            "Each participant held an office on the day.",
            TOKYO + "start: 2019-08-23",
            TOKYO + "start: 2025-08-23",
        ),
        no_office_that_day,
    ),
    Check(
        Rule(
            "SB502",
            "error",
            "Nothing ends before it starts.",
            TOKYO + "end: 2025-08-22",
            TOKYO + "end: 2025-08-24",
        ),
        end_before_start,
    ),
    Check(
        Rule(
            "SB503",
            "error",
            "The state of a summit fits its date.",
            TOKYO + "state: scheduled",
            TOKYO + "state: held",
        ),
        held_in_the_future,
    ),
    Check(
        Rule(
            "SB504",
            "error",
            "The format of a summit fits the number of sides.",
            TOKYO + "format: trilateral",
            TOKYO + "format: bilateral",
        ),
        format_and_sides,
    ),
    Check(
        Rule(
            "SB505",
            "error",
            "Either joint documents, or a note that there are none.",
            TOKYO + "no_joint_document:\n  checked: 2025-09-01\n  sources:\n    - press",
            TOKYO + "documents:\n  - joint-text",
        ),
        joint_document_and_none,
    ),
    Check(
        Rule(
            "SB506",
            "error",
            f"A bottom line has at most {BOTTOM_LINE_WORDS} words.",
            TOKYO + "bottom_line: " + "word " * 41,
            TOKYO + "bottom_line: They met.",
        ),
        long_bottom_line,
    ),
)

#: Numbered after the rules on takeaways.
PRINT_RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB516",
            "warning",
            "Title, bottom line and key facts of a summit fit on one printed page.",
            TOKYO + "title: " + "word " * 170,
            TOKYO + "title: Lee–Ishiba summit, Tokyo",
        ),
        too_long_for_a_page,
    ),
)
