"""Runs the hosts of the site: an engine for the pages, Pagefind for the search index."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlsplit

from generator import site
from generator.files import MachineError, files_below, write_new


class HostError(Exception):
    """A host failed; carries what it printed."""


class NoEngine(Exception):
    """The engine that was asked for is not installed; says how it is."""


class Engine(NamedTuple):
    """What makes pages of Markdown: `python -m NAME build`, with the same options for all."""

    version: str  # the one that was tried, as in pyproject.toml
    theme: Mapping[str, str] = {}  # settings of its theme, besides those of mkdocs.yml
    alone: bool = False  # it uses all cores by itself


#: The engines by the name of their package; all read mkdocs.yml. A new one is a row here, an extra
#: in pyproject.toml and a row in tests/engines.py, where what it does otherwise is written down.
ENGINES: dict[str, Engine] = {
    "mkdocs": Engine("1.6.1"),
    "properdocs": Engine("1.6.7"),
    "zensical": Engine("0.0.73", theme={"variant": "classic"}, alone=True),
}
#: The one that is used if none is named.
MKDOCS = "mkdocs"

#: Fewer pages than this are not worth a process of their own.
SHARE = 200
#: What the theme brings beside the pages.
THEME = frozenset({"assets", "404.html"})
#: Written by an engine, and by an export from what the records say.
STRAY = ("sitemap.xml", "sitemap.xml.gz")
#: What a program says when the machine stands in its way.
_TROUBLE = re.compile(
    r"(No space left on device|Disk quota exceeded|Read-only file system|Permission denied"
    r"|Input/output error|File too large|Too many open files|Cannot allocate memory)[^\n]*"
)

#: Colours, and how far an engine was: of no use to who reads what went wrong.
_NOISE = re.compile(r"\x1b\[[0-9;]*m|^INFO .*\n", re.MULTILINE)

#: Set for the engine that a build starts, so that its hook does not start the build again.
INSIDE_BUILD = "BRIEF_INSIDE_BUILD"


def version_of(engine: str) -> str:
    """The version of an engine that is installed; raises `NoEngine` if there is none."""
    try:
        return metadata.version(engine)
    except metadata.PackageNotFoundError:
        wanted = f"{engine}=={ENGINES[engine].version}"
        raise NoEngine(
            f"{engine} is not installed. To install it: {sys.executable} -m pip install {wanted}"
        ) from None


def build_site(folder: Path, newest: date, engine: str = MKDOCS, inside: bool = False) -> None:
    """Build what the `mkdocs.yml` in `folder` describes, strictly; in a process of its own or
    `inside` this one.

    Dates in it come from `newest`. Raises `HostError` with the warnings, if there are any.
    """
    if inside:
        _build_inside(folder)
        return
    epoch = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
    # Not --quiet: MkDocs does not count the warnings it does not show, and --strict were of no use.
    command = [sys.executable, "-m", engine, "build", "--config-file", "mkdocs.yml", "--strict"]
    _run(command, folder, SOURCE_DATE_EPOCH=str(epoch), **{INSIDE_BUILD: "1"})


def _build_inside(folder: Path) -> None:
    """The same where MkDocs is loaded already, for a page or two: it starts no program. Only the
    list of pages, which is not kept, would have a date of this moment."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    settings = load_config(config_file=str(folder / "mkdocs.yml"), strict=True)
    try:
        build(settings)
    except MkDocsException as error:
        raise HostError(f"mkdocs failed:\n{error}") from None


def build_pages(
    root: Path,
    docs: Path,
    html: Path,
    names: Sequence[str],
    newest: date,
    jobs: int = 1,
    engine: str = MKDOCS,
    inside: bool = False,
) -> None:
    """Build the Markdown files `names` of the folder `docs` into `html`, in `jobs` processes or
    `inside` this one.

    A page shows nothing of another but the menu, and that has its own titles; so any share of the
    pages can be built alone, and comes out as it would with all the others. The theme's files come
    with the first share, where they are not there yet. Raises `HostError` with the engine's
    warnings, if there are any.
    """
    jobs = 1 if ENGINES[engine].alone else jobs
    shares = [names[n::jobs] for n in range(jobs)] if len(names) >= jobs * SHARE else [names]
    bare = not (html / "404.html").exists()
    with TemporaryDirectory(prefix="pages-", dir=root / ".build") as name:
        folders = [Path(name, str(number)) for number in range(len(shares))]
        with ThreadPoolExecutor(len(shares)) as pool:
            jobs_done = pool.map(
                lambda n: _build_share(root, docs, folders[n], shares[n], newest, engine, inside),
                range(len(shares)),
            )
            list(jobs_done)  # raises what any of them raised
        for number, (folder, share) in enumerate(zip(folders, shares, strict=True)):
            wanted = set(map(page_of, share))
            made = set(files_below(folder / "site"))
            if missing := wanted - made:
                raise HostError(f"{engine} did not make {min(missing)}")
            for path in made:
                theme = bare and number == 0 and path.partition("/")[0] in THEME
                if path in wanted or theme:
                    (html / path).parent.mkdir(parents=True, exist_ok=True)
                    (folder / "site" / path).replace(html / path)
    if bare:
        lean(html)


def lean(html: Path) -> None:
    """Take notes and indents out of the site's own scripts and styles: they are for whoever writes
    them. A note there takes whole lines, and one in a style sheet a single one."""
    assets = html / "assets"
    for path in (*assets.glob("*.js"), *assets.glob("*.css")):
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        text = "\n".join(line for line in lines if line and not line.startswith(("//", "/*")))
        write_new(path, f"{text}\n".encode())


def page_of(name: str) -> str:
    """Where the page of a Markdown file comes to lie; every one of them is called `index.md`."""
    return f"{name.removesuffix('.md')}.html"


def _build_share(
    root: Path,
    docs: Path,
    folder: Path,
    names: Sequence[str],
    newest: date,
    engine: str,
    inside: bool,
) -> None:
    """Some pages alone, in `folder`; the other pages of the menu are there as empty ones."""
    about = site.read(root)
    aside: dict[str, list[str]] = {}
    for name in names:
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        text, aside[name] = set_aside((docs / name).read_bytes().decode())
        (folder / "docs" / name).write_bytes(text.encode())
    for name in sorted(set(about.menu) - set(names)):
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_text("", encoding="utf-8")
    settings = {
        "INHERIT": os.path.relpath(root / "mkdocs.yml", folder),
        "docs_dir": "docs",
        "site_dir": "site",
        "theme": {
            "custom_dir": os.path.relpath(root / "templates" / "theme", folder),
            **ENGINES[engine].theme,
        },
        "extra": {"base": urlsplit(about.url).path} if about.url else {},
        "hooks": [],
        "watch": [],
        # What is set aside has anchors MkDocs does not see; links are proven by the corpus.
        "validation": {"links": {"anchors": "ignore"}},
    }
    (folder / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    build_site(folder, newest, engine, inside)
    for name in names:
        path = folder / "site" / page_of(name)
        if path.exists():  # what is missing is said by who asked for it
            path.write_bytes(put_back(path.read_bytes().decode(), aside[name]).encode())


# -- finished HTML in Markdown --------------------------------------------------------------------

_BLOCK = re.compile(r"<([a-z]+)[ >]")
_MARK = '<div data-aside="{}"></div>'
_MARKS = re.compile(r'<div data-aside="(\d+)"></div>')


def set_aside(text: str) -> tuple[str, list[str]]:
    """A page of Markdown with marks in place of its blocks of finished HTML, and those.

    Markdown passes such a block through as it is, but goes through each of its tags first, which
    takes most of the time a page needs.
    """
    blocks: list[str] = []
    pieces = text.split("\n\n")
    for number, piece in enumerate(pieces):
        tag = _BLOCK.match(piece)
        if tag and _is_whole(piece, tag[1]) and "<h1" not in piece:  # the theme asks for that
            pieces[number] = _MARK.format(len(blocks))
            blocks.append(piece.rstrip("\n"))
    return "\n\n".join(pieces), blocks


def _is_whole(piece: str, tag: str) -> bool:
    """Whether an element begins a piece and ends with it."""
    ends = piece.rstrip("\n").endswith(f"</{tag}>")
    return ends and piece.count(f"<{tag} ") + piece.count(f"<{tag}>") == piece.count(f"</{tag}>")


def put_back(html: str, blocks: Sequence[str]) -> str:
    """A finished page with its blocks in place of the marks."""
    return _MARKS.sub(lambda mark: blocks[int(mark[1])], html)


def run_pagefind(pages: Path, target: Path, language: str) -> None:
    """Index the pages below a folder into the folder `target`, all as of one language, because
    names in other scripts stand on English pages."""
    command = [sys.executable, "-m", "pagefind", "--site", str(pages), "--force-language", language]
    _run([*command, "--output-path", str(target)], pages)


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
        said = _NOISE.sub("", said).strip()
        raise HostError(f"{name} failed:\n{said}")
    return done.stdout + done.stderr
