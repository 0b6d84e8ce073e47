"""Where records lie under `content/`: which files they are, and what else is found there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
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
    Rule("SB115", "error", "A record is a regular file that can be read.", "", ""),
)


def record_files(root: Path, problems: list[Problem]) -> Iterator[str]:
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
            hint = f"Did you mean content/{guess}?" if guess else f"Use one of {one_of(FOLDERS)}."
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
        if entry.is_dir() and not entry.is_symlink():
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
