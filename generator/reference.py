"""The field reference: what each field of each type holds, in words, from the model alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from pydantic import BaseModel

from generator.fields import Day, PartialDay, ProseMark, Ref, Vocabulary, When
from generator.model import (
    BY_FOLDER,
    RECORD_TYPES,
    SHAPES,
    CitedSource,
    Record,
    attribute_of,
    field_order,
    is_list,
    is_long,
    marks_in,
    shapes_in,
    types_in,
)
from generator.problems import article

Shape = type[BaseModel]


@dataclass(frozen=True)
class Row:
    """One field: its name, what it holds in words, whether it must be there, what it says."""

    name: str
    holds: str
    required: bool
    about: str
    shape: str = ""  # the name of the part it holds, if it does
    vocabulary: str = ""  # the name of its list of values, if it has one


def name_of(shape: Shape) -> str:
    """What a shape is called: summit, citation, no joint document."""
    if issubclass(shape, Record):
        return shape.noun if shape.folder != "terms" else "Term"
    return spaced(shape.__name__)


def spaced(name: str) -> str:
    """`NoJointDocument` as `No joint document`."""
    text = "".join(f" {c.lower()}" if c.isupper() else c for c in name.lstrip("_"))
    return text.strip().capitalize()


def records() -> list[tuple[str, str, list[Row]]]:
    """Each type of record: its name, its folder, its fields."""
    return [(name_of(kind), kind.folder, rows(kind)) for kind in RECORD_TYPES]


def parts() -> list[tuple[str, str, list[Row]]]:
    """Each part of a record: its name, an anchor, its fields."""
    found = [s for s in SHAPES if not issubclass(s, Record)]
    return sorted((name_of(s), anchor(name_of(s)), rows(s)) for s in found)


def vocabularies() -> list[tuple[str, str, list[Vocabulary]]]:
    """Each list of values: its name, an anchor, its values."""
    kinds = {
        t
        for s in SHAPES
        for n in s.model_fields
        for t in types_in(s, n)
        if issubclass(t, Vocabulary)
    }
    return sorted((spaced(k.__name__), anchor(spaced(k.__name__)), list(k)) for k in kinds)


def anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def rows(shape: Shape) -> list[Row]:
    """The fields of a shape in the order of a file."""
    return [_row(shape, attribute_of(shape, key), key) for key in field_order(shape)]


def _row(shape: Shape, name: str, key: str) -> Row:
    info = shape.model_fields[name]
    inner = next(iter(shapes_in(shape, name)), None)
    kinds = [t for t in types_in(shape, name) if issubclass(t, Vocabulary)]
    return Row(
        key,
        holds(shape, name),
        info.is_required(),
        info.description or "",
        name_of(inner) if inner else "",
        spaced(kinds[0].__name__) if kinds else "",
    )


def holds(shape: Shape, name: str) -> str:
    """What a field holds, in words: `one or more ids of topics`, `a full date`."""
    one, many = _holds_one(shape, name)
    if not is_list(shape, name):
        return one
    return f"list of {many}"


def _holds_one(shape: Shape, name: str) -> tuple[str, str]:
    inner = next(iter(shapes_in(shape, name)), None)
    if inner:
        word = name_of(inner).lower()
        bare = " (or the bare id of a source)" if inner is CitedSource else ""
        return f"fields of: {word}", f"{word}s{bare}"
    for mark in marks_in(shape, name):
        if isinstance(mark, Ref):
            folders = [BY_FOLDER[f] for f in mark.folders]
            nouns = " or ".join(k.noun.lower() for k in folders) or "any record"
            plural = " or ".join(k.nouns.lower() for k in folders) or "any records"
            one = f"id of {article(nouns)}" if folders else "id of any record"
            return one, f"ids of {plural}"
        if isinstance(mark, ProseMark):
            rich = " with headings and tables" if mark.rich else ""
            return f"prose{rich}", f"pieces of prose{rich}"
    types = types_in(shape, name)
    for kind, words in _WORDS.items():
        if any(issubclass(t, kind) for t in types):
            return words
    if choices := literals(shape, name):
        return f"one of: {', '.join(choices)}", "values"
    return (
        ("text of several lines", "texts")
        if is_long(shape, name)
        else ("one line of text", "texts")
    )


_WORDS: dict[type, tuple[str, str]] = {
    Vocabulary: ("one of a list of values", "values"),
    Day: ("full date: 2025-08-25", "dates"),
    PartialDay: ("date, as precise as known: 2025, 2025-08, 2025-08-25", "dates"),
    When: ("date, with the time if known: 2025-08-25T12:15", "dates"),
    bool: ("true, or left out", "marks"),
    Decimal: ("number in full: 350000000000", "numbers"),
    int: ("whole number", "numbers"),
}


def literals(shape: Shape, name: str) -> list[str]:
    """The values of a field that lists them itself."""
    annotation = shape.model_fields[name].annotation
    for part in (annotation, *get_args(annotation)):
        if getattr(part, "__origin__", None) is Literal:
            return [str(value) for value in get_args(part)]
    return []
