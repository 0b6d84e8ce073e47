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

from generator.problems import FieldPath, Problem, Rule

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


class _Refused(Exception):
    """The file cannot be read; carries the problem."""

    def __init__(self, line: int, column: int, code: str, message: str, hint: str = "") -> None:
        self.args = (line, column, code, message, hint)


def parse(data: bytes, path: str) -> tuple[Fields | None, list[Problem]]:
    """The record in `data` as a tree, and what is wrong with it as YAML."""
    problems: list[Problem] = []
    try:
        text = decode(data)
        tree = _fast_tree(text)
        if tree is None:
            tree = _build(_events(text), problems, path)
        if not isinstance(tree, Fields):
            raise _not_fields(tree)
        return tree, problems
    except _Refused as refused:
        line, column, code, message, hint = refused.args
        problems.append(Problem(path, code, message, hint, line=line, column=column))
        return None, problems


def _not_fields(tree: Node | None) -> _Refused:
    if tree is None:
        return _Refused(1, 1, "SB111", "the file is empty", "Write the fields of a record.")
    if isinstance(tree, Items):
        return _Refused(
            tree.line,
            tree.column,
            "SB111",
            "the file begins with a list, but a record is fields with values",
            "Take out the hyphen and indent less, so that the file begins with a field: title: …",
        )
    return _Refused(
        tree.line,
        tree.column,
        "SB111",
        "the file is a single text, but a record is fields with values",
        "Each line has a field, a colon, a space and a value: title: Lee–Trump summit.",
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
    r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufdd0-\ufdef\ufffe\uffff]|\r(?!\n)"
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, at most `MAX_BYTES`, no control characters.

    A byte-order mark at the start is dropped. Raises `_Refused`.
    """
    if len(data) > MAX_BYTES:
        raise _Refused(
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
        raise _Refused(
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
            raise _Refused(
                line, column, "SB103", "a tab character", "Use spaces: two for each level."
            )
        raise _Refused(
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
            raise _Refused(line, column, "SB110", "a line that begins with %", "Delete it.")
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _in_plain_words(error, text) from None
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
        raise _Refused(1, 1, "SB104", "cannot be read as YAML", str(error)[:100]) from None


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
        tree = _build(_c_events(parser), problems, "", fast=True)
    except (_Refused, YAMLError, ValueError):
        return None
    return None if problems else tree


def _c_events(parser: Any) -> Iterator[Any]:
    while parser.check_event():
        yield parser.get_event()


# -- events to tree -----------------------------------------------------------------------------


def _build(
    events: Iterator[Any], problems: list[Problem], path: str, fast: bool = False
) -> Node | None:
    """Nodes from parse events, with every limit kept on the way."""
    root: Node | None = None
    stack: list[Items | Fields] = []
    keys: list[Leaf | None] = []  # for each open mapping, the key that waits for its value
    nodes = documents = 0

    def attach(node: Node) -> None:
        nonlocal root
        if not stack:
            root = node
        elif isinstance(stack[-1], Items):
            stack[-1].items.append(node)
        elif keys[-1] is None:
            if not isinstance(node, Leaf):
                raise _Refused(
                    node.line, node.column, "SB104", "a list or mapping stands where a field should"
                )
            keys[-1] = node
        else:
            key = keys[-1]
            keys[-1] = None
            if key.text in stack[-1].entries:
                first = stack[-1].entries[key.text][0]
                problems.append(
                    Problem(
                        path,
                        "SB109",
                        f'the field "{key.text}" stands twice; the first is in line {first.line}',
                        "Keep one of them; several values go into one list.",
                        line=key.line,
                        column=key.column,
                    )
                )
            else:
                stack[-1].entries[key.text] = (key, node)

    for event in events:
        name = type(event).__name__
        if name in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
            continue
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if name == "DocumentStartEvent":
            documents += 1
            if documents > 1 or getattr(event, "explicit", False):
                raise _Refused(
                    line,
                    column,
                    "SB110",
                    "a line --- starts a second document" if documents > 1 else "a line ---",
                    "Delete the line; each record has a file of its own.",
                )
            continue
        if name in ("MappingEndEvent", "SequenceEndEvent"):
            if isinstance(stack.pop(), Fields):
                keys.pop()
            continue
        _no_tags_or_anchors(event, name, line, column)
        if fast and getattr(event, "flow_style", False):
            raise _Refused(line, column, "", "left to the pure parser")
        nodes += 1
        if nodes > MAX_NODES:
            raise _Refused(
                line, column, "SB106", f"more than {MAX_NODES:,} values", "Split the record."
            )
        if name == "ScalarEvent":
            plain = not event.style
            if plain and event.value == "<<" and stack and isinstance(stack[-1], Fields):
                raise _Refused(line, column, "SB108", "a merge key <<", "Write the fields out.")
            end = (event.end_mark.line + 1, event.end_mark.column + 1)
            attach(Leaf(event.value, line, column, plain, event.style or "", end))
            continue
        if len(stack) >= MAX_DEPTH:
            raise _Refused(line, column, "SB105", f"nested more than {MAX_DEPTH} deep")
        node: Items | Fields = (
            Items(line, column) if name == "SequenceStartEvent" else Fields(line, column)
        )
        node.flow = bool(getattr(event, "flow_style", False))
        attach(node)
        stack.append(node)
        if isinstance(node, Fields):
            keys.append(None)
    return root


def _no_tags_or_anchors(event: Any, name: str, line: int, column: int) -> None:
    if name == "AliasEvent":
        raise _Refused(
            line,
            column,
            "SB108",
            f"a value that begins with * is an alias (*{event.anchor})",
            f'Put the text in quotes: "*{event.anchor}".',
        )
    if event.anchor is not None:
        raise _Refused(
            line,
            column,
            "SB108",
            f"a value that begins with & is an anchor (&{event.anchor})",
            "Put the text in quotes.",
        )
    if event.tag is not None:
        raise _Refused(
            line,
            column,
            "SB107",
            "a value that begins with ! is a tag",
            "Put the text in quotes.",
        )


# -- YAML's own errors in plain words -----------------------------------------------------------

_COLON = (
    "a colon followed by a space inside a value",
    "Put the value in quotes: {quoted}",
)


def _in_plain_words(error: MarkedYAMLError, text: str) -> _Refused:
    """What the parser says, said as a colleague would, with the likely fix."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(error.problem or "")
    context = str(error.context or "")
    lines = text.split("\n")
    row = lines[line - 1] if line <= len(lines) else ""

    def refuse(message: str, hint: str, at: tuple[int, int] | None = None) -> _Refused:
        where = at or (line, column)
        return _Refused(where[0], where[1], "SB104", message, hint)

    if problem.startswith("mapping values are not allowed"):
        return _colon_trouble(lines, line, column)
    if "that cannot start any token" in problem:
        character = row[column - 1 : column]
        return refuse(
            f"a value cannot begin with {character}",
            f'Put it in quotes: "{row[column - 1 :].strip()}".',
        )
    if "sequence entries are not allowed" in problem:
        return refuse(
            "a list item stands on the line of its field",
            "Put each item on a line of its own, indented under the field.",
        )
    if "quoted scalar" in context and error.context_mark:
        at = (error.context_mark.line + 1, error.context_mark.column + 1)
        if "escape" in problem:
            return refuse(
                "a backslash in double quotes starts an escape YAML does not know",
                "Use single quotes around the value.",
            )
        return refuse(
            "a quotation mark is opened and not closed",
            "Close it at the end of the value, or take it out.",
            at,
        )
    if "block scalar" in context:
        return refuse(
            "text stands on the same line as | or >",
            "Begin the text on the next line, indented by two more spaces.",
        )
    if "could not find expected ':'" in problem:
        at = (error.context_mark.line + 1, error.context_mark.column + 1)
        return refuse(
            "a line without a colon where a field is expected",
            "Write field, colon, space, value; text of the field above must be indented more.",
            at,
        )
    if "flow" in context and error.context_mark:
        at = (error.context_mark.line + 1, error.context_mark.column + 1)
        opened = lines[at[0] - 1][at[1] - 1 : at[1]] or "["
        return refuse(
            f"a bracket {opened} is opened and not closed, or a comma is missing",
            "Write lists with one item a line: a hyphen, a space, the item.",
            at,
        )
    if "but found '-'" in problem:
        return refuse(
            "a list item stands where a field is expected",
            "Indent the items under the field they belong to; that field has no other value.",
        )
    if "but found '<scalar>'" in problem:
        return refuse(
            "more text follows after a closing quotation mark",
            'Put the whole value in double quotes: "Lee\'s visit".',
        )
    if "but found '<block mapping start>'" in problem:
        return refuse(
            "this line is indented differently from the ones it belongs with",
            "Fields of one record, and of one list item, begin in the same column.",
        )
    return refuse(f"cannot be read as YAML: {problem or context}", "Compare with another record.")


def _colon_trouble(lines: list[str], line: int, column: int) -> _Refused:
    row = lines[line - 1]
    match = re.match(r"\s*(- )?([A-Za-z_]+): +(?=\S)", row)
    if match and column > match.end():
        value = row[match.end() :].strip()
        quoted = "'" + value + "'" if '"' in value else '"' + value + '"'
        return _Refused(line, column, "SB104", _COLON[0], _COLON[1].format(quoted=quoted))
    above = lines[line - 2].strip() if line > 1 else ""
    if re.match(r"(- )?[a-z_]+:\S", above):
        name, _, value = above.partition(":")
        return _Refused(
            line - 1,
            lines[line - 2].index(":") + 1,
            "SB104",
            "no space after the colon",
            f"Write {name}: {value}",
        )
    if above and ":" not in above:
        return _Refused(
            line - 1,
            len(lines[line - 2]) - len(lines[line - 2].lstrip()) + 1,
            "SB104",
            "a line without a colon where a field is expected",
            "Write field, colon, space, value.",
        )
    return _Refused(
        line,
        len(row) - len(row.lstrip()) + 1,
        "SB104",
        "this line is indented more than the field above, which has a value already",
        "Begin it in the same column as the field above.",
    )
