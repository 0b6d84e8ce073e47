"""The small library that other tests rely on: it is fine, and it uses everything once."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from generator import tree
from generator.build import check_content
from generator.model import BY_FOLDER, RECORD_TYPES, Record, attribute_of, field_order, shapes_in
from tests.conftest import MINI, TODAY


def test_no_problems() -> None:
    """Neither an error nor a warning."""
    assert check_content(MINI, TODAY).problems == ()


def used(kind: type[Record]) -> set[tuple[str, str]]:
    """The fields the records of a type have, each with the shape it belongs to."""
    found: set[tuple[str, str]] = set()
    for path in sorted((MINI / "content" / kind.folder).glob("*.yml")):
        fields, _ = tree.parse(path.read_bytes(), path.name)
        assert fields is not None
        _collect(kind, tree.to_data(fields), found)
    return found


def _collect(shape: type[BaseModel], value: Any, found: set[tuple[str, str]]) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for key, inner in item.items():
                found.add((shape.__name__, key))
                for nested in shapes_in(shape, attribute_of(shape, key)):
                    _collect(nested, inner, found)


#: Fields of every type; some type uses each.
COMMON = {"revisions", "former_ids", "withdrawn", "notes"}


@pytest.mark.parametrize("kind", RECORD_TYPES, ids=lambda kind: kind.folder)
def test_every_field_is_used(kind: type[Record]) -> None:
    """Each field of a type stands in at least one of its records."""
    wanted = {(kind.__name__, key) for key in field_order(kind) if key not in COMMON}
    assert wanted - used(kind) == set()


def test_every_inner_field_is_used() -> None:
    """Each field of each shape within records stands in at least one record of some type."""
    wanted: set[tuple[str, str]] = set()
    ahead = [shape for kind in RECORD_TYPES for name in kind.model_fields
             for shape in shapes_in(kind, name)]  # fmt: skip
    while ahead:
        shape = ahead.pop()
        wanted |= {(shape.__name__, key) for key in field_order(shape)}
        ahead += [inner for name in shape.model_fields for inner in shapes_in(shape, name)]
    assert wanted - {pair for kind in RECORD_TYPES for pair in used(kind)} == set()


def test_every_type_is_there() -> None:
    """There is a record of each type, and every common field somewhere."""
    assert {path.name for path in (MINI / "content").iterdir()} == BY_FOLDER.keys()
    common = {key for kind in RECORD_TYPES for _, key in used(kind)}
    assert common >= COMMON
