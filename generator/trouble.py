"""What the YAML parser complains about, said as a colleague would, with the likely fix.

The parser names the token it stumbled over; the mistake often lies elsewhere, in a quotation mark
or a colon before it. Everything here looks at the lines of the file again to find it.
"""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

#: Signs that word processors put for straight quotation marks.
_OPENING, _CLOSING = "“„‟«‘", "”“»’"

#: The part of a line before its value: indentation, hyphens, a field and its colon.
_BEFORE_VALUE = re.compile(r"\s*(?:- +)*(?:[A-Za-z_]+: +)?")
_LONGEST_HINT = 160


class Refused(Exception):
    """A file that cannot be read, with the one problem that says why."""

    def __init__(self, line: int, column: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.code = line, column, code
        self.message, self.hint = message, hint


def in_plain_words(error: MarkedYAMLError, text: str) -> Refused:
    """What the parser says of `text`, in plain words, at the place where the mistake is."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    begun = error.context_mark
    start = (begun.line + 1, begun.column + 1) if begun else (line, column)
    problem, context = str(error.problem or ""), str(error.context or "")
    row = lines[line - 1] if line <= len(lines) else ""

    def refuse(message: str, hint: str, at: tuple[int, int] = (line, column)) -> Refused:
        return Refused(*at, "SB104", message, hint)

    if problem.startswith("mapping values are not allowed"):
        return _colon_trouble(lines, line, column)
    if "that cannot start any token" in problem:
        return cannot_begin(lines, line, column)
    if context in ("while scanning an anchor", "while scanning an alias", "while scanning a tag"):
        return cannot_begin(lines, *start)
    if "mapping keys are not allowed" in problem or "expected the node content" in problem:
        return cannot_begin(lines, line, column)
    if "sequence entries are not allowed" in problem:
        return refuse(
            "a list item stands on the line of its field",
            "Put each item on a line of its own, indented under the field.",
        )
    if "quoted scalar" in context and begun:
        if "escape" in problem:
            return refuse(
                "a backslash in double quotes starts an escape YAML does not know",
                f"Use single quotes: {_single(_unquoted(_value(row)))}",
                (line, row.find("\\", start[1] if start[0] == line else 0) + 1 or column),
            )
        return refuse(*_NOT_CLOSED, at=start)
    if "block scalar" in context:
        return refuse(
            "text stands on the same line as | or >",
            "Begin the text on the next line, indented by two more spaces.",
        )
    if "could not find expected ':'" in problem:
        return no_colon(lines, start[0])
    if "flow" in context and begun:
        bracket = lines[start[0] - 1][start[1] - 1 : start[1]] or "["
        return refuse(
            f"a bracket {bracket} is opened and not closed, or a comma is missing",
            "Write lists with one item a line: a hyphen, a space, the item.",
            start,
        )
    if "but found '-'" in problem:
        return refuse(
            "a list item stands where a field is expected",
            "Indent the items under the field they belong to; that field has no other value.",
        )
    if "but found '<scalar>'" in problem:
        return _text_after(lines, line, column)
    if "but found '<block" in problem:
        return refuse(
            "this line is indented differently from the ones it belongs with",
            "Fields of one record, and items of one list, begin in the same column.",
        )
    return refuse(f"cannot be read as YAML: {problem or context}", "Compare with another record.")


_NOT_CLOSED = (
    "a quotation mark is opened and not closed",
    "Close it at the end of the value, or take it out.",
)


def cannot_begin(lines: list[str], line: int, column: int) -> Refused:
    """A value begins with a sign that means something to YAML."""
    row = lines[line - 1] if line <= len(lines) else ""
    return Refused(
        line,
        column,
        "SB104",
        f"a value cannot begin with {row[column - 1 : column]}",
        put_in_quotes(row),
    )


def put_in_quotes(row: str) -> str:
    """The hint to put the value of a line in quotes, with the result where it is short."""
    quoted = in_quotes(_value(row))
    if len(quoted) > _LONGEST_HINT:
        return "Put the whole value in quotes."
    return f"Put the whole value in quotes: {quoted}"


def in_quotes(value: str) -> str:
    """`value` as a text in straight quotes; those around it, of whatever kind, are taken off."""
    text = _unquoted(value)
    return _single(text) if '"' in text or "\\" in text else f'"{text}"'


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unquoted(value: str) -> str:
    """`value` without the quotation marks around all of it."""
    value = value.strip()
    if len(value) < 2 or value[0] not in _OPENING + "\"'" or value[-1] not in _CLOSING + "\"'":
        return value
    inner = value[1:-1].strip()
    closes_early = re.search(r"\S[\"”]", inner)
    opens_again = re.search(r"(^|\s)[\"“]", inner)
    if closes_early and not (opens_again and opens_again.start() < closes_early.start()):
        return value  # "Two" quoted "words" are not one quoted text
    return inner


def _value(row: str) -> str:
    before = _BEFORE_VALUE.match(row)
    return row[before.end() if before else 0 :].strip()


def no_colon(lines: list[str], line: int) -> Refused:
    """A line that should be a field, and has no colon with a space after it."""
    row = lines[line - 1]
    column = len(row) - len(row.lstrip()) + 1
    match = re.match(r"\s*(?:- +)?([A-Za-z_]+)(\s*[=;\uff1a]\s*|:(?!//))(\S.*)", row)
    if match:
        name, sign, value = match[1], match[2].strip(), match[3]
        message = "no space after the colon" if sign == ":" else f"{sign} stands for the colon"
        place = row.index(sign) + 1
        return Refused(line, place, "SB104", message, f"Write {name}: {value}")
    above = next((r for r in reversed(lines[: line - 1]) if r.strip()), "")
    if above.rstrip().endswith(("|", ">", "|-", ">-")):
        return Refused(
            line, column, "SB104", "text that is not indented", "Indent it by two spaces."
        )
    hint = "Write field, colon, space, value"
    hint += "; text of the field above must be indented more." if above else ": name: Energy"
    message = "a line without a colon where a field is expected"
    return Refused(line, column, "SB104", message, hint)


def _colon_trouble(lines: list[str], line: int, column: int) -> Refused:
    """A colon where none is expected: in a value, or after a line that lacks one."""
    row = lines[line - 1]
    match = re.match(r"\s*(- )?([A-Za-z_]+): +(?=\S)", row)
    if match and column > match.end():
        return Refused(
            line, column, "SB104", "a colon followed by a space inside a value", put_in_quotes(row)
        )
    above = lines[line - 2].strip() if line > 1 else ""
    if re.match(r"(- )?[a-z_]+:\S", above) or (above and ":" not in above):
        return no_colon(lines, line - 1)
    return Refused(
        line,
        len(row) - len(row.lstrip()) + 1,
        "SB104",
        "this line is indented more than the field above, which has a value already",
        "Begin it in the column of the field above. If it is part of its text, "
        "write | after that colon and begin the text below.",
    )


def _text_after(lines: list[str], line: int, column: int) -> Refused:
    """Text follows after a closing quotation mark or bracket, which may be an opening one."""
    row = lines[line - 1]
    for sign in "\"'":
        open_marks = 0
        for n in range(line - 1, 0, -1):
            above = lines[n - 1]
            open_marks += above.count(sign)
            if _value(above).startswith(sign) and open_marks % 2:
                return Refused(n, above.index(sign) + 1, "SB104", *_NOT_CLOSED)
    bracket = _value(row)[:1] in ("[", "{")
    sign = "bracket" if bracket else "quotation mark"
    return Refused(
        line, column, "SB104", f"more text follows after a closing {sign}", put_in_quotes(row)
    )
