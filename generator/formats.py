"""Where each representation of a record lies: one table for writers, page footers and heads.

A path is relative to the top of the site. The writers in `exports/` and the pages that link to
their files both ask here, so that a link and its file cannot part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.corpus import address
from generator.model import Record, Takeaway

API = "api/v1"


@dataclass(frozen=True)
class Format:
    """One form in which a single record can be had."""

    name: str
    label: str
    media_type: str
    path: str  # with {folder} and {id}, or {page}
    folders: tuple[str, ...] = ()  # the types that have it; none named: all
    tracked: bool = False  # besides, of takeaways those with a history
    tombstone: bool = True  # whether a withdrawn record leaves a notice in it

    def has(self, record: Record) -> bool:
        """Whether a record can be had in this form."""
        if record.withdrawn and not self.tombstone:
            return False
        if self.tracked and isinstance(record, Takeaway) and record.history:
            return True
        return not (self.folders or self.tracked) or record.folder in self.folders

    def of(self, folder: str, record_id: str) -> str:
        """The path of a record's file in this form."""
        page = address(folder, record_id)
        return self.path.format(folder=folder, id=record_id, page=page)


#: Every form each record has. A row more: a module in `exports/` that writes it.
FORMATS: tuple[Format, ...] = (
    Format("json", "JSON", "application/json", API + "/{folder}/{id}.json"),
    #: Not `.md`, which MkDocs would make a page of.
    Format("markdown", "Markdown", "text/markdown", "{page}index.md.txt"),
    Format(
        "atom",
        "Atom",
        "application/atom+xml",
        "feeds/{folder}/{id}.atom",
        ("countries", "people", "topics"),
        tracked=True,
    ),
    Format(
        "feed",
        "JSON Feed",
        "application/feed+json",
        "feeds/{folder}/{id}.json",
        ("countries", "people", "topics"),
        tracked=True,
    ),
    Format(
        "calendar",
        "iCalendar",
        "text/calendar",
        "calendar/{folder}/{id}.ics",
        ("countries", "topics"),
    ),
    Format("bibtex", "BibTeX", "application/x-bibtex", "cite/{folder}/{id}.bib", tombstone=False),
    Format(
        "ris",
        "RIS",
        "application/x-research-info-systems",
        "cite/{folder}/{id}.ris",
        tombstone=False,
    ),
    Format(
        "csl",
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        "cite/{folder}/{id}.json",
        tombstone=False,
    ),
)
BY_NAME = {form.name: form for form in FORMATS}


def forms_of(record: Record) -> tuple[Format, ...]:
    """The forms a record can be had in."""
    return tuple(form for form in FORMATS if form.has(record))


def pair_forms(pair_id: str) -> tuple[tuple[str, str], ...]:
    """The forms a country pair can be had in: label and path."""
    forms = (BY_NAME[name] for name in ("json", "atom", "feed"))
    return tuple((form.label, form.of("pairs", pair_id)) for form in forms)


def path_of(name: str, record: Record) -> str:
    """Where the form `name` of a record lies."""
    return BY_NAME[name].of(record.folder, record.id)


@dataclass(frozen=True)
class Download:
    """One line of the Data page: an output, what it is (a key of the interface words), its files.

    A label is what a reader sees; {folder} in a path stands for each type in turn.
    """

    output: str
    about: str
    files: tuple[tuple[str, str, str], ...]  # label, path, media type
    by_type: str = ""  # a path with {folder}


#: What the Data page lists, by the names in `outputs.OUTPUTS`.
DOWNLOADS: tuple[Download, ...] = (
    Download(
        "csv",
        "data_csv",
        (
            ("ZIP", "data/summit-briefings.zip", "application/zip"),
            ("datapackage.json", "data/datapackage.json", "application/json"),
            ("steps.csv", "data/steps.csv", "text/csv"),
            ("links.csv", "data/links.csv", "text/csv"),
            ("gone.csv", "data/gone.csv", "text/csv"),
        ),
        by_type="data/{folder}.csv",
    ),
    Download(
        "database",
        "data_database",
        (("SQLite", "data/summit-briefings.sqlite", "application/vnd.sqlite3"),),
    ),
    Download(
        "api",
        "data_api",
        (
            ("index.json", f"{API}/index.json", "application/json"),
            ("pairs.json", f"{API}/pairs.json", "application/json"),
            ("changes.json", f"{API}/changes.json", "application/json"),
            ("vocabularies.json", f"{API}/vocabularies.json", "application/json"),
            ("changelog.json", f"{API}/changelog.json", "application/json"),
        ),
        by_type=API + "/{folder}.json",
    ),
    Download(
        "feeds",
        "data_feeds",
        (
            ("Atom", "feeds/site.atom", "application/atom+xml"),
            ("JSON Feed", "feeds/site.json", "application/feed+json"),
        ),
    ),
    Download("calendar", "data_calendar", (("iCalendar", "calendar/all.ics", "text/calendar"),)),
    Download(
        "citations",
        "data_citations",
        (
            ("BibTeX", "cite/sources.bib", "application/x-bibtex"),
            ("RIS", "cite/sources.ris", "application/x-research-info-systems"),
            ("CSL-JSON", "cite/sources.json", "application/vnd.citationstyles.csl+json"),
        ),
    ),
    Download("markdown", "data_markdown", (("llms.txt", "llms.txt", "text/plain"),)),
)


@dataclass(frozen=True)
class Paper:
    """A PDF that goes with a page: its path under `pdf/`, the page, its name, how long and large
    it is, where it was made, and the SHA-256 of its bytes."""

    path: str
    page: str
    label: str
    pages: int
    size: int
    file: Path
    sha256: str

    @property
    def href(self) -> str:
        """Its path from the top of the site."""
        return f"pdf/{self.path}"
