"""What git knows of the content. Read only, never needed: without git every answer is `None`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path


class GitError(Exception):
    """Git was needed and did not answer. Says what it was asked and what it said."""


def uncommitted(root: Path, paths: Iterable[str]) -> list[str] | None:
    """Those of `paths` that differ from the last commit or are not in it."""
    if not (inside := _git(root, "rev-parse", "--show-prefix")):
        return None
    prefix = inside.decode().rstrip("\n")
    wanted = sorted(set(paths))
    out = _git(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *wanted)
    if out is None:
        return None
    found = {
        entry[3:].removeprefix(prefix) for entry in out.decode().split("\0") if entry[2:3] == " "
    }
    return [path for path in wanted if path in found]


def contents(root: Path, revision: str) -> dict[str, bytes]:
    """Every record file of a revision: its path and its bytes. Raises `GitError`."""
    commit = _asked(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    prefix = _asked(root, "rev-parse", "--show-prefix").decode().rstrip("\n")
    listing = _asked(
        root, "ls-tree", "-r", "-z", "--full-tree", commit.decode().strip(), f"{prefix}content/"
    )
    names: dict[str, str] = {}
    for entry in listing.decode("utf-8", "replace").split("\0"):
        head, _, path = entry.partition("\t")
        parts = head.split(" ")
        if len(parts) == 3 and parts[0] in ("100644", "100755") and path.endswith(".yml"):
            names[path.removeprefix(prefix)] = parts[2]
    return dict(zip(names, _blobs(root, list(names.values())), strict=True))


def _blobs(root: Path, names: list[str]) -> list[bytes]:
    out = _asked(root, "cat-file", "--batch", given="".join(f"{n}\n" for n in names).encode())
    blobs = []
    at = 0
    for _ in names:
        head, _, _ = out[at:].partition(b"\n")
        size = int(head.split()[-1])
        begin = at + len(head) + 1
        blobs.append(out[begin : begin + size])
        at = begin + size + 1
    return blobs


def changed_lines(root: Path, revision: str) -> dict[str, set[int]]:
    """Files under content/ that changed since a revision, with the lines that are new in them.

    A file git does not know yet has all its lines, an empty set. Raises `GitError`.
    """
    commit = _asked(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    diff = _asked(
        root,
        "-c",
        "core.quotepath=false",
        "diff",
        "--relative",
        "--no-ext-diff",
        "--no-color",
        "--no-renames",
        "--unified=0",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        commit.decode().strip(),
        "--",
        "content",
    ).decode("utf-8", "replace")
    found: dict[str, set[int]] = {}
    lines: set[int] = set()
    for row in diff.split("\n"):
        if row.startswith("+++ b/"):
            lines = found.setdefault(row[6:], set())
        elif match := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", row):
            first, count = int(match[1]), int(match[2] or 1)
            lines.update(range(first, first + max(count, 1)))
    others = _asked(root, "ls-files", "-z", "--others", "--exclude-standard", "--", "content")
    found.update({path: set() for path in others.decode("utf-8", "replace").split("\0") if path})
    return found


def _asked(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    out = _git(root, *arguments, given=given)
    if out is None:
        raise GitError(f"git {' '.join(arguments[:2])} failed: {_said(root, arguments)}")
    return out


def _said(root: Path, arguments: tuple[str, ...]) -> str:
    try:
        done = _run(root, arguments, b"")
    except OSError as error:
        return error.strerror or "git cannot be run"
    return done.stderr.decode("utf-8", "replace").strip().split("\n")[0]


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    try:
        done = _run(root, arguments, given)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _run(
    root: Path, arguments: tuple[str, ...], given: bytes
) -> subprocess.CompletedProcess[bytes]:
    # Nothing of the user's or the system's settings may change what is read, or run a program.
    env = os.environ | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(root), *arguments]
    return subprocess.run(command, input=given, env=env, capture_output=True, check=False)  # noqa: S603
