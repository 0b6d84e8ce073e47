"""Whether a site is what its sources make: built anew, compared byte by byte, looked over."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator import build, host, seal, texts
from generator.files import content_of, files_below, safe_join
from generator.parallel import cores

#: What a build reads: nothing else is taken along.
SOURCES = ("content", "templates", "generator", "mkdocs.yml")


@dataclass(frozen=True)
class Verdict:
    """What was found: `files` compared, and what is wrong, a line each."""

    files: int
    faults: tuple[str, ...]


def verify(
    root: Path,
    today: dt.date,
    progress: build.Progress = build.silent,
    *,
    pdf: bool = False,
    fonts: tuple[Path, ...] = (),
    engine: str = host.MKDOCS,
) -> Verdict:
    """Build `root` anew in a temporary folder and compare `root`/site with the result."""
    site = root / "site"
    names = set(files_below(site))
    with tempfile.TemporaryDirectory(prefix="brief-verify-") as folder:
        there = Path(folder)
        for name in SOURCES:
            _take_along(root / name, there / name)
        build.build(there, today, progress, pdf=pdf, fonts=fonts, jobs=cores(), engine=engine)
        progress("Comparing")
        anew = there / "site"
        faults = [*_differences(site, names, anew, set(files_below(anew)))]
        faults += _sums(site, names)
        pages = sorted(name for name in names if name.endswith(".html"))
        corpus = build.check_content(root, today).corpus
        faults += seal.gate(site, pages, texts.by_page(corpus))
    return Verdict(len(names), tuple(faults))


def built_on(site: Path) -> dt.date | None:
    """The day a site was built on, which its tracker says; only there does it show."""
    text = (content_of(site / "tracker" / "index.html") or b"").decode("utf-8", "replace")
    days = re.findall(r'<p class="dates">[^<]*<time datetime="(\d{4}-\d\d-\d\d)">', text)
    return dt.date.fromisoformat(days[-1]) if days else None


def _take_along(source: Path, target: Path) -> None:
    if source.is_dir():
        unneeded = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=unneeded, symlinks=True)
    elif source.exists():
        shutil.copy(source, target)


def _differences(site: Path, here: set[str], anew: Path, there: set[str]) -> Iterator[str]:
    for name in sorted(here | there):
        if name not in there:
            yield f"{name}: no source makes it"
        elif name not in here:
            yield f"{name}: is missing"
        elif (site / name).read_bytes() != (anew / name).read_bytes():
            yield f"{name}: is not what its sources make"


def _sums(site: Path, names: set[str]) -> Iterator[str]:
    """What does not agree with the list of sums in the site."""
    listed = (content_of(site / seal.SUMS) or b"").decode("utf-8", "replace").splitlines()
    known = {row[66:]: row[:64] for row in listed}
    for name in sorted(known.keys() ^ (names - {seal.SUMS})):
        yield f"{name}: is not both in the site and in {seal.SUMS}"
    for name in sorted(known.keys() & names):
        if seal.sum_of(safe_join(site, name)) != known[name]:
            yield f"{name}: its sum is not the one in {seal.SUMS}"
