"""The whole job in order: load, check, link, outputs, host, search, publish."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import host, pages, seal, texts
from generator.check import check
from generator.corpus import Corpus
from generator.files import (
    exchange,
    files_below,
    locked,
    mirror,
    recover,
    remove_all_but,
    safe_join,
    sync_below,
    write_if_changed,
)
from generator.formats import Paper
from generator.load import load, place
from generator.outputs import OUTPUTS
from generator.pdf import press, shelf
from generator.pdf.fonts import Rack
from generator.pdf.press import Made
from generator.problems import ContentError, Problem, has_errors
from generator.site import read as read_site

ROOT = Path(__file__).resolve().parent.parent

#: Called with the name of each stage as it begins, and while it goes on with how far it is:
#: "Setting PDFs: 3 of 98".
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Checked:
    """The content after loading and checking."""

    corpus: Corpus
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Built:
    """What a build did."""

    records: int
    pages: int
    written: int
    removed: int
    indexed: int
    problems: tuple[Problem, ...]
    papers: int = 0
    said: tuple[str, ...] = ()  # about the PDFs: fonts that are missing, what does not fit


def silent(stage: str) -> None:
    """A progress that says nothing."""


def check_content(root: Path, today: dt.date) -> Checked:
    """Load and check everything under `root`/content. Raises nothing for bad content."""
    library = load(root)
    corpus = Corpus(library.records, today, read_site(root).url)
    problems = check(corpus, library.paths, library.broken)
    placed = place(root, [*library.problems, *problems])
    return Checked(corpus, tuple(placed))


def write_docs(corpus: Corpus, docs: Path, papers: Sequence[Paper] = ()) -> tuple[int, int, int]:
    """Every output into the folder of Markdown: files in all, written, removed.

    `papers` are PDFs that were made; their pages name them. A file is touched only where its bytes
    differ; what no output wrote is removed.
    """
    names: set[str] = {".gitkeep"}
    written = 0
    docs.mkdir(parents=True, exist_ok=True)
    for path, data in _files(corpus, papers):
        names.add(path)
        written += write_if_changed(safe_join(docs, path), data)
    removed = [name for name in remove_all_but(docs, names) if name != ".gitkeep"]
    return len(names) - 1, written, len(removed)


def _files(corpus: Corpus, papers: Sequence[Paper]) -> Iterator[tuple[str, bytes]]:
    for output in OUTPUTS.values():
        yield from pages.write(corpus, papers) if output is pages else output.write(corpus)
    for paper in papers:
        yield paper.href, paper.file.read_bytes()


def build(
    root: Path,
    today: dt.date,
    progress: Progress = silent,
    *,
    pdf: bool = False,
    fonts: tuple[Path, ...] = (),
) -> Built:
    """Build the site from `root`/content into `root`/site, with its PDFs if `pdf`.

    Raises `ContentError` if the content has errors; `site/` is then left as it is, as it is
    whenever anything fails. At the end it changes all at once.
    """
    work = root / ".build"
    with locked(work / "lock", "a build of this folder"):
        recover(work / "standby", root / "site")
        progress("Reading records")
        checked = check_content(root, today)
        if has_errors(checked.problems):
            raise ContentError(checked.problems)
        made = _papers(checked.corpus, work / "pdf", Rack(fonts), progress) if pdf else Made()
        progress("Writing pages")
        files, written, removed = write_docs(checked.corpus, work / "docs", made.papers)
        progress("Building the site")
        html = work / "html"
        host.mkdocs_build(root, html, checked.corpus.newest)
        progress("Indexing for search")
        indexed = host.search_index(html)
        progress("Looking the pages over")
        seal_site(html, checked.corpus)
        progress("Publishing")
        publish(html, root / "site", work / "standby")
    return Built(
        len(checked.corpus.records),
        files,
        written,
        removed,
        indexed,
        checked.problems,
        len(made.papers),
        tuple(_said(made)),
    )


def seal_site(html: Path, corpus: Corpus) -> None:
    """Let nothing be published that is not as it should be; raises `NotSealed`."""
    found = [name for name in files_below(html) if name.endswith(".html")]
    if faults := seal.gate(html, found, texts.by_page(corpus)):
        raise seal.NotSealed(faults)
    write_if_changed(html / seal.SUMS, seal.sums(html, files_below(html)))


def _papers(corpus: Corpus, store: Path, rack: Rack, progress: Progress) -> Made:
    """The PDFs that come with the site; first, because pages say how long and large each is."""
    stage = "Setting PDFs"
    progress(stage)
    wanted = shelf.standard(corpus)
    made = press.make(wanted, store, rack, lambda n, of, _: progress(f"{stage}: {n} of {of}"))
    press.prune(store, made.papers)
    return made


def _said(made: Made) -> Iterator[str]:
    yield from made.warnings
    for document in made.too_long:
        yield f"{document.path} was not made: its bottom line and key facts do not fit."


def publish(html: Path, site: Path, standby: Path) -> None:
    """Let `site` hold exactly what `html` holds, in one step."""
    mirror(html, standby)
    sync_below(standby)
    if site.exists():
        exchange(standby, site)
    else:
        standby.rename(site)


def clean(root: Path) -> None:
    """Remove everything a build made, but the folder MkDocs wants to exist."""
    for name in ("html", "standby"):
        shutil.rmtree(root / ".build" / name, ignore_errors=True)
    docs = root / ".build" / "docs"
    if docs.is_dir():
        remove_all_but(docs, {".gitkeep"} & set(files_below(docs)))
