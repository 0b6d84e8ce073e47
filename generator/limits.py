"""Limits on what lies under `content/`, kept before any of it is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from generator.problems import Problem, Rule

#: Files in one folder, files in all, bytes in all.
MAX_IN_FOLDER = 25_000
MAX_IN_ALL = 100_000
MAX_BYTES = 256 * 1024 * 1024
#: Folders within folders; records lie at the second.
MAX_DEPTH = 8

RULES = (
    Rule(
        "SB123",
        "error",
        f"Content has at most {MAX_IN_FOLDER:,} files in a folder, {MAX_IN_ALL:,} and "
        f"{MAX_BYTES // 1024 // 1024} MiB in all; no files for git.",
        "",
        "",
    ),
)


def too_much(root: Path) -> list[Problem]:
    """What goes beyond a limit under `root`/content; nothing may be read from it then."""
    content = root / "content"
    return list(_too_much(content)) if content.is_dir() else []


def _too_much(content: Path) -> Iterator[Problem]:
    files = size = 0
    ahead = [(str(content), "content", 1)]
    while ahead:
        place, name, depth = ahead.pop()
        here = 0
        with os.scandir(place) as entries:
            for entry in entries:
                path = f"{name}/{entry.name}"
                if entry.name.startswith(".git") and entry.name != ".gitkeep":
                    hint = "Settings of git are for the whole project, and not a record's to make."
                    yield _problem(path, f'"{entry.name}" is a file for git', hint)
                if entry.is_dir(follow_symlinks=False):
                    if depth >= MAX_DEPTH:
                        yield _problem(path, f"folders lie more than {MAX_DEPTH} deep")
                        continue
                    ahead.append((entry.path, path, depth + 1))
                here += 1
                size += entry.stat(follow_symlinks=False).st_size
                if here > MAX_IN_FOLDER:
                    yield _problem(name, f"has more than {MAX_IN_FOLDER:,} files")
                    return
        files += here
        if files > MAX_IN_ALL:
            yield _problem("content", f"has more than {MAX_IN_ALL:,} files")
            return
        if size > MAX_BYTES:
            mebibytes = MAX_BYTES // 1024 // 1024
            yield _problem("content", f"has more than {mebibytes} MiB")
            return


def _problem(path: str, message: str, hint: str = "") -> Problem:
    return Problem(path, "SB123", message, hint, line=1, column=1)
