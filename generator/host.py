"""Runs the hosts of the site: an engine for the pages, Pagefind for the search index."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlsplit

from pagefind_bin_extended import get_executable as pagefind

from generator import site
from generator.aside import put_back, set_aside
from generator.files import files_below, write_new
from generator.parallel import spread
from generator.running import HostError, Running


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
    environment = {"SOURCE_DATE_EPOCH": str(epoch), INSIDE_BUILD: "1"}
    return Running(engine, command, folder, environment)


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
    theme's files come with them, where they are not there yet. Raises `HostError` with
    the engine's warnings, if there are any.
    """
    few = len(names) < SHARE
    jobs = 1 if ENGINES[engine].alone else max(1, min(jobs, len(names) // SHARE))
    bare = not (html / "404.html").exists()
    with TemporaryDirectory(prefix="pages-", dir=root / ".build") as name, ExitStack() as ends:
        folders = [Path(name, str(number)) for number in range(jobs)]
        placed = [(page, folders[number % jobs]) for number, page in enumerate(names)]
        _all(spread(partial(_lay_out, docs), placed, jobs))
        for number, folder in enumerate(folders):
            _prepare(root, folder, set(names[number::jobs]), engine)
        if inside:
            _build_inside(folders[0])
            begun = []
        else:
            begun = [ends.enter_context(start_site(f, newest, engine)) for f in folders]
        if few:
            yield
        for running in begun:
            running.end()
        _all(spread(partial(_take_over, docs, html, engine), placed, jobs))
        if bare:
            _take_theme(folders[0] / "site", html)
    if not few:
        yield


def _all(made: Iterable[None]) -> None:
    for _ in made:
        pass


def _lay_out(docs: Path, page: tuple[str, Path]) -> None:
    """Write a page for an engine into the folder it is built in."""
    name, folder = page
    text, _ = set_aside((docs / name).read_bytes().decode())
    (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "docs" / name).write_bytes(text.encode())


def _take_over(docs: Path, html: Path, engine: str, page: tuple[str, Path]) -> None:
    """Bring a page that was built in a folder to its place, complete."""
    name, folder = page
    built = folder / "site" / page_of(name)
    if not built.exists():
        raise HostError(f"{engine} did not make {page_of(name)}")
    # Not kept from before: what is set aside is most of all pages, and they do not fit in memory.
    _, blocks = set_aside((docs / name).read_bytes().decode())
    (html / page_of(name)).parent.mkdir(parents=True, exist_ok=True)
    write_new(html / page_of(name), put_back(built.read_bytes().decode(), blocks).encode())


def _take_theme(built: Path, html: Path) -> None:
    """Bring the theme's files to their place."""
    for path in files_below(built):
        if path.partition("/")[0] in THEME:
            (html / path).parent.mkdir(parents=True, exist_ok=True)
            (built / path).replace(html / path)
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


def _prepare(root: Path, folder: Path, names: Collection[str], engine: str) -> None:
    """The settings to build the pages `names` in `folder` alone; the other pages of the menu are
    there as empty ones."""
    about = site.read(root)
    for name in sorted(set(about.menu).difference(names)):
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


def run_pagefind(pages: Mapping[str, str], folder: Path, language: str) -> dict[str, bytes]:
    """The files of the index of some pages, by their paths in it.

    The pages are HTML by their paths in the site, all of one language, because names in other
    scripts stand on English pages. No page and no index is written to disk; `folder` is where
    Pagefind is started. Raises `HostError` or `MachineError` if it fails.
    """
    # Pagefind answers each question in turn, as one word of base 64 with a comma behind it. Its
    # interface for Python does the same, but waits a tenth of a second for each answer.
    index = {"index_id": 0}
    questions = [
        {"type": "NewIndex", "config": {"force_language": language}},
        *(
            {"type": "AddFile", **index, "file_path": path, "file_contents": page}
            for path, page in pages.items()
        ),
        {"type": "GetFiles", **index},
    ]
    asked = [json.dumps({"message_id": n, "payload": p}) for n, p in enumerate(questions)]
    words = [base64.b64encode(question.encode()) + b"," for question in asked]
    with Running("pagefind", [str(pagefind()), "--service"], folder, asked=True) as running:
        said = running.ask(words)
        running.end()
    try:
        answers = [json.loads(base64.b64decode(word))["payload"] for word in said]
        for answer in answers:
            if answer["type"] == "Error":
                raise HostError(f"pagefind failed:\n{answer['message']}")
        return {file["path"]: base64.b64decode(file["content"]) for file in answers[-1]["files"]}
    except (ValueError, LookupError, TypeError) as error:
        raise HostError(f"pagefind answered what cannot be read: {error!r}") from None
