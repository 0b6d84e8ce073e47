"""What the model objects to in a record, in plain words: one problem for each cause."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.fields import Vocabulary
from generator.model import Record, attribute_of, field_order, shapes_in
from generator.problems import FieldPath, Problem, Rule, article, did_you_mean, one_of
from generator.trouble import in_quotes

#: A longer value is not repeated in the hint that says how to write it.
MAX_HINT = 160

RULES = (
    Rule(
        "SB201",
        "error",
        "Only the fields of the record type.",
        "dedline: 2025-12",
        "deadline:\n  date: 2025-12\n  text: before the end of the year",
    ),
    Rule(
        "SB202",
        "error",
        "Every field that is required.",
        "kind: outcome",
        "headline: Shuttle diplomacy goes on\nkind: outcome",
    ),
    Rule(
        "SB203",
        "error",
        "A list where a list belongs, text where text belongs.",
        "topics: trade",
        "topics:\n  - trade",
    ),
    Rule(
        "SB204",
        "error",
        "A value of the vocabulary, where a field has one.",
        "kind: commitmant",
        "kind: commitment",
    ),
    Rule(
        "SB205",
        "error",
        "Dates as year, month, day: 2025-08-25.",
        "start: 25/08/2025",
        "start: 2025-08-25",
    ),
    Rule("SB206", "error", "Full numbers in digits.", "value: 350bn", "value: 350000000000"),
    Rule("SB207", "error", "A reference is the id of a record.", "country: Korea", "country: kr"),
    Rule(
        "SB208",
        "error",
        "Whole web addresses that begin with https:// or http://.",
        "url: www.mofa.go.jp",
        "url: https://www.mofa.go.jp",
    ),
    Rule("SB209", "error", "No empty values.", "venue:", "venue: Oval Office"),
    Rule("SB210", "error", "Text within its limits.", "iso3: Korea", "iso3: KOR"),
    Rule(
        "SB211",
        "error",
        "Known time zones and language codes.",
        "timezone: KST",
        "timezone: Asia/Seoul",
    ),
    Rule(
        "SB212",
        "error",
        "Fields that go together, and fields that exclude each other.",
        "says: 15% on cars\nsilent: true",
        "says: 15% on cars",
    ),
)


def objections(error: ValidationError, path: str, shape: type[Record]) -> list[Problem]:
    """The problems of the file at `path`; each knows the way to its value, not yet its line."""
    return _one_per_cause([_problem_of(path, shape, details) for details in error.errors()])


_CODES = {
    "empty": "SB209",
    "bad-date": "SB205",
    "bad-number": "SB206",
    "bad-id": "SB207",
    "bad-url": "SB208",
    "bad-zone": "SB211",
    "bad-language": "SB211",
    "one-line": "SB203",
    "says-or-silent": "SB212",
    "office-body": "SB212",
    "bad-switch": "SB204",
    "too-long": "SB210",
    "string_too_long": "SB210",
    "string_pattern_mismatch": "SB210",
}


def _problem_of(path: str, shape: type[Record], details: ErrorDetails) -> Problem:
    way = tuple(part for part in details["loc"])
    kind, value = details["type"], details["input"]
    context: dict[str, Any] = details.get("ctx", {})
    name = _spoken(way)

    def problem(code: str, message: str, hint: str = "") -> Problem:
        return Problem(path, code, message, hint, field=way)

    if value == "" and kind not in ("extra_forbidden", "missing"):
        return problem("SB209", f"{name}: is empty", _empty_hint(kind, shape, way, context))
    if kind in _CODES and "message" in context:
        message = context["message"]
        return problem(_CODES[kind], f"{name}: {message}", context["hint"])
    if kind == "extra_forbidden":
        owner = _shape_at(shape, way[:-1])
        fields = field_order(owner) if owner else []
        guess = did_you_mean(str(way[-1]), fields)
        hint = f'Did you mean "{guess}"?' if guess else f"The fields here: {', '.join(fields)}."
        return problem("SB201", f'"{way[-1]}" is not a field of {_owner(shape, way)}', hint)
    if kind == "missing":
        owner = _shape_at(shape, way[:-1])
        about = owner.model_fields[attribute_of(owner, str(way[-1]))].description if owner else ""
        return Problem(
            path,
            "SB202",
            f'{_owner(shape, way)} needs the field "{way[-1]}"',
            about or "",
            field=way,
        )
    if kind == "enum" or kind == "literal_error":
        values = _choices(shape, way, context)
        if isinstance(value, str) and value:
            guess = did_you_mean(value, values)
            hint = f"Did you mean {guess}?" if guess else f"Write {one_of(values)}."
            return problem("SB204", f'{name}: "{value}" is not one of the values', hint)
        return problem("SB203", f"{name}: must be one value", f"Write {one_of(values)}.")
    if kind in ("string_too_long", "too_long"):
        limit = context["max_length"]
        return problem(
            "SB210", f"{name}: has {len(value)} characters, more than {limit}", "Say it shorter."
        )
    if kind == "string_pattern_mismatch":
        return problem("SB210", f'{name}: "{value}" does not fit', _pattern_hint(way))
    if kind == "too_short":
        return problem(
            "SB209",
            f"{name}: needs at least {context['min_length']}",
            "List one a line, with a hyphen.",
        )
    hint = _shape_hint(kind, value, _shape_at(shape, way))
    return problem("SB203", f"{name}: {_wrong_shape(kind, value)}", hint)


def _empty_hint(kind: str, shape: type[Record], way: FieldPath, context: dict[str, Any]) -> str:
    """What to do about a value that is not there."""
    values = _choices(shape, way, context)
    if values:
        return f"Write {one_of(values)}."
    hint = "Write a value"
    if kind in ("tuple_type", "model_type", "model_attributes_type"):
        hint = _shape_hint(kind, "", _shape_at(shape, way)).removesuffix(".")
    owner = _shape_at(shape, way[:-1])
    name = attribute_of(owner, str(way[-1])) if owner else ""
    required = owner and name in owner.model_fields and owner.model_fields[name].is_required()
    return f"{hint}." if required else f"{hint}, or take the line out."


def _one_per_cause(problems: list[Problem]) -> list[Problem]:
    """Without those that only follow from another: a misspelt field is not also missing."""
    meant = {
        (*p.field[:-1], match[1])
        for p in problems
        if p.code == "SB201" and (match := re.fullmatch(r'Did you mean "(.+)"\?', p.hint))
    }
    inside = {p.field[:n] for p in problems for n in range(len(p.field))}
    return [
        p
        for p in problems
        if not (p.code == "SB202" and p.field in meant)
        and not (p.code == "SB209" and p.field in inside)
    ]


def _pattern_hint(way: FieldPath) -> str:
    if way[-1] == "iso3":
        return "Three capital letters, such as KOR."
    return "A currency code (USD), percent, percent-of-gdp, or a word in lower case: aircraft."


def _wrong_shape(kind: str, value: Any) -> str:
    wanted = {
        "tuple_type": "must be a list",
        "string_type": "must be text",
        "model_type": "must be fields with values",
        "model_attributes_type": "must be fields with values",
    }.get(kind, "has the wrong form")
    if isinstance(value, dict):
        return f"{wanted}, but has fields"
    if isinstance(value, list):
        return f"{wanted}, but is a list"
    return f"{wanted}, but is empty" if value == "" else f"{wanted}, but is text"


def _shape_hint(kind: str, value: Any, shape: type[BaseModel] | None) -> str:
    if kind == "tuple_type":
        return "Write each item on a line of its own: a hyphen, a space, the item."
    if kind == "string_type" and isinstance(value, dict):
        whole = ", ".join(f"{k}: {v}" if v else str(k) for k, v in value.items())
        plain = all(isinstance(v, str) for v in value.values()) and len(whole) < MAX_HINT
        return "If it is one text, put it in quotes" + (f": {in_quotes(whole)}" if plain else ".")
    if kind == "string_type":
        if isinstance(value, list) and value and isinstance(value[0], list):
            return "If it is text with a link, put all of it in quotes."
        return "Write one value without a hyphen."
    fields = f": {', '.join(field_order(shape))}" if shape else ""
    return f"Write its fields on the lines below, indented by two spaces{fields}."


def _spoken(way: FieldPath) -> str:
    """A field path for people: history, item 2, status."""
    words = [f"item {part + 1}" if isinstance(part, int) else str(part) for part in way]
    return ", ".join(words) if words else "the record"


def _owner(shape: type[Record], way: FieldPath) -> str:
    if len(way) == 1:
        return article(shape.noun.lower())
    return _spoken(way[:-1])


def _shape_at(shape: type[BaseModel], way: FieldPath) -> type[BaseModel] | None:
    """The shape of the value that `way` leads to."""
    for part in way:
        if isinstance(part, int):
            continue
        name = attribute_of(shape, part)
        nested = shapes_in(shape, name) if name in shape.model_fields else []
        if not nested:
            return None
        shape = nested[0]
    return shape


def _choices(shape: type[Record], way: FieldPath, context: dict[str, Any]) -> list[str]:
    names = [part for part in way if isinstance(part, str)]
    owner = _shape_at(shape, tuple(names[:-1]))
    if owner:
        annotation = owner.model_fields[attribute_of(owner, names[-1])].annotation
        for part in (annotation, *getattr(annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, Vocabulary):
                return [str(value) for value in part]
    return re.findall(r"'([^']*)'", str(context.get("expected", "")))
