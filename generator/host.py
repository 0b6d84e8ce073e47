"""Runs the hosts of the site: MkDocs for the pages, Pagefind for the search index."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import site
from generator.files import MachineError, files_below, link, write_new
from generator.steady import put_in_order


class HostError(Exception):
    """A host failed; carries what it printed."""


#: Fewer pages than this are not worth a MkDocs of their own.
SHARE = 200
#: What the theme brings beside the pages.
THEME = frozenset({"assets", "404.html"})
#: Written by MkDocs, and by an export from what the records say.
STRAY = ("sitemap.xml", "sitemap.xml.gz")
#: With less room than this a disk counts as full.
_ROOM = 1024 * 1024
#: What a program says when the machine stands in its way.
_TROUBLE = re.compile(
    r"(No space left on device|Disk quota exceeded|Read-only file system|Permission denied"
    r"|Input/output error|File too large|Too many open files|Cannot allocate memory)[^\n]*"
)

#: Set for the MkDocs that a build starts, so that its hook does not start the build again.
INSIDE_BUILD = "BRIEF_INSIDE_BUILD"


def mkdocs_build(folder: Path, html: Path, newest: date) -> None:
    """Build what the `mkdocs.yml` in `folder` describes into `html`, strictly.

    Dates in it come from `newest`. Raises `HostError` with the warnings, if there are any.
    """
    epoch = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir"]
    _run([*command, str(html)], folder, SOURCE_DATE_EPOCH=str(epoch), **{INSIDE_BUILD: "1"})
    for stray in STRAY:
        (html / stray).unlink(missing_ok=True)


def build_pages(
    root: Path, docs: Path, html: Path, names: Sequence[str], newest: date, jobs: int = 1
) -> None:
    """Build the Markdown files `names` of the folder `docs` into `html`, in `jobs` processes.

    A page shows nothing of another but the menu, and that has its own titles; so any share of the
    pages can be built alone, and comes out as it would with all the others. The theme's files come
    with the first share, where they are not there yet. Raises `HostError` with MkDocs' warnings, if
    there are any.
    """
    shares = [names[n::jobs] for n in range(jobs)] if len(names) >= jobs * SHARE else [names]
    bare = not (html / "404.html").exists()
    with TemporaryDirectory(prefix="pages-", dir=root / ".build") as name:
        folders = [Path(name, str(number)) for number in range(len(shares))]
        with ThreadPoolExecutor(len(shares)) as pool:
            jobs_done = pool.map(
                lambda n: _build_share(root, docs, folders[n], shares[n], newest),
                range(len(shares)),
            )
            list(jobs_done)  # raises what any of them raised
        for number, (folder, share) in enumerate(zip(folders, shares, strict=True)):
            wanted = set(map(page_of, share))
            for path in files_below(folder / "site"):
                theme = bare and number == 0 and path.partition("/")[0] in THEME
                if path in wanted or theme:
                    (html / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / "site" / path).replace(html / path)
    if bare:
        lean(html)


def lean(html: Path) -> None:
    """Take notes and indents out of the site's own scripts: they are for whoever writes them."""
    for path in (html / "assets").glob("*.js"):
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        text = "\n".join(line for line in lines if line and not line.startswith("//"))
        write_new(path, f"{text}\n".encode())


def page_of(name: str) -> str:
    """Where MkDocs puts the page of a Markdown file."""
    stem = name.removesuffix(".md")
    return f"{stem}.html" if stem.split("/")[-1] == "index" else f"{stem}/index.html"


def _build_share(root: Path, docs: Path, folder: Path, names: Sequence[str], newest: date) -> None:
    """Some pages alone, in `folder`; the other pages of the menu are there as empty ones."""
    for name in names:
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        link(docs / name, folder / "docs" / name)
    for name in sorted(set(site.read(root).menu) - set(names)):
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_text("", encoding="utf-8")
    settings = {
        "INHERIT": os.path.relpath(root / "mkdocs.yml", folder),
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {"custom_dir": os.path.relpath(root / "templates" / "theme", folder)},
        "hooks": [],
        "watch": [],
    }
    (folder / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    mkdocs_build(folder, folder / "site", newest)


#: Interfaces of Pagefind's own; the site brings its own.
UNUSED = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")


def search_index(html: Path, target: Path) -> int:
    """Index the finished pages in `html` into the folder `target`; the number of pages indexed.

    One language is forced, because names in other scripts stand on English pages.
    """
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "pagefind", "--site", str(html), "--force-language", "en"]
    printed = _run([*command, "--output-path", str(target)], html)
    for name in UNUSED:
        for stray in target.glob(f"{name}*"):
            stray.unlink()
    try:
        put_in_order(target)
    except (ValueError, KeyError, EOFError, OSError) as error:
        if shutil.disk_usage(html).free < _ROOM:  # Pagefind does not say so itself
            raise MachineError(f"No space left on device: {html}") from None
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
