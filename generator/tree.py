"""The bytes of one YAML file to a tree in which every value knows its line and column.

Only a small, safe part of YAML 1.2 is let in, and it is checked on the parse events, before
anything is built: text is text (`no`, `010`, `12:30` and `1_000` stay what was typed), and tags,
anchors, duplicate keys and second documents are problems. `parse` never raises on bad input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError

from generator import characters
from generator.problems import FieldPath, Problem, Rule
from generator.trouble import Refused, in_plain_words, no_colon, put_in_quotes

try:  # The optional C parser; it only speeds up files that turn out to be fine.
    from _ruamel_yaml import CParser
except ImportError:  # pragma: no cover - depends on the installation
    CParser = None

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_NODES = 5_000

RULES = (
    Rule("SB101", "error", f"A file has at most {MAX_BYTES // 1024} KiB.", "", ""),
    Rule("SB102", "error", "A file is text in UTF-8.", "", ""),
    Rule(
        "SB103",
        "error",
        "No tabs and no control characters; indent with spaces.",
        "names:\n<tab>display: Lee Jae-myung",
        "names:\n  display: Lee Jae-myung",
    ),
    Rule(
        "SB104", "error", "The file is YAML.", "title: Lee: the summit", 'title: "Lee: the summit"'
    ),
    Rule("SB105", "error", f"Values nest at most {MAX_DEPTH} deep.", "", ""),
    Rule("SB106", "error", f"A file holds at most {MAX_NODES:,} values.", "", ""),
    Rule("SB107", "error", "No tags (!).", "title: !new Summit", 'title: "!new Summit"'),
    Rule(
        "SB108",
        "error",
        "No anchors (&), aliases (*) or merge keys (<<).",
        "title: *summit*",
        'title: "*summit*"',
    ),
    Rule("SB109", "error", "Each field stands once.", "city: Tokyo\ncity: Busan", "city: Tokyo"),
    Rule(
        "SB110",
        "error",
        "One file holds one record, without --- and %.",
        "---\ncity: Tokyo",
        "city: Tokyo",
    ),
    Rule(
        "SB111",
        "error",
        "A record is a list of fields with values.",
        "- city: Tokyo",
        "city: Tokyo",
    ),
    Rule(
        "SB116",
        "error",
        "Items of a list stand under each other, and never inside a text.",
        "by:\n  - kr\n    - jp",
        "by:\n  - kr\n  - jp",
    ),
    Rule(
        "SB117",
        "error",
        "Quotation marks around a value are straight ones.",
        "title: “Shuttle diplomacy”",
        'title: "Shuttle diplomacy"',
    ),
    *characters.RULES,
)


@dataclass
class Leaf:
    """A scalar. `plain` if it stands without quotes and not as a block.

    `style` is the sign it begins with, if any (`"`, `'`, `|`, `>`); `end` is where it stops: line
    and column after its last character, for a block the line after it.
    """

    text: str
    line: int
    column: int
    plain: bool = True
    style: str = ""
    end: tuple[int, int] = (0, 0)


@dataclass
class Items:
    """A list."""

    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    flow: bool = False


@dataclass
class Fields:
    """A mapping, in the order of the file."""

    line: int
    column: int
    entries: dict[str, tuple[Leaf, Node]] = field(default_factory=dict)
    flow: bool = False


Node = Leaf | Items | Fields


def parse(data: bytes, path: str) -> tuple[Fields | None, list[Problem]]:
    """The record in `data` as a tree, and what is wrong with it as YAML."""
    problems: list[Problem] = []
    try:
        text = decode(data)
        problems += _odd_characters(text, path)
        tree = _fast_tree(text)
        if tree is None:
            tree = _Builder(text, problems, path).build(_events(text))
        if not isinstance(tree, Fields):
            raise _not_fields(tree, text)
        return tree, problems
    except Refused as refused:
        problems = [p for p in problems if p.line != refused.line]  # one mistake, one problem
        problems.append(
            Problem(
                path,
                refused.code,
                refused.message,
                refused.hint,
                line=refused.line,
                column=refused.column,
            )
        )
        return None, problems


def _odd_characters(text: str, path: str) -> Iterator[Problem]:
    for odd in characters.odd(text):
        line, column = line_and_column(text, odd.index)
        yield Problem(path, odd.code, odd.message, odd.hint, line=line, column=column)


def _not_fields(tree: Node | None, text: str) -> Refused:
    if tree is None:
        return Refused(1, 1, "SB111", "the file is empty", "Write the fields of a record.")
    if isinstance(tree, Items):
        return Refused(
            tree.line,
            tree.column,
            "SB111",
            "the file begins with a list, but a record is fields with values",
            "Take out the hyphens, so that each line begins with a field: title: …",
        )
    first = no_colon(text.split("\n"), tree.line)
    return Refused(
        first.line, first.column, "SB111", f"the file has no fields: {first.message}", first.hint
    )


def to_data(node: Node) -> Any:
    """The tree as dictionaries, lists and text."""
    if isinstance(node, Leaf):
        return node.text
    if isinstance(node, Items):
        return [to_data(item) for item in node.items]
    return {name: to_data(value) for name, (_, value) in node.entries.items()}


def locate(tree: Fields, way: FieldPath, key: bool = False) -> Node:
    """The node that `way` leads to, or the last one on the way that exists.

    With `key`, the key of the last field instead of its value.
    """
    node: Node = tree
    for n, part in enumerate(way):
        if isinstance(node, Fields) and part in node.entries:
            leaf, value = node.entries[str(part)]
            node = leaf if key and n == len(way) - 1 else value
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        elif isinstance(node, Leaf):
            break
    return node


# -- bytes to text ------------------------------------------------------------------------------

_FORBIDDEN = re.compile(
    r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
    r"|\r(?!\n)"
)


def has_forbidden(text: str) -> bool:
    """Whether `text` has characters that may not stand in a file as they are."""
    return bool(_FORBIDDEN.search(text))


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, at most `MAX_BYTES`, no control characters.

    A byte-order mark at the start is dropped. Raises `Refused`.
    """
    if len(data) > MAX_BYTES:
        raise Refused(
            1,
            1,
            "SB101",
            f"the file has {len(data):,} bytes, more than the {MAX_BYTES:,} allowed",
            "Split it into several records.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise Refused(
            line,
            column,
            "SB102",
            f"the byte 0x{data[error.start]:02X} is not UTF-8 text",
            "Save the file as UTF-8.",
        ) from None
    bad = _FORBIDDEN.search(text)
    if bad:
        line, column = line_and_column(text, bad.start())
        if bad[0] == "\t":
            raise Refused(
                line,
                column,
                "SB103",
                "a tab character",
                "Use spaces: one after a colon, two for each level.",
            )
        raise Refused(
            line,
            column,
            "SB103",
            f"the control character U+{ord(bad[0]):04X}",
            "Delete it; it often comes in when text is pasted.",
        )
    return text.replace("\r\n", "\n")


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character at `index`."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


# -- text to events -----------------------------------------------------------------------------


def _events(text: str) -> Iterator[Any]:
    if match := re.search(r"^%", text, re.MULTILINE):
        line, column = line_and_column(text, match.start())
        if text[: match.start()].strip() == "":
            raise Refused(line, column, "SB110", "a line that begins with %", "Delete it.")
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise in_plain_words(error, text) from None
    except (
        YAMLError,
        YAMLStreamError,
        ValueError,
        TypeError,
        AssertionError,
        RecursionError,
        NotImplementedError,
        IndexError,
    ) as error:
        # The parser gives up on a few inputs with errors that carry no place.
        raise Refused(1, 1, "SB104", "cannot be read as YAML", str(error)[:100]) from None


def _fast_tree(text: str) -> Node | None:
    """The tree by the C parser, or None where the pure parser must decide.

    The two differ in corners of the language: flow collections, escapes, directives. Those, and
    everything that looks like a problem, are left to the pure parser, whose verdict counts.
    """
    if CParser is None or text.startswith("%") or "\\" in text:
        return None
    problems: list[Problem] = []
    try:
        parser = CParser(text)
        tree = _Builder(text, problems, "", fast=True).build(_c_events(parser))
    except (Refused, YAMLError, ValueError):
        return None
    return None if problems else tree


def _c_events(parser: Any) -> Iterator[Any]:
    while parser.check_event():
        yield parser.get_event()


# -- events to tree -----------------------------------------------------------------------------


class _Builder:
    """Nodes from parse events, with every limit kept on the way."""

    def __init__(self, text: str, problems: list[Problem], path: str, fast: bool = False) -> None:
        self.lines = text.split("\n")
        self.problems = problems
        self.path = path
        self.fast = fast
        self.root: Node | None = None
        self.stack: list[Items | Fields] = []
        self.keys: list[Leaf | None] = []  # for each open mapping, the key that waits for its value
        self.nodes = 0
        self.documents = 0

    def build(self, events: Iterator[Any]) -> Node | None:
        """The tree, or None where the text has no value; raises `Refused`."""
        for event in events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                self._document(event)
            elif name in ("MappingEndEvent", "SequenceEndEvent"):
                if isinstance(self.stack.pop(), Fields):
                    self.keys.pop()
            elif name not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                line, column = event.start_mark.line + 1, event.start_mark.column + 1
                self._count(event, name, line, column)
                if name == "ScalarEvent":
                    self._attach(self._leaf(event, line, column))
                else:
                    self._open(event, name, line, column)
        return self.root

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1 or getattr(event, "explicit", False):
            raise Refused(
                event.start_mark.line + 1,
                event.start_mark.column + 1,
                "SB110",
                "a line --- starts a second document" if self.documents > 1 else "a line ---",
                "Delete the line; each record has a file of its own.",
            )

    def _count(self, event: Any, name: str, line: int, column: int) -> None:
        _no_tags_or_anchors(event, name, line, column, self.lines)
        if self.fast and getattr(event, "flow_style", False):
            raise Refused(line, column, "", "left to the pure parser")
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused(
                line, column, "SB106", f"more than {MAX_NODES:,} values", "Split the record."
            )

    def _leaf(self, event: Any, line: int, column: int) -> Leaf:
        end = (event.end_mark.line + 1, event.end_mark.column + 1)
        key = self.keys[-1] if self.stack and isinstance(self.stack[-1], Fields) else None
        if key and not event.value and not event.style:
            # The parsers differ on where nothing stands; here it is behind the colon of its field.
            line, column = end = (key.end[0], key.end[1] + 1)
        leaf = Leaf(event.value, line, column, not event.style, event.style or "", end)
        if leaf.style == '"':
            self._no_odd_escapes(leaf)
        if leaf.plain:
            if leaf.text == "<<" and self.stack and isinstance(self.stack[-1], Fields):
                raise Refused(line, column, "SB108", "a merge key <<", "Write the fields out.")
            _no_items_inside(leaf, self.lines)
            self.problems += _odd_quotes(leaf, self.path)
        return leaf

    def _no_odd_escapes(self, leaf: Leaf) -> None:
        """What is written with a backslash must be as good as what is written openly."""
        if not any("\\" in row for row in self.lines[leaf.line - 1 : leaf.end[0]]):
            return
        known = {p.code for p in self.problems if leaf.line <= p.line <= leaf.end[0]}
        for odd in characters.odd(leaf.text):
            if odd.code not in known:
                known.add(odd.code)
                self.problems.append(
                    Problem(
                        self.path,
                        odd.code,
                        odd.message,
                        odd.hint,
                        line=leaf.line,
                        column=leaf.column,
                    )
                )

    def _open(self, event: Any, name: str, line: int, column: int) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise Refused(
                line,
                column,
                "SB105",
                f"nested more than {MAX_DEPTH} deep",
                "Compare with another record.",
            )
        node = Items(line, column) if name == "SequenceStartEvent" else Fields(line, column)
        node.flow = bool(getattr(event, "flow_style", False))
        self._attach(node)
        self.stack.append(node)
        if isinstance(node, Fields):
            self.keys.append(None)

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
        elif isinstance(self.stack[-1], Items):
            self.stack[-1].items.append(node)
        elif self.keys[-1] is not None:
            key, self.keys[-1] = self.keys[-1], None
            self._enter(self.stack[-1], key, node)
        elif isinstance(node, Leaf):
            self.keys[-1] = node
        else:
            raise Refused(
                node.line,
                node.column,
                "SB104",
                "a list or a mapping stands where a field should",
                put_in_quotes(self.lines[node.line - 1]),
            )

    def _enter(self, fields: Fields, key: Leaf, node: Node) -> None:
        if key.text not in fields.entries:
            fields.entries[key.text] = (key, node)
            return
        first = fields.entries[key.text][0]
        self.problems.append(
            Problem(
                self.path,
                "SB109",
                f'the field "{key.text}" stands twice; the first is in line {first.line}',
                "Keep one of them; several values go into one list.",
                line=key.line,
                column=key.column,
                also=(self.path, first.line),
            )
        )


def _no_tags_or_anchors(event: Any, name: str, line: int, column: int, lines: list[str]) -> None:
    if name == "AliasEvent" or event.anchor is not None:
        sign, what = ("*", "an alias") if name == "AliasEvent" else ("&", "an anchor")
    elif event.tag is not None:
        sign, what = "!", "a tag"
    else:
        return
    raise Refused(
        line,
        column,
        "SB107" if sign == "!" else "SB108",
        f"a value that begins with {sign} is {what}",
        put_in_quotes(lines[line - 1]),
    )


def _no_items_inside(leaf: Leaf, lines: list[str]) -> None:
    """Without quotes, lines that follow are folded into one text, and so would be list items."""
    for n in range(leaf.line, min(leaf.end[0], len(lines))):
        match = re.match(r"\s*([-•*–])\s", lines[n])
        if match:
            raise Refused(
                n + 1,
                match.start(1) + 1,
                "SB116",
                f"an item of a list inside the text that begins in line {leaf.line}",
                "Items of one list have their hyphens in one column, and their field has no other "
                "value. For a list in prose, write | after the colon and begin on the next line.",
            )


#: A whole value in quotation marks of a word processor, or with one of them at one end only.
_ODD_QUOTES = re.compile(r"[“„‟«‘][^“”„‟«»\"]*[”“»’\"]|[“„‟«][^“”„‟«»\"]*|[^“”„‟«»\"]*[”»]")


def has_odd_quotes(text: str) -> bool:
    """Whether `text`, written plainly, would be taken for a value in such marks."""
    return bool(_ODD_QUOTES.fullmatch(text))


def _odd_quotes(leaf: Leaf, path: str) -> Iterator[Problem]:
    """YAML keeps such marks as part of the text; here they are taken off, with a problem."""
    if _ODD_QUOTES.fullmatch(leaf.text):
        leaf.text = leaf.text.strip('“”„‟«»‘’"')
        yield Problem(
            path,
            "SB117",
            "quotation marks of a word processor stand around this value",
            "Take them out; if they belong to the text, put straight ones around all of it.",
            line=leaf.line,
            column=leaf.column,
        )
