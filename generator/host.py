"""Runs the hosts of the site: MkDocs for the pages, Pagefind for the search index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from generator.files import MachineError
from generator.steady import put_in_order


class HostError(Exception):
    """A host failed; carries what it printed."""


#: With less room than this a disk counts as full.
_ROOM = 1024 * 1024
#: What a program says when the machine stands in its way.
_TROUBLE = re.compile(
    r"(No space left on device|Disk quota exceeded|Read-only file system|Permission denied"
    r"|Input/output error|Too many open files|Cannot allocate memory)[^\n]*"
)

#: Set for the MkDocs that a build starts, so that its hook does not start the build again.
INSIDE_BUILD = "BRIEF_INSIDE_BUILD"


def mkdocs_build(root: Path, site: Path, newest: date) -> None:
    """Build `.build/docs` into `site` with `mkdocs.yml`, strictly. Dates in it come from `newest`.

    Raises `HostError` with the warnings, if there are any.
    """
    epoch = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    _run([*command, str(site)], root, SOURCE_DATE_EPOCH=str(epoch), **{INSIDE_BUILD: "1"})
    for stray in site.glob("sitemap.xml.gz"):
        stray.unlink()  # a second copy of the sitemap, with a time stamp in it


def search_index(site: Path) -> int:
    """Index the finished pages in `site` under `pagefind/`; the number of pages indexed.

    One language is forced, because names in other scripts stand on English pages.
    """
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", "en"]
    printed = _run([*command], site)
    for name in (
        "pagefind-ui",
        "pagefind-modular-ui",
        "pagefind-component-ui",
        "pagefind-highlight",
    ):
        for stray in (site / "pagefind").glob(f"{name}*"):
            stray.unlink()  # interfaces of Pagefind's own; the site brings its own
    try:
        put_in_order(site / "pagefind")
    except (ValueError, KeyError, EOFError, OSError) as error:
        if shutil.disk_usage(site).free < _ROOM:  # Pagefind does not say so itself
            raise MachineError(f"No space left on device: {site}") from None
        raise HostError(f"pagefind left an index that cannot be read: {error}") from None
    found = re.search(r"Indexed (\d+) page", printed)
    return int(found[1]) if found else 0


def _run(command: list[str], folder: Path, **environment: str) -> str:
    """Run a program to its end; its output. Raises `HostError` if it fails."""
    env = os.environ | {
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
        "TZ": "UTC",
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=env | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        close_fds=False,  # the lock of the build, and nothing else, can be inherited
    )
    if done.returncode:
        name, said = command[2], done.stdout + done.stderr
        if trouble := _TROUBLE.search(said):
            raise MachineError(f"{name}: {trouble[0]}")
        if done.returncode < 0:
            raise MachineError(f"{name} was ended by signal {-done.returncode}.")
        raise HostError(f"{name} failed:\n{said.strip()}")
    return done.stdout + done.stderr
