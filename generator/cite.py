"""How a page, or the source behind it, is cited: a reference, and the reference in each format.

A page of ours is a report by its authors, or by the site itself where it names none. The page of a
source cites that source. Known names in titles are protected, because styles change the case of
titles and turn Lee Jae-myung into Lee Jae-Myung.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TextIO
from urllib.parse import urlencode

import rispy  # type: ignore[import-untyped]
from pybtex.database import BibliographyData, Entry  # type: ignore[import-untyped]
from pybtex.database import Person as BibPerson
from pybtex.database.output.bibtex import (  # type: ignore[import-untyped]
    Writer as BibWriter,
)
from pydantic_core import to_json
from rispy.writer import RisWriter  # type: ignore[import-untyped]

from generator import words as wording
from generator.corpus import Corpus
from generator.fields import When
from generator.lists import Gathered
from generator.model import Briefing, Person, Record, Source, SourceKind, Summit, Takeaway, Topic

#: What a source of each kind is called in CSL, BibTeX and RIS.
SOURCE_TYPES: dict[SourceKind, tuple[str, str, str]] = {
    SourceKind.JOINT_STATEMENT: ("document", "misc", "GOVDOC"),
    SourceKind.JOINT_PRESS_RELEASE: ("document", "misc", "GOVDOC"),
    SourceKind.JOINT_DECLARATION: ("document", "misc", "GOVDOC"),
    SourceKind.COMMUNIQUE: ("document", "misc", "GOVDOC"),
    SourceKind.JOINT_FACT_SHEET: ("document", "misc", "GOVDOC"),
    SourceKind.FACT_SHEET: ("document", "misc", "GOVDOC"),
    SourceKind.READOUT: ("document", "misc", "GOVDOC"),
    SourceKind.REMARKS: ("speech", "misc", "GEN"),
    SourceKind.PRESS_CONFERENCE: ("speech", "misc", "GEN"),
    SourceKind.STATEMENT: ("document", "misc", "GOVDOC"),
    SourceKind.MOU: ("document", "misc", "GOVDOC"),
    SourceKind.AGREEMENT: ("document", "misc", "GOVDOC"),
    SourceKind.TREATY: ("treaty", "misc", "GOVDOC"),
    SourceKind.LEGISLATION: ("legislation", "misc", "STAT"),
    SourceKind.COURT_RULING: ("legal_case", "misc", "CASE"),
    SourceKind.DATASET: ("dataset", "misc", "DATA"),
    SourceKind.PRESS_REPORT: ("article-newspaper", "article", "NEWS"),
    SourceKind.ANALYSIS: ("report", "techreport", "RPRT"),
}
REPORT = ("report", "techreport", "RPRT")
DATA = ("dataset", "misc", "DATA")


@dataclass(frozen=True)
class Author:
    """A person with a family name, or a name to be printed as it is."""

    literal: str
    family: str = ""
    given: str = ""

    @property
    def inverted(self) -> str:
        """`Lee, Jae-myung`; a name in one piece as it is."""
        return f"{self.family}, {self.given}" if self.family and self.given else self.literal


@dataclass(frozen=True)
class Reference:
    """Something that can be cited, in the words all formats share."""

    id: str
    types: tuple[str, str, str]
    title: str
    authors: tuple[Author, ...]
    publisher: str
    issued: When
    genre: str
    path: str  # of its page here; empty for the work of somebody else
    title_en: str = ""
    number: str = ""
    part_of: str = ""
    url: str = ""
    language: str = "en"
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""
    accessed: When | None = None


@dataclass(frozen=True)
class Cited:
    """A reference as text and in each format."""

    reference: Reference
    text: str
    bibtex: str
    ris: str
    item: dict[str, Any]  # of CSL-JSON

    @property
    def csl(self) -> str:
        return _csl_list([self.item])

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The formats by their names in the table of formats."""
        return (("bibtex", self.bibtex), ("ris", self.ris), ("csl", self.csl))


def cited(corpus: Corpus, record: Record) -> Cited:
    """How a record is cited; made once for each."""
    return corpus.kept("cited", record.id, lambda: _cited(corpus, reference_of(corpus, record)))


def _cited(corpus: Corpus, reference: Reference) -> Cited:
    names = corpus.proper_names
    return Cited(
        reference,
        as_text(reference),
        as_bibtex([reference], names),
        as_ris([reference]),
        csl_item(reference, names),
    )


def cited_page(corpus: Corpus, page: Gathered) -> Cited:
    """How a page that gathers records is cited; made once for each."""
    return corpus.kept("cited page", page.id, lambda: _cited(corpus, list_of(corpus, page)))


def together(corpus: Corpus, records: Iterable[Record]) -> tuple[tuple[str, str], ...]:
    """Several records in one file of each format, by the names in the table of formats."""
    made = [cited(corpus, record) for record in records]
    return (
        ("bibtex", "\n".join(one.bibtex for one in made)),
        ("ris", "\r\n".join(one.ris for one in made)),
        ("csl", _csl_list([one.item for one in made])),
    )


# -- what is cited --------------------------------------------------------------------------------


def reference_of(corpus: Corpus, record: Record) -> Reference:
    """The reference for a record: the work itself for a source, else our page about it."""
    return (
        source_reference(corpus, record) if isinstance(record, Source) else page_of(corpus, record)
    )


def page_of(corpus: Corpus, record: Record) -> Reference:
    """Our own page as a report."""
    path = corpus.url(record)
    home = corpus.home(record) if isinstance(record, Takeaway) else None
    analysis = record.digest_of if isinstance(record, Briefing) else None
    digest = corpus.get(analysis, Source) if analysis else None
    return Reference(
        id=record.id,
        types=REPORT,
        title=record.title_text,
        authors=authors_of(corpus, record),
        publisher=wording.WORDS["site"],
        issued=When(corpus.updated(record)),
        genre=record.noun if record.folder != "terms" else wording.WORDS["term"],
        path=path,
        number=getattr(record, "number", None) or "",
        part_of=f"{home.title} ({wording.spoken_range(home.start, home.end)})" if home else "",
        url=corpus.absolute(path) or "",
        abstract=getattr(record, "bottom_line", ""),
        keywords=tuple(_topics(corpus, record)),
        note=gone_note(record)
        or (
            f"{wording.WORDS['digest_of']}: {as_text(source_reference(corpus, digest))}"
            if digest
            else ""
        ),
    )


def list_of(corpus: Corpus, page: Gathered) -> Reference:
    """A page that gathers records as a report of the day of the newest of them."""
    return Reference(
        id=page.id.replace("/", "-"),
        types=DATA if page.genre == "genre_data" else REPORT,
        title=page.title,
        authors=(),
        publisher=wording.WORDS["site"],
        issued=When(page.updated),
        genre=wording.WORDS[page.genre],
        path=page.url or "index.html",
        url=corpus.absolute(page.url) or "",
        abstract=page.about,
    )


def gone_note(record: Record) -> str:
    """Of a withdrawn record, that and why."""
    gone = record.withdrawn
    if gone is None:
        return ""
    return f"{wording.WORDS['withdrawn_text']} {wording.spoken_day(gone.date)}. {gone.reason}"


def source_reference(corpus: Corpus, source: Source) -> Reference:
    """The work of somebody else."""
    return Reference(
        id=source.id,
        types=SOURCE_TYPES[source.kind],
        title=source.title,
        authors=tuple(_known(corpus, name) or Author(name) for name in source.authors),
        publisher=source.publisher,
        issued=source.issued,
        genre=source.kind.label,
        path="",
        title_en=source.title_en or "",
        url=source.url or "",
        language=source.language,
        accessed=source.accessed,
        note=gone_note(source),
    )


def authors_of(corpus: Corpus, record: Record) -> tuple[Author, ...]:
    """The people a page of ours is by; none where it is by the site, as digests are."""
    if not isinstance(record, Briefing) or record.digest_of:
        return ()
    return tuple(_author(p) for key in record.authors if (p := corpus.get(key, Person)))


def _author(person: Person) -> Author:
    names = person.names
    return Author(names.display, names.family or "", names.given or "")


def _known(corpus: Corpus, name: str) -> Author | None:
    """The author of that name who has a record."""
    person = corpus.get(corpus.authors.get(name, ""), Person)
    return _author(person) if person else None


def _topics(corpus: Corpus, record: Record) -> Iterator[str]:
    match record:
        case Takeaway():
            ids: Iterable[str] = record.topics
        case Summit():
            ids = sorted({t for takeaway in corpus.takeaways_of(record) for t in takeaway.topics})
        case _:
            ids = ()
    return (topic.name for i in ids if (topic := corpus.get(i, Topic)))


# -- plain text -----------------------------------------------------------------------------------


def as_text(reference: Reference) -> str:
    """The suggested citation in one line of plain text."""
    words = wording.WORDS
    title = f"{words['quote_open']}{reference.title}{words['quote_close']}"
    if reference.path and reference.title == reference.publisher:
        title = ""  # the site itself
    if reference.title_en:
        title += f" [{reference.title_en}]"
    authors = ", ".join(author.literal for author in reference.authors)
    if not reference.path:
        parts = [authors, title, reference.publisher, wording.spoken_day(reference.issued)]
    else:
        kind = f"{reference.genre}: {reference.part_of}" if reference.part_of else reference.genre
        day = f"{words['updated'].lower()} {wording.spoken_day(reference.issued)}"
        parts = [authors or reference.publisher, title, kind]
        parts += [reference.number, reference.publisher if authors else "", day]
        parts.append("" if reference.url else reference.path.rstrip("/"))
    return ", ".join(part for part in (*parts, reference.url) if part) + "."


def quotation(corpus: Corpus, record: Record, sentence: str) -> str:
    """A sentence of a page of ours with its citation, which does not repeat it as a title."""
    words = wording.WORDS
    quoted = f"{words['quote_open']}{sentence}{words['quote_close']}"
    citation = cited(corpus, record).text.replace(f"{quoted}, ", "", 1)
    return f"{quoted} ({citation[:-1]})."


# -- names in titles ------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
#: The most words a name has, counting each part of Jae-myung.
_LONGEST = 10


@lru_cache(1024)
def spans(title: str, names: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """A title cut into pieces, with whether each is a known name; the longest name wins."""
    return tuple(_spans(title, names, _first_words(names)))


@lru_cache(8)
def _first_words(names: frozenset[str]) -> frozenset[str]:
    return frozenset(match[0] for name in names if (match := _WORD.match(name)))


def _spans(title: str, names: frozenset[str], firsts: frozenset[str]) -> Iterator[tuple[str, bool]]:
    found = [match.span() for match in _WORD.finditer(title)]
    done = n = 0
    while n < len(found):
        start, end = found[n]
        if title[start:end] not in firsts:
            n += 1
            continue
        ends = (last for last in range(min(n + _LONGEST, len(found)) - 1, n - 1, -1))
        hit = next((last for last in ends if title[start : found[last][1]] in names), None)
        if hit is None:
            n += 1
            continue
        if start > done:
            yield title[done:start], False
        done = found[hit][1]
        yield title[start:done], True
        n = hit + 1
    if done < len(title):
        yield title[done:], False


# -- CSL-JSON -------------------------------------------------------------------------------------


def as_csl(references: Iterable[Reference], names: frozenset[str]) -> str:
    """CSL-JSON: a list of items."""
    return _csl_list([csl_item(r, names) for r in references])


def _csl_list(items: list[dict[str, Any]]) -> str:
    return to_json(items, indent=1).decode() + "\n"


def csl_item(reference: Reference, names: frozenset[str]) -> dict[str, Any]:
    """One item; empty variables are left out."""
    authors = [
        {"family": a.family, "given": a.given} if a.family and a.given else {"literal": a.literal}
        for a in reference.authors
    ]
    if not authors and reference.path:
        authors = [{"literal": reference.publisher}]
    item = {
        "id": reference.id,
        "type": reference.types[0],
        "title": "".join(_nocase(*span) for span in spans(reference.title, names)),
        "author": authors,
        "issued": {"date-parts": [_date_parts(reference.issued)]},
        "accessed": {"date-parts": [_date_parts(reference.accessed)]} if reference.accessed else "",
        "container-title": reference.publisher if reference.types[1] == "article" else "",
        "publisher": reference.publisher,
        "genre": reference.genre,
        "number": reference.number,
        "abstract": reference.abstract,
        "keyword": ", ".join(reference.keywords),
        "language": reference.language,
        "note": "; ".join(n for n in (reference.title_en, reference.part_of, reference.note) if n),
        "URL": reference.url,
    }
    return {key: value for key, value in item.items() if value}


def _nocase(text: str, is_name: bool) -> str:
    return f'<span class="nocase">{text}</span>' if is_name else text


def _date_parts(when: When) -> list[int]:
    return [int(part) for part in str(when)[:10].split("-")]


# -- BibTeX ---------------------------------------------------------------------------------------

#: Signs that LaTeX reads as its own and the codec of pybtex leaves alone, since it expects LaTeX.
_LATEX = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "$": r"\$",
    "^": r"{\textasciicircum}",
}


_LATEX_TABLE = str.maketrans(_LATEX)
_SIGNS = re.compile(r"[\\&%#_~^$<>|\"]")


class _Writer(BibWriter):  # type: ignore[misc]
    """Writes addresses as they are: biblatex reads them letter by letter. Text without any sign of
    LaTeX's own goes round the codec, which takes milliseconds to leave it as it is."""

    def check_braces(self, s: str) -> None:
        if "{" in s or "}" in s:
            super().check_braces(s)

    def _encode(self, text: str) -> str:
        return str(super()._encode(text)) if _SIGNS.search(text) else text

    def _write_field(self, stream: TextIO, type: str, value: str) -> None:  # noqa: A002
        if type == "url":
            stream.write(f",\n    url = {self.quote(value)}")
        else:
            super()._write_field(stream, type, value)


def as_bibtex(references: Iterable[Reference], names: frozenset[str]) -> str:
    """BibTeX in UTF-8, ready for biblatex."""
    entries = {reference.id: _bibtex_entry(reference, names) for reference in references}
    return str(_Writer(encoding="UTF-8").to_string(BibliographyData(entries)))


def _bibtex_entry(reference: Reference, names: frozenset[str]) -> Entry:
    _, kind, _ = reference.types
    people = [
        BibPerson(first=_latex(a.given), last=_latex(a.family))
        if a.family and a.given
        else BibPerson(last=f"{{{_latex(a.literal)}}}")
        for a in reference.authors
    ]
    if not people and reference.path:
        people = [BibPerson(last=f"{{{_latex(reference.publisher)}}}")]
    house = {"article": "journal", "techreport": "institution"}.get(kind, "publisher")
    fields = {
        "title": "".join(
            f"{{{_latex(text)}}}" if is_name else _latex(text)
            for text, is_name in spans(reference.title, names)
        ),
        house: _latex(reference.publisher),
        "type": _latex(reference.genre),
        "number": _latex(reference.number),
        "date": str(reference.issued)[:10],
        "year": str(reference.issued)[:4],
        "language": reference.language,
        "note": _latex(
            "; ".join(n for n in (reference.title_en, reference.part_of, reference.note) if n)
        ),
        "keywords": _latex(", ".join(reference.keywords)),
        "url": reference.url,
        "urldate": str(reference.accessed or ""),
    }
    persons = {"author": people} if people else {}
    return Entry(kind, {k: v for k, v in fields.items() if v}, persons)


def _latex(text: str) -> str:
    return text.translate(_LATEX_TABLE)


# -- RIS ------------------------------------------------------------------------------------------


class _RisWriter(RisWriter):  # type: ignore[misc]
    """Ends lines as the format asks, and puts nothing between records."""

    NEWLINE = "\r\n"

    def set_header(self, count: int) -> str:
        return ""


def as_ris(references: Iterable[Reference]) -> str:
    """RIS; a record of it has no escapes, so every value is one line."""
    return str(rispy.dumps([_ris_item(r) for r in references], implementation=_RisWriter))


def _ris_item(reference: Reference) -> dict[str, Any]:
    day = str(reference.issued)[:10].split("-")
    authors = [a.inverted for a in reference.authors]
    notes = (reference.part_of, reference.note)
    item = {
        "type_of_reference": reference.types[2],
        "id": reference.id,
        "title": reference.title,
        "translated_title": reference.title_en,
        "authors": authors or ([reference.publisher] if reference.path else []),
        "year": day[0],
        "date": "/".join([*day, "", ""][:3]) + "/",
        "publisher": reference.publisher,
        "secondary_title": reference.publisher if reference.types[2] == "NEWS" else "",
        "type_of_work": reference.genre,
        "number": reference.number,
        "abstract": reference.abstract,
        "keywords": list(reference.keywords),
        "language": reference.language,
        "notes": [note for note in notes if note],
        "urls": [reference.url] if reference.url else [],
        "access_date": str(reference.accessed or "").replace("-", "/"),
    }
    return {key: value for key, value in item.items() if value}


# -- many at once ---------------------------------------------------------------------------------

#: What Zotero calls the work of each type of CSL; it reads these names in COinS.
_ZOTERO = {
    "article-newspaper": "newspaperArticle",
    "dataset": "dataset",
    "legal_case": "case",
    "legislation": "statute",
    "report": "report",
    "speech": "presentation",
    "treaty": "document",
    "document": "document",
}


def coins(reference: Reference) -> str:
    """The work of somebody else as a ContextObject (COinS), for the `title` of a `Z3988` span.

    A list with several of them makes Zotero ask which to take. They stand on no page of a record,
    because Zotero would take them for what that page is.
    """
    rows = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", _ZOTERO[reference.types[0]]),
        ("rft.title", reference.title),
        *(("rft.au", author.inverted) for author in reference.authors),
        ("rft.date", str(reference.issued)[:10]),
        ("rft.publisher", reference.publisher),
        ("rft.source", reference.publisher if reference.types[1] == "article" else ""),
        ("rft.language", reference.language),
        ("rft.identifier", reference.url),
    ]
    return urlencode([(name, value) for name, value in rows if value])


# -- the head of the page -------------------------------------------------------------------------


def head_of(corpus: Corpus, record: Record, description: str) -> list[tuple[str, str]]:
    """Names and contents for the head of a record's page, which always describe our own page.

    Zotero makes a report of it: `citation_technical_report_institution` says so, and none of the
    names that would make it something else is there. An institution is no `citation_author`,
    because Zotero would take its last word for a family name.
    """
    return _head(page_of(corpus, record), description)


def head_of_list(corpus: Corpus, page: Gathered) -> list[tuple[str, str]]:
    """The same for a page that gathers records."""
    return _head(list_of(corpus, page), page.about)


def head_of_help(corpus: Corpus, url: str, title: str, about: str) -> list[tuple[str, str]]:
    """For a page that explains: nothing for reference managers, as it says nothing to cite."""
    rows = [
        ("DC.title", title),
        ("DC.publisher", wording.WORDS["site"]),
        ("DC.language", "en"),
        ("DC.identifier", corpus.absolute(url) or ""),
        ("DC.rights", wording.WORDS["rights"]),
        ("og:type", "website"),
        ("og:site_name", wording.WORDS["site"]),
        ("og:title", title),
        ("og:description", about),
        ("og:url", corpus.absolute(url) or ""),
    ]
    return [(name, content) for name, content in rows if content]


def _head(page: Reference, description: str) -> list[tuple[str, str]]:
    rights = wording.WORDS["rights"]
    rows = [
        ("citation_title", page.title),
        *(("citation_author", author.inverted) for author in page.authors),
        ("citation_date", str(page.issued)),
        ("citation_technical_report_institution", page.publisher),
        ("citation_technical_report_number", page.number),
        ("citation_publisher", page.publisher),
        ("citation_language", page.language),
        ("citation_keywords", "; ".join(page.keywords)),
        ("citation_abstract", description),
        ("citation_public_url", page.url),
        ("DC.title", page.title),
        *(("DC.creator", author.inverted) for author in page.authors),
        ("DC.publisher", page.publisher),
        ("DC.date", str(page.issued)),
        ("DC.type", page.genre),
        ("DC.language", page.language),
        ("DC.identifier", page.url),
        ("DC.rights", rights),
        ("og:type", "website" if page.path == "index.html" else "article"),
        ("og:site_name", page.publisher),
        ("og:title", page.title),
        ("og:description", description),
        ("og:url", page.url),
    ]
    return [(name, content) for name, content in rows if content]
