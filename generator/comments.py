"""A record file with its comments: each comment belongs to the field or item it stands with.

The tree of a file knows no comments. Here every comment and empty line is given to a piece: above
it, beside it, or after the last item of a list. Whoever writes the pieces anew loses none of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator import tree as yaml_tree
from generator.problems import Problem
from generator.tree import Fields, Items, Leaf, Node


class CannotRead(Exception):
    """The file is not a record that can be read. Carries its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("it cannot be read")


@dataclass
class Piece:
    """An entry of a mapping or an item of a list, with the comments that belong to it."""

    node: Node
    indent: int  # the column of its key or hyphen, from 1
    key: str | None = None
    before: list[str] = field(default_factory=list)  # lines above it; "" is an empty one
    beside: list[str] = field(default_factory=list)  # comments on its line
    inside: list[Piece] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)  # comments after the last piece inside


@dataclass
class CommentedFile:
    tree: Fields
    root: Piece
    head: list[str]  # comments that stay at the top
    comments: list[str]


def read(data: bytes, path: str) -> CommentedFile:
    """The file in `data`. Raises `CannotRead`."""
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8"))
    except UnicodeDecodeError:
        text = None
    tree, problems = yaml_tree.parse(data if text is None else text.encode(), path)
    if tree is None or problems or text is None:
        raise CannotRead(problems)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    root = Piece(tree, 0)
    starts: list[tuple[int, int, Piece, list[Piece]]] = []
    pieces(root, [], starts)
    starts.sort(key=lambda start: start[:2])
    return CommentedFile(tree, root, *_attach(lines, root, starts))


def pieces(piece: Piece, above: list[Piece], starts: list[Any]) -> None:
    """Build the pieces inside a piece; `starts` gets line, column, piece and those around it."""
    chain = [*above, piece]
    node = piece.node
    if isinstance(node, Fields):
        for key, value in node.entries.values():
            child = Piece(value, key.column, key.text)
            starts.append((key.line, key.column, child, chain))
            piece.inside.append(child)
            pieces(child, chain, starts)
    elif isinstance(node, Items):
        for item in node.items:
            child = Piece(item, node.column)
            starts.append((item.line, item.column, child, chain))
            piece.inside.append(child)
            pieces(child, chain, starts)


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Items):
        for item in node.items:
            yield from _leaves(item)
    else:
        for key, value in node.entries.values():
            yield key
            yield from _leaves(value)


def _covered(lines: list[str], tree: Fields) -> dict[int, list[tuple[int, int]]]:
    """For each line, the columns taken up by values: from and to, the second not included."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for leaf in _leaves(tree):
        last, stop = leaf.end
        if leaf.style in ("|", ">"):
            mark = re.match(r"[|>][-+0-9]*", lines[leaf.line - 1][leaf.column - 1 :])
            spans.setdefault(leaf.line, []).append(
                (leaf.column, leaf.column + len(mark[0] if mark else "|"))
            )
            while last > leaf.line + 1 and not lines[last - 2].strip():
                last -= 1
            for line in range(leaf.line + 1, last):
                spans.setdefault(line, []).append((1, len(lines[line - 1]) + 1))
            continue
        for line in range(leaf.line, last + 1):
            begin = leaf.column if line == leaf.line else 1
            end = stop if line == last else len(lines[line - 1]) + 1
            spans.setdefault(line, []).append((begin, max(end, begin)))
    return spans


def _comment_in(row: str, spans: list[tuple[int, int]]) -> int | None:
    """Where in a line, from 0, its comment begins."""
    for match in re.finditer(r"(?:^|(?<=\s))#", row):
        if not any(begin - 1 <= match.start() < end - 1 for begin, end in spans):
            return match.start()
    return None


def _attach(
    lines: list[str], root: Piece, starts: list[tuple[int, int, Piece, list[Piece]]]
) -> tuple[list[str], list[str]]:
    """Give every comment and empty line to the piece it belongs to."""
    spans = _covered(lines, root.node)  # type: ignore[arg-type]
    comments: list[str] = []
    run: list[tuple[int, str]] = []  # indentation and text of the lines since the last value
    head: list[str] = []
    n = 0  # starts[:n] begin before the current place
    for number, row in enumerate(lines, 1):
        here = spans.get(number, [])
        at = _comment_in(row, here)
        text = row[at:].rstrip() if at is not None else ""
        if text:
            comments.append(text)
        ahead = "" if at is None else row[:at]
        if at is None and not row.strip() and not here:
            run.append((0, ""))
        elif text and not ahead.strip(" -"):
            run.append((len(ahead) + 1, text))
            if ahead.strip():
                continue
        else:
            following = starts[n] if n < len(starts) else None
            if following and following[0] <= number and run:
                _hand_out(run, root, starts, n, head)
                run = []
            while n < len(starts) and (starts[n][0], starts[n][1]) <= (
                number,
                len(row) if at is None else at,
            ):
                n += 1
            if text:
                owner = starts[n - 1][2] if n else root
                owner.beside.append(text)
    if run:
        _hand_out(run, root, starts, len(starts), head)
    return head, comments


def _hand_out(
    run: list[tuple[int, str]],
    root: Piece,
    starts: list[tuple[int, int, Piece, list[Piece]]],
    n: int,
    head: list[str],
) -> None:
    """Give a run of comments and empty lines to the piece after it, or to the end of a list."""
    following = starts[n][2] if n < len(starts) else None
    below = following.indent if following else 0
    rest = list(run)
    if n:
        chain = [p for p in (*starts[n - 1][3], starts[n - 1][2]) if p.inside]
        while rest:
            indent, text = next(((i, t) for i, t in rest if t), (0, ""))
            deeper = [p for p in chain if below < p.inside[0].indent <= indent]
            if not text or not deeper:
                break
            cut = next(k for k, (_, t) in enumerate(rest) if t) + 1
            deeper[-1].tail.append(text)
            rest = rest[cut:]
    texts = [text for _, text in rest]
    if following is None:
        root.tail += texts
    elif n == 0:
        cut = max((k for k, t in enumerate(texts) if not t), default=-1) + 1
        if not cut and texts[0].startswith("# yaml-language-server:"):
            cut = 1
        head += texts[:cut]
        following.before += texts[cut:]
    else:
        following.before += texts
