"""What publishing the content as it is would break of what is public already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diff import Version, keyed, listed, plain
from generator.problems import Problem, Rule

RULES = (
    Rule(
        "SB901",
        "error",
        "An id that was published never disappears.",
        "git rm content/topics/trade.yml",
        "brief withdraw trade --reason …, brief rename trade …, brief merge trade …",
    ),
    Rule(
        "SB902",
        "error",
        "A published step stays as it is, unless a line in revisions says what changed.",
        "history:\n  - date: 2025-08-25\n    status: delivered",
        "history:\n  - date: 2025-08-25\n    status: agreed\nrevisions:\n"
        "  - date: 2025-12-01\n    note: The step of 25 August had the wrong status.",
    ),
    Rule(
        "SB903",
        "error",
        "The day a record was published never changes.",
        "published: 2025-12-01",
        "published: 2025-09-01",
    ),
)


def gate(published: Version, now: Version) -> list[Problem]:
    """What publishing `now` would break of what is public: ids, steps, days of publication.

    The problems know the way to their value, not yet its line.
    """
    former = {old: i for i, r in now.items() for old in listed(r["fields"], "former_ids")}
    problems: list[Problem] = []

    def add(record_id: str, code: str, message: str, hint: str, name: str = "") -> None:
        folder = now.get(record_id, published[record_id])["folder"]
        path = f"content/{folder}/{record_id}.yml"
        problems.append(Problem(path, code, message, hint, field=(name,) if name else ()))

    for record_id, record in published.items():
        if record_id not in now:
            if record_id not in former:
                add(
                    record_id,
                    "SB901",
                    f'"{record_id}" is public and would disappear',
                    "Withdraw, rename or merge it instead of deleting it.",
                )
            continue
        old, new = record["fields"], now[record_id]["fields"]
        if old.get("published") != new.get("published") and old.get("published"):
            message = f"published: was {old['published']}"
            add(record_id, "SB903", message, "Put that day back.", "published")
        changed = list(_broken_steps(old, new, former))
        noted = len(new.get("revisions") or ()) > len(old.get("revisions") or ())
        if changed and not noted:
            add(
                record_id,
                "SB902",
                f"the step of {', '.join(changed)} was changed or removed",
                "Add a line to revisions that says what changed and why.",
                "history",
            )
    return problems


def _broken_steps(old: Any, new: Any, former: Mapping[str, str]) -> Iterator[str]:
    before, after = keyed(old.get("history") or []), keyed(new.get("history") or [])
    for key, step in before.items():
        day = _without_number(key)
        that_day = [_essence(s, former) for k, s in after.items() if _without_number(k) == day]
        if _essence(step, former) not in that_day:
            yield key


def _without_number(key: str) -> str:
    return re.sub(r" \(\d+\)$", "", key)


def _essence(step: Any, former: Mapping[str, str]) -> Any:
    """What of a step may not change: day, status, words. Sources may be added, and what its words
    link to may get another id."""
    if not isinstance(step, dict):
        return step
    words = re.sub(
        r"(\[\[|\[@)\s*([a-z0-9-]+)",
        lambda m: m[1] + former.get(m[2], m[2]),
        str(step.get("note", "")),
    )
    return {"date": step.get("date"), "status": step.get("status"), "note": plain(words)}
