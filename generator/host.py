"""Runs the hosts of the site: an engine for the pages, Pagefind for the search index."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, NamedTuple, Self
from urllib.parse import urlsplit

from pagefind_bin_extended import get_executable as pagefind

from generator import site
from generator.files import MachineError, files_below, write_new
from generator.parallel import spread


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


# -- finished HTML in Markdown --------------------------------------------------------------------

#: What the front matter has for the head of a page, as JSON.
_HEAD = re.compile(r'\A(---\n\{\n(?: .*\n)*? "head": )(".*")')
_BLOCK = re.compile(r"<([a-z]+)[ >]")
_MARK = '<div data-aside="{}"></div>'
_MARKS = re.compile(r'<div data-aside="(\d+)"></div>')


def set_aside(text: str) -> tuple[str, list[str]]:
    """A page of Markdown with marks in place of its finished HTML, and that: what goes into the
    head, then blocks, those that follow one another as one.

    Markdown passes such a block through as it is, but goes through each of its tags first, which
    takes most of the time a page needs.
    """
    blocks: list[str] = []

    def mark(block: str) -> str:
        blocks.append(block)
        return _MARK.format(len(blocks) - 1)

    text = _HEAD.sub(lambda head: head[1] + json.dumps(mark(json.loads(head[2]))), text)
    pieces: list[str] = []
    for piece in text.split("\n\n"):
        if not _is_block(piece):
            pieces.append(piece)
        elif pieces and pieces[-1] == _MARK.format(len(blocks) - 1):
            blocks[-1] += "\n\n" + piece.rstrip("\n")
        else:
            pieces.append(mark(piece.rstrip("\n")))
    return "\n\n".join(pieces), blocks


def _is_block(piece: str) -> bool:
    tag = _BLOCK.match(piece)
    # The theme asks for the heading of a page.
    return bool(tag and _is_whole(piece, tag[1]) and "<h1" not in piece)


def _is_whole(piece: str, tag: str) -> bool:
    """Whether an element begins a piece and ends with it."""
    ends = piece.rstrip("\n").endswith(f"</{tag}>")
    return ends and piece.count(f"<{tag} ") + piece.count(f"<{tag}>") == piece.count(f"</{tag}>")


def put_back(html: str, blocks: Sequence[str]) -> str:
    """A finished page with its blocks in place of the marks."""
    return _MARKS.sub(lambda mark: blocks[int(mark[1])], html)


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
        answers = [json.loads(base64.b64decode(word)) for word in running.ask(words)]
        running.end()
    for answer in (answer["payload"] for answer in answers):
        if answer["type"] == "Error":
            raise HostError(f"pagefind failed:\n{answer['message']}")
    files = answers[-1]["payload"]["files"]
    return {file["path"]: base64.b64decode(file["content"]) for file in files}


class Running:
    """A program that has been started in `folder`, one that is `asked` or one that only prints. It
    is ended where its user fails before."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] = {},
        asked: bool = False,
    ) -> None:
        self.name = name
        env = os.environ | {
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
            "TZ": "UTC",
        }
        self._said = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the program
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**env, **environment},
            stdin=subprocess.PIPE if asked else subprocess.DEVNULL,
            stdout=subprocess.PIPE if asked else self._said,
            stderr=self._said,
            close_fds=False,  # the lock of the build, and nothing else, can be inherited
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            if pipe:
                with suppress(BrokenPipeError):  # of what was still to be asked
                    pipe.close()

    def ask(self, questions: Sequence[bytes]) -> list[bytes]:
        """The answers to all questions; both end with a comma and hold no other. Raises `HostError`
        or `MachineError` if there are fewer."""
        asking, answering = self._process.stdin, self._process.stdout
        if not (asking and answering):
            raise ValueError(f"{self.name} was not started to be asked")

        def put() -> None:
            try:
                for question in questions:
                    asking.write(question)
                asking.flush()
            except BrokenPipeError:
                pass  # it has ended, which is seen by what it answers
            except BaseException:
                asking.close()  # so that it ends, and the reading below with it
                raise

        # It answers while it is asked; who did one after the other would wait for ever.
        with ThreadPoolExecutor(1) as beside:
            putting = beside.submit(put)
            try:
                answers = _read(answering, len(questions))
            except BaseException:
                self._process.kill()  # or the asking might wait for it
                raise
        putting.result()
        with suppress(BrokenPipeError):
            asking.close()
        if len(answers) < len(questions):
            self.end()
            raise HostError(f"{self.name} ended before it had answered")
        return answers

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


def _read(pipe: IO[bytes], count: int) -> list[bytes]:
    """So many words that end with a comma; fewer where the pipe ends before."""
    found: list[bytes] = []
    begun: list[bytes] = []
    while len(found) < count and (data := os.read(pipe.fileno(), 1 << 20)):
        piece, *more = data.split(b",")
        begun.append(piece)
        if more:
            found += [b"".join(begun), *more[:-1]]
            begun = more[-1:]
    return found
