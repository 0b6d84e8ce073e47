"""Applies every rule across records to a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator import prose
from generator.checks import (
    Check,
    Found,
    ids,
    references,
    sources,
    spoken,
    summits,
    takeaways,
    traps,
)
from generator.corpus import Corpus
from generator.fields import ProseMark
from generator.linked import values_in
from generator.model import known_names
from generator.parallel import WORTHWHILE, spread
from generator.problems import FieldPath, Problem, suggestion

#: Every rule across records, in the order of their codes. A new one: a function in the room of its
#: subject, a row in that room's table.
RULES: tuple[Check, ...] = (
    *references.RULES,
    *summits.RULES,
    *takeaways.RULES,
    *summits.PRINT_RULES,
    *sources.RULES,
    *ids.RULES,
    *traps.RULES,
)


#: With fewer records than this the rules are not worth several processes.
MANY = 2_000


def check(
    corpus: Corpus, paths: Mapping[str, str], broken: Iterable[str] = (), jobs: int = 1
) -> list[Problem]:
    """Every broken rule, found by `jobs` processes. `paths` gives the file of each record; `broken`
    are ids of files that could not be read, to which references are let pass."""
    known_broken = frozenset(broken)

    def broken_rules(check: Check) -> list[Problem]:
        return [
            Problem(
                found.record if isinstance(found.record, str) else paths[found.record.id],
                check.rule.code,
                found.message,
                found.hint,
                check.rule.level,
                field=found.field,
                find=found.find,
            )
            for found in check.find(corpus)
            if not _may_follow(check.rule.code, found, known_broken)
        ]

    least = 2 if len(paths) >= MANY else WORTHWHILE
    problems = [problem for found in spread(broken_rules, RULES, jobs, least) for problem in found]
    return problems + list(_prose_faults(corpus, paths))


def _may_follow(code: str, found: Found, broken: frozenset[str]) -> bool:
    """Whether the finding may only follow from a file that could not be read."""
    if code == "SB401":
        return found.find.lstrip("[@") in broken
    return code == "SB514" and bool(broken)


def _prose_faults(corpus: Corpus, paths: Mapping[str, str]) -> Iterator[Problem]:
    levels = {rule.code: rule.level for rule in prose.RULES}
    names: dict[str, str] = {}
    for path, way, fault in _faults(corpus, paths):
        names = names or known_names(corpus.records.values())
        yield Problem(
            path,
            fault.code,
            f"{spoken(way)}: {fault.message}",
            (suggestion(fault.target, names) if fault.target else "") or fault.hint,
            levels[fault.code],
            field=way,
            find=fault.find,
        )


def _faults(
    corpus: Corpus, paths: Mapping[str, str]
) -> Iterator[tuple[str, FieldPath, prose.Fault]]:
    """What is wrong with the prose of every file: its path, the way to the prose, the fault."""
    for record in corpus.records.values():
        for way, fault in corpus.linked(record).faults:
            yield paths[record.id], way, fault
    for path, (kind, data) in corpus.remains.items():
        for way, text, mark in values_in(kind, data):
            if isinstance(mark, ProseMark):
                for fault in corpus.parsed(text, mark.rich).faults:
                    yield path, way, fault
