"""The whole job in order: load, check, link, outputs, host, search, publish."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypedDict, Unpack

from generator import host, ledger, lists, memory, pages, seal, search, texts
from generator.check import check
from generator.corpus import Corpus
from generator.files import (
    files_below,
    locked,
    recover,
    remove_all_but,
    safe_join,
    write_if_changed,
    write_new,
)
from generator.formats import Paper
from generator.ledger import Ledger, Part, Piece, Pieces
from generator.load import place
from generator.outputs import parts_of, pieces_of
from generator.parallel import beside, spread
from generator.pdf import cards, press, shelf
from generator.pdf.fonts import Rack
from generator.pdf.press import Made
from generator.problems import ContentError, Problem, has_errors
from generator.publish import Change, drop_empty, publish
from generator.site import read as read_site
from generator.store import KEPT, RECORDS, SHELVES, VERDICT, Store
from generator.trace import Snapshot

ROOT = Path(__file__).resolve().parent.parent

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


def check_content(
    root: Path,
    today: dt.date,
    jobs: int = 1,
    known: memory.Known | None = None,
    meanwhile: Callable[[Corpus], None] | None = None,
) -> Checked:
    """Load and check everything under `root`/content. Raises nothing for bad content.

    Who does so again and again passes the same `known`, which has what was read last. `meanwhile`
    is called with the corpus while it is being checked; it may fail where the content has errors.
    """
    library, links = memory.read(root, root / RECORDS, jobs, known)
    site_url = read_site(root).url
    corpus = Corpus(library.records, today, site_url, links, library.remains)
    # Of records that could all be read, what the rules find follows from these.
    told = (today, site_url, sorted(library.paths.items()), sorted(library.digests.items()))
    state = hashlib.sha256(repr((memory.version_of_code(), told)).encode()).hexdigest()
    known_problems = None if library.problems else memory.recall(root / VERDICT, state)
    judging: AbstractContextManager[Callable[[], list[Problem]]]
    if known_problems is not None:
        judging = nullcontext(lambda: known_problems)
    elif meanwhile is None:
        judging = nullcontext(lambda: check(corpus, library.paths, library.broken, jobs))
    else:
        judging = beside(lambda: check(corpus, library.paths, library.broken), jobs)
    with judging as judged:
        try:
            if meanwhile:
                meanwhile(corpus)
        except Exception:
            # Of records that do not fit together no lists can be made; then that is to be said.
            if not has_errors([*library.problems, *judged()]):
                raise
        problems = judged()
    if not library.problems and known_problems is None:
        with suppress(OSError):  # where nothing can be kept, all is checked again next time
            memory.keep(root / VERDICT, state, problems)
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


class How(TypedDict, total=False):
    """How a site is built, where it is not the usual way."""

    pdf: bool  # with its PDFs and cards
    fonts: tuple[Path, ...]  # folders of fonts for them, instead of the system's
    jobs: int  # so many processes
    engine: str  # that makes the pages
    clean: bool  # all anew
    known: memory.Known  # what was read last, by who builds again and again


@dataclass
class Job:
    """A build on its way: what it is made from, and what has been made."""

    root: Path
    jobs: int
    engine: str
    progress: Progress
    store: Store
    checked: Checked
    papers: Made
    before: Ledger
    whole: bool  # whether all is made anew
    pages: list[Part]
    data: list[Part]
    pieces: list[Piece]
    facts: Snapshot
    looked_over: set[str] = field(default_factory=set)  # by the gate, before they came here
    docs: ledger.Made = field(default_factory=ledger.Made)
    files: ledger.Made = field(default_factory=ledger.Made)

    @property
    def corpus(self) -> Corpus:
        return self.checked.corpus

    @property
    def html(self) -> Path:
        return self.root / ".build" / "html"

    @cached_property
    def documents(self) -> dict[str, search.Document]:
        """What search finds, once the pages are made; nothing else is found."""
        made = set(map(host.page_of, self.docs.changed))
        gone = set(map(host.page_of, self.docs.removed)) - made
        found = search.update(self.before.documents, self.html, made)
        return {name: document for name, document in found.items() if name not in gone}

    @cached_property
    def stale(self) -> frozenset[int]:
        """The facts that have changed."""
        return self.before.stale(self.facts)


def build(root: Path, today: dt.date, progress: Progress = silent, **how: Unpack[How]) -> Built:
    """Build the site from `root`/content into `root`/site.

    What a change of the content does not touch stays as the last build made it; with `clean`, and
    after a change of anything but content, all is made anew. `jobs` is the number of processes,
    `engine` makes the pages; raises `NoEngine` if it is not installed.
    Raises `ContentError` if the content has errors; `site/` is then left as it is, as it is
    whenever anything fails. At the end it changes all at once.
    """
    with building(root, how):
        job = begin(root, today, progress, how)
        job.progress("Writing pages")
        with making_pages(job, job.pages):
            job.progress("Writing data")
            gather(job, job.pieces)
        # After an edit there are few of both, and neither keeps all processes busy.
        make_data(job, job.data if job.whole else [*job.data, *shelves_of(job)])
        return finish(job)


@contextmanager
def building(root: Path, how: How) -> Iterator[None]:
    """Nobody else builds `root` while inside; what an earlier build left is in order. Raises
    `NoEngine` before anything is touched."""
    host.version_of(how.get("engine", host.MKDOCS))
    work = root / ".build"
    with memory.lasting(), locked(work / "lock", "a build of this folder"):
        recover(work / "standby", root / "site")
        yield


def begin(root: Path, today: dt.date, progress: Progress, how: How) -> Job:
    """Read and check the content, and list what is to be made. Raises `ContentError`."""
    jobs, engine = how.get("jobs", 1), how.get("engine", host.MKDOCS)
    store = Store(root, engine)
    store.clear()
    progress("Reading records")
    clean = how.get("clean", False) or not (root / "site").exists()
    lasts: list[Ledger] = []

    def meanwhile(corpus: Corpus) -> None:
        lists.gathered(corpus)
        if not clean and (last := store.last()):
            lasts.append(last)

    checked = check_content(root, today, jobs, how.get("known"), meanwhile)
    if has_errors(checked.problems):
        raise ContentError(checked.problems)
    corpus = checked.corpus
    rack, papers = Rack(how.get("fonts", ())), Made()
    if how.get("pdf"):
        papers = _papers(corpus, root / ".build" / "pdf", rack, progress)
    store.begin()
    whole = not lasts
    if whole:
        store.empty()
    # Listing the parts makes the tables of lists; only then are there all facts to compare.
    pages_due = list(pages.parts(corpus, papers.papers))
    data_due = [*parts_of(corpus), *map(_paper, papers.papers)]
    return Job(
        root,
        jobs,
        engine,
        progress,
        store,
        checked,
        papers,
        before=Ledger() if whole else lasts[0],
        whole=whole,
        pages=pages_due,
        data=data_due,
        pieces=list(pieces_of(corpus)),
        facts=corpus.snapshot(checked.digests),
    )


@contextmanager
def making_pages(job: Job, due: Sequence[Part]) -> Iterator[None]:
    """Make pages, as far as they are not as before; they are there at the end."""
    notes, docs = job.corpus.notes, job.root / ".build" / "docs"
    job.docs = ledger.make(due, job.before.pages, job.stale, notes, docs, job.jobs)
    job.progress("Building the site")
    with ExitStack() as site:
        if names := job.docs.changed:
            newest = job.corpus.newest
            site.enter_context(
                host.building_pages(job.root, docs, job.html, names, newest, job.jobs, job.engine)
            )
        yield


def gather(job: Job, due: Sequence[Piece]) -> Pieces:
    """Have what each record adds to files about all, if any of those is to be made."""
    if not job.whole and not job.stale:
        return {}
    known = {} if job.whole else job.store.pieces()
    found, fresh = ledger.gather(due, known, job.stale, job.corpus.notes, job.jobs)
    job.corpus.notes.pieces = {key: value for key, (_, value) in found.items()}
    job.store.keep_pieces(found, fresh | (known.keys() - found.keys()))
    return found


def make_data(job: Job, due: Sequence[Part]) -> None:
    """Make everything beside the pages, as far as it is not as before."""
    # Where a redirect was, a page may be now.
    notes, others = job.corpus.notes, set(map(host.page_of, job.docs.changed))
    job.files = ledger.make(due, job.before.data, job.stale, notes, job.html, job.jobs, others)


def shelves_of(job: Job) -> Iterator[Part]:
    """The index of the pages, as far as it is made of some of them."""
    return search.ahead(job.documents, job.html, job.root / SHELVES, job.store.version)


def finish(job: Job) -> Built:
    """Index what was made, look it over and bring it out."""
    html, store, before, jobs = job.html, job.store, job.before, job.jobs
    changed = {*job.files.changed, *map(host.page_of, job.docs.changed)}
    # Where a page was, a redirect may be now.
    removed = {*job.files.removed, *map(host.page_of, job.docs.removed)} - changed
    for name in removed:
        (html / name).unlink(missing_ok=True)
        drop_empty(html, name)
    job.progress("Indexing for search")
    documents = job.documents
    index = list(search.parts(documents, html, job.root / SHELVES, store.version, jobs))
    found = ledger.make(index, before.search, frozenset(), job.corpus.notes, html, jobs)
    changed.update(found.changed)
    removed.update(found.removed)
    job.progress("Looking the pages over")
    due = set(files_below(html)) if job.whole else changed
    seal_pages(html, job.corpus, due - job.looked_over, jobs)
    job.progress("Publishing")
    change = Change(job.whole, changed, removed)
    made = (found, job.files)
    known = {path: sum_ for m in made for e in m.entries.values() for path, sum_ in e.files}
    sums = summed(html, before.sums, change, known)
    publish(html, job.root / "site", job.root / ".build" / "standby", change)
    pages_made, data_made = job.docs.entries, job.files.entries
    store.keep(Ledger(job.facts, pages_made, data_made, found.entries, documents, sums))
    return Built(
        len(job.corpus.records),
        len(pages_made) + sum(len(entry.files) for entry in data_made.values()),
        len(job.docs.changed) + len(job.files.changed),
        len(job.docs.removed) + len(job.files.removed),
        len(documents),
        job.checked.problems,
        sum(not paper.card for paper in job.papers.papers),
        tuple(_said(job.papers)),
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


def summed(
    html: Path, before: Mapping[str, str], change: Change, known: Mapping[str, str]
) -> dict[str, str]:
    """The sums of all finished files, which go into a file of their own; some are `known`."""
    sums = {name: digest for name, digest in before.items() if name not in change.removed}
    names = list(files_below(html) if change.whole else change.changed)
    sums |= {name: known[name] for name in names if name in known}
    sums |= seal.sums(html, (name for name in names if name not in known))
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
