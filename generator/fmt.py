"""The canonical form of a record file: the same data, the same comments, one way to write them.

Fields stand in the order of the model, lists in lines of their own, prose in `|` blocks of at most
100 columns, values without quotes wherever all readers of YAML take them for text. The result is
read again and compared with what was there; where it would differ in anything, it is refused.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from generator import fill, prose
from generator import tree as yaml_tree
from generator.comments import CannotRead, CommentedFile, Piece, pieces, read
from generator.fields import ProseMark, Vocabulary, When
from generator.model import attribute_of, field_order, is_long, marks_in, shapes_in, types_in
from generator.problems import Problem
from generator.tree import Fields, Items, Leaf, Node

#: Prose is wrapped here, indentation included.
WIDTH = 100

Shape = type[BaseModel]


class CannotFormat(Exception):
    """The file stays as it is. Says why; `problems` are those of reading it."""

    def __init__(self, reason: str, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        super().__init__(reason)


def formatted(data: bytes, path: str, shape: Shape) -> bytes:
    """The canonical form of a file that holds a record of the type `shape`.

    Raises `CannotFormat` if the file is not YAML, or if the form would lose or change anything.
    """
    try:
        before = read(data, path)
    except CannotRead as error:
        raise CannotFormat(str(error), error.problems) from None
    if not before.tree.entries:
        raise CannotFormat("there is nothing in it")
    text = _write(before, shape)
    after = read(text.encode(), path)
    if meaning(after.tree, shape) != meaning(before.tree, shape):
        raise CannotFormat("a value would not stay the same")
    if Counter(before.comments) != Counter(after.comments):
        raise CannotFormat("a comment would be lost")
    if _write(after, shape) != text:
        raise CannotFormat("the form would change again the next time")
    return text.encode()


# -- writing ------------------------------------------------------------------------------------


def _write(file: CommentedFile, shape: Shape) -> str:
    lines = [*file.head, *_fields(file.root, 0, shape)]
    out: list[str] = []
    for line in lines:
        row = line.rstrip()
        if row or (out and out[-1]):
            out.append(row)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out).replace(_EMPTY, "") + "\n"


def _above(piece: Piece, pad: str) -> list[str]:
    """The lines above a piece; of several comments beside it all but the last go there."""
    return [pad + text if text else "" for text in (*piece.before, *piece.beside[:-1])]


def _fields(piece: Piece, indent: int, shape: Shape | None) -> list[str]:
    order = {name: n for n, name in enumerate(field_order(shape))} if shape else {}
    pad = " " * indent
    lines: list[str] = []
    for child in sorted(piece.inside, key=lambda p: order.get(str(p.key), len(order))):
        lines += _above(child, pad)
        key = _one_line(str(child.key), _Kind("text"))
        lines += _value(child, f"{pad}{key}:", indent, shape, str(child.key))
    return lines + [pad + text for text in piece.tail]


def _items(piece: Piece, indent: int, shape: Shape | None, name: str) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    inner = _shape_of(shape, name)
    for child in piece.inside:
        lines += _above(child, pad)
        if isinstance(child.node, Fields) and child.inside:
            rows = _fields(child, indent + 2, inner)
            first = next(
                k for k, row in enumerate(rows) if row and not row.lstrip().startswith("#")
            )
            lines += [pad + row.lstrip() if row else "" for row in rows[:first]]
            lines.append(f"{pad}- {rows[first][indent + 2 :]}" + _beside(child))
            lines += rows[first + 1 :]
        else:
            lines += _value(child, f"{pad}-", indent, shape, name)
    return lines + [pad + text for text in piece.tail]


def _beside(piece: Piece) -> str:
    return f"  {piece.beside[-1]}" if piece.beside else ""


def _value(piece: Piece, head: str, indent: int, shape: Shape | None, name: str) -> list[str]:
    """The lines of a value after `head`, its key or hyphen, which stands at `indent`."""
    node = piece.node
    if isinstance(node, Leaf):
        first, rest = _scalar(node, indent + 2, _kind_of(shape, name))
        return [(f"{head} {first}" if first else head) + _beside(piece), *rest]
    if not piece.inside:
        return [f"{head} {'[]' if isinstance(node, Items) else '{}'}" + _beside(piece)]
    if isinstance(node, Items):
        return [head + _beside(piece), *_items(piece, indent + 2, shape, name)]
    return [head + _beside(piece), *_fields(piece, indent + 2, _shape_of(shape, name))]


def _scalar(leaf: Leaf, indent: int, kind: _Kind) -> tuple[str, list[str]]:
    """What stands on the line of the key, and the lines of a block below it."""
    text = leaf.text
    if kind.name == "prose" and text.strip():
        return _block(fill.wrapped(text, WIDTH - indent), indent)
    text = text.strip("\n")
    if kind.name == "long" and text.strip():
        rows = [row for line in text.split("\n") for row in _folded(line, WIDTH - indent)]
        return _block(rows, indent)
    if kind.name == "date":
        text = normal_date(text, kind.date)
    if "\n" in text and not yaml_tree.has_forbidden(text.replace("\n", "")):
        return _block([row.rstrip() for row in text.split("\n")], indent)
    if not text:
        return ("" if leaf.plain else '""'), []
    return _one_line(text, kind), []


def _folded(line: str, width: int) -> list[str]:
    """A line of plain text as lines of at most `width`."""
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]


#: An empty line inside of a block: part of the text, unlike those between fields.
_EMPTY = "\0"


def _block(rows: list[str], indent: int) -> tuple[str, list[str]]:
    mark = "|2" if rows[0].startswith(" ") else "|"
    return mark, [" " * indent + row if row else _EMPTY for row in rows]


# What a reader of YAML 1.1 or 1.2 takes for something else than text.
_NOT_TEXT = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|=|<<"
    r"|[-+]?[0-9][0-9_,]*"
    r"|[-+]?0[box][0-9a-f_]+"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?([0-9][0-9_]*)?\.[0-9_]*(e[-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*e[-+]?[0-9]+"
    r"|[-+]?\.inf|\.nan"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?",
    re.IGNORECASE,
)
_NEEDS_QUOTES = re.compile(
    r"""^[\s,\[\]{}\#&*!|>'"%@`]|^[-?:](\s|$)|^[?:]|^(---|\.\.\.)|:(\s|$)|\s\#|\s$"""
)


def _one_line(text: str, kind: _Kind) -> str:
    """A value on one line: plain if every reader sees the same text, otherwise in quotes."""
    if yaml_tree.has_forbidden(text) or "\n" in text:
        escaped = json.dumps(text, ensure_ascii=False)
        return re.sub(
            r"[^ -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]",
            lambda m: f"\\u{ord(m[0]):04x}",
            escaped,
        )
    odd = _NEEDS_QUOTES.search(text) or yaml_tree.has_odd_quotes(text)
    if not odd and (kind.typed or not _NOT_TEXT.fullmatch(text)):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def one_line(text: str) -> str:
    """A value of one line as it is written, in quotes where it needs them."""
    return _one_line(text, _Kind("text"))


def as_yaml(data: Any, shape: Shape) -> list[str]:
    """Plain data (dictionaries, lists, text) as the lines of a file in canonical form."""
    root = Piece(_node(data), 0)
    pieces(root, [], [])
    return [row.replace(_EMPTY, "") for row in _fields(root, 0, shape)]


def _node(data: Any) -> Node:
    if isinstance(data, dict):
        entries = {str(k): (Leaf(str(k), 0, 0), _node(v)) for k, v in data.items()}
        return Fields(0, 0, entries)
    if isinstance(data, list | tuple):
        return Items(0, 0, [_node(item) for item in data])
    return Leaf(str(data), 0, 0)


# -- what a field holds -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """What a field holds: text, long text, prose, a date, or a value of another type."""

    name: str
    date: type[When] = When

    @property
    def typed(self) -> bool:
        return self.name in ("date", "typed")


def _kind_of(shape: Shape | None, name: str) -> _Kind:
    key = attribute_of(shape, name) if shape else name
    if shape is None or key not in shape.model_fields:
        return _Kind("text")
    if any(isinstance(mark, ProseMark) for mark in marks_in(shape, key)):
        return _Kind("prose")
    if is_long(shape, key):
        return _Kind("long")
    types = types_in(shape, key)
    for date in types:
        if issubclass(date, When):
            return _Kind("date", date)
    if any(issubclass(t, Decimal | int | Vocabulary) for t in types):
        return _Kind("typed")
    return _Kind("text")


def _shape_of(shape: Shape | None, name: str) -> Shape | None:
    key = attribute_of(shape, name) if shape else name
    if shape is None or key not in shape.model_fields:
        return None
    return next(iter(shapes_in(shape, key)), None)


def normal_date(text: str, kind: type[When] = When) -> str:
    """A date as year, month, day, where only one reading of it makes sense; else as it is."""
    try:
        return str(kind(text))
    except PydanticCustomError as error:
        found = re.fullmatch(r"Write (\S+)\.", str((error.context or {}).get("hint", "")))
    try:
        return str(kind(found[1])) if found else text
    except PydanticCustomError:
        return text


def meaning(node: Node, shape: Shape | None, name: str = "") -> Any:
    """What a value says, whatever its form: two files that mean the same give equal results."""
    if isinstance(node, Fields):
        inner = _shape_of(shape, name) if name else shape
        return {key: meaning(value, inner, key) for key, (_, value) in node.entries.items()}
    if isinstance(node, Items):
        return [meaning(item, shape, name) for item in node.items]
    kind = _kind_of(shape, name)
    if kind.name == "prose":
        return fill.meaning(prose.parse(node.text.strip("\n").rstrip(), rich=True).blocks)
    text = node.text.strip("\n")
    if kind.name == "long":
        return text.split()
    if "\n" in text:
        text = "\n".join(row.rstrip() for row in text.split("\n"))
    return normal_date(text, kind.date) if kind.name == "date" else text
