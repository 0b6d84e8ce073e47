"""Where each representation of a record lies: one table for writers, page footers and heads.

A path is relative to the top of the site. The writers in `exports/` and the pages that link to
their files both ask here, so that a link and its file cannot part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from generator.corpus import address
from generator.lists import Gathered
from generator.model import BY_FOLDER, Record, Takeaway

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

    def has(self, record: Record) -> bool:
        """Whether a record can be had in this form."""
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
    Format("bibtex", "BibTeX", "application/x-bibtex", "cite/{folder}/{id}.bib"),
    Format(
        "ris",
        "RIS",
        "application/x-research-info-systems",
        "cite/{folder}/{id}.ris",
    ),
    Format(
        "csl",
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        "cite/{folder}/{id}.json",
    ),
)
BY_NAME = {form.name: form for form in FORMATS}


def relative(target: str, folder: str) -> str:
    """The way from a folder to a file, both given from the top of the site and free of dots."""
    ways, steps = target.split("/"), folder.split("/") if folder else []
    shared = 0
    for one, other in zip(ways[:-1], steps, strict=False):
        if one != other:
            break
        shared += 1
    return "/".join([*[".."] * (len(steps) - shared), *ways[shared:]])


def forms_of(record: Record) -> tuple[Format, ...]:
    """The forms a record can be had in."""
    return tuple(form for form in FORMATS if form.has(record))


#: The forms that cite something.
CITING = ("bibtex", "ris", "csl")

#: A form of a page: label, media type, path.
Row = tuple[str, str, str]


def list_path(name: str, page: Gathered) -> str:
    """Where the form `name` of a page that gathers records lies."""
    form = BY_NAME[name]
    if name == "markdown":
        return form.path.format(page=page.url)
    folder, _, rest = page.id.partition("/")
    return form.of("pairs", rest) if folder == "pairs" and rest else form.of("lists", page.id)


#: Whole files that stand for pages which gather records, by the address of the page: forms and
#: paths. A page of a type has these for its type.
_WHOLE: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("json", f"{API}/index.json"),
        ("atom", "feeds/site.atom"),
        ("feed", "feeds/site.json"),
        ("calendar", "calendar/all.ics"),
    ),
    "data/": (("json", f"{API}/index.json"),),
    "changes/": (
        ("json", f"{API}/changes.json"),
        ("atom", "feeds/site.atom"),
        ("feed", "feeds/site.json"),
    ),
    "deadlines/": (("calendar", "calendar/all.ics"),),
    "timeline/": (("calendar", "calendar/all.ics"),),
    "pairs/": (("json", f"{API}/pairs.json"),),
}


def has_own_json(page: Gathered) -> bool:
    """Whether the API has a file of what the page lists, since no other file of it holds that."""
    folder, _, rest = page.id.partition("/")
    other = folder == "pairs" or (folder in BY_FOLDER and not rest)
    return bool(page.ids) and not other and not page.whole


def list_forms(page: Gathered) -> tuple[Row, ...]:
    """The forms a page that gathers records can be had in; of a part of a list, citations besides
    the forms of the whole list."""
    if page.whole:
        forms = list_forms(replace(page, url=page.whole, whole=""))[: -len(CITING)]
        return (*forms, *(_row(name, list_path(name, page)) for name in CITING))
    folder, _, rest = page.id.partition("/")
    whole = _WHOLE.get(page.url, ())
    rows = [_row(name, path) for name, path in whole]
    if folder == "pairs" and rest:
        rows += [_row(name, list_path(name, page)) for name in ("json", "atom", "feed")]
    elif folder in BY_FOLDER and not rest:
        rows.append(_row("json", f"{API}/{folder}.json"))
        rows.append(("CSV", "text/csv", f"data/{folder}.csv"))
    elif folder in BY_FOLDER and not page.ids:  # a list of groups
        rows.append(_row("json", f"{API}/{folder}.json"))
    elif has_own_json(page):
        rows.append(_row("json", list_path("json", page)))
    if page.ids:
        rows.append(_row("markdown", list_path("markdown", page)))
    return (*rows, *(_row(name, list_path(name, page)) for name in CITING))


def _row(name: str, path: str) -> Row:
    return BY_NAME[name].label, BY_NAME[name].media_type, path


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
            ("lists.json", f"{API}/lists.json", "application/json"),
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
    Download(
        "markdown",
        "data_markdown",
        (
            ("llms.txt", "llms.txt", "text/plain"),
            ("llms-full.txt", "llms-full.txt", "text/plain"),
        ),
    ),
)


#: Width and height of a card in pixels: what sites that show cards ask for.
CARD_SIZE = (1200, 630)


@dataclass(frozen=True)
class Paper:
    """A PDF that goes with a page: its path under `pdf/`, the page, its name, how long and large
    it is, where it was made, and the SHA-256 of its bytes.

    A `card` is the picture that links to the page show: its path is under `cards/`, its name what
    it says in words."""

    path: str
    page: str
    label: str
    pages: int
    size: int
    file: Path
    sha256: str
    card: bool = False

    @property
    def href(self) -> str:
        """Its path from the top of the site."""
        return f"{'cards' if self.card else 'pdf'}/{self.path}"
