"""The head of a document: names, dates, address, how to cite it, the records behind it as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import segno

from generator import shape
from generator import words as wording
from generator.corpus import Corpus
from generator.exports.csvs import as_csv
from generator.fields import When
from generator.model import Record, Source, Takeaway
from generator.pdf.desk import Desk
from generator.pdf.nodes import Tree
from generator.tables import Column, Table
from generator.words import WORDS

#: Words the templates print.
PRINTED = (
    "bottom_line key_facts takeaways summary disputed source_notes messages since_then disclaimer "
    "status since sources date by history history_follows see terms "
    "pdf_as_of pdf_edition pdf_came_of_it pdf_still_open pdf_matter pdf_stands pdf_next pdf_more "
    "pdf_cite pdf_attached pdf_qr pdf_page pdf_of pdf_see_page pdf_as_note "
    "pdf_contents pdf_scale pdf_figures pdf_tracked pdf_sources pdf_index pdf_notes pdf_also "
    "pdf_accounts pdf_compendium briefings"
).split()

#: The columns of `records.csv`.
COLUMNS = (
    Column("type", "Type of the record, as in its address.", required=True),
    Column("id", "Permanent id.", required=True, primary=True),
    Column("title", "What it is called.", required=True),
    Column("date", "First day of a summit; day a source was issued."),
    Column("kind", "What sort of record of its type it is."),
    Column("status", "Where a tracked takeaway stands."),
    Column("page", "Its page on the site."),
    Column("address", "The address of a source."),
)


def head(
    desk: Desk, kind: str, title: str, records: Iterable[Record], path: str, authors: Iterable[str]
) -> Tree:
    """What every document begins with.

    `kind` is a key of the words; `path` the page it belongs to; `records` what it shows, to which
    the sources it cites are added: so call this after everything that cites."""
    corpus = desk.corpus
    cited = [corpus.records[i] for i in desk.cited]
    rows = sorted({r.id: r for r in (*records, *cited)}.values(), key=lambda r: (r.folder, r.id))
    entries = [_entry(corpus, r) for r in rows]
    attached = json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    edition = hashlib.sha256(attached.encode()).hexdigest()[:8]
    day = max((_looked(corpus, r) for r in rows), default=str(corpus.newest))
    url = corpus.absolute(path) or ""
    names = list(authors)
    cite = WORDS["pdf_cite_as"].format(
        authors=f"{', '.join(names)}: " if names else "",
        title=title,
        kind=WORDS[kind].lower(),
        site=WORDS["site"],
        day=wording.spoken_day(When(day)),
        edition=edition,
    )
    return {
        "kind": WORDS[kind],
        "title": title,
        "site": WORDS["site"],
        "authors": names or [WORDS["site"]],
        "date": [int(part) for part in day.split("-")],
        "as_of": wording.spoken_day(When(day)),
        "edition": edition,
        "url": url,
        "qr": _qr(url) if url else "",
        "cite": cite,
        "words": {key: WORDS[key] for key in PRINTED},
        "sources": {
            r.id: desk.source(r) for r in sorted(cited, key=lambda r: r.id) if isinstance(r, Source)
        },
        "attached": {"records.json": attached, "records.csv": _table(corpus, rows)},
    }


def _looked(corpus: Corpus, record: Record) -> str:
    """The newest editorial date of a record."""
    checked = str(record.checked) if isinstance(record, Takeaway) and record.checked else ""
    return max(corpus.updated(record), checked)


def _entry(corpus: Corpus, record: Record) -> Tree:
    return {
        "type": record.folder,
        "id": record.id,
        "title": record.title_text,
        "url": corpus.absolute(corpus.url(record)),
        "fields": shape.fields_of(record),
    }


def _table(corpus: Corpus, records: Iterable[Record]) -> str:
    """One line for each record, safe to open in a spreadsheet."""
    rows = [
        {
            "type": record.folder,
            "id": record.id,
            "title": record.title_text,
            "date": getattr(record, "start", None) or getattr(record, "issued", None),
            "kind": getattr(record, "kind", None),
            "status": corpus.status(record) if isinstance(record, Takeaway) else None,
            "page": corpus.absolute(corpus.url(record)),
            "address": getattr(record, "url", None),
        }
        for record in records
    ]
    return as_csv(Table("records", "Records", COLUMNS, rows)).decode()


def _qr(url: str) -> str:
    """A QR code of an address, as SVG."""
    code = segno.make(url, error="m", micro=False)
    return str(code.svg_inline(border=0, dark="#1b2430"))
