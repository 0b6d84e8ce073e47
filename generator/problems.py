"""A problem in the content: where it is, what must be true, what was found, what to try."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
#: The way from the top of a record to a value: field names and list positions.
FieldPath = tuple[str | int, ...]

#: GitHub shows at most this many annotations for one step of a workflow.
GITHUB_ANNOTATIONS = 10


@dataclass(frozen=True)
class Rule:
    """One thing that must be true of the content, under a code that never changes its meaning.

    `bad` and `good` are short excerpts of a record, shown by the documentation of the rule.
    """

    code: str
    level: Level
    rule: str
    bad: str
    good: str


@dataclass(frozen=True)
class Problem:
    """One broken rule at one place.

    `path` is relative to the project's folder, with forward slashes. `line` and `column` count
    from 1. `field` leads to the value inside the record and `find` to a piece of text within
    that value; whoever knows only those leaves `line` at 0, and `load.place` fills it in.
    """

    path: str
    code: str
    message: str
    hint: str = ""
    level: Level = "error"
    line: int = 0
    column: int = 0
    field: FieldPath = ()
    find: str = ""
    #: A second place the problem is about: path and line, such as the first of two.
    also: tuple[str, int] | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.path, self.line, self.column, self.code, self.message)


class ContentError(Exception):
    """The content has errors, so nothing was built from it. Carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(counted(self.problems))


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.level == "error" for problem in problems)


def printable(text: str) -> str:
    """`text` with every character a terminal might act on replaced by its code point."""
    return "".join(
        c if c.isprintable() or c == " " else f"<U+{ord(c):04X}>" for c in text.replace("\n", " ")
    )


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most likely stands for, if any comes close."""
    by_fold = {candidate.casefold(): candidate for candidate in sorted(known)}
    close = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.7)
    return by_fold[close[0]] if close else None


def suggestion(word: str, names: Mapping[str, str]) -> str:
    """A hint that says what `word` may stand for: `names` lead from spellings to ids."""
    guess = did_you_mean(word, names)
    if not guess:
        return ""
    meant = names[guess]
    return f"Did you mean {meant}?" if guess == meant else f"Did you mean {meant} ({guess})?"


def article(noun: str) -> str:
    """`a summit`, `an organisation`."""
    return f"an {noun}" if noun[0].lower() in "aeiou" else f"a {noun}"


def one_of(values: Iterable[str]) -> str:
    """`kr, jp or us`."""
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


def counted(problems: Iterable[Problem]) -> str:
    """A line such as "2 errors, 1 warning"."""
    levels = [problem.level for problem in problems]
    parts = []
    for level in ("error", "warning"):
        n = levels.count(level)
        if n or (level == "error" and not levels):
            parts.append(f"{n} {level}{'' if n == 1 else 's'}")
    return ", ".join(parts)


def as_text(problem: Problem) -> str:
    """`path:line:column: CODE message`, then the hint on a line of its own."""
    mark = "" if problem.level == "error" else " (warning)"
    place = f"{printable(problem.path)}:{problem.line}:{problem.column}"
    lines = [f"{place}: {problem.code}{mark} {printable(problem.message)}"]
    if problem.hint:
        lines.append(f"    {printable(problem.hint)}")
    return "\n".join(lines)


def as_json(problems: Iterable[Problem]) -> str:
    """A JSON list, one object for each problem."""
    rows = [
        {
            "path": p.path,
            "line": p.line,
            "column": p.column,
            "level": p.level,
            "code": p.code,
            "field": list(p.field),
            "message": p.message,
            "hint": p.hint,
            "also": {"path": p.also[0], "line": p.also[1]} if p.also else None,
        }
        for p in problems
    ]
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode()  # names of files may be no text


def _escape_data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def ranked(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, those first that help most: errors, one of each file, files nobody can read."""
    rows = sorted(problems, key=lambda p: p.sort_key)
    nth: dict[str, int] = {}
    order = []
    for p in rows:
        nth[p.path] = nth.get(p.path, 0) + 1
        order.append((p.level != "error", nth[p.path], not p.code.startswith("SB1"), p.sort_key, p))
    return [row[-1] for row in sorted(order, key=lambda row: row[:-1])]


def as_github(problems: Iterable[Problem]) -> str:
    """Workflow commands for annotations, no more than GitHub shows; the rest is counted."""
    rows = ranked(problems)
    shown = rows if len(rows) <= GITHUB_ANNOTATIONS else rows[: GITHUB_ANNOTATIONS - 1]
    lines = [
        f"::{p.level} file={_escape_property(p.path)},line={p.line},col={p.column},"
        f"title={_escape_property(p.code)}::{_escape_data(f'{p.message} {p.hint}'.strip())}"
        for p in shown
    ]
    if len(rows) > len(shown):
        lines.append(f"::notice::{len(rows) - len(shown)} more are in the summary of this job.")
    return "\n".join(lines)


def as_summary(problems: Iterable[Problem], limit: int = 200) -> str:
    """The problems as Markdown for the summary of a job or a comment. Nothing in them is markup."""
    rows = ranked(problems)
    if not rows:
        return "**The content is fine.**\n"
    lines = [f"**{counted(rows)}**", "", "| Where | What | What to do |", "| --- | --- | --- |"]
    lines += [
        f"| {as_markdown(f'{p.path}:{p.line}')} | {p.code} {as_markdown(p.message)} "
        f"| {as_markdown(p.hint)} |"
        for p in rows[:limit]
    ]
    if len(rows) > limit:
        lines += ["", f"{len(rows) - limit} more are not shown."]
    return "\n".join(lines) + "\n"


def as_markdown(text: str) -> str:
    """Plain text in which nothing is markup, in a line or a cell of Markdown."""
    return re.sub(r"[\\`*_{}\[\]()<>#|~!&@:$-]", lambda m: f"&#{ord(m[0])};", printable(text))
