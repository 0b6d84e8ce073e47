"""Rules across records, one room a subject; `generator.check` applies them all.

A rule yields what it found; its code, level and wording stand beside it in the table of its room.
The examples are patches to a record of the test library (`tests/mini`), named in their first line:
a test applies each and expects the rule to fire on the bad one and to keep quiet on the good one.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.corpus import Corpus
from generator.fields import When
from generator.model import Record
from generator.problems import FieldPath, Rule

#: Dates may lie this far ahead of today: Seoul is ahead of Washington.
DAY_AHEAD = dt.timedelta(days=1)

TASK_FORCE = "# takeaways/2025-08-23-task-force\n"
TERMS = "# takeaways/2025-08-25-investment-terms\n"
TOKYO = "# summits/2025-08-23-lee-ishiba-tokyo\n"
STEP = (
    "history:\n  - date: {}\n    status: {}\n    note: Talks went on.\n"
    "    sources:\n      - press\n"
)


@dataclass(frozen=True)
class Found:
    """One place where a rule does not hold: in a record, or in the file of a path that is no
    record yet."""

    record: Record | str
    field: FieldPath
    message: str
    hint: str = ""
    find: str = ""


@dataclass(frozen=True)
class Check:
    """A rule and the function that finds where it does not hold."""

    rule: Rule
    find: Callable[[Corpus], Iterator[Found]]


def spoken(way: FieldPath) -> str:
    return ", ".join(f"item {part + 1}" if isinstance(part, int) else part for part in way)


def before(left: When, right: When) -> bool:
    """Certainly earlier, as far as both are known."""
    if left.day == right.day and left.time and right.time:
        return left.time < right.time
    return left.last < right.first


def folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if c.isalnum())
