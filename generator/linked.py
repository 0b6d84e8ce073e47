"""What follows from a record alone: the references in it, its prose, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from generator import prose
from generator.fields import ProseMark, Ref
from generator.model import Record, marks_in, shapes_in
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
    """What follows from a record alone: the references in it, and what is wrong with its prose."""

    references: tuple[Reference, ...]
    faults: tuple[tuple[FieldPath, Fault], ...]


def linked(record: Record, parse: Parse = prose.parse) -> Linked:
    """The references in a record and the faults of its prose."""
    references: list[Reference] = []
    faults: list[tuple[FieldPath, Fault]] = []
    for way, value, mark in values_of(record):
        if isinstance(mark, Ref):
            references.append(Reference(record.id, way, value, mark.folders))
        elif isinstance(mark, ProseMark):
            tree = parse(value, mark.rich)
            references += _in_prose(record.id, way, tree)
            faults += [(way, fault) for fault in tree.faults]
    return Linked(tuple(references), tuple(faults))


def _in_prose(owner: str, way: FieldPath, tree: prose.Prose) -> Iterator[Reference]:
    for node in tree.walk():
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


def _items(way: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    if isinstance(value, tuple):
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
