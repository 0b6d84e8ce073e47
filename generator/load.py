"""`content/` to records and problems. Nothing else reads `content/`.

Every file is read, whatever is wrong with the others, and every problem of every file comes out
of one run. A problem that only knows the way to a value gets its line and column from `place`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from generator import layout, limits, objections
from generator import tree as yaml_tree
from generator.files import read_plain
from generator.model import BY_FOLDER, Record, known_names
from generator.parallel import spread
from generator.problems import Problem, suggestion

RULES = (*yaml_tree.RULES, *layout.RULES, *limits.RULES, *objections.RULES)


@dataclass
class Library:
    """What was loaded: `records` by id, `paths` of all ids, `problems`.

    `paths` also has the ids of files that are broken, so that references to them are not
    reported on top. `remains` is what can be read of those, and of files with a name or in a
    place that no record can have: their data by the path of the file. `digests` are of the files,
    by id.
    """

    records: dict[str, Record] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remains: dict[str, tuple[type[Record], Any]] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def broken(self) -> frozenset[str]:
        """Ids whose file exists and could not be read as a record."""
        return frozenset(self.paths) - frozenset(self.records)


#: Records by path, as they were read before, with the digest of their file.
Known = Mapping[str, tuple[str, Record]]


class _File(NamedTuple):
    """A file to be read: its path, the type and the id it would have, its bytes if there are."""

    path: str
    folder: str
    id: str
    data: bytes | None


def load(root: Path, known: Known | None = None, jobs: int = 1) -> Library:
    """Everything under `root`/content, read by `jobs` processes.

    A file whose digest is that of a `known` record is not read again.
    """
    library = Library()
    if too_much := limits.too_much(root):
        return Library(problems=too_much)
    found = layout.look(root)
    library.problems += found.problems
    unread: list[_File] = []
    for path in found.files:
        _, folder, name = path.split("/")
        record_id = name.rpartition(".")[0]
        first = library.paths.setdefault(record_id, path)
        data = _bytes_of(root, path, library.problems)
        digest = hashlib.sha256(data or b"").hexdigest()
        before, record = (known or {}).get(path, ("", None))
        if first != path:
            library.problems.append(_taken(path, record_id, first))
        else:
            library.digests[record_id] = digest
        if record is not None and before == digest and first == path:
            library.records[record_id] = record
        else:
            unread.append(_File(path, folder, record_id, data))
    for stray in found.strays:
        if stray.id:
            library.paths.setdefault(stray.id, stray.path)
        data = _bytes_of(root, stray.path, library.problems)
        unread.append(_File(stray.path, stray.folder, stray.id or "x", data))
    for file, (record, problems) in zip(unread, spread(_parsed, unread, jobs), strict=True):
        library.problems += problems
        if record and library.paths.get(file.id) == file.path and file.path in found.files:
            library.records[record.id] = record
        else:
            library.remains[file.path] = _remains(file)
    library.problems += _former_ids_taken(library)
    if library.problems:
        names = known_names(library.records.values())
        library.problems = [_with_suggestion(problem, names) for problem in library.problems]
        library.problems = place(root, library.problems)
    return library


def _bytes_of(root: Path, path: str, problems: list[Problem]) -> bytes | None:
    try:
        return read_plain(f"{root}/{path}")
    except OSError as error:
        problems.append(_unreadable(path, error))
        return None


def _parsed(file: _File) -> tuple[Record | None, list[Problem]]:
    """A file as a record, and its problems. Positions of fields are not filled in yet."""
    if file.data is None:
        return None, []
    tree, problems = yaml_tree.parse(file.data, file.path)
    return _validated(tree, problems, file.path, file.folder, file.id)


def _remains(file: _File) -> tuple[type[Record], Any]:
    tree, _ = yaml_tree.parse(file.data or b"", file.path)
    return BY_FOLDER[file.folder], yaml_tree.to_data(tree) if tree else {}


def _taken(path: str, record_id: str, by: str) -> Problem:
    return Problem(
        path,
        "SB114",
        f'the id "{record_id}" is taken by {by}',
        "Give one of the two files another name.",
        line=1,
        column=1,
        also=(by, 1),
    )


def _former_ids_taken(library: Library) -> Iterator[Problem]:
    former: dict[str, str] = {}
    for record_id, record in library.records.items():
        for n, old in enumerate(record.former_ids):
            if old in library.paths:
                yield Problem(
                    library.paths[old],
                    "SB114",
                    f'the id "{old}" belonged to {library.paths[record_id]} before',
                    "Give this file another name: links to the old id lead there for ever. If a "
                    "rename or merge was cut short, run it again.",
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
    return layout.look(root).files


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
        problems += objections.objections(error, path, shape)
        return None, problems
    return (None if problems else record), problems


def _read_tree(root: Path, path: str) -> tuple[yaml_tree.Fields | None, list[Problem]]:
    try:
        data = read_plain(root / path)
    except OSError as error:
        return None, [_unreadable(path, error)]
    return yaml_tree.parse(data, path)


def _unreadable(path: str, error: OSError) -> Problem:
    reason = f": {error.strerror.lower()}" if error.strerror else ""
    message = f'"{Path(path).name}" cannot be read{reason}'
    return Problem(path, "SB115", message, line=1, column=1)


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
