"""Rules on references: they lead to records that exist, of the right type."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import (
    TASK_FORCE,
    Check,
    Found,
    spoken,
)
from generator.corpus import Corpus
from generator.linked import Reference
from generator.model import (
    BY_FOLDER,
    Record,
    Takeaway,
    Topic,
    known_names,
)
from generator.problems import Rule, article, one_of, suggestion


def _odd(corpus: Corpus) -> list[tuple[Reference, Record | str]]:
    """The references that lead to no standing record of a type they may lead to, each with the
    record, or the path of the file, it stands in."""
    return corpus.kept("odd references", "", lambda: list(_find_odd(corpus)))


def _find_odd(corpus: Corpus) -> Iterator[tuple[Reference, Record | str]]:
    good = {record.id: record.folder for record in corpus.records.values() if not record.withdrawn}
    for reference in (*corpus.references, *corpus.loose_references):
        folder = good.get(reference.target)
        if folder is None or (reference.folders and folder not in reference.folders):
            yield reference, corpus.records.get(reference.owner, reference.owner)


def dangling(corpus: Corpus) -> Iterator[Found]:
    names: dict[str, str] = {}
    for reference, owner in _odd(corpus):
        if reference.target in corpus.records or reference.target in corpus.former:
            continue
        names = names or known_names(corpus.records.values())
        hint = suggestion(reference.target, names)
        yield Found(
            owner,
            reference.field,
            f'{spoken(reference.field)}: there is no record "{reference.target}"',
            hint or "Check the spelling, or add the record first.",
            reference.words or reference.target,
        )


def wrong_type(corpus: Corpus) -> Iterator[Found]:
    for reference, owner in _odd(corpus):
        target = corpus.records.get(reference.target)
        if target and reference.folders and target.folder not in reference.folders:
            wanted = one_of(BY_FOLDER[f].noun.lower() for f in reference.folders)
            yield Found(
                owner,
                reference.field,
                f'{spoken(reference.field)}: "{target.id}" is {article(target.noun.lower())}, '
                f"where {article(wanted)} belongs",
                "",
                reference.words,
            )


def withdrawn_target(corpus: Corpus) -> Iterator[Found]:
    for reference, owner in _odd(corpus):
        target = corpus.records.get(reference.target)
        if target and target.withdrawn and not getattr(owner, "withdrawn", None):
            yield Found(
                owner,
                reference.field,
                f'{spoken(reference.field)}: "{target.id}" was withdrawn '
                f"on {target.withdrawn.date}",
                f"Take the reference out: {target.withdrawn.reason}",
                reference.words,
            )


def former_id(corpus: Corpus) -> Iterator[Found]:
    for reference, owner in _odd(corpus):
        if reference.target in corpus.former and reference.target not in corpus.records:
            yield Found(
                owner,
                reference.field,
                f'{spoken(reference.field)}: "{reference.target}" is a former id',
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


RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB401",
            "error",
            "A reference leads to a record that exists.",
            TASK_FORCE + "topics:\n  - trad",
            TASK_FORCE + "topics:\n  - trade",
        ),
        dangling,
    ),
    Check(
        Rule(
            "SB402",
            "error",
            "A reference leads to a record of the right type.",
            TASK_FORCE + "topics:\n  - kr",
            TASK_FORCE + "topics:\n  - trade",
        ),
        wrong_type,
    ),
    Check(
        Rule(
            "SB403",
            "error",
            "Nothing refers to a withdrawn record.",
            TASK_FORCE + "topics:\n  - withdrawn-topic",
            TASK_FORCE + "topics:\n  - trade",
        ),
        withdrawn_target,
    ),
    Check(
        Rule(
            "SB404",
            "error",
            "References use the present id, not a former one.",
            TASK_FORCE + "topics:\n  - commerce",
            TASK_FORCE + "topics:\n  - trade",
        ),
        former_id,
    ),
    Check(
        Rule(
            "SB405",
            "error",
            "A takeaway does not restate, supersede or address itself.",
            TASK_FORCE + "addresses:\n  - 2025-08-23-task-force",
            TASK_FORCE + "addresses:\n  - 2025-08-25-new-promise",
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
)
