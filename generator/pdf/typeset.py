"""Runs Typst: a finished tree in, the bytes of a PDF or a picture out, in several processes.

Text goes in as JSON through `sys.inputs`; Typst's root is the folder of the templates, so that a
template can read nothing else, and no template imports a package. Nothing here reads the clock:
the date in a PDF is that of its tree.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

from generator.pdf import TypesettingFailed
from generator.pdf.nodes import Tree, finish, ranks

#: Its typesetting belongs to what makes a document what it is; so does the font built into it.
TYPST = version("typst")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pdf"
#: Archivable with attachments, and accessible: Typst refuses what breaks either.
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_PAGE = re.compile(rb"/Type\s*/Page\b")
#: Pixels to the inch of a picture: two for each point.
PICTURE_PPI = 144
#: Fewer documents than this are made in this process; starting others would take longer.
WORTH_A_PROCESS = 6


@dataclass(frozen=True)
class Job:
    """One document to be set: its name, its template, its text, and the pages it may have.

    `fonts` are the folders of the font files it needs. A `large` one gets a process of its own,
    whose memory is given back at the end: a book of 500 takeaways takes over a gigabyte. A
    `picture` is one page as PNG.
    """

    name: str
    template: str
    tree: Tree
    most: int | None = None
    fonts: tuple[str, ...] = ()
    large: bool = False
    picture: bool = False


@dataclass(frozen=True)
class Sheets:
    """A document that was set. `fits` is false where not even its first parts fit the pages it
    may have; `data` is then empty. `left_out` counts the parts that gave way."""

    name: str
    data: bytes
    pages: int
    left_out: int
    fits: bool = True


def typeset(job: Job) -> Sheets:
    """Set one document, with as much of it as fits. Raises `TypesettingFailed`."""
    everything = ranks(job.tree)
    if job.picture:
        return Sheets(job.name, _picture(job, everything), 1, 0)
    data = _pdf(job, everything)  # most documents fit as they are, so this is tried first
    pages = _pages_in(data)
    if job.most is None or pages <= job.most:
        return _well_ended(job, Sheets(job.name, data, pages, 0))
    if (pages := _pages(job, 0)) > job.most:
        return Sheets(job.name, b"", pages, everything, fits=False)
    fits, too_much = 0, everything
    while too_much - fits > 1:
        middle = (fits + too_much) // 2
        if _pages(job, middle) > job.most:
            too_much = middle
        else:
            fits = middle
    data = _pdf(job, fits)
    return Sheets(job.name, data, _pages_in(data), everything - fits)


def _well_ended(job: Job, sheets: Sheets) -> Sheets:
    """The same, unless its foot would stand alone on the last page: then set somewhat tighter, or
    with its sources beside the foot."""
    if sheets.pages == 1 or job.large or not _foot_alone(job):
        return sheets
    for ending in ("tight", "apart"):
        other = replace(job, tree={**job.tree, "ending": ending})
        data = _pdf(other, ranks(job.tree))
        if (pages := _pages_in(data)) < sheets.pages or not _foot_alone(other):
            return replace(sheets, data=data, pages=pages)
    return sheets


def typeset_all(jobs: list[Job], processes: int | None = None) -> Iterator[Sheets]:
    """Set documents as they come ready, large ones first. Raises `TypesettingFailed`."""
    large = [job for job in jobs if job.large]
    small = [job for job in jobs if not job.large]
    cores = processes or os.cpu_count() or 1
    if cores == 1 or len(small) < WORTH_A_PROCESS:
        # Small ones here, while a large one is at work beside.
        with _pool(1, tasks=1) as beside:
            waiting = [beside.submit(typeset, job) for job in large]
            yield from map(typeset, small)
            yield from _results(waiting)
        return
    with _pool(1, tasks=1) as beside, _pool(min(cores, len(small))) as others:
        waiting = [beside.submit(typeset, job) for job in large]
        waiting += [others.submit(typeset, job) for job in small]
        yield from _results(waiting)


def _pool(workers: int, tasks: int | None = None) -> ProcessPoolExecutor:
    # Started anew, not forked: the same on every system, and no thread is caught half way.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=tasks)


def _results(waiting: list[Future[Sheets]]) -> Iterator[Sheets]:
    try:
        for future in as_completed(waiting):
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()


# -- Typst ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(folders))


def _compiler(job: Job, room: int) -> typst.Compiler:
    return typst.Compiler(
        str(TEMPLATES / job.template),
        root=str(TEMPLATES),
        font_paths=_fonts(job.fonts),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(finish(job.tree, room), ensure_ascii=False)},
        package_path=str(TEMPLATES / "no-packages"),
        package_cache_path=str(TEMPLATES / "no-packages"),
    )


def _pages(job: Job, room: int) -> int:
    """How many pages the document has with the parts below rank `room`."""
    return int(_told(job, room, "<pages>")[0])


def _foot_alone(job: Job) -> bool:
    """Whether nothing but the foot stands on the last page of the whole document."""
    return any(_told(job, ranks(job.tree), "<ending>"))


def _told(job: Job, room: int, label: str) -> list[Any]:
    """What a document says of itself under a label."""
    try:
        found: list[Any] = json.loads(_compiler(job, room).query(label, field="value"))
    except RuntimeError as error:  # what a query raises, and the parent of TypstError
        raise _failed(job, error) from None
    return found


def _pdf(job: Job, room: int) -> bytes:
    year, month, day = job.tree["date"]
    midnight = dt.datetime(year, month, day, tzinfo=dt.UTC)
    try:
        data = _compiler(job, room).compile(
            format="pdf", pdf_standards=STANDARDS, timestamp=int(midnight.timestamp())
        )
    except RuntimeError as error:
        raise _failed(job, error) from None
    if not isinstance(data, bytes):
        raise TypesettingFailed(f"{job.name}: Typst returned no document")
    return data


def _picture(job: Job, room: int) -> bytes:
    try:
        data = _compiler(job, room).compile(format="png", ppi=PICTURE_PPI)
    except RuntimeError as error:
        raise _failed(job, error) from None
    if not isinstance(data, bytes):
        raise TypesettingFailed(f"{job.name}: Typst returned no picture of one page")
    return data


def _pages_in(data: bytes) -> int:
    """How many pages a PDF of ours has; Typst writes its page objects in plain sight."""
    return len(_PAGE.findall(data))


def _failed(job: Job, error: RuntimeError) -> TypesettingFailed:
    hints = "".join(f" ({hint})" for hint in getattr(error, "hints", ()))
    return TypesettingFailed(f"{job.name}: {error}{hints}")
