"""Help for editors: JSON Schemas (draft-07) and the settings of VS Code, from the model alone.

The schemas are no stricter than the loader: what they refuse, it refuses. A variant knows the ids
of the day, so that an editor offers them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from generator.fields import ID_PATTERN, MAX_ID, Day, PartialDay, ProseMark, Ref, Vocabulary, When
from generator.model import (
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
from generator.reference import holds, literals, name_of

Shape = type[BaseModel]
#: Ids by folder; empty for the schemas that are committed.
Ids = Mapping[str, Iterable[str]]

SCHEMAS = ".vscode/schemas"
_DRAFT = "http://json-schema.org/draft-07/schema#"


def files() -> dict[str, str]:
    """Every file that is committed for editors: its path and its text."""
    found = {f"{SCHEMAS}/{kind.folder}.json": _text(schema(kind)) for kind in RECORD_TYPES}
    settings = {
        "yaml.schemas": {
            f"./{SCHEMAS}/{kind.folder}.json": f"content/{kind.folder}/*.yml"
            for kind in RECORD_TYPES
        },
        "yaml.format.enable": False,
        "[yaml]": {
            "editor.tabSize": 2,
            "editor.insertSpaces": True,
            "editor.rulers": [100],
            "editor.wordWrap": "on",
            "files.eol": "\n",
            "files.insertFinalNewline": True,
            "files.trimTrailingWhitespace": True,
        },
    }
    found[".vscode/settings.json"] = _text(settings)
    found[".vscode/extensions.json"] = _text({"recommendations": ["redhat.vscode-yaml"]})
    return found


def with_ids(ids: Ids) -> dict[str, str]:
    """The schemas that offer the ids of the day: file name and text."""
    return {f"{kind.folder}.json": _text(schema(kind, ids)) for kind in RECORD_TYPES}


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def schema(kind: type[Record], ids: Ids | None = None) -> dict[str, Any]:
    """The schema of a record type."""
    used = [s for s in _inside(kind) if s is not kind]
    body = _object(kind, ids or {})
    return {
        "$schema": _DRAFT,
        "title": name_of(kind),
        "description": _first_line(kind),
        **body,
        "definitions": {s.__name__.lstrip("_"): _object(s, ids or {}) for s in used},
    }


def _inside(kind: Shape) -> list[Shape]:
    found = [kind]
    for shape in found:
        found += [
            s for name in shape.model_fields for s in shapes_in(shape, name) if s not in found
        ]
    return [s for s in SHAPES if s in found]


def _first_line(kind: Shape) -> str:
    return (kind.__doc__ or "").split("\n")[0]


def _object(shape: Shape, ids: Ids) -> dict[str, Any]:
    keys = field_order(shape)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [k for k in keys if shape.model_fields[attribute_of(shape, k)].is_required()],
        "properties": {key: _property(shape, attribute_of(shape, key), ids) for key in keys},
    }


def _property(shape: Shape, name: str, ids: Ids) -> dict[str, Any]:
    info = shape.model_fields[name]
    value = _value(shape, name, ids)
    if is_list(shape, name):
        least = next((m.min_length for m in info.metadata if hasattr(m, "min_length")), 1)
        value = {"type": "array", "items": value, "minItems": max(least, 1)}
    elif "$ref" in value:
        value = {"allOf": [value]}  # beside a $ref, draft-07 ignores every other word
    about = info.description or ""
    need = "Required" if info.is_required() else "Optional"
    return {
        **value,
        "description": about,
        "markdownDescription": f"{about}\n\n*{need}: {holds(shape, name)}.*",
    }


def _value(shape: Shape, name: str, ids: Ids) -> dict[str, Any]:
    inner = next(iter(shapes_in(shape, name)), None)
    if inner:
        link = {"$ref": f"#/definitions/{inner.__name__.lstrip('_')}"}
        if inner is CitedSource:
            return {"anyOf": [_id(Ref(("sources",)), ids), link]}
        return link
    for mark in marks_in(shape, name):
        if isinstance(mark, Ref):
            return _id(mark, ids)
        if isinstance(mark, ProseMark):
            return _TEXT
    return _scalar(shape, name)


def _id(mark: Ref, ids: Ids) -> dict[str, Any]:
    known = sorted({i for folder in (mark.folders or ids) for i in ids.get(folder, ())})
    if known:
        return {"type": "string", "enum": known}
    return {"type": "string", "pattern": f"^{ID_PATTERN}$", "maxLength": MAX_ID}


#: An editor takes `3` for a number where we take it for text.
_TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_MOMENT = r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(\[[A-Za-z_/+\-0-9]+\])?)?)?)?$"
_YEAR = {"type": "integer", "minimum": 1800, "maximum": 2200}


def _scalar(shape: Shape, name: str) -> dict[str, Any]:
    types = types_in(shape, name)
    for kind in types:
        if issubclass(kind, Vocabulary):
            return _choice(kind)
        if issubclass(kind, Day):
            return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
        if issubclass(kind, PartialDay):
            return {"anyOf": [{"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}, _YEAR]}
        if issubclass(kind, When):
            return {
                "anyOf": [
                    {
                        "type": "string",
                        "pattern": _MOMENT,
                    },
                    _YEAR,
                ]
            }
    if bool in types:
        return {"const": True}
    if Decimal in types:
        return {"type": "number"}
    if int in types:
        return {"type": "integer", "minimum": 0}
    if choices := literals(shape, name):
        return {"enum": choices}
    if is_long(shape, name):
        return _TEXT
    info = shape.model_fields[name]
    found = dict(_TEXT)
    for mark in info.metadata:
        for ours, theirs in (("pattern", "pattern"), ("max_length", "maxLength")):
            if limit := getattr(mark, ours, None):
                found[theirs] = limit
    return found


def _choice(kind: type[Vocabulary]) -> dict[str, Any]:
    values: list[Any] = [v.value for v in kind]
    about = [f"{v.label}: {v.about}" if v.label else v.about for v in kind]
    if all(v.isdigit() for v in values):  # `tier: 1` is a number for an editor, "1" is not
        values, about = [*map(int, values), *values], about * 2
    return {"enum": values, "markdownEnumDescriptions": about}
