"""One record file open for editing: values and lines are put in, all else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import tree as yaml_tree
from generator.fields import ProseMark, Ref
from generator.files import read_plain
from generator.fmt import as_yaml, one_line
from generator.linked import values_of
from generator.model import BY_FOLDER, Record, field_order
from generator.problems import Problem
from generator.tree import Fields, Items, Leaf, Node


class CannotEdit(Exception):
    """The command did nothing. Says why; `problems` are those its result would have."""

    def __init__(self, reason: str, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(reason)


@dataclass
class Page:
    """A record file open for editing: its text in lines, and its tree."""

    path: str
    before: bytes
    lines: list[str]
    tree: Fields

    @classmethod
    def open(cls, root: Path, path: str) -> Page:
        before = read_plain(root / path)
        return cls.of(path, before, before)

    @classmethod
    def of(cls, path: str, before: bytes, data: bytes) -> Page:
        tree, problems = yaml_tree.parse(data, path)
        if tree is None or problems:
            raise CannotEdit(f"{path} cannot be read; run brief check first.", problems)
        return cls(path, before, yaml_tree.decode(data).split("\n"), tree)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def again(self, lines: list[str]) -> Page:
        """The page with other lines."""
        return Page.of(self.path, self.before, "\n".join(lines).encode())

    def data(self) -> Any:
        return yaml_tree.to_data(self.tree)


def with_field(page: Page, name: str, value: Any) -> Page:
    """The page with a top-level field set anew; the field must not be there yet."""
    order = field_order(BY_FOLDER[page.path.split("/")[1]])
    rank = {field: n for n, field in enumerate(order)}
    after = [k for k, _ in page.tree.entries.values() if rank.get(k.text, 999) > rank[name]]
    at = _line_above(page.lines, min((k.line for k in after), default=0), 1)
    rows = as_yaml({name: value}, BY_FOLDER[page.path.split("/")[1]])
    return page.again(_inserted(page.lines, at, rows))


def with_item(page: Page, name: str, value: Any, index: int) -> Page:
    """The page with an item put into the list `name`, before the item `index`."""
    if name not in page.tree.entries:
        return with_field(page, name, [value])
    _, items = page.tree.entries[name]
    if not isinstance(items, Items) or items.flow or not items.items:
        raise CannotEdit(f"{page.path}: {name} is not a list of lines; run brief fmt on it first.")
    if index < len(items.items):
        at = _line_above(page.lines, items.items[index].line, items.column)
    else:
        at = _line_after(page.lines, items)
    shape = BY_FOLDER[page.path.split("/")[1]]
    rows = as_yaml({name: [value]}, shape)[1:]
    indent = " " * (items.column - 1)
    rows = [indent + row[2:] if row else "" for row in rows]
    return page.again(_inserted(page.lines, at, rows))


def _inserted(lines: list[str], at: int, rows: list[str]) -> list[str]:
    """Lines with `rows` before the line `at` (from 1); 0 puts them at the end."""
    if not at:
        kept = list(lines)
        while kept and not kept[-1].strip():
            kept.pop()
        return [*kept, *rows, ""]
    return [*lines[: at - 1], *rows, *lines[at - 1 :]]


def _line_above(lines: list[str], line: int, column: int) -> int:
    """The line of a value, or of the comment right above it that stands in the same column."""
    while line > 1 and re.match(rf" {{{column - 1}}}#", lines[line - 2]):
        line -= 1
    return line


def _line_after(lines: list[str], node: Node) -> int:
    """The first line below a list and the comments at its end; 0 at the end of the file."""
    last = max(_last_line(leaf, lines) for leaf in leaves(node))
    column = node.column
    while last < len(lines) and re.match(rf" {{{max(column - 1, 1)},}}#", lines[last]):
        last += 1
    return last + 1 if any(row.strip() for row in lines[last:]) else 0


def leaves(node: Node) -> list[Leaf]:
    """Every value in a node, without the keys."""
    if isinstance(node, Leaf):
        return [node]
    inside = node.items if isinstance(node, Items) else [v for _, v in node.entries.values()]
    return [leaf for child in inside for leaf in leaves(child)]


def _last_line(leaf: Leaf, lines: list[str]) -> int:
    line, column = leaf.end
    if leaf.style in ("|", ">") or (column == 1 and line > leaf.line):
        line -= 1
        while line > leaf.line and not lines[line - 1].strip():
            line -= 1
    return line


def spliced(page: Page, changes: Iterable[tuple[Leaf, str]]) -> Page:
    """The page with some values replaced, given as they are written, from last to first."""
    text = page.text
    starts = [0]
    for row in page.lines:
        starts.append(starts[-1] + len(row) + 1)
    for leaf, written in sorted(changes, key=lambda c: (c[0].line, c[0].column), reverse=True):
        begin = starts[leaf.line - 1] + leaf.column - 1
        end = starts[leaf.end[0] - 1] + leaf.end[1] - 1
        text = text[:begin] + written + text[end:]
    return page.again(text.split("\n"))


def _source_text(page: Page, leaf: Leaf) -> str:
    """A value as it is written."""
    text = page.text
    starts = [0]
    for row in page.lines:
        starts.append(starts[-1] + len(row) + 1)
    return text[
        starts[leaf.line - 1] + leaf.column - 1 : min(
            starts[leaf.end[0] - 1] + leaf.end[1] - 1, len(text)
        )
    ]


# -- references ---------------------------------------------------------------------------------


def names(old: str) -> re.Pattern[str]:
    """What a link or a note to a record looks like in prose."""
    return re.compile(rf"(\[\[\s*|\[@\s*){re.escape(old)}(?=\s*[|\],])")


def redirected(page: Page, record: Record, old: str, new: str) -> Page:
    """The page with every reference to `old` leading to `new`, in fields and in prose."""
    changes: list[tuple[Leaf, str]] = []
    pattern = names(old)
    for way, value, mark in values_of(record):
        node = yaml_tree.locate(page.tree, way)
        if isinstance(node, Fields):  # a citation: the id stands in its field `source`
            node = yaml_tree.locate(page.tree, (*way, "source"))
        if not isinstance(node, Leaf):
            continue
        if isinstance(mark, Ref) and value == old and node.text == old:
            changes.append((node, one_line(new)))
        elif isinstance(mark, ProseMark) and pattern.search(value):
            written = _source_text(page, node)
            changes.append((node, pattern.sub(lambda m: m[1] + new, written)))
    done = spliced(page, changes) if changes else page
    wanted = _swapped(page.data(), _reference_ways(record, old), old, new, ())
    if done.data() != wanted:
        raise CannotEdit(f"{page.path}: the references to {old} cannot be replaced safely.")
    return done


def _reference_ways(record: Record, old: str) -> set[tuple[Any, ...]]:
    return {way for way, value, mark in values_of(record) if isinstance(mark, Ref) and value == old}


def _swapped(data: Any, ways: set[Any], old: str, new: str, here: tuple[Any, ...]) -> Any:
    """What the data must be after references were redirected."""
    if isinstance(data, dict):
        return {k: _swapped(v, ways, old, new, (*here, k)) for k, v in data.items()}
    if isinstance(data, list):
        return [_swapped(v, ways, old, new, (*here, n)) for n, v in enumerate(data)]
    bare = here in ways or (here[-1:] == ("source",) and here in ways)
    if data == old and (bare or (*here, "source") in ways):
        return new
    return names(old).sub(lambda m: m[1] + new, data)


def without_doubles(page: Page, kept: str) -> Page:
    """The page with `kept` only once in each list of bare values; comments beside stay."""
    drop: list[Leaf] = []

    def walk(node: Node) -> None:
        if isinstance(node, Items):
            same = [i for i in node.items if isinstance(i, Leaf) and i.text == kept]
            if same[1:] and node.flow:
                raise CannotEdit(
                    f"{page.path}: a list in brackets would name {kept} twice; run brief fmt first."
                )
            drop.extend(same[1:])
        for child in (
            node.items
            if isinstance(node, Items)
            else ([v for _, v in node.entries.values()] if isinstance(node, Fields) else [])
        ):
            walk(child)

    walk(page.tree)
    rows: list[str | None] = list(page.lines)
    for leaf in drop:
        row = page.lines[leaf.line - 1]
        comment = row[leaf.end[1] - 1 :].strip()
        rows[leaf.line - 1] = row[: row.index("-")] + comment if comment else None
    return page.again([row for row in rows if row is not None]) if drop else page
