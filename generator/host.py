"""Runs the hosts of the site: an engine for the pages, Pagefind for the search index."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from pagefind_bin_extended import get_executable as pagefind

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


def start_site(folder: Path, newest: date, engine: str = MKDOCS) -> Running:
    """Begin to build what the `mkdocs.yml` in `folder` describes, strictly.

    Dates in it come from `newest`. Its end raises `HostError` with the warnings, if there are any.
    """
    epoch = int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())
    # Not --quiet: MkDocs does not count the warnings it does not show, and --strict were of no use.
    command = [sys.executable, "-m", engine, "build", "--config-file", "mkdocs.yml", "--strict"]
    return Running(engine, command, folder, SOURCE_DATE_EPOCH=str(epoch), **{INSIDE_BUILD: "1"})


def _build_inside(folder: Path) -> None:
    """The same with MkDocs in this process, for a page or two. Only the list of pages, which is not
    kept, has a date of this moment."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    settings = load_config(config_file=str(folder / "mkdocs.yml"), strict=True)
    try:
        build(settings)
    except MkDocsException as error:
        raise HostError(f"mkdocs failed:\n{error}") from None


@contextmanager
def building_pages(
    root: Path,
    docs: Path,
    html: Path,
    names: Sequence[str],
    newest: date,
    jobs: int = 1,
    engine: str = MKDOCS,
    inside: bool = False,
) -> Iterator[None]:
    """Build the Markdown files `names` of the folder `docs` into `html`, in `jobs` processes or
    `inside` this one; at the end they are there.

    Few pages are built while the caller goes on with something else; many keep all processes busy,
    and come first. A page shows nothing of another but the menu, and that has its own titles; so
    any share of the pages can be built alone, and comes out as it would with all the others. The
    theme's files come with the first share, where they are not there yet. Raises `HostError` with
    the engine's warnings, if there are any.
    """
    jobs = 1 if ENGINES[engine].alone else jobs
    few = len(names) < SHARE
    parted = 1 < jobs <= len(names) // SHARE
    shares = [names[n::jobs] for n in range(jobs)] if parted else [names]
    with TemporaryDirectory(prefix="pages-", dir=root / ".build") as name, ExitStack() as ends:
        begun: list[tuple[Path, Sequence[str], _Aside, Running | None]] = []
        for number, share in enumerate(shares):
            folder = Path(name, str(number))
            aside = _prepare(root, docs, folder, share, engine)
            running = None
            if inside:
                _build_inside(folder)
            else:
                running = ends.enter_context(start_site(folder, newest, engine))
            begun.append((folder, share, aside, running))
        if few:
            yield
        bare = not (html / "404.html").exists()
        for number, (folder, share, aside, running) in enumerate(begun):
            if running:
                running.end()
            _take_over(folder / "site", html, share, aside, engine, bare and number == 0)
    if bare:
        lean(html)
    if not few:
        yield


#: Blocks of finished HTML by the name of their page.
_Aside = Mapping[str, Sequence[str]]


def _take_over(
    site_: Path, html: Path, names: Sequence[str], aside: _Aside, engine: str, theme: bool
) -> None:
    """Bring the pages of a share to their place, complete; with the `theme`, its files too."""
    for name in names:
        page = page_of(name)
        if not (site_ / page).exists():
            raise HostError(f"{engine} did not make {page}")
        (html / page).parent.mkdir(parents=True, exist_ok=True)
        text = put_back((site_ / page).read_bytes().decode(), aside[name])
        write_new(html / page, text.encode())
    for path in files_below(site_) if theme else ():
        if path.partition("/")[0] in THEME:
            (html / path).parent.mkdir(parents=True, exist_ok=True)
            (site_ / path).replace(html / path)


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


def _prepare(root: Path, docs: Path, folder: Path, names: Sequence[str], engine: str) -> _Aside:
    """Some pages alone, in `folder`; the other pages of the menu are there as empty ones. What is
    set aside of them."""
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
    return aside


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
    # Not `python -m pagefind`, which takes as long to start as the program to index a few pages.
    command = [str(pagefind()), "--site", str(pages), "--force-language", language]
    with Running("pagefind", [*command, "--output-path", str(target)], pages) as running:
        running.end()


class Running:
    """A program that has been started in `folder`. It is ended where its user fails before."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, **environment: str) -> None:
        self.name = name
        env = os.environ | {
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
            "TZ": "UTC",
        }
        self._said = TemporaryFile(dir=folder.parent)  # noqa: SIM115 - closed with the program
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=env | environment,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            close_fds=False,  # the lock of the build, and nothing else, can be inherited
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def end(self) -> None:
        """Wait for its end. Raises `HostError` with what it said if it fails."""
        code = self._process.wait()
        if not code:
            return
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace")
        if trouble := _TROUBLE.search(said):
            raise MachineError(f"{self.name}: {trouble[0]}")
        if code < 0:
            raise MachineError(f"{self.name} was ended by signal {-code}.")
        raise HostError(f"{self.name} failed:\n{_NOISE.sub('', said).strip()}")
