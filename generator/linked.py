"""What follows from a record alone: the references in it, its prose, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from generator import prose
from generator.fields import PLACEHOLDERS, ProseMark, Ref, is_id
from generator.model import CitedSource, Record, attribute_of, marks_in, shapes_in
from generator.problems import FieldPath
from generator.prose import Fault

#: Prose as a tree, given its text and whether it is rich.
Parse = Callable[[str, bool], prose.Prose]


class Reference(NamedTuple):
    """One record names another: in a field, or in prose as a link or a source note."""

    owner: str
    field: FieldPath
    target: str
    folders: tuple[str, ...]
    words: str = ""  # the text of the link, where it stands in prose

    @property
    def in_prose(self) -> bool:
        return bool(self.words)


class Linked(NamedTuple):
    """What follows from a record alone: the references in it, its prose, each piece with the way
    to it and whether it is rich, and what is wrong with that."""

    references: tuple[Reference, ...]
    prose: tuple[tuple[FieldPath, str, bool], ...]
    faults: tuple[tuple[FieldPath, Fault], ...]


def linked(record: Record, parse: Parse = prose.parse) -> Linked:
    """The references in a record and the faults of its prose."""
    values = tuple(values_of(record))
    texts = tuple((way, text, m.rich) for way, text, m in values if isinstance(m, ProseMark))
    faults = tuple((way, f) for way, text, rich in texts for f in parse(text, rich).faults)
    return Linked(tuple(references_in(record.id, values, parse)), texts, faults)


def references_in(
    owner: str, values: Iterable[tuple[FieldPath, str, Any]], parse: Parse = prose.parse
) -> Iterator[Reference]:
    """The references among values, as `values_of` finds them."""
    for way, value, mark in values:
        if isinstance(mark, Ref):
            yield Reference(owner, way, value, mark.folders)
            continue
        for node in parse(value, mark.rich).walk():
            if node.kind == "ref":
                yield Reference(owner, way, node.value, (), f"[[{node.value}")
            elif node.kind == "note":
                yield Reference(owner, way, node.value, ("sources",), f"[@{node.value}")


def values_of(shape: BaseModel, way: FieldPath = ()) -> Iterator[tuple[FieldPath, str, Any]]:
    """Every reference and every piece of prose in a shape: the way to it, its text, its mark."""
    for name, key, mark in _telling(type(shape)):
        value = getattr(shape, name)
        if value is None or value == ():
            continue
        for place, item in _items((*way, key), value):
            if isinstance(item, BaseModel):
                yield from values_of(item, place)
            elif mark:
                yield place, str(item), mark


def values_in(
    kind: type[BaseModel], data: Any, way: FieldPath = ()
) -> Iterator[tuple[FieldPath, str, Any]]:
    """The same from the data of a file, whatever is wrong with it: what cannot be a reference or
    a piece of prose is passed over."""
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        name = attribute_of(kind, key)
        if name not in kind.model_fields:
            continue
        inner = next(iter(shapes_in(kind, name)), None)
        mark = next(iter(marks_in(kind, name)), None)
        for place, item in _items((*way, key), value):
            if inner is CitedSource and isinstance(item, str):
                yield from values_in(inner, {"source": item}, place)
            elif inner:
                yield from values_in(inner, item, place)
            elif mark and isinstance(item, str) and item and _may_be(mark, item):
                yield place, item, mark


def _may_be(mark: Any, text: str) -> bool:
    return isinstance(mark, ProseMark) or (is_id(text) and text not in PLACEHOLDERS)


def _items(way: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    if isinstance(value, tuple | list):
        for n, item in enumerate(value):
            yield (*way, n), item
    else:
        yield way, value


@cache
def _telling(kind: type[BaseModel]) -> tuple[tuple[str, str, Any], ...]:
    """The fields that can hold references or prose: name, name in YAML, first mark if any."""
    return tuple(
        (name, info.alias or name, next(iter(marks), None))
        for name, info in kind.model_fields.items()
        if (marks := marks_in(kind, name)) or shapes_in(kind, name)
    )
