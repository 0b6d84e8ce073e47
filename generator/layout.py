"""Where records lie under `content/`: which files they are, and what else is found there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_core import PydanticCustomError

from generator.fields import MAX_ID, check_id
from generator.model import BY_FOLDER, RESERVED_IDS
from generator.problems import Problem, Rule, did_you_mean, one_of

FOLDERS = tuple(BY_FOLDER)

RULES = (
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
    Rule(
        "SB115",
        "error",
        "A record is a regular file that can be read.",
        "content/topics/energy.yml, which is a link to trade.yml",
        "content/topics/energy.yml, which is a file",
    ),
)


@dataclass(frozen=True)
class Stray:
    """A file that would be a record under another name or in another folder.

    `id` is the one it would have there; empty where its name gives none.
    """

    path: str
    folder: str
    id: str


@dataclass
class Layout:
    """What lies under `content/`, sorted: paths of records, files that miss their place by a
    little, and what is wrong with the places and names of all the others."""

    files: list[str] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def look(root: Path) -> Layout:
    """Everything under `root`/content, by its place and name; nothing is opened."""
    found = Layout()
    content = root / "content"
    if not content.is_dir():
        found.problems.append(_problem("content", "SB112", "there is no folder content/"))
        return found
    for entry in _entries(content):
        path = f"content/{entry.name}"
        folder = entry.name if entry.name in FOLDERS else did_you_mean(entry.name, FOLDERS)
        if folder != entry.name:
            hint = f"Did you mean content/{folder}?" if folder else f"Use one of {one_of(FOLDERS)}."
            message = f'"{entry.name}" is not a folder of records'
            found.problems.append(_problem(path, "SB112", message, hint))
        elif entry.is_symlink() or not entry.is_dir():
            found.problems.append(_problem(path, "SB115", f'"{entry.name}" is not a folder'))
            continue
        if folder and entry.is_dir(follow_symlinks=False):
            _look_into(found, entry.path, path, folder, astray=folder != entry.name)
    return found


def _look_into(found: Layout, place: str, path: str, folder: str, astray: bool) -> None:
    """The entries of one folder; `astray` if records should not lie in it."""
    for entry in _entries(place):
        here = f"{path}/{entry.name}"
        misplaced = _misplaced(here, entry)
        if not misplaced and not astray:
            found.files.append(here)
        elif not misplaced:
            found.strays.append(Stray(here, folder, Path(entry.name).stem))
        else:
            problem, wanted = misplaced
            found.problems.append(problem)
            if entry.is_dir(follow_symlinks=False):
                _look_into(found, entry.path, here, folder, astray=True)
            elif wanted is not None:
                found.strays.append(Stray(here, folder, wanted))


def _entries(place: str | Path) -> list[os.DirEntry[str]]:
    entries = (entry for entry in os.scandir(place) if not entry.name.startswith("."))
    return sorted(entries, key=lambda entry: entry.name)


def _problem(path: str, code: str, message: str, hint: str = "") -> Problem:
    return Problem(path, code, message, hint, line=1, column=1)


def _misplaced(path: str, entry: os.DirEntry[str]) -> tuple[Problem, str | None] | None:
    """Why a file cannot be a record, if it cannot; and the id it would have if it were renamed:
    empty where none follows from its name, None where it is something else altogether."""
    name = entry.name
    if entry.is_symlink() or not entry.is_file():
        if entry.is_dir(follow_symlinks=False):
            hint = "Records lie directly in their folder."
            return _problem(path, "SB112", f'"{name}" is a folder', hint), None
        hint = "Put the file itself here; links are not followed."
        return _problem(path, "SB115", f'"{name}" is not a regular file', hint), None
    stem, dot, ending = name.rpartition(".")
    if not dot or ending != "yml":
        ending = ending.lower() if dot else ""
        wanted = _as_id(re.sub(r"\.ya?ml$", "", stem or name, flags=re.IGNORECASE))
        message = f'"{name}" does not end in .yml'
        if ending not in ("", "yml", "yaml", "txt"):
            return _problem(path, "SB112", message, "Only records lie here; move it away."), None
        return _problem(
            path, "SB112", message, f"Rename it to {wanted or 'some-name'}.yml."
        ), wanted
    try:
        check_id(stem)
    except PydanticCustomError:
        wanted = _as_id(stem)
        hint = f"Rename it to {wanted}.yml." if wanted else "Write it in a to z: kim-min-seok.yml."
        return _problem(path, "SB113", f'"{stem}" is not an id', hint), wanted
    if stem in RESERVED_IDS or stem.startswith("by-"):
        hint = "Choose a longer name."
        return _problem(path, "SB113", f'the id "{stem}" is reserved', hint), ""
    return None


def _as_id(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_ID].strip("-")
