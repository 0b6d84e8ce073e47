"""Text as nested data for Typst: what a contributor wrote never becomes markup.

A piece of text is a list of strings and nodes; a node is a dictionary with its kind under `k` and
what it holds under `c`. Kinds in a line: em, strong, link (href), ref (to, a label in the same
document), note (source, locator, quote), natives (a list of native: lang, text; bare without
brackets), chip (status, label), br. Blocks: p, ul, ol (start), quote, heading (level), table
(head, rows).
`templates/pdf/shared.typ` renders them with one recursive function.

A document is a tree of such text. Parts of it that may give way carry a `rank`, and lists of notes
are open until it is known what stays: `finish` settles both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from generator import prose

Node = dict[str, Any]
#: Strings and nodes in a line, or blocks.
Nodes = list[Any]
Tree = dict[str, Any]

#: Typst stops at some depth of nesting, and no reader needs more than this.
MAX_DEPTH = 6

#: A record's id and the words of the link, if it brings any, to nodes.
Link = Callable[[str, str], Nodes]
#: A source's id and a place in it to a note, or nothing where there is no such source.
Note = Callable[[str, str], Nodes]


def tidy(text: str) -> str:
    """The text with one space where there were several."""
    return re.sub(r"[ \t\r\n]+", " ", text)


def joined(parts: list[Nodes], between: str = ", ") -> Nodes:
    """Several pieces of text in one line."""
    found: Nodes = []
    for part in parts:
        if found and part:
            found.append(between)
        found += part
    return found


def with_notes(blocks: Nodes, notes: Nodes) -> Nodes:
    """Blocks with notes at the end of the last paragraph, be it that of a list or a quotation."""
    if not notes:
        return blocks
    last: Node = blocks[-1] if blocks else {"k": ""}
    match last["k"]:
        case "p":
            inner = [*last["c"], *notes]
        case "quote":
            inner = with_notes(last["c"], notes)
        case "ul" | "ol" if last["c"]:
            inner = [*last["c"][:-1], with_notes(last["c"][-1], notes)]
        case _:
            return [*blocks, {"k": "p", "c": notes}]
    return [*blocks[:-1], {**last, "c": inner}]


def words_of(value: Any) -> str:
    """The words of a piece of text, without notes: for tests and for names of parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(words_of(item) for item in value)
    if value["k"] == "native":
        return str(value["text"])
    return words_of(value.get("c", "" if value["k"] != "br" else " "))


# -- prose ----------------------------------------------------------------------------------------


def from_prose(tree: prose.Prose, link: Link, note: Note) -> Nodes:
    """Prose as blocks."""
    return _Reader(link, note).blocks(tree.blocks, 0)


class _Reader:
    """Walks the tree of a piece of prose once."""

    def __init__(self, link: Link, note: Note) -> None:
        self.link = link
        self.note = note
        self.level = 0  # of the last heading: levels may not be skipped on the way down

    def blocks(self, nodes: list[prose.Node], depth: int) -> Nodes:
        return [block for node in nodes for block in self.block(node, depth)]

    def block(self, node: prose.Node, depth: int) -> Nodes:
        match node.kind:
            case "list" | "quote" | "item" if depth >= MAX_DEPTH or node.kind == "item":
                return self.blocks(node.children, depth)
            case "list":
                kind = {"k": "ol", "start": int(node.value)} if node.value else {"k": "ul"}
                return [{**kind, "c": [self.blocks([i], depth + 1) for i in node.children]}]
            case "quote":
                return [{"k": "quote", "c": self.blocks(node.children, depth + 1)}]
            case "heading" if depth == 0:
                self.level = min(int(node.value), self.level + 1)
                return [{"k": "heading", "level": self.level, "c": self.line(node.children)}]
            case "table":
                return [self.table(node)]
        text = self.line(node.children or [node])
        return [{"k": "p", "c": text}] if text else []

    def table(self, node: prose.Node) -> Node:
        rows = [row for part in node.children for row in part.children]
        cells = [[self.line(cell.children) for cell in row.children] for row in rows]
        return {"k": "table", "head": cells[0] if cells else [], "rows": cells[1:]}

    def line(self, nodes: list[prose.Node], depth: int = 0) -> Nodes:
        found: Nodes = []
        for node in nodes:
            for piece in self.piece(node, depth):
                if isinstance(piece, dict) and piece["k"] == "note":
                    _close_up(found)
                if isinstance(piece, str) and found and isinstance(found[-1], str):
                    found[-1] = tidy(found[-1] + piece)
                elif piece:
                    found.append(piece)
        return found

    def piece(self, node: prose.Node, depth: int) -> Nodes:
        match node.kind:
            case "text":
                return [tidy(node.value)]
            case "space":
                return [" "]
            case "break":
                return [{"k": "br"}]
            case "ref":
                return self.link(node.value, node.extra)
            case "note":
                return self.note(node.value, node.extra)
            case "em" | "strong" | "link" if depth < MAX_DEPTH:
                inner = self.line(node.children, depth + 1)
                if node.kind == "link":
                    return [{"k": "link", "href": node.value, "c": inner or [node.value]}]
                return [{"k": node.kind, "c": inner}]
        return self.line(node.children, depth)


def _close_up(found: Nodes) -> None:
    """Take away the space before a source note, which stands close to its word."""
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" ")
        if not found[-1]:
            found.pop()


# -- what stays, and the numbers of its notes -----------------------------------------------------


def finish(tree: Tree, room: int | None = None) -> Tree:
    """The document with the parts of rank below `room` only (None: with all), notes numbered.

    A list from which something went has beside it, under its name and `_more`, how many. What
    stands under a name and `_instead` stays only where the name itself gave way. Notes count from
    1 wherever a part has `notes`, which then holds the list of them, in the order of the text.
    """
    kept = _kept(tree, ranks(tree) if room is None else room)
    sources = kept.get("sources", {})
    settled: Tree = _numbered({k: v for k, v in kept.items() if k != "sources"}, sources, None)
    return settled


def ranks(tree: Any) -> int:
    """How many ranks there are: `finish` with this room leaves nothing out."""
    below: list[Any] = []
    own = 0
    if isinstance(tree, dict):
        below, own = list(tree.values()), int(tree.get("rank", -1)) + 1
    elif isinstance(tree, list):
        below = tree
    return max([own, *(ranks(item) for item in below if isinstance(item, dict | list))])


def _kept(value: Any, room: int) -> Any:
    if isinstance(value, list):
        return [_kept(item, room) for item in value if _stays(item, room)]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, item in value.items():
        twin = name.removesuffix("_instead")
        if _stays(item, room) and (twin == name or not _stays(value.get(twin, NOWHERE), room)):
            found[name] = _kept(item, room)
    for name, item in value.items():
        if isinstance(item, list) and len(found.get(name, item)) < len(item):
            found[f"{name}_more"] = value.get(f"{name}_more", 0) + len(item) - len(found[name])
    return found


def _stays(item: Any, room: int) -> bool:
    return not isinstance(item, dict) or item.get("rank", -1) < room


#: Stands for a part that is not there.
NOWHERE: Node = {"rank": float("inf")}


class _Numbers:
    """The notes of one part, in the order in which they come. `part` is the id of the part."""

    def __init__(self, sources: dict[str, Any], part: str) -> None:
        self.sources = sources
        self.part = part
        self.rows: list[Node] = []

    def of(self, note: Node) -> int:
        """The number of a note. One place in one source is one note, whoever points at it."""
        where = (note["source"], note["locator"])
        for row in self.rows:
            same = row["quote"] == note["quote"] or not row["quote"] or not note["quote"]
            if (row["source"], row["locator"]) == where and same:
                row["quote"] = row["quote"] or note["quote"]
                return int(row["number"])
        before = (row["number"] for row in self.rows if row["source"] == note["source"])
        about = self.sources.get(note["source"], {})
        if first := next(before, None):
            about = {**about, "as": first}  # named in full once; later notes point there
        row = {k: note[k] for k in ("source", "locator", "quote")}
        self.rows.append({"number": len(self.rows) + 1, "in": self.part, **row, **about})
        return len(self.rows)


def _numbered(value: Any, sources: dict[str, Any], numbers: _Numbers | None) -> Any:
    if isinstance(value, list):
        return _numbered_list(value, sources, numbers)
    if not isinstance(value, dict):
        return value
    here = _Numbers(sources, value.get("id", "")) if "notes" in value else numbers
    found = {
        name: _numbered(item, sources, here) for name, item in value.items() if name != "notes"
    }
    if "notes" in value and here:
        found["notes"] = here.rows
    return found


def _numbered_list(
    items: list[Any], sources: dict[str, Any], numbers: _Numbers | None
) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if not (isinstance(item, dict) and item.get("k") == "note" and numbers):
            found.append(_numbered(item, sources, numbers))
            continue
        number = numbers.of(item)
        if found and isinstance(found[-1], dict) and found[-1].get("k") == "notes":
            if number not in found[-1]["to"]:
                found[-1]["to"].append(number)
        else:
            found.append({"k": "notes", "in": numbers.part, "to": [number]})
    return found
