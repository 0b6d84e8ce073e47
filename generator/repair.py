"""Repairs that `brief check --fix` may make: where the result is fine, and only one reading is.

Each repair is a small change of the text. A file is changed only if it then loads without any
problem; where two ways out are equally good, both are shown and none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator import characters
from generator import tree as yaml_tree
from generator.edit import Edit
from generator.fmt import CannotFormat, formatted, one_line
from generator.load import record_from
from generator.model import BY_FOLDER, SHAPES, field_order
from generator.splice import leaves

#: At most this many lines of a file are looked at for their indentation.
ROUNDS = 12

_FIELDS = "|".join(sorted({key for kind in SHAPES for key in field_order(kind)}))


@dataclass(frozen=True)
class Repair:
    """What can be done for one file: `edit` if it is safe, otherwise several that are not."""

    path: str
    edit: Edit | None
    choices: tuple[Edit, ...] = ()


def repair(path: str, before: bytes) -> Repair | None:
    """The repair of a file, if it has a problem that can be repaired, or is not in form."""
    shape = BY_FOLDER[path.split("/")[1]]
    if _clean(before, path):
        candidates = [before]
    else:
        try:
            text = before.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
        candidates = list(dict.fromkeys(t.encode() for t in _readings(text, path)))
        candidates = [c for c in candidates if _clean(c, path) and not _swallows(c, path)]
    results = []
    for candidate in candidates:
        try:
            results.append(formatted(candidate, path, shape))
        except CannotFormat:
            continue
    edits = tuple(Edit(path, before, after) for after in dict.fromkeys(results) if after != before)
    if not edits:
        return None
    return Repair(path, edits[0]) if len(edits) == 1 else Repair(path, None, edits)


def _clean(data: bytes, path: str) -> bool:
    record, problems = record_from(data, path)
    return record is not None and not problems


def _swallows(data: bytes, path: str) -> bool:
    """Whether a line that looks like a field became part of the text above it."""
    tree, _ = yaml_tree.parse(data, path)
    rows = yaml_tree.decode(data).split("\n")
    return any(
        re.match(rf"\s*(- +)?({_FIELDS}):(\s|$)", row)
        for leaf in (leaves(tree) if tree else ())
        for row in rows[leaf.line : leaf.end[0] - (leaf.end[1] == 1)]
    )


def _readings(text: str, path: str) -> Iterator[str]:
    """The text after all repairs that have one way only, then with odd indents put right."""
    for step in (_odd_characters, _tabs, _odd_quotes, _spaces_after_colons, _colons_in_values):
        text = step(text)
        yield text
    text = _dates(text, path)
    yield text
    if yaml_tree.parse(text.encode(), path)[0] is None:
        yield from _indents(text, path)


def _odd_characters(text: str) -> str:
    """Spaces of other widths are spaces; marks nobody sees are dropped; letters are whole."""
    return characters.plain(text)


def _tabs(text: str) -> str:
    def spaced(match: re.Match[str]) -> str:
        return match[0].replace("\t", "  ")

    return re.sub(r"^[ \t]+", spaced, text, flags=re.MULTILINE).replace("\t", " ")


_ODD = re.compile(
    r"^(\s*(?:- +)*(?:[A-Za-z_]+: +)?)[“„‟«‘\"]([^“”„‟«»\"]*)[”“»’\"](\s*)$", re.MULTILINE
)


def _odd_quotes(text: str) -> str:
    """A value in quotation marks of a word processor: without them, or in straight ones."""

    def straight(match: re.Match[str]) -> str:
        if match[0].count('"') == 2:
            return match[0]
        return match[1] + one_line(match[2]) + match[3]

    return _ODD.sub(straight, text)


def _spaces_after_colons(text: str) -> str:
    """`kind:outcome` outside of blocks of prose, for names that are fields."""
    return _outside_blocks(
        text,
        lambda row: re.sub(
            rf"^(\s*(?:- +)?)({_FIELDS}):(?=[^\s/])",
            lambda m: f"{m[1]}{m[2]}: ",
            row,
        ),
    )


def _colons_in_values(text: str) -> str:
    """`title: Lee: the summit` gets quotes."""

    def quoted(row: str) -> str:
        match = re.match(r"^(\s*(?:- +)?[a-z_]+: +)([^\"'|>\[{#&*!].*: .*?)\s*$", row)
        return match[1] + one_line(match[2]) if match else row

    return _outside_blocks(text, quoted)


def _dates(text: str, path: str) -> str:
    """Dates in another form than ours, if what is there can be formatted at all."""
    try:
        return formatted(text.encode(), path, BY_FOLDER[path.split("/")[1]]).decode()
    except CannotFormat:
        return text


def _outside_blocks(text: str, change: Callable[[str], str]) -> str:
    """Each line changed that is not inside of a block of prose."""
    rows: list[str] = []
    block: int | None = None
    for row in text.split("\n"):
        indent = len(row) - len(row.lstrip())
        if block is not None and (not row.strip() or indent > block):
            rows.append(row)
            continue
        block = indent if re.search(r"(^|[:\-] )[|>][-+0-9]*\s*(#.*)?$", row) else None
        rows.append(change(row))
    return "\n".join(rows)


def _indents(text: str, path: str) -> Iterator[str]:
    """The text with one run of lines moved left or right, tried around the place of the problem."""
    _, problems = record_from(text.encode(), path)
    rows = text.split("\n")
    for line in sorted({n for p in problems for n in (p.line - 1, p.line, p.line + 1)}):
        if 1 <= line <= len(rows) and rows[line - 1].strip():
            yield from _moved(rows, line)


def _moved(rows: list[str], line: int) -> Iterator[str]:
    here = rows[line - 1]
    indent = len(here) - len(here.lstrip())
    wanted: Iterable[int] = {
        len(r) - len(r.lstrip()) for r in rows[max(0, line - ROUNDS) : line + 2]
    }
    above = rows[line - 2] if line > 1 else ""
    wanted = {*wanted, len(above) - len(above.lstrip()) + 2}
    last = line
    while (
        last < len(rows)
        and rows[last].strip()
        and len(rows[last]) - len(rows[last].lstrip()) > indent
    ):
        last += 1
    for to in sorted(wanted):
        if to == indent:
            continue
        for end in {line, last}:
            moved = [
                " " * max(len(r) - len(r.lstrip()) + to - indent, 0) + r.lstrip()
                for r in rows[line - 1 : end]
            ]
            yield "\n".join([*rows[: line - 1], *moved, *rows[end:]])
