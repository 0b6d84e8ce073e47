"""A build spread over machines: each makes a share of it, and one joins the shares.

Of 4 shares the second has the second of every four pages, files and pieces: from the same content
the same program comes to the same shares anywhere. What is about all records, the search index with
it, is made where they are joined.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from generator import build, memory, seal
from generator.build import Built, How, Job, Progress
from generator.files import MachineError, files_below, link, safe_join
from generator.ledger import Entry, Pieces

#: Where shares are put, below the root.
SHARDS = ".build/shards"
_FILES = "files"
_ABOUT = "share.pickle"


class NotJoined(MachineError):
    """The shares do not belong together, or not all are there."""


@dataclass(frozen=True)
class Share:
    """What one machine made: which share of how many, of what, and all that is known of it."""

    number: int
    count: int
    of: str  # stands for the content, the day, the PDFs and the program
    pages: dict[str, Entry]
    data: dict[str, Entry]
    pieces: Pieces
    sums: dict[str, str]


def folder_of(root: Path, share: tuple[int, int]) -> Path:
    """Where a share lies."""
    return root / SHARDS / f"{share[0]}-of-{share[1]}"


def shard(
    root: Path,
    today: dt.date,
    share: tuple[int, int],
    progress: Progress = build.silent,
    **how: Unpack[How],
) -> int:
    """Make a share, of (2, 4) the second of four, where `folder_of` has it; how many files it has.

    Raises what a build raises; `site/` stays as it is.
    """
    (number, count), target = share, folder_of(root, share)
    with build.building(root, how):
        job = build.begin(root, today, progress, {**how, "clean": True})
        progress("Writing pages")
        with build.making_pages(job, job.pages[number - 1 :: count]):
            progress("Writing data")
            pieces = build.gather(job, job.pieces[number - 1 :: count])
        build.make_data(job, [part for part in job.data if not part.whole][number - 1 :: count])
        progress("Looking the pages over")
        names = list(files_below(job.html))
        build.seal_pages(job.html, job.corpus, names, job.jobs)
        sums = seal.sums(job.html, names)
        made = (job.docs.entries, job.files.entries, pieces)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.move(job.html, target / _FILES)
        memory.keep(target / _ABOUT, "", Share(number, count, _of(job), *made, sums))
    return len(names)


def join(
    root: Path,
    today: dt.date,
    folders: Sequence[Path],
    progress: Progress = build.silent,
    **how: Unpack[How],
) -> Built:
    """Make `root`/site of the shares in `folders`: the site that one build would make.

    Raises `NotJoined` if a share is missing, damaged, or of other content; and what a build raises.
    """
    with build.building(root, how):
        job = build.begin(root, today, progress, {**how, "clean": True})
        progress("Joining")
        shares = _shares(job, folders)
        pieces: Pieces = {}
        for share, folder in shares:
            _take(share, folder, job.html)
            job.docs.entries |= share.pages
            pieces |= share.pieces
            job.looked_over |= share.sums.keys()
        job.docs.changed = [path for e in job.docs.entries.values() for path, _ in e.files]
        job.corpus.notes.pieces = {key: value for key, (_, value) in pieces.items()}
        progress("Writing data")
        build.make_data(job, [part for part in job.data if part.whole])
        for share, _ in shares:
            job.files.entries |= share.data
            job.files.changed += [path for e in share.data.values() for path, _ in e.files]
        _complete(job)
        built = build.finish(job)
        job.store.begin()  # there is no Markdown here to go on from
    return built


def _of(job: Job) -> str:
    told = (job.store.version, job.corpus.today, sorted(job.checked.digests.items()))
    return hashlib.sha256(repr((*told, job.papers.papers)).encode()).hexdigest()


def _shares(job: Job, folders: Sequence[Path]) -> list[tuple[Share, Path]]:
    found: list[tuple[Share, Path]] = []
    for folder in folders:
        share = memory.recall(folder / _ABOUT, "")
        if not isinstance(share, Share):
            raise NotJoined(f"{folder}: there is no share of a build, or it is damaged.")
        if share.of != _of(job):
            raise NotJoined(
                f"{folder}: share {share.number} of {share.count} is of other content, of another "
                "day or by another version; make it again."
            )
        found.append((share, folder))
    found.sort(key=lambda row: row[0].number)
    count = found[0][0].count if found else 1
    if [(share.number, share.count) for share, _ in found] != [
        (number, count) for number in range(1, count + 1)
    ]:
        there = ", ".join(f"{share.number}/{share.count}" for share, _ in found) or "none"
        raise NotJoined(f"Every share must be there once; there are: {there}.")
    return found


def _take(share: Share, folder: Path, html: Path) -> None:
    """Take over the files of a share, each as it was when it was looked over."""
    for name, digest in share.sums.items():
        source, target = safe_join(folder / _FILES, name), safe_join(html, name)
        if not source.is_file() or seal.sum_of(source) != digest:
            raise NotJoined(f"{source}: is missing or not as it was made; make the share again.")
        if not target.exists():  # what the theme brings is in every share
            target.parent.mkdir(parents=True, exist_ok=True)
            link(source, target)


def _complete(job: Job) -> None:
    """Raise `NotJoined` unless everything is there that a build makes."""
    for due, made in ((job.pages, job.docs.entries), (job.data, job.files.entries)):
        if missing := {part.key for part in due} ^ made.keys():
            raise NotJoined(f"The shares are not those of this content: {min(missing)}.")
