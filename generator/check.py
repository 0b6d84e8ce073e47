"""Rules across records, one function each; `RULES` at the end.

A rule yields what it found; its code, level and wording stand beside it in the table. The
examples are patches to a record of the test library (`tests/mini`), named in their first line: a
test applies each and expects the rule to fire on the bad one and to keep quiet on the good one.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator import prose
from generator.corpus import Corpus
from generator.fields import When
from generator.model import (
    BY_FOLDER,
    JOINT_KINDS,
    Country,
    HowRead,
    Person,
    Record,
    Source,
    Status,
    Summit,
    SummitFormat,
    SummitState,
    Takeaway,
    TakeawayKind,
    Tier,
    Topic,
)
from generator.problems import FieldPath, Problem, Rule, did_you_mean

BOTTOM_LINE_WORDS = 40
QUOTE_WORDS = 25
#: Dates may lie this far ahead of today: Seoul is ahead of Washington.
DAY_AHEAD = dt.timedelta(days=1)

TRACKED_KINDS = frozenset(
    {TakeawayKind.COMMITMENT, TakeawayKind.ANNOUNCEMENT, TakeawayKind.OPEN_ISSUE}
)


@dataclass(frozen=True)
class Found:
    """One place where a rule does not hold."""

    record: Record
    field: FieldPath
    message: str
    hint: str = ""
    find: str = ""


@dataclass(frozen=True)
class Check:
    """A rule and the function that finds where it does not hold."""

    rule: Rule
    find: Callable[[Corpus], Iterator[Found]]


def check(corpus: Corpus, paths: Mapping[str, str], broken: Iterable[str] = ()) -> list[Problem]:
    """Every broken rule. `paths` gives the file of each record; `broken` are ids of files that
    could not be read, to which references are let pass."""
    known_broken = frozenset(broken)
    problems = [
        Problem(
            paths[found.record.id],
            check.rule.code,
            found.message,
            found.hint,
            check.rule.level,
            field=found.field,
            find=found.find,
        )
        for check in RULES
        for found in check.find(corpus)
        if not (check.rule.code == "SB401" and found.find.lstrip("[@") in known_broken)
    ]
    return problems + list(_prose_faults(corpus, paths))


def _prose_faults(corpus: Corpus, paths: Mapping[str, str]) -> Iterator[Problem]:
    levels = {rule.code: rule.level for rule in prose.RULES}
    for record in corpus.records.values():
        for way, text, rich in corpus.prose_of(record):
            for fault in corpus.parsed(text, rich).faults:
                yield Problem(
                    paths[record.id],
                    fault.code,
                    f"{_way(way)}: {fault.message}",
                    fault.hint,
                    levels[fault.code],
                    field=way,
                    find=fault.find,
                )


def _way(way: FieldPath) -> str:
    return ", ".join(f"item {part + 1}" if isinstance(part, int) else part for part in way)


# -- references ---------------------------------------------------------------------------------


def _names(corpus: Corpus) -> dict[str, str]:
    names: dict[str, str] = {}
    for record in corpus.records.values():
        for name in (record.title_text, *getattr(record, "aliases", ()), record.id):
            names.setdefault(name, record.id)
    return names


def dangling(corpus: Corpus) -> Iterator[Found]:
    names: dict[str, str] = {}
    for reference in corpus.references:
        if reference.target in corpus.records or reference.target in corpus.former:
            continue
        names = names or _names(corpus)
        guess = did_you_mean(reference.target, names)
        hint = "Check the spelling, or add the record first."
        if guess:
            meant = names[guess]
            hint = f"Did you mean {meant}?" + (f" ({guess})" if guess != meant else "")
        yield Found(
            corpus.records[reference.owner],
            reference.field,
            f'{_way(reference.field)}: there is no record "{reference.target}"',
            hint,
            reference.words or reference.target,
        )


def wrong_type(corpus: Corpus) -> Iterator[Found]:
    for reference in corpus.references:
        target = corpus.records.get(reference.target)
        if target and reference.folders and target.folder not in reference.folders:
            wanted = " or ".join(BY_FOLDER[f].noun.lower() for f in reference.folders)
            yield Found(
                corpus.records[reference.owner],
                reference.field,
                f'{_way(reference.field)}: "{target.id}" is a {target.noun.lower()}, '
                f"where a {wanted} belongs",
                "",
                reference.words,
            )


def withdrawn_target(corpus: Corpus) -> Iterator[Found]:
    for reference in corpus.references:
        target = corpus.records.get(reference.target)
        owner = corpus.records[reference.owner]
        if target and target.withdrawn and not owner.withdrawn:
            yield Found(
                owner,
                reference.field,
                f'{_way(reference.field)}: "{target.id}" was withdrawn on {target.withdrawn.date}',
                f"Take the reference out: {target.withdrawn.reason}",
                reference.words,
            )


def former_id(corpus: Corpus) -> Iterator[Found]:
    for reference in corpus.references:
        if reference.target in corpus.former and reference.target not in corpus.records:
            yield Found(
                corpus.records[reference.owner],
                reference.field,
                f'{_way(reference.field)}: "{reference.target}" is a former id',
                f"Write {corpus.former[reference.target].id}.",
                reference.words,
            )


def points_at_itself(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.everything(Takeaway):
        for name in ("restates", "supersedes", "addresses"):
            if _reaches(corpus, takeaway, name):
                yield Found(
                    takeaway,
                    (name,),
                    f"{name}: leads back to this takeaway",
                    "It names earlier takeaways only.",
                )


def _reaches(corpus: Corpus, start: Takeaway, name: str) -> bool:
    seen: set[str] = set()
    ahead = list(getattr(start, name))
    while ahead:
        current = ahead.pop()
        if current == start.id:
            return True
        record = corpus.get(current, Takeaway)
        if record and current not in seen:
            seen.add(current)
            ahead += getattr(record, name)
    return False


def two_levels_of_topics(corpus: Corpus) -> Iterator[Found]:
    for topic in corpus.everything(Topic):
        above = corpus.get(topic.broader, Topic) if topic.broader else None
        if above and above.broader:
            yield Found(
                topic,
                ("broader",),
                f'broader: "{above.id}" has a broader topic itself',
                f"Topics have one level: write {above.broader}, or none.",
            )


# -- summits ------------------------------------------------------------------------------------


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
        if summit.end and _before(summit.end, summit.start):
            yield Found(summit, ("end",), f"end: {summit.end} is before the start, {summit.start}")
    for person in corpus.everything(Person):
        for n, office in enumerate(person.offices):
            if office.end and _before(office.end, office.start):
                yield Found(
                    person,
                    ("offices", n, "end"),
                    f"end: {office.end} is before the start, {office.start}",
                )


def _before(left: When, right: When) -> bool:
    """Certainly earlier, as far as both are known."""
    if left.day == right.day and left.time and right.time:
        return left.time < right.time
    return left.last < right.first


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
        if len(seats) == len(summit.participants) and not least <= sides <= most:
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
            issued_then = source and not _before(When(summit.start.day or ""), source.issued)
            if source and source.kind in JOINT_KINDS and issued_then:
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


# -- takeaways and their histories --------------------------------------------------------------


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
            if _before(step.date, earlier.date):
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
                    f"{_way(way)}: {date} lies in the future",
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
            if issued and all(i.last < step.date.first - DAY_AHEAD for i in issued):
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
                f"superseded: {len(successors) or 'no'} takeaway"
                f"{'s' if len(successors) > 1 else ''} supersede{'' if len(successors) > 1 else 's'}"
                " it, where exactly one must",
                "The successor has this id in its field supersedes.",
            )
        if successors and takeaway.history and last is not Status.SUPERSEDED:
            yield Found(
                takeaway,
                ("history", len(takeaway.history) - 1, "status"),
                f'"{successors[0].id}" supersedes this takeaway, but its last step is {last}',
                "Add a step with the status superseded.",
            )


def tracked_never_looked_at(corpus: Corpus) -> Iterator[Found]:
    for takeaway in corpus.tracked():
        if corpus.is_open(takeaway) and not takeaway.checked:
            yield Found(
                takeaway,
                ("history",),
                "a tracked takeaway that is still open has no checked",
                "Add the day somebody last looked for news.",
            )


# -- sources and quotations ---------------------------------------------------------------------


def _citation_lists(record: Record) -> Iterator[tuple[FieldPath, tuple[Any, ...]]]:
    """Every list of citations in a record, with the way to it."""
    if isinstance(record, Summit | Takeaway) and record.sources:
        yield ("sources",), record.sources
    if isinstance(record, Summit):
        if record.no_joint_document:
            yield ("no_joint_document", "sources"), record.no_joint_document.sources
        for n, dispute in enumerate(record.disputed):
            for m, account in enumerate(dispute.accounts):
                yield ("disputed", n, "accounts", m, "sources"), account.sources
    if isinstance(record, Takeaway):
        for n, step in enumerate(record.history):
            yield ("history", n, "sources"), step.sources
        for n, account in enumerate(record.accounts):
            yield ("accounts", n, "sources"), account.sources


def only_tier_five(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        for way, citations in _citation_lists(record):
            tiers = [s.tier for c in citations if (s := corpus.get(c.source, Source))]
            if tiers and all(tier is Tier.FIVE for tier in tiers):
                yield Found(
                    record,
                    way,
                    f"{_way(way)}: rests on an aggregator or a generated text alone",
                    "Find the text it draws on, or leave the statement out.",
                )


def long_quote(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        for way, quote in _quotes(record):
            words = len(quote.split())
            if words > QUOTE_WORDS:
                yield Found(
                    record,
                    way,
                    f"{_way(way)}: has {words} words, more than {QUOTE_WORDS}",
                    "Quote the decisive words; the rest goes into your own.",
                )


def _quotes(record: Record) -> Iterator[tuple[FieldPath, str]]:
    for way, citations in _citation_lists(record):
        for n, citation in enumerate(citations):
            if citation.quote:
                yield (*way, n, "quote"), citation.quote
    for n, account in enumerate(getattr(record, "accounts", ())):
        if account.quote:
            yield ("accounts", n, "quote"), account.quote
    for n, dispute in enumerate(getattr(record, "disputed", ())):
        for m, account in enumerate(dispute.accounts):
            if account.quote:
                yield ("disputed", n, "accounts", m, "quote"), account.quote


def silent_but_not_read(corpus: Corpus) -> Iterator[Found]:
    for record in corpus.records.values():
        accounts: list[tuple[FieldPath, Any]] = [
            (("accounts", n), a) for n, a in enumerate(getattr(record, "accounts", ()))
        ]
        for n, dispute in enumerate(getattr(record, "disputed", ())):
            accounts += [
                (("disputed", n, "accounts", m), a) for m, a in enumerate(dispute.accounts)
            ]
        for way, account in accounts:
            for citation in account.sources if account.silent else ():
                source = corpus.get(citation.source, Source)
                if source and source.read is not HowRead.WHOLE:
                    yield Found(
                        record,
                        (*way, "silent"),
                        f'silent: "{source.id}" is not marked as read whole',
                        "Only a text read whole can be called silent; leave the account out.",
                    )


# -- ids and duplicates -------------------------------------------------------------------------


def ids_alike(corpus: Corpus) -> Iterator[Found]:
    by_letters: dict[str, str] = {}
    for record in corpus.records.values():
        letters = record.id.replace("-", "")
        first = by_letters.setdefault(letters, record.id)
        if first != record.id:
            yield Found(
                record,
                (),
                f'the id "{record.id}" differs from "{first}" only in hyphens',
                "Give one of the two files another name.",
            )


def country_id(corpus: Corpus) -> Iterator[Found]:
    for country in corpus.everything(Country):
        if not re.fullmatch(r"[a-z]{2}", country.id):
            yield Found(
                country,
                (),
                f'the id "{country.id}" is not a country code of two letters',
                "Use ISO 3166, such as kr; rename the file.",
            )


def probable_duplicates(corpus: Corpus) -> Iterator[Found]:
    seen: dict[tuple[str, ...], Record] = {}
    for record in corpus.records.values():
        if record.withdrawn:
            continue
        for key in _likeness(record):
            first = seen.setdefault((record.folder, *key), record)
            if first is not record:
                yield Found(
                    record,
                    (),
                    f'looks like the same {record.noun.lower()} as "{first.id}"',
                    "If it is, keep one; the other's id goes into former_ids.",
                )
                break


def _likeness(record: Record) -> Iterator[tuple[str, ...]]:
    """Keys that two records of one thing would share."""
    match record:
        case Summit():
            people = sorted(p.person for p in record.participants)
            yield ("summit", record.start.day or record.start, record.city, *people)
        case Source():
            if record.url:
                yield ("url", record.url.rstrip("/"))
        case Person():
            for name in (record.names.display, *record.aliases):
                yield ("name", _folded(name))
        case _:
            yield ("title", _folded(record.title_text), *getattr(record, "summits", ())[:1])


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if c.isalnum())


def shared_alias(corpus: Corpus) -> Iterator[Found]:
    by_alias: dict[str, list[Country]] = defaultdict(list)
    for country in corpus.everything(Country):
        for n, alias in enumerate((country.name, *country.aliases)):
            others = by_alias[_folded(alias)]
            if others and others[0] is not country:
                yield Found(
                    country,
                    ("aliases", n - 1) if n else ("name",),
                    f'"{alias}" is also a name of "{others[0].id}"',
                    "A name leads to one country only.",
                )
            others.append(country)


# -- the table ----------------------------------------------------------------------------------

_TASK_FORCE = "# takeaways/2025-08-23-task-force\n"
_TERMS = "# takeaways/2025-08-25-investment-terms\n"
_TOKYO = "# summits/2025-08-23-lee-ishiba-tokyo\n"
_STEP = "history:\n  - date: {}\n    status: {}\n    note: Talks went on.\n    sources:\n      - press\n"

#: Every rule across records. A new one: a function above, a row here; the table is tested.
RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB401",
            "error",
            "A reference leads to a record that exists.",
            _TASK_FORCE + "topics:\n  - trad",
            _TASK_FORCE + "topics:\n  - trade",
        ),
        dangling,
    ),
    Check(
        Rule(
            "SB402",
            "error",
            "A reference leads to a record of the right type.",
            _TASK_FORCE + "topics:\n  - kr",
            _TASK_FORCE + "topics:\n  - trade",
        ),
        wrong_type,
    ),
    Check(
        Rule(
            "SB403",
            "error",
            "Nothing refers to a withdrawn record.",
            _TASK_FORCE + "topics:\n  - withdrawn-topic",
            _TASK_FORCE + "topics:\n  - trade",
        ),
        withdrawn_target,
    ),
    Check(
        Rule(
            "SB404",
            "error",
            "References use the present id, not a former one.",
            _TASK_FORCE + "topics:\n  - commerce",
            _TASK_FORCE + "topics:\n  - trade",
        ),
        former_id,
    ),
    Check(
        Rule(
            "SB405",
            "error",
            "A takeaway does not restate, supersede or address itself.",
            _TASK_FORCE + "addresses:\n  - 2025-08-23-task-force",
            _TASK_FORCE + "addresses:\n  - 2025-08-25-investment-terms",
        ),
        points_at_itself,
    ),
    Check(
        Rule(
            "SB406",
            "error",
            "Topics have one level of broader topics.",
            "# topics/tariffs\nbroader: investment",
            "# topics/tariffs\nbroader: trade",
        ),
        two_levels_of_topics,
    ),
    Check(
        Rule(
            "SB501",
            "error",
            "Each participant held an office on the day.",
            _TOKYO + "start: 2019-08-23",
            _TOKYO + "start: 2025-08-23",
        ),
        no_office_that_day,
    ),
    Check(
        Rule(
            "SB502",
            "error",
            "Nothing ends before it starts.",
            _TOKYO + "end: 2025-08-22",
            _TOKYO + "end: 2025-08-24",
        ),
        end_before_start,
    ),
    Check(
        Rule(
            "SB503",
            "error",
            "The state of a summit fits its date.",
            _TOKYO + "state: scheduled",
            _TOKYO + "state: held",
        ),
        held_in_the_future,
    ),
    Check(
        Rule(
            "SB504",
            "error",
            "The format of a summit fits the number of sides.",
            _TOKYO + "format: trilateral",
            _TOKYO + "format: bilateral",
        ),
        format_and_sides,
    ),
    Check(
        Rule(
            "SB505",
            "error",
            "Either joint documents, or a note that there are none.",
            _TOKYO + "no_joint_document:\n  checked: 2025-09-01\n  sources:\n    - press",
            _TOKYO + "documents:\n  - joint-text",
        ),
        joint_document_and_none,
    ),
    Check(
        Rule(
            "SB506",
            "error",
            f"A bottom line has at most {BOTTOM_LINE_WORDS} words.",
            _TOKYO + "bottom_line: " + "word " * 41,
            _TOKYO + "bottom_line: They met.",
        ),
        long_bottom_line,
    ),
    Check(
        Rule(
            "SB507",
            "error",
            "An assessment says whose it is.",
            _TASK_FORCE + "kind: assessment",
            _TASK_FORCE + "kind: assessment\nattributed_to:\n  - pacheco-pardo",
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
            _TASK_FORCE + "restates:\n  - 2025-08-25-investment-terms",
            "# takeaways/2025-08-23-shared-position\nrestates:\n  - 2025-08-25-investment-terms",
        ),
        restated_with_history,
    ),
    Check(
        Rule(
            "SB510",
            "error",
            "The steps of a history stand in the order of their dates.",
            _TERMS
            + _STEP.format("2025-09-30", "open")
            + _STEP.format("2025-08-25", "negotiating").removeprefix("history:\n"),
            _TERMS + _STEP.format("2025-08-25", "open"),
        ),
        history_out_of_order,
    ),
    Check(
        Rule(
            "SB511",
            "error",
            "Nothing that has happened lies in the future.",
            _TERMS + _STEP.format("2099-01-01", "open"),
            _TERMS + _STEP.format("2025-08-25", "open"),
        ),
        date_in_the_future,
    ),
    Check(
        Rule(
            "SB512",
            "error",
            "Revisions come after publication, oldest first.",
            _TERMS + "revisions:\n  - date: 2020-01-01\n    note: Too early.",
            _TERMS + "revisions:\n  - date: 2025-10-01\n    note: A step was added.",
        ),
        revision_before_publication,
    ),
    Check(
        Rule(
            "SB513",
            "error",
            "At least one source of a step is as young as the step.",
            _TERMS + _STEP.format("2025-09-30", "open"),
            _TERMS + _STEP.format("2025-08-25", "open"),
        ),
        sources_before_the_step,
    ),
    Check(
        Rule(
            "SB514",
            "error",
            "Superseded means that exactly one takeaway supersedes it.",
            _TERMS + _STEP.format("2025-08-25", "superseded"),
            _TERMS + _STEP.format("2025-08-25", "open"),
        ),
        superseded_without_successor,
    ),
    Check(
        Rule(
            "SB515",
            "warning",
            "An open tracked takeaway says when somebody last looked.",
            _TERMS + _STEP.format("2025-08-25", "open") + "checked:",
            _TERMS + "checked: 2025-10-01",
        ),
        tracked_never_looked_at,
    ),
    Check(
        Rule(
            "SB601",
            "error",
            "An aggregator is never the only source.",
            _TERMS + "sources:\n  - web-summary",
            _TERMS + "sources:\n  - web-summary\n  - press",
        ),
        only_tier_five,
    ),
    Check(
        Rule(
            "SB602",
            "error",
            f"A quotation has at most {QUOTE_WORDS} words.",
            _TERMS + "sources:\n  - source: press\n    quote: " + "word " * 26,
            _TERMS + "sources:\n  - source: press\n    quote: future-oriented",
        ),
        long_quote,
    ),
    Check(
        Rule(
            "SB603",
            "error",
            "Only a text that was read whole can be called silent.",
            _TERMS + "accounts:\n  - silent: true\n    sources:\n      - press",
            _TERMS + "accounts:\n  - silent: true\n    sources:\n      - joint-text",
        ),
        silent_but_not_read,
    ),
    Check(
        Rule(
            "SB701",
            "error",
            "Ids differ in more than their hyphens.",
            "+ topics/2025-trade\n+ topics/20-25-trade",
            "+ topics/trade-in-2025",
        ),
        ids_alike,
    ),
    Check(
        Rule(
            "SB702",
            "error",
            "The id of a country is its ISO code of two letters.",
            "+ countries/norway",
            "+ countries/no",
        ),
        country_id,
    ),
    Check(
        Rule(
            "SB703",
            "warning",
            "One thing has one record.",
            "# people/ishiba-shigeru\naliases:\n  - Lee Jae-myung",
            "# people/ishiba-shigeru\naliases:\n  - Shigeru Ishiba",
        ),
        probable_duplicates,
    ),
    Check(
        Rule(
            "SB704",
            "error",
            "A name of a country leads to that country only.",
            "# countries/jp\naliases:\n  - South Korea",
            "# countries/jp\naliases:\n  - Nippon",
        ),
        shared_alias,
    ),
)
