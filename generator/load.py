"""`content/` to records and problems. Nothing else reads `content/`.

Every file is read, whatever is wrong with the others, and every problem of every file comes out
of one run. A problem that only knows the way to a value gets its line and column from `place`.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from generator import limits
from generator import tree as yaml_tree
from generator.fields import MAX_ID, Vocabulary, check_id
from generator.files import read_plain
from generator.model import (
    BY_FOLDER,
    RESERVED_IDS,
    Record,
    attribute_of,
    field_order,
    known_names,
    shapes_in,
)
from generator.problems import FieldPath, Problem, Rule, article, did_you_mean, suggestion
from generator.trouble import in_quotes

FOLDERS = tuple(BY_FOLDER)
#: A longer value is not repeated in the hint that says how to write it.
MAX_HINT = 160

RULES = (
    *yaml_tree.RULES,
    Rule(
        "SB112",
        "error",
        "Records lie in content/<folder>/<id>.yml and nowhere else.",
        "content/summit/2025-08-23-tokyo.yaml",
        "content/summits/2025-08-23-tokyo.yml",
    ),
    Rule(
        "SB113",
        "error",
        "The file name is the id: lower-case letters, digits, single hyphens.",
        "content/people/Lee_Jae-myung.yml",
        "content/people/lee-jae-myung.yml",
    ),
    Rule(
        "SB114",
        "error",
        "An id is used once, in one folder, and never again by another record.",
        "content/topics/apec.yml beside content/organisations/apec.yml",
        "content/organisations/apec.yml",
    ),
    Rule("SB115", "error", "A record is a regular file that can be read.", "", ""),
    *limits.RULES,
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
    Rule("SB210", "error", "Text within its limits.", "", ""),
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


@dataclass
class Library:
    """What was loaded: `records` by id, `paths` of all ids, `problems`.

    `paths` also has the ids of files that are broken, so that references to them are not
    reported on top.
    """

    records: dict[str, Record] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def broken(self) -> frozenset[str]:
        """Ids whose file exists and could not be read as a record."""
        return frozenset(self.paths) - frozenset(self.records)


def load(root: Path) -> Library:
    """Everything under `root`/content."""
    library = Library()
    if too_much := limits.too_much(root):
        return Library(problems=too_much)
    for path in _record_files(root, library.problems):
        folder, record_id = path.split("/")[1], Path(path).stem
        if record_id in library.paths:
            library.problems.append(
                Problem(
                    path,
                    "SB114",
                    f'the id "{record_id}" is taken by {library.paths[record_id]}',
                    "Give one of the two files another name.",
                    line=1,
                    column=1,
                    also=(library.paths[record_id], 1),
                )
            )
            continue
        library.paths[record_id] = path
        record, problems = read_record(root, path, folder, record_id)
        library.problems += problems
        if record:
            library.records[record_id] = record
    library.problems += _former_ids_taken(library)
    names = known_names(library.records.values())
    library.problems = [_with_suggestion(problem, names) for problem in library.problems]
    library.problems = place(root, library.problems)
    return library


def _former_ids_taken(library: Library) -> Iterator[Problem]:
    former: dict[str, str] = {}
    for record_id, record in library.records.items():
        for n, old in enumerate(record.former_ids):
            if old in library.paths:
                yield Problem(
                    library.paths[old],
                    "SB114",
                    f'the id "{old}" belonged to {library.paths[record_id]} before',
                    "Give this file another name: links to the old id lead there for ever.",
                    line=1,
                    column=1,
                )
            elif old in former:
                yield Problem(
                    library.paths[record_id],
                    "SB114",
                    f'the former id "{old}" is one of {former[old]}, too',
                    "A former id leads to one record only.",
                    field=("former_ids", n),
                )
            former[old] = library.paths[record_id]


def record_paths(root: Path) -> list[str]:
    """Every record file, whatever is in it."""
    return list(_record_files(root, []))


# -- files --------------------------------------------------------------------------------------


def _record_files(root: Path, problems: list[Problem]) -> Iterator[str]:
    """Paths of record files relative to `root`, sorted; what else lies there is a problem."""
    content = root / "content"
    if not content.is_dir():
        problems.append(
            Problem("content", "SB112", "there is no folder content/", "", line=1, column=1)
        )
        return
    for folder in sorted(os.scandir(content), key=lambda entry: entry.name):
        if folder.name.startswith("."):
            continue
        path = f"content/{folder.name}"
        if folder.name not in FOLDERS:
            guess = did_you_mean(folder.name, FOLDERS)
            hint = f"Did you mean content/{guess}?" if guess else f"Use one of {_or(FOLDERS)}."
            problems.append(
                Problem(path, "SB112", "is not a folder of records", hint, line=1, column=1)
            )
            continue
        if folder.is_symlink() or not folder.is_dir():
            problems.append(Problem(path, "SB115", "is not a folder", "", line=1, column=1))
            continue
        for entry in sorted(os.scandir(folder.path), key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            problem = _misplaced(f"{path}/{entry.name}", entry)
            if problem:
                problems.append(problem)
            else:
                yield f"{path}/{entry.name}"


def _misplaced(path: str, entry: os.DirEntry[str]) -> Problem | None:
    """Why a file cannot be a record, if it cannot."""

    def problem(code: str, message: str, hint: str = "") -> Problem:
        return Problem(path, code, message, hint, line=1, column=1)

    if entry.is_symlink() or not entry.is_file():
        if entry.is_dir(follow_symlinks=False):
            return problem("SB112", "is a folder", "Records lie directly in their folder.")
        return problem(
            "SB115", "is not a regular file", "Put the file itself here; links are not followed."
        )
    stem, dot, ending = entry.name.rpartition(".")
    if not dot or ending != "yml":
        ending = ending.lower() if dot else ""
        name = re.sub(r"\.ya?ml$", "", stem or entry.name, flags=re.IGNORECASE)
        hint = f"Rename it to {_as_id(name) or 'some-name'}.yml."
        if ending not in ("", "yml", "yaml", "txt"):
            hint = "Only records lie here; move it away."
        return problem("SB112", "does not end in .yml", hint)
    try:
        check_id(stem)
    except PydanticCustomError:
        good = _as_id(stem)
        hint = f"Rename it to {good}.yml." if good else "Write it in a to z: kim-min-seok.yml."
        return problem("SB113", f'"{stem}" is not an id', hint)
    if stem in RESERVED_IDS or stem.startswith("by-"):
        return problem("SB113", f'the id "{stem}" is reserved', "Choose a longer name.")
    return None


def _as_id(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_ID].strip("-")


def read_record(
    root: Path, path: str, folder: str, record_id: str
) -> tuple[Record | None, list[Problem]]:
    """One file as a record, and its problems. Positions of fields are not filled in yet."""
    tree, problems = _read_tree(root, path)
    return _validated(tree, problems, path, folder, record_id)


def record_from(data: bytes, path: str) -> tuple[Record | None, list[Problem]]:
    """The same for the bytes of a file at `path` that need not lie there yet."""
    tree, problems = yaml_tree.parse(data, path)
    record, problems = _validated(tree, problems, path, path.split("/")[1], Path(path).stem)
    return record, place_in(data, problems)


def _validated(
    tree: yaml_tree.Fields | None, problems: list[Problem], path: str, folder: str, record_id: str
) -> tuple[Record | None, list[Problem]]:
    if tree is None:
        return None, problems
    shape = BY_FOLDER[folder]
    data = yaml_tree.to_data(tree)
    if "id" in data:
        hint = "Take it out: the id is the name of the file."
        problems.append(Problem(path, "SB201", '"id" is not a field', hint, field=("id",)))
    try:
        record = shape.model_validate({**data, "id": record_id})
    except ValidationError as error:
        problems += _one_per_cause([_problem_of(path, shape, d) for d in error.errors()])
        return None, problems
    return (None if problems else record), problems


def _read_tree(root: Path, path: str) -> tuple[yaml_tree.Fields | None, list[Problem]]:
    try:
        data = read_plain(root / path)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        return None, [Problem(path, "SB115", reason, line=1, column=1)]
    return yaml_tree.parse(data, path)


# -- what pydantic says, in plain words ---------------------------------------------------------

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
            hint = f"Did you mean {guess}?" if guess else f"Write {_or(values)}."
            return problem("SB204", f'{name}: "{value}" is not one of the values', hint)
        return problem("SB203", f"{name}: must be one value", f"Write {_or(values)}.")
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
        return f"Write {_or(values)}."
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


def _or(values: Iterable[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


# -- suggestions and places ---------------------------------------------------------------------


def _with_suggestion(problem: Problem, names: dict[str, str]) -> Problem:
    found = re.search(r'"(.+)" is not an id', problem.message)
    if problem.code != "SB207" or not found:
        return problem
    hint = suggestion(found[1], names)
    return dataclasses.replace(problem, hint=hint) if hint else problem


def place(root: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The problems sorted, each with the line and column of the value it is about."""
    problems = list(problems)
    trees: dict[str, tuple[yaml_tree.Fields | None, str]] = {}
    for path in {p.path for p in problems if not p.line}:
        tree, _ = _read_tree(root, path)
        text = yaml_tree.decode(read_plain(root / path)) if tree else ""
        trees[path] = (tree, text)
    placed = [p if p.line else _place(p, *trees[p.path]) for p in problems]
    return sorted(placed, key=lambda p: p.sort_key)


def place_in(data: bytes, problems: Iterable[Problem]) -> list[Problem]:
    """The same for problems of one file, given its bytes."""
    tree, _ = yaml_tree.parse(data, "")
    text = yaml_tree.decode(data) if tree else ""
    placed = [p if p.line else _place(p, tree, text) for p in problems]
    return sorted(placed, key=lambda p: p.sort_key)


def _place(problem: Problem, tree: yaml_tree.Fields | None, text: str) -> Problem:
    if tree is None:
        return dataclasses.replace(problem, line=1, column=1)
    if problem.code == "SB202":
        node = yaml_tree.locate(tree, problem.field[:-1])
    else:
        node = yaml_tree.locate(tree, problem.field, key=problem.code == "SB201")
    line, column = node.line, node.column
    rows = text.split("\n")
    if problem.code == "SB209" and "#" in rows[line - 1][column - 1 :]:
        hint = "What follows a # is a comment; put the value in quotes."
        problem = dataclasses.replace(problem, hint=hint)
    if problem.find and isinstance(node, yaml_tree.Leaf):
        start = sum(len(row) + 1 for row in rows[: line - 1]) + column - 1
        if node.style in ("|", ">"):
            start = text.index("\n", start)
        index = text.find(problem.find, start)
        if index >= 0:
            line, column = yaml_tree.line_and_column(text, index)
    return dataclasses.replace(problem, line=line, column=column)
