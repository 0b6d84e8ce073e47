"""Makes documents, and keeps those that are made.

A made document is kept under the hash of everything that went into it: its text, the templates,
this program, the fonts and the version of Typst. While that hash stays the same, it is not made
again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.files import locked, remove_all_but, safe_join, write_atomic
from generator.formats import Paper
from generator.pdf.fonts import Fitted, Rack, warnings
from generator.pdf.shelf import Document
from generator.pdf.typeset import TEMPLATES, TYPST, Job, Sheets, typeset_all

PAPERS = ("a4", "letter")


@dataclass
class Made:
    """What came of making documents: those there are now, how many of them were made anew, what
    to tell, and those whose first parts alone are longer than the pages they may have."""

    papers: list[Paper] = field(default_factory=list)
    anew: int = 0
    warnings: list[str] = field(default_factory=list)
    too_long: list[Document] = field(default_factory=list)


#: Called after each document: how many are ready, of how many, and the last one's file.
Progress = Callable[[int, int, str], None]


def make(
    wanted: Sequence[Document],
    store: Path,
    rack: Rack,
    progress: Progress = lambda done, of, name: None,
    *,
    paper: str = "a4",
    processes: int | None = None,
) -> Made:
    """Make those of the documents that are not in `store` as they should be.

    Raises `TypesettingFailed` and `MachineError`; what was made until then is kept.
    """
    made = Made()
    with locked(store / "lock", "making PDFs here"):
        kept = _read(store)
        fits: list[Fitted] = []
        jobs: dict[str, tuple[Document, str, Job]] = {}
        for document in wanted:
            fit = rack.fitted({**document.tree(), "paper": paper})
            fits.append(replace(fit, tree={}))  # what to tell of it, not all its text
            name = f"{paper}/{document.path}"
            key = _key(document, fit, rack)
            if not _is_kept(store, kept, name, key):
                folders = tuple(sorted({str(f.parent) for f in rack.files(fit.families)}))
                job = Job(
                    name,
                    document.template,
                    fit.tree,
                    document.most,
                    folders,
                    document.large,
                    document.picture,
                )
                jobs[name] = document, key, job
        try:
            for n, sheets in enumerate(typeset_all([j for _, _, j in jobs.values()], processes), 1):
                document, key, _ = jobs[sheets.name]
                _keep(store, kept, sheets, key)
                progress(n, len(jobs), document.path)
        finally:
            write_atomic(store / "made.json", _json(kept))
        families = {family for fit in fits for family in fit.families}
        write_atomic(store / "fonts.json", _json(rack.record(families)))
    made.anew = len(jobs)
    made.warnings = warnings(fits)
    for document in wanted:
        entry = kept[f"{paper}/{document.path}"]
        if entry["pages"] == 0:
            made.too_long.append(document)
            continue
        file = safe_join(store, paper, document.path)
        made.papers.append(
            Paper(
                document.path,
                document.page,
                document.label,
                entry["pages"],
                entry["size"],
                file,
                entry["sha256"],
                document.picture,
            )
        )
    return made


def prune(store: Path, papers: Iterable[Paper]) -> None:
    """Forget the made documents that are not among `papers`."""
    names = {paper.file.relative_to(store.resolve()).as_posix() for paper in papers}
    kept = {name: entry for name, entry in _read(store).items() if name in names}
    write_atomic(store / "made.json", _json(kept))
    remove_all_but(store, names | {"made.json", "fonts.json", "lock"})


def _keep(store: Path, kept: dict[str, Any], sheets: Sheets, key: str) -> None:
    entry = {"key": key, "pages": sheets.pages if sheets.fits else 0, "left_out": sheets.left_out}
    if sheets.fits:
        path = safe_join(store, sheets.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, sheets.data)
    digest = hashlib.sha256(sheets.data).hexdigest()
    kept[sheets.name] = {**entry, "size": len(sheets.data), "sha256": digest}


def _is_kept(store: Path, kept: Mapping[str, Any], name: str, key: str) -> bool:
    entry = kept.get(name)
    if not isinstance(entry, dict) or entry.get("key") != key:
        return False
    if entry.get("pages") == 0:
        return True
    try:
        data = safe_join(store, name).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data).hexdigest() == entry.get("sha256")


def _read(store: Path) -> dict[str, Any]:
    """What the store says it holds; nothing if that cannot be read."""
    try:
        found = json.loads((store / "made.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _key(document: Document, fit: Fitted, rack: Rack) -> str:
    """The hash of everything that goes into a document."""
    parts = (document.template, document.most, fit.tree, rack.record(fit.families), _program())
    return hashlib.sha256(json.dumps(parts, sort_keys=False).encode()).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    """The hash of templates, of this package and of the version of Typst."""
    digest = hashlib.sha256(TYPST.encode())
    for path in [*sorted(TEMPLATES.glob("*.typ")), *sorted(Path(__file__).parent.glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
