"""One build, or one part of it, in a process of its own; prints what it took as JSON.

    python -m tests.bench.worker ROOT DAY build --jobs 2 --clean
    python -m tests.bench.worker ROOT DAY pages

The clock of a part begins when the records have been read; starting Python is not in it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import generator.cli  # noqa: F401 - what the command loads, this process loads too
from generator import build as building
from generator import search as searching
from generator.corpus import Corpus
from generator.files import files_below, write_new
from generator.parallel import cores
from generator.pdf import cards, press, shelf
from generator.pdf.fonts import Rack
from generator.store import RECORDS
from tests.bench.measuring import clocked


class Clock:
    """A progress that notes how long each stage takes."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.name = ""
        self.since = time.perf_counter()

    def __call__(self, stage: str) -> None:
        name = stage.partition(":")[0]  # what follows says how far the stage is
        if name == self.name:
            return
        now = time.perf_counter()
        if self.name:
            self.stages[self.name] = self.stages.get(self.name, 0) + now - self.since
        self.name, self.since = name, now


#: Parts of a build: what is made of the corpus, given the finished pages and an empty folder.
#: Each returns how many things it made.
Part = Callable[[Corpus, Path, Path], int]


def pages(corpus: Corpus, html: Path, folder: Path) -> int:
    return building.write_docs(corpus, folder)[0]


def exports(corpus: Corpus, html: Path, folder: Path) -> int:
    building.write_data(corpus, folder)
    return sum(1 for _ in files_below(folder))


def search(corpus: Corpus, html: Path, folder: Path) -> int:
    documents = searching.update({}, html, list(files_below(html)))
    for part_ in searching.parts(documents, html, folder / "store", "", cores()):
        for path, data in part_.make():
            write_new(folder / path, data)
    return len(documents)


def gate(corpus: Corpus, html: Path, folder: Path) -> int:
    names = [name for name in files_below(html) if name.endswith(".html")]
    building.seal_pages(html, corpus, names, cores())
    return len(names)


def cards_(corpus: Corpus, html: Path, folder: Path) -> int:
    return len(press.make(list(cards.standard(corpus)), folder, Rack()).papers)


def pdf(corpus: Corpus, html: Path, folder: Path) -> int:
    return len(press.make(list(shelf.standard(corpus)), folder, Rack()).papers)


PARTS: dict[str, Part] = {
    "pages": pages,
    "exports": exports,
    "search": search,
    "gate": gate,
    "cards": cards_,
    "pdf": pdf,
}


def part(root: Path, day: dt.date, name: str) -> dict[str, float]:
    """Seconds of one part, and how many things it made."""
    corpus = building.check_content(root, day, cores()).corpus
    with tempfile.TemporaryDirectory(dir=root / ".build") as folder:
        start = time.perf_counter()
        made = PARTS[name](corpus, root / ".build" / "html", Path(folder))
        return {"seconds": time.perf_counter() - start, "made": made}


def read(root: Path, day: dt.date, jobs: int, cold: bool) -> dict[str, float]:
    """Seconds of reading and checking, from nothing or from what was kept."""
    if cold:
        shutil.rmtree(root / RECORDS, ignore_errors=True)
    return {"seconds": clocked(lambda: building.check_content(root, day, jobs))}


def build(root: Path, day: dt.date, jobs: int, clean: bool) -> dict[str, object]:
    """Seconds of each stage of a build, and how many files it wrote."""
    clock = Clock()
    built = building.build(root, day, clock, jobs=jobs, clean=clean)
    clock("")
    return {
        "stages": clock.stages,
        "records": built.records,
        "pages": built.pages,
        "written": built.written,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("day", type=dt.date.fromisoformat)
    parser.add_argument("what", choices=["build", "read", *PARTS])
    parser.add_argument("--jobs", type=int, default=cores())
    parser.add_argument("--clean", action="store_true", help="nothing kept from before")
    given = parser.parse_args()
    if given.what == "build":
        print(json.dumps(build(given.root, given.day, given.jobs, given.clean)))
    elif given.what == "read":
        print(json.dumps(read(given.root, given.day, given.jobs, given.clean)))
    else:
        print(json.dumps(part(given.root, given.day, given.what)))


if __name__ == "__main__":
    main()
