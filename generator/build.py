"""The whole job in order: load, check, link, outputs, host, search, publish."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from generator import host, site
from generator.check import check
from generator.corpus import Corpus
from generator.files import (
    exchange,
    files_below,
    locked,
    mirror,
    remove_all_but,
    safe_join,
    write_if_changed,
)
from generator.load import load, place
from generator.outputs import OUTPUTS
from generator.problems import ContentError, Problem, has_errors

ROOT = Path(__file__).resolve().parent.parent

#: Called with the name of each stage as it begins.
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


def silent(stage: str) -> None:
    """A progress that says nothing."""


def check_content(root: Path, today: dt.date) -> Checked:
    """Load and check everything under `root`/content. Raises nothing for bad content."""
    library = load(root)
    corpus = Corpus(library.records, today, site.read(root).url)
    problems = check(corpus, library.paths, library.broken)
    placed = place(root, [*library.problems, *problems])
    return Checked(corpus, tuple(placed))


def write_docs(corpus: Corpus, docs: Path) -> tuple[int, int, int]:
    """Every output into the folder of Markdown: files in all, written, removed.

    A file is touched only where its bytes differ; what no output wrote is removed.
    """
    names: set[str] = {".gitkeep"}
    written = 0
    docs.mkdir(parents=True, exist_ok=True)
    for output in OUTPUTS.values():
        for path, data in output.write(corpus):
            names.add(path)
            written += write_if_changed(safe_join(docs, path), data)
    removed = [name for name in remove_all_but(docs, names) if name != ".gitkeep"]
    return len(names) - 1, written, len(removed)


def build(root: Path, today: dt.date, progress: Progress = silent) -> Built:
    """Build the site from `root`/content into `root`/site.

    Raises `ContentError` if the content has errors; `site/` is then left as it is, as it is
    whenever anything fails. At the end it changes all at once.
    """
    work = root / ".build"
    with locked(work / "lock", "a build of this folder"):
        progress("Reading records")
        checked = check_content(root, today)
        if has_errors(checked.problems):
            raise ContentError(checked.problems)
        progress("Writing pages")
        pages, written, removed = write_docs(checked.corpus, work / "docs")
        progress("Building the site")
        html = work / "html"
        host.mkdocs_build(root, html, checked.corpus.newest)
        progress("Indexing for search")
        indexed = host.search_index(html)
        progress("Publishing")
        publish(html, root / "site", work / "standby")
    return Built(len(checked.corpus.records), pages, written, removed, indexed, checked.problems)


def publish(html: Path, site: Path, standby: Path) -> None:
    """Let `site` hold exactly what `html` holds, in one step."""
    mirror(html, standby)
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
