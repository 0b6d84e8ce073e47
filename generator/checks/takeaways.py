"""Rules on takeaways: whose they are, and histories that hold."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import (
    DAY_AHEAD,
    STEP,
    TASK_FORCE,
    TERMS,
    Check,
    Found,
    before,
    spoken,
)
from generator.corpus import Corpus
from generator.fields import When
from generator.model import (
    Source,
    Status,
    Takeaway,
    TakeawayKind,
)
from generator.problems import FieldPath, Rule

TRACKED_KINDS = frozenset(
    {TakeawayKind.COMMITMENT, TakeawayKind.ANNOUNCEMENT, TakeawayKind.OPEN_ISSUE}
)


def assessment_without_author(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        if takeaway.kind is TakeawayKind.ASSESSMENT and not takeaway.attributed_to:
            yield Found(
                takeaway,
                ("kind",),
                "an assessment needs attributed_to: whose judgement it is",
                "Name the person or organisation, or choose another kind.",
            )


def tracked_without_history(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        if takeaway.kind in TRACKED_KINDS and not takeaway.history and not takeaway.restates:
            yield Found(
                takeaway,
                ("kind",),
                f"{takeaway.kind.label.lower()}: needs a history, so that it can be followed",
                "Begin with the step at the summit itself: date, status, note, sources.",
            )


def restated_with_history(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        if takeaway.restates and takeaway.history:
            yield Found(
                takeaway,
                ("history",),
                f'has a history, but restates "{takeaway.restates[0]}", whose history it follows',
                "Move the steps to the takeaway that said it first.",
            )


def history_out_of_order(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        for n in range(1, len(takeaway.history)):
            step, earlier = takeaway.history[n], takeaway.history[n - 1]
            if before(step.date, earlier.date):
                yield Found(
                    takeaway,
                    ("history", n, "date"),
                    f"history: {step.date} stands after {earlier.date}",
                    "Steps stand in the order of their dates, oldest first.",
                )


def date_in_the_future(corpus: Corpus) -> Iterator[Found]:
    limit = corpus.today + DAY_AHEAD
    for record in corpus.records.values():
        dates: list[tuple[FieldPath, When]] = [(("published",), record.published)]
        dates += [(("revisions", n, "date"), r.date) for n, r in enumerate(record.revisions)]
        if isinstance(record, Takeaway):
            dates += [(("history", n, "date"), s.date) for n, s in enumerate(record.history)]
            if record.checked:
                dates.append((("checked",), record.checked))
        if isinstance(record, Source):
            dates.append((("issued",), record.issued))
        for way, date in dates:
            if date.first > limit:
                yield Found(
                    record,
                    way,
                    f"{spoken(way)}: {date} lies in the future",
                    f"Today is {corpus.today}; check year and month.",
                )


def revision_before_publication(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        previous = record.published
        for n, revision in enumerate(record.revisions):
            if revision.date < previous:
                yield Found(
                    record,
                    ("revisions", n, "date"),
                    f"revisions: {revision.date} stands after {previous}",
                    "Revisions come after the day of publication, oldest first.",
                )
            previous = revision.date


def sources_before_the_step(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        for n, step in enumerate(takeaway.history):
            issued = [s.issued for c in step.sources if (s := corpus.get(c.source, Source))]
            all_known = len(issued) == len(step.sources)
            if step.date.first > corpus.today + DAY_AHEAD:
                continue  # the date itself is wrong
            if all_known and all(i.last < step.date.first - DAY_AHEAD for i in issued):
                yield Found(
                    takeaway,
                    ("history", n, "sources"),
                    f"history, item {n + 1}: every source was issued before {step.date}",
                    "Name a source from that day or later, or correct the date.",
                )


def superseded_without_successor(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.all(Takeaway):
        successors = corpus.superseded_by(takeaway)
        last = takeaway.history[-1].status if takeaway.history else None
        if last is Status.SUPERSEDED and len(successors) != 1:
            yield Found(
                takeaway,
                ("history", len(takeaway.history) - 1, "status"),
                f"superseded: {_successors(len(successors))} it, where exactly one must",
                "The successor has this id in its field supersedes.",
            )
        if successors and takeaway.history and last is not Status.SUPERSEDED:
            yield Found(
                takeaway,
                ("history", len(takeaway.history) - 1, "status"),
                f'"{successors[0].id}" supersedes this takeaway, but its last step is {last}',
                "Add a step with the status superseded.",
            )


def _successors(number: int) -> str:
    return f"{number} takeaways supersede" if number > 1 else "no takeaway supersedes"


def tracked_never_looked_at(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.tracked():
        if corpus.is_open(takeaway) and not takeaway.checked:
            yield Found(
                takeaway,
                ("history",),
                'a tracked takeaway that is still open needs the field "checked"',
                "Add the day somebody last looked for news.",
            )


RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB507",
            "error",
            "An assessment says whose it is.",
            TASK_FORCE + "kind: assessment",
            TASK_FORCE + "kind: assessment\nattributed_to:\n  - pacheco-pardo",
        ),
        assessment_without_author,
    ),
    Check(
        Rule(
            "SB508",
            "error",
            "Commitments, announcements and open issues have a history.",
            "# takeaways/2025-08-23-shared-position\nkind: commitment",
            "# takeaways/2025-08-23-shared-position\nkind: position",
        ),
        tracked_without_history,
    ),
    Check(
        Rule(
            "SB509",
            "error",
            "What restates an earlier takeaway has no history of its own.",
            TASK_FORCE + "restates:\n  - 2025-08-25-investment-terms",
            "# takeaways/2025-08-23-shared-position\nrestates:\n  - 2025-08-25-investment-terms",
        ),
        restated_with_history,
    ),
    Check(
        Rule(
            "SB510",
            "error",
            "The steps of a history stand in the order of their dates.",
            TERMS
            + STEP.format("2025-08-26", "open")
            + STEP.format("2025-08-25", "negotiating").removeprefix("history:\n"),
            TERMS + STEP.format("2025-08-25", "open"),
        ),
        history_out_of_order,
    ),
    Check(
        Rule(
            "SB511",
            "error",
            "Nothing that has happened lies in the future.",
            TERMS + STEP.format("2099-01-01", "open"),
            TERMS + STEP.format("2025-08-25", "open"),
        ),
        date_in_the_future,
    ),
    Check(
        Rule(
            "SB512",
            "error",
            "Revisions come after publication, oldest first.",
            TERMS + "revisions:\n  - date: 2020-01-01\n    note: Too early.",
            TERMS + "revisions:\n  - date: 2025-10-01\n    note: A step was added.",
        ),
        revision_before_publication,
    ),
    Check(
        Rule(
            "SB513",
            "error",
            "At least one source of a step is as young as the step.",
            TERMS + STEP.format("2025-09-30", "open"),
            TERMS + STEP.format("2025-08-25", "open"),
        ),
        sources_before_the_step,
    ),
    Check(
        Rule(
            "SB514",
            "error",
            "Superseded means that exactly one takeaway supersedes it.",
            TERMS + STEP.format("2025-08-25", "superseded"),
            TERMS + STEP.format("2025-08-25", "open"),
        ),
        superseded_without_successor,
    ),
    Check(
        Rule(
            "SB515",
            "warning",
            "An open tracked takeaway says when somebody last looked.",
            TERMS + STEP.format("2025-08-25", "open") + "checked:",
            TERMS + "checked: 2025-10-01",
        ),
        tracked_never_looked_at,
    ),
)
