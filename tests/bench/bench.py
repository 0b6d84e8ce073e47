"""How fast the program is, beside plain MkDocs, Zensical and Hugo, on made-up libraries.

    make bench                              1,000 and 10,000 records, three rounds
    make bench SIZES=1000 ONLY="edit mkdocs"

Each round measures every group once, one after the other, so that what is compared runs close
together. Every value is printed as it is found, tables and targets at the end; all of it is kept
as JSON in `.build/bench/`. Times are those of whole processes by the clock, beside the work of all
cores, which depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from generator.parallel import cores
from tests.bench import browser, make_library, report, rivals
from tests.bench.measuring import Failed, Run
from tests.bench.ours import EDITS, Library
from tests.bench.results import LABELS, UNITS, Results, save
from tests.bench.worker import PARTS

ROOT = make_library.ROOT
HOME = ROOT / ".build" / "bench"
#: From so many records on, what is slow runs less often.
LARGE = 5_000
#: Another program is given so long, in seconds.
LIMIT = 1_200
#: The stage of a build in which MkDocs makes the pages.
SITE_STAGE = "Building the site"
#: The stages in which what the other programs make is made, and what that needs.
PAGES_AND_SEARCH = ("Reading records", "Writing pages", SITE_STAGE, "Indexing for search")


@dataclass
class Bench:
    """One library, and what has been found of it so far."""

    sample: Library
    folder: Path
    results: Results
    edits: int = 0
    finished: dict[str, str] = field(default_factory=dict)  # digests of the pages of a clean build

    @property
    def docs(self) -> Path:
        return self.sample.root / ".build" / "docs"

    def note(self, key: str, value: float, work: float = 0, note: str = "") -> None:
        """Keep one value, and print it."""
        line = self.results.line(key)
        line.values.append(value)
        line.note = note or line.note
        if work:
            line.work.append(work)
        shown = report.shown(value, UNITS.get(key, "s"))
        worked = f"  (work {report.shown(work, 's')})" if work else ""
        name = LABELS.get(key) or f"… {key.rpartition('/')[2]}"
        print(f"  {name:<62}{shown:>11}{worked}{f'  {note}' if note else ''}", flush=True)

    def ran(self, key: str, run: Run, note: str = "") -> None:
        self.note(key, run.seconds, run.cores, note)

    def stages(self, key: str, said: dict[str, Any]) -> None:
        """Keep how long each stage of a build took."""
        for number, (stage, seconds) in enumerate(said["stages"].items(), 1):
            self.note(f"{key}/{number}/{stage}", seconds)


# -- groups: each measures its lines once ---------------------------------------------------------


def prepare(bench: Bench, only: list[str]) -> None:
    """The library, its site by a clean build whose memory is watched, and the others' projects."""
    shutil.rmtree(bench.folder, ignore_errors=True)
    make_library.write(bench.sample.root, bench.results.size)
    run, said = bench.sample.build(cores(), clean=True, memory=True)
    if run.together:
        bench.note("memory", run.together)
    else:
        bench.results.line("memory").why_not = "there is no /proc here to look at"
    bench.note("memory-one", run.megabytes)
    bench.finished = rivals.digests(bench.sample.root / ".build" / "html")
    bench.results.pages = rivals.pages_below(bench.sample.root / ".build" / "html")
    print(f"  {said['records']:,} records, {bench.results.pages:,} pages", flush=True)
    for name in set(only) & rivals.PROJECTS.keys():
        rivals.PROJECTS[name](bench.folder / name, bench.docs, bench.sample.root / "mkdocs.yml")


def read(bench: Bench) -> None:
    bench.note("read-cold", bench.sample.read(cores(), cold=True))
    bench.note("read-warm", bench.sample.read(cores(), cold=False))


def clean(bench: Bench) -> None:
    run, said = bench.sample.build(cores(), clean=True)
    bench.ran("clean", run)
    bench.stages("clean", said)
    if SITE_STAGE in said["stages"]:
        bench.results.line("site").values.append(said["stages"][SITE_STAGE])
        bench.note("clean-pages", sum(said["stages"][name] for name in PAGES_AND_SEARCH))


def clean_1(bench: Bench) -> None:
    run, said = bench.sample.build(1, clean=True)
    bench.ran("clean-1", run)
    bench.stages("clean-1", said)


def edit(bench: Bench) -> None:
    _edited(bench, "edit")
    run, _ = bench.sample.build(cores())
    bench.ran("nothing", run)


def other_edits(bench: Bench) -> None:
    for kind in EDITS:
        if kind != "edit":
            _edited(bench, kind)


def _edited(bench: Bench, kind: str) -> None:
    bench.edits += 1
    bench.sample.edit(kind, bench.edits)
    run, said = bench.sample.build(cores())
    bench.ran(kind, run, f"{said['written']:,} files written")
    if kind == "edit":
        bench.stages(kind, said)


def serve(bench: Bench) -> None:
    numbers = range(bench.edits + 1, bench.edits + 4)
    bench.edits += len(numbers)
    for seconds in bench.sample.serve(numbers):
        bench.note("serve", seconds)


def _part(name: str) -> Callable[[Bench], None]:
    def measure(bench: Bench) -> None:
        seconds, made = bench.sample.part(name)
        bench.note(name, seconds, note=f"{made:,} made")

    return measure


def mkdocs(bench: Bench) -> None:
    folder = bench.folder / "mkdocs"
    run = rivals.mkdocs(folder, LIMIT)
    pages = rivals.digests(folder / "site")
    same = len(pages.items() & bench.finished.items())
    bench.ran("mkdocs", run, f"{same:,} of {len(bench.finished):,} pages the same as ours")
    index = rivals.pagefind(folder, LIMIT)
    bench.note("mkdocs-pagefind", run.seconds + index.seconds, run.cores + index.cores)


def zensical(bench: Bench) -> None:
    folder = bench.folder / "zensical"
    run = rivals.zensical(folder, LIMIT, clean=True)
    bench.ran("zensical", run, f"{rivals.pages_below(folder / 'site'):,} pages")
    bench.ran("zensical-warm", rivals.zensical(folder, LIMIT, clean=False))


def hugo(bench: Bench) -> None:
    folder = bench.folder / "hugo"
    run = rivals.hugo(folder, LIMIT)
    bench.ran("hugo", run, f"{rivals.pages_below(folder / 'public'):,} pages")


def first_search(bench: Bench) -> None:
    with browser.chromium() as opened:
        bench.results.versions["Chromium"] = opened.version
        for name, query, filters in browser.QUERIES:
            found = browser.first_search(opened, bench.sample.root / "site", query, filters)
            bench.note(f"query/{name}", found.milliseconds)
            bench.note(f"bytes/{name}", found.compressed / 1000, note=f"{found.files} files")
            bench.results.line(f"plain/{name}").values.append(found.plain / 1000)


class Group(NamedTuple):
    """Lines that are measured together, in how many rounds at most, and of a large library."""

    measure: Callable[[Bench], None]
    most: int
    most_large: int
    lines: tuple[str, ...]


#: In the order of a round. Edits stand between what they are compared with.
GROUPS: dict[str, Group] = {
    "read": Group(read, 9, 9, ("read-cold", "read-warm")),
    "hugo": Group(hugo, 9, 9, ("hugo",)),
    "edit": Group(edit, 9, 9, ("edit", "nothing")),
    "mkdocs": Group(mkdocs, 9, 2, ("mkdocs", "mkdocs-pagefind")),
    "clean": Group(clean, 9, 2, ("clean", "site")),
    "other-edits": Group(other_edits, 9, 1, tuple(kind for kind in EDITS if kind != "edit")),
    "serve": Group(serve, 1, 1, ("serve",)),
    "browser": Group(first_search, 9, 9, tuple(k for k in UNITS if k.partition("/")[1])),
    "clean-1": Group(clean_1, 1, 1, ("clean-1",)),
    "zensical": Group(zensical, 2, 1, ("zensical", "zensical-warm")),
    **{name: Group(_part(name), 1, 1, (name,)) for name in PARTS},  # PDFs last: they take longest
}


# -- the whole run --------------------------------------------------------------------------------


def run(size: int, rounds: int, only: list[str], day: dt.date, load: float) -> Results:
    """Measure one library; every value is printed as it is found."""
    start = time.perf_counter()
    folder = HOME / str(size)
    results = Results(size, str(day), load=load, machine=machine(), versions=versions())
    bench = Bench(Library(folder / "library", day), folder, results)
    print(f"\n{size:,} records: {', '.join(results.machine.values())}, load {load:.1f}", flush=True)
    prepare(bench, only)
    for number in range(1, rounds + 1):
        print(f"Round {number} of {rounds}", flush=True)
        for name in only:
            group = GROUPS[name]
            if number > (group.most_large if size >= LARGE else group.most):
                continue
            try:
                group.measure(bench)
            except (Failed, OSError) as error:
                print(f"  not measured: {name}: {error}", flush=True)
                for key in group.lines:
                    results.line(key).why_not = " ".join(str(error).split())[:200]
            results.seconds = time.perf_counter() - start
            save(results, HOME / f"{size}.json")
    return results


def machine() -> dict[str, str]:
    """The machine in a few words."""
    found = {"processor": platform.processor() or platform.machine(), "cores": f"{cores()} cores"}
    info = Path("/proc/cpuinfo")
    if info.exists():
        rows = info.read_text(encoding="utf-8").splitlines()
        names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
        found["processor"] = names[0] if names else found["processor"]
    if hasattr(os, "sysconf"):
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
        found["memory"] = f"{size:.0f} GB"
    found["system"] = f"{platform.system()} {platform.release().partition('-')[0]}"
    return found


def versions() -> dict[str, str]:
    names = {"MkDocs": "mkdocs", "Material for MkDocs": "mkdocs-material", "Pagefind": "pagefind"}
    own = {name: version(package) for name, package in names.items()}
    python = {"Python": platform.python_version()}
    return {**python, **own, "Typst": version("typst"), **rivals.versions()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--runs", type=int, default=3, help="rounds")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="GROUP")
    given = parser.parse_args()
    only = [name for name in GROUPS if name in given.only]
    day, load = dt.datetime.now(tz=dt.UTC).date(), os.getloadavg()[0]
    found = [run(size, given.runs, only, day, load) for size in given.sizes]
    for results in found:
        print("\n" + report.text(results))
    paths = " ".join(str((HOME / f"{size}.json").relative_to(ROOT)) for size in given.sizes)
    print(f"\nOnto the site and into the README:  python -m tests.bench.report --write {paths}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("Interrupted; what was found until then is in .build/bench/.") from None
