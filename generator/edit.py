"""Edits of record files: only the spans that must change, every comment kept, nothing half done.

A command plans its edits first, as whole new contents of files. They are checked as the records
they will be, shown, and only then put in place, each file in one step. Edits of several files are
ordered so that a run that was cut short is finished by running it again.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator import check, git
from generator.corpus import Corpus
from generator.fields import Ref, check_id
from generator.files import (
    Changed,
    clear_temporary,
    content_of,
    locked,
    read_plain,
    sync_folder,
    write_atomic,
)
from generator.fmt import CannotFormat, formatted
from generator.linked import values_of
from generator.load import Library, load, place_in, record_from
from generator.model import BY_FOLDER, RESERVED_IDS, Record, Takeaway
from generator.problems import Problem, did_you_mean
from generator.splice import (
    CannotEdit,
    Page,
    names,
    redirected,
    spliced,
    with_field,
    with_item,
    without_doubles,
)
from generator.tree import Leaf


@dataclass(frozen=True)
class Edit:
    """One file before and after. `None` where it does not exist."""

    path: str
    before: bytes | None
    after: bytes | None


# -- planning, showing, doing -------------------------------------------------------------------


def shown(edits: Iterable[Edit]) -> str:
    """The edits as a unified diff."""
    rows: list[str] = []
    for edit in edits:
        before = (edit.before or b"").decode("utf-8", "replace").splitlines(keepends=True)
        after = (edit.after or b"").decode("utf-8", "replace").splitlines(keepends=True)
        old = f"a/{edit.path}" if edit.before is not None else "/dev/null"
        new = f"b/{edit.path}" if edit.after is not None else "/dev/null"
        rows += [
            row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"
            for row in difflib.unified_diff(before, after, old, new)
        ]
    return "".join(rows)


def apply(root: Path, edits: Iterable[Edit], force: bool = True) -> None:
    """Put the edits in place, in their order. Raises `CannotEdit` before anything is done.

    Without `force`, several files are only touched while git could bring each of them back.
    """
    edits = list(edits)
    if not force and len(edits) > 1:
        dirty = git.uncommitted(root, [e.path for e in edits if e.before is not None])
        if dirty:
            raise CannotEdit(
                f"{len(edits)} files would change, and these have changes that are not committed "
                f"yet: {', '.join(dirty)}. Commit them first, or use --force."
            )
    if not edits:
        return
    with locked(root / ".build" / "edit.lock", "an edit of these records"):
        clear_temporary(root / "content")
        for edit in edits:
            _as_before(root, edit)
        for edit in edits:
            _put_in_place(root, edit)


def _put_in_place(root: Path, edit: Edit) -> None:
    path = root / edit.path
    if edit.after is None:
        _as_before(root, edit)
        path.unlink()
        sync_folder(path.parent)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_atomic(path, edit.after, edit.before)
    except Changed:
        raise _changed(edit) from None


def _as_before(root: Path, edit: Edit) -> None:
    """Raises `CannotEdit` if the file is not what it was when the edit was planned."""
    if content_of(root / edit.path) != edit.before:
        raise _changed(edit)


def _changed(edit: Edit) -> CannotEdit:
    return CannotEdit(f"{edit.path} was changed by somebody else meanwhile; try again.")


def problems_after(
    library: Library, edits: Iterable[Edit], today: dt.date
) -> tuple[list[Problem], list[Problem]]:
    """Problems the edits bring in: those in the edited files, and those elsewhere."""
    before = _all_problems(library.records, library, {}, today)
    records = dict(library.records)
    paths = dict(library.paths)
    data: dict[str, bytes] = {}
    found: list[Problem] = []
    for edit in edits:
        record_id = Path(edit.path).stem
        records.pop(record_id, None)
        paths.pop(record_id, None)
        if edit.after is not None:
            record, problems = record_from(edit.after, edit.path)
            found += problems
            data[edit.path] = edit.after
            paths[record_id] = edit.path
            if record:
                records[record_id] = record
    known = {(p.path, p.code, p.message) for p in before}
    after = _all_problems(records, Library(records, paths), data, today)
    found += [p for p in after if (p.path, p.code, p.message) not in known]
    errors = [p for p in found if p.level == "error"]
    return [p for p in errors if p.path in data], [p for p in errors if p.path not in data]


def _all_problems(
    records: dict[str, Record], library: Library, data: dict[str, bytes], today: dt.date
) -> list[Problem]:
    problems = check.check(Corpus(records, today), library.paths, library.broken)
    placed = [p for p in problems if p.path not in data]
    for path, content in data.items():
        placed += place_in(content, [p for p in problems if p.path == path])
    return placed


def _edit(page: Page) -> Edit:
    return Edit(page.path, page.before, _settled(page.path, page.before, page.text))


def _settled(path: str, before: bytes, after: str) -> bytes:
    """What is written: in canonical form if the file was in it before."""
    data = after.encode()
    if _is_canonical(before, path):
        try:
            return formatted(data, path, BY_FOLDER[path.split("/")[1]])
        except CannotFormat:
            return data
    return data


@lru_cache(maxsize=1024)
def _is_canonical(data: bytes, path: str) -> bool:
    try:
        return formatted(data, path, BY_FOLDER[path.split("/")[1]]) == data
    except CannotFormat:
        return False


def fmt(root: Path, paths: Iterable[str]) -> tuple[list[Edit], list[tuple[str, CannotFormat]]]:
    """Edits that bring files into canonical form, and the files that cannot be."""
    edits: list[Edit] = []
    refused: list[tuple[str, CannotFormat]] = []
    for path in paths:
        before = read_plain(root / path)
        try:
            after = formatted(before, path, BY_FOLDER[path.split("/")[1]])
        except CannotFormat as reason:
            refused.append((path, reason))
            continue
        if after != before:
            edits.append(Edit(path, before, after))
    return edits, refused


# -- commands -----------------------------------------------------------------------------------


def known(library: Library, record_id: str) -> Record:
    """The record of an id; raises `CannotEdit` with the nearest one if there is none."""
    record = library.records.get(record_id)
    if record is None:
        if record_id in library.paths:
            raise CannotEdit(f"{library.paths[record_id]} has errors; run brief check first.")
        guess = did_you_mean(record_id, library.records)
        raise CannotEdit(
            f'there is no record "{record_id}".' + (f" Did you mean {guess}?" if guess else "")
        )
    return record


def free(library: Library, record_id: str) -> None:
    """Raises `CannotEdit` unless a new record may have this id."""
    try:
        check_id(record_id)
    except ValueError as error:
        raise CannotEdit(str(getattr(error, "context", {}).get("message", error))) from None
    former = {old: r.id for r in library.records.values() for old in r.former_ids}
    if record_id in RESERVED_IDS or record_id.startswith("by-"):
        raise CannotEdit(f'the id "{record_id}" is reserved.')
    if record_id in library.paths:
        raise CannotEdit(f'the id "{record_id}" is taken by {library.paths[record_id]}.')
    if record_id in former:
        raise CannotEdit(f'the id "{record_id}" belonged to "{former[record_id]}" before.')


def _referring(
    root: Path, library: Library, old: str, new: str, but: set[str], merging: bool = False
) -> list[Edit]:
    """Edits that lead every reference to `old` to `new`, in all files but some.

    When `merging`, a list that named both then names the one once.
    """
    if len(library.broken):
        broken = ", ".join(sorted(library.paths[i] for i in library.broken))
        raise CannotEdit(f"these files have errors and might refer to {old}: {broken}.")
    edits = []
    for record in library.records.values():
        path = library.paths[record.id]
        refers = any(
            value == old if isinstance(mark, Ref) else names(old).search(value)
            for _, value, mark in values_of(record)
        )
        if refers and path not in but:
            page = redirected(Page.open(root, path), record, old, new)
            edits.append(_edit(without_doubles(page, new) if merging else page))
    return edits


def rename(root: Path, old: str, new: str, library: Library | None = None) -> list[Edit]:
    """Give a record another id: its file, every reference to it, and `former_ids`.

    The new file comes first and the old one goes last, so that at no moment an id is lost.
    """
    library = library or load(root)
    target = library.records.get(new)
    resumed = target is not None and old in target.former_ids
    if resumed and old not in library.paths:
        return _referring(root, library, old, new, set())  # only references were left
    record = known(library, old)
    if not resumed:
        free(library, new)
    if record.folder == "countries" and not re.fullmatch(r"[a-z]{2}", new):
        raise CannotEdit(f'the id of a country is its code of two letters, not "{new}".')
    old_path, new_path = library.paths[old], f"content/{record.folder}/{new}.yml"
    page = Page.open(root, old_path)
    page = redirected(page, record, old, new)
    former = page.data().get("former_ids", [])
    page = with_item(page, "former_ids", old, len(former))
    after = _settled(old_path, page.before, page.text)
    edits = [] if resumed else [Edit(new_path, None, after)]
    edits += _referring(root, library, old, new, {old_path, new_path})
    return [*edits, Edit(old_path, page.before, None)]


def merge(root: Path, old: str, into: str) -> tuple[list[Edit], dict[str, Any]]:
    """Let a record go up in another one: references lead there, the old id is kept as a former one.

    Also returns the fields of the old record, which a person must look through.
    """
    library = load(root)
    target = known(library, into)
    if old not in library.paths and old in target.former_ids:
        return _referring(root, library, old, into, set(), merging=True), {}
    record = known(library, old)
    if type(record) is not type(target):
        raise CannotEdit(f'"{old}" is a {record.noun.lower()}, "{into}" a {target.noun.lower()}.')
    if record is target:
        raise CannotEdit("a record cannot be merged with itself.")
    path = library.paths[into]
    page = Page.open(root, path)
    page = without_doubles(redirected(page, target, old, into), into)
    for former in (old, *record.former_ids):
        listed = page.data().get("former_ids", [])
        if former not in listed:
            page = with_item(page, "former_ids", former, len(listed))
    edits = [_edit(page)] if page.text.encode() != page.before else []
    edits += _referring(root, library, old, into, {path, library.paths[old]}, merging=True)
    old_page = Page.open(root, library.paths[old])
    return [*edits, Edit(old_page.path, old_page.before, None)], old_page.data()


def withdraw(root: Path, record_id: str, reason: str, day: dt.date) -> list[Edit]:
    """Mark a record as withdrawn; its file and its page stay."""
    library = load(root)
    record = known(library, record_id)
    if record.withdrawn:
        raise CannotEdit(f'"{record_id}" was withdrawn on {record.withdrawn.date} already.')
    page = Page.open(root, library.paths[record_id])
    value = {"date": day.isoformat(), "reason": reason}
    return [_edit(with_field(page, "withdrawn", value))]


def add_step(
    root: Path, record_id: str, step: dict[str, Any], checked: str | None, again: bool = False
) -> list[Edit]:
    """Add a step to the history of a takeaway, at the place of its date."""
    library = load(root)
    record = known(library, record_id)
    if not isinstance(record, Takeaway):
        raise CannotEdit(f'"{record_id}" is a {record.noun.lower()}; only takeaways have a status.')
    if record.restates and not record.history:
        raise CannotEdit(f'"{record_id}" restates "{record.restates[0]}"; add the step there.')
    if (
        any(s.date == step["date"] and s.status == step["status"] for s in record.history)
        and not again
    ):
        raise CannotEdit(
            f"there is a step {step['status']} on {step['date']} already; use --again."
        )
    index = sum(1 for s in record.history if s.date <= step["date"])
    page = with_item(Page.open(root, library.paths[record_id]), "history", step, index)
    if checked:
        found = page.tree.entries.get("checked")
        if found and isinstance(found[1], Leaf):
            page = spliced(page, [(found[1], max(checked, found[1].text))])
        else:
            page = with_field(page, "checked", checked)
    return [_edit(page)]


# -- who refers to a record ---------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """One place that refers to a record."""

    path: str
    line: int
    column: int
    field: str
    sentence: str


def xref(root: Path, record_id: str, today: dt.date) -> list[Mention]:
    """Every place that refers to a record, file by file."""
    library = load(root)
    record = known(library, record_id)
    corpus = Corpus(library.records, today)
    sentences = {b.record.id: b.sentences for b in corpus.backlinks(record)}
    places = []
    for reference in corpus.references_to(record_id):
        path = library.paths[reference.owner]
        words = reference.words if reference.in_prose else reference.target
        problem = Problem(path, "", "", field=reference.field, find=words)
        placed = place_in(read_plain(root / path), [problem])[0]
        field = ".".join(str(p) for p in reference.field if isinstance(p, str))
        said = list(sentences.get(reference.owner, ())) if reference.in_prose else []
        places.append(Mention(path, placed.line, placed.column, field, said[0] if said else ""))
    return sorted(set(places), key=lambda m: (m.path, m.line, m.column))
