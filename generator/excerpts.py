"""A problem with the line it is about, and a caret under the value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rich.cells import cell_len

from generator.problems import Problem, printable

#: Longer lines are shown around the value only.
WIDTH = 100
#: So much of a line is shown in any case.
ROOM = 30


def excerpt(problem: Problem, texts: Mapping[str, str], width: int = WIDTH) -> str:
    """The problem over several lines: what and where, the line, a caret, the way out.

    `texts` has the files by their path; a file that is not there is shown without its line.
    `width` is that of the terminal: no line of a file is shown beyond it.
    """
    place = f"{printable(problem.path)}:{problem.line}:{problem.column}"
    lines = [f"{problem.level} {problem.code}: {printable(problem.message)}", f"  --> {place}"]
    rows = texts.get(problem.path, "").split("\n")
    gutter = len(str(max(problem.line, problem.also[1] if problem.also else 0)))
    room = max(min(width, WIDTH) - gutter - len(" | …  …"), ROOM)
    if 0 < problem.line <= len(rows) and rows[problem.line - 1].strip():
        row = rows[problem.line - 1]
        shown, begin, length = _cut(row, problem.column - 1, _length(problem, row), room)
        lines.append(f"{problem.line:>{gutter}} | {shown}")
        pad = cell_len(shown[:begin])
        carets = "^" * max(cell_len(shown[begin : begin + length]), 1)
        lines.append(f"{'':>{gutter}} | {'':>{pad}}{carets}")
    if problem.also:
        path, line = problem.also
        other = texts.get(path, "").split("\n")
        if path == problem.path and line <= len(other) and other[line - 1].strip():
            row = other[line - 1]
            begin = len(row) - len(row.lstrip())
            shown, begin, length = _cut(
                row, begin, _length(Problem("", "", "", column=begin + 1), row), room
            )
            lines.append(f"{line:>{gutter}} | {shown}")
            pad = cell_len(shown[:begin])
            lines.append(f"{'':>{gutter}} | {'':>{pad}}{'-' * length} first declared here")
        else:
            lines.append(f"{'':>{gutter}} = first declared in {printable(path)}")
    if problem.hint:
        lines.append(f"{'':>{gutter}} = {printable(problem.hint)}")
    return "\n".join(lines)


def _length(problem: Problem, row: str) -> int:
    """How many characters of the line the problem is about."""
    rest = row[problem.column - 1 :]
    if problem.find and rest.startswith(problem.find):
        return len(problem.find)
    match = re.match(r"\"[^\"]*\"|'[^']*'|[a-z_]+(?=:(\s|$))|\S+", rest)
    return len(match[0]) if match else 1


def _cut(row: str, begin: int, length: int, room: int) -> tuple[str, int, int]:
    """The part of a line that is shown, and where in it the value stands."""
    row = "".join(c if c.isprintable() else "·" for c in row)
    start, stop = 0, len(row)
    if cell_len(row) > room:
        start = stop = max(0, begin - room // 5)
        while stop < len(row) and cell_len(row[start : stop + 1]) <= room:
            stop += 1
        while start and cell_len(row[start - 1 : stop]) <= room:
            start -= 1
    head, tail = ("… " if start else ""), (" …" if stop < len(row) else "")
    begin = begin - start + len(head)
    shown = head + row[start:stop]
    return shown + tail, begin, max(min(length, len(shown) - begin), 1)
