"""The whole job in order: load, check, link, outputs, host, search, publish."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from generator import host, ledger, memory, pages, seal, texts
from generator.check import check
from generator.corpus import Corpus
from generator.files import (
    clear_temporary,
    files_below,
    locked,
    recover,
    remove_all_but,
    safe_join,
    write_if_changed,
    write_new,
)
from generator.formats import Paper
from generator.ledger import Ledger, Part
from generator.load import place
from generator.outputs import parts_of
from generator.parallel import spread
from generator.pdf import cards, press, shelf
from generator.pdf.fonts import Rack
from generator.pdf.press import Made
from generator.problems import ContentError, Problem, has_errors
from generator.publish import Change, bring, drop_empty, publish
from generator.site import read as read_site

ROOT = Path(__file__).resolve().parent.parent

#: What was read and made before, below the root.
STORE = ".build/cache/build"
CACHE = f"{STORE}/records"
LEDGER = f"{STORE}/ledger.pickle"
#: Keeps the folder of Markdown in git, for MkDocs wants it to exist.
KEPT = ".gitkeep"

#: Called with the name of each stage as it begins, and while it goes on with how far it is:
#: "Setting PDFs: 3 of 98".
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Checked:
    """The content after loading and checking."""

    corpus: Corpus
    problems: tuple[Problem, ...]
    digests: dict[str, str]


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


def check_content(root: Path, today: dt.date, jobs: int = 1) -> Checked:
    """Load and check everything under `root`/content. Raises nothing for bad content."""
    library, links = memory.read(root, root / CACHE, jobs)
    corpus = Corpus(library.records, today, read_site(root).url, links, library.remains)
    problems = check(corpus, library.paths, library.broken)
    placed = place(root, [*library.problems, *problems])
    return Checked(corpus, tuple(placed), library.digests)


def write_docs(corpus: Corpus, docs: Path, papers: Sequence[Paper] = ()) -> tuple[int, int, int]:
    """Every page into the folder of Markdown: files in all, written, removed.

    `papers` are PDFs that were made; their pages name them. A file is touched only where its bytes
    differ; what is no page is removed.
    """
    names = {KEPT}
    written = 0
    docs.mkdir(parents=True, exist_ok=True)
    for path, data in pages.write(corpus, papers):
        names.add(path)
        written += write_if_changed(safe_join(docs, path), data)
    removed = [name for name in remove_all_but(docs, names) if name != KEPT]
    return len(names) - 1, written, len(removed)


def write_data(corpus: Corpus, html: Path) -> None:
    """Everything that comes out beside the pages, into the folder of the finished site."""
    for part in parts_of(corpus):
        for path, data in part.make():
            write_if_changed(safe_join(html, path), data)


def build(
    root: Path,
    today: dt.date,
    progress: Progress = silent,
    *,
    pdf: bool = False,
    fonts: tuple[Path, ...] = (),
    jobs: int = 1,
    clean: bool = False,
) -> Built:
    """Build the site from `root`/content into `root`/site, with its PDFs and cards if `pdf`.

    What a change of the content does not touch stays as the last build made it; with `clean`, and
    after a change of anything but content, all is made anew. `jobs` is the number of processes.
    Raises `ContentError` if the content has errors; `site/` is then left as it is, as it is
    whenever anything fails. At the end it changes all at once.
    """
    work = root / ".build"
    with locked(work / "lock", "a build of this folder"):
        recover(work / "standby", root / "site")
        clear_temporary(root / STORE)
        progress("Reading records")
        checked = check_content(root, today, jobs)
        if has_errors(checked.problems):
            raise ContentError(checked.problems)
        corpus = checked.corpus
        papers = _papers(corpus, work / "pdf", Rack(fonts), progress) if pdf else Made()
        progress("Writing pages")
        version = _version(root)
        kept = None if clean else memory.recall(root / LEDGER, version)
        whole = kept is None or not (root / "site").exists()
        before: Ledger = Ledger() if kept is None or whole else kept
        if whole:
            empty(work)
        (root / LEDGER).unlink(missing_ok=True)  # if anything fails, the next build is whole
        # Listing the parts makes the tables of lists; only then are there all facts to compare.
        pages_due = list(pages.parts(corpus, papers.papers))
        data_due = [*parts_of(corpus), *map(_paper, papers.papers)]
        facts = corpus.snapshot(checked.digests)
        stale, html = before.stale(facts), work / "html"
        docs = ledger.make(
            pages_due,
            before.pages,
            stale,
            corpus.notes,
            work / "docs",
            jobs,
        )
        data = ledger.make(
            data_due,
            before.data,
            stale,
            corpus.notes,
            html,
            jobs,
        )
        progress("Building the site")
        if docs.changed:
            host.build_pages(root, work / "docs", html, docs.changed, corpus.newest, jobs)
        made = {*data.changed, *map(host.page_of, docs.changed)}
        # where a page was, a redirect may be now, and the other way round
        removed = {*data.removed, *map(host.page_of, docs.removed)} - made
        for name in removed:
            (html / name).unlink(missing_ok=True)
            drop_empty(html, name)
        progress("Indexing for search")
        indexed = host.search_index(html, work / "pagefind")
        search = bring(work / "pagefind", html, "pagefind")
        progress("Looking the pages over")
        changed = made | {*search.changed}
        seal_pages(html, corpus, files_below(html) if whole else changed, jobs)
        progress("Publishing")
        change = Change(whole, changed, removed | search.removed)
        sums = summed(html, before.sums, change)
        publish(html, root / "site", work / "standby", change)
        memory.keep(root / LEDGER, version, Ledger(facts, docs.entries, data.entries, sums))
    return Built(
        len(corpus.records),
        len(docs.entries) + sum(len(entry.files) for entry in data.entries.values()),
        len(docs.changed) + len(data.changed),
        len(docs.removed) + len(data.removed),
        indexed,
        checked.problems,
        sum(not paper.card for paper in papers.papers),
        tuple(_said(papers)),
    )


def seal_pages(html: Path, corpus: Corpus, names: Iterable[str], jobs: int = 1) -> None:
    """Let no page be published that is not as it should be; raises `NotSealed`."""
    records = {f"{corpus.url(r)}index.html": r for r in corpus.records.values()}

    def judged(name: str) -> list[str]:
        wording = texts.texts_of(corpus, records[name]) if name in records else []
        return seal.gate(html, [name], {name: wording})

    pieces = sorted(name for name in names if name.endswith(".html"))
    if faults := [fault for found in spread(judged, pieces, jobs) for fault in found]:
        raise seal.NotSealed(faults)


def summed(html: Path, before: Mapping[str, str], change: Change) -> dict[str, str]:
    """The sums of all finished files, which go into a file of their own."""
    kept = {name: digest for name, digest in before.items() if name not in change.removed}
    sums = kept | seal.sums(html, files_below(html) if change.whole else change.changed)
    if change.whole or change.changed or change.removed:
        write_new(html / seal.SUMS, seal.listed(sums))
        change.changed.add(seal.SUMS)
    return sums


def _papers(corpus: Corpus, store: Path, rack: Rack, progress: Progress) -> Made:
    """The PDFs and cards that come with the site; first, because pages say what there is."""
    stage = "Setting PDFs"
    progress(stage)
    wanted = [*shelf.standard(corpus), *cards.standard(corpus)]
    made = press.make(wanted, store, rack, lambda n, of, _: progress(f"{stage}: {n} of {of}"))
    press.prune(store, made.papers)
    return made


def _said(made: Made) -> Iterator[str]:
    yield from made.warnings
    for document in made.too_long:
        yield f"{document.path} was not made: its bottom line and key facts do not fit."


def _paper(paper: Paper) -> Part:
    """A PDF as a part of the site; made anew when its bytes, by their hash, are others."""
    return Part(paper.href, lambda: [(paper.href, paper.file.read_bytes())], repr(paper))


def _version(root: Path) -> str:
    """Changes with everything a page is made from besides the content."""
    digest = hashlib.sha256(memory.version_of_code().encode())
    for path in (root / "mkdocs.yml", *sorted((root / "templates").rglob("*"))):
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for package in ("mkdocs", "mkdocs-material", "markdown", "jinja2", "pagefind"):
        digest.update(f"{package} {metadata.version(package)}".encode())
    return digest.hexdigest()


def empty(work: Path) -> None:
    """Remove everything a build made, but the folder MkDocs wants to exist."""
    for name in ("html", "standby"):
        shutil.rmtree(work / name, ignore_errors=True)
    docs = work / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    remove_all_but(docs, {KEPT} & set(files_below(docs)))
