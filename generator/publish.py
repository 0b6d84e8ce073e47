"""Brings the finished site out: everything in it changes in one step."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from generator.files import exchange, files_below, link, sync_below


@dataclass(frozen=True)
class Change:
    """What a build changed in the finished files; or that it made them all."""

    whole: bool
    changed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)


def publish(html: Path, site: Path, aside: Path, change: Change) -> None:
    """Let `site` hold exactly what `html` holds, in one step; `aside` is for use on the way.

    The two share their files by hard links, so a file in either is only ever put anew, never
    written to. Where all was made anew, `site` becomes a twin of `html`. Else the two differed by
    `change` alone: they swap places, and what had been the site is brought up to date.
    """
    if change.whole or not site.exists():
        shutil.rmtree(aside, ignore_errors=True)
        for name in files_below(html):
            _put(html, aside, name)
        sync_below(aside)
        if site.exists():
            exchange(aside, site)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(site)
        return
    if not change.changed and not change.removed:
        return
    sync_below(html)
    exchange(html, site)
    for name in sorted(change.changed):
        (html / name).unlink(missing_ok=True)
        _put(site, html, name)
    for name in sorted(change.removed):
        (html / name).unlink(missing_ok=True)
        drop_empty(html, name)


def drop_empty(root: Path, name: str) -> None:
    """Remove the folders a file has left empty."""
    folder = (root / name).parent
    while folder != root:
        if folder.is_dir():  # else another file took it along
            if any(folder.iterdir()):
                return
            folder.rmdir()
        folder = folder.parent


def _put(source: Path, target: Path, name: str) -> None:
    old, new = f"{source}/{name}", f"{target}/{name}"
    try:
        link(old, new)
    except FileNotFoundError:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        link(old, new)
