"""The Markdown twin of each page, `llms.txt`, which leads to them, and `llms-full.txt`, which has
all records whole.

A twin has every published field of its record in the order of the model, then what follows from
the library, then the sources. Prose is written anew from its tree; text is escaped.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from pydantic import BaseModel

from generator import cite, prose, shape
from generator import words as wording
from generator.corpus import Corpus
from generator.fields import ProseMark, Ref, Vocabulary, When
from generator.formats import BY_NAME, list_path, path_of, relative
from generator.ledger import Part
from generator.lists import Gathered, gathered
from generator.model import (
    RECORD_TYPES,
    Amount,
    Briefing,
    CitedSource,
    Names,
    NativeName,
    Record,
    Section,
    Source,
    Summit,
    Takeaway,
    field_order,
    marks_in,
)
from generator.prose import md_escape

TITLE = "Markdown"
#: Fields that do not stand in the list of facts: the title is the heading.
_NOT_LISTED = {*shape.INTERNAL, "title", "headline", "withdrawn"}


def write(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """A twin for each record, the same under former ids, one for each page that gathers records,
    `llms.txt` and `llms-full.txt`."""
    for part in parts(corpus):
        yield from part.make()


def parts(corpus: Corpus) -> Iterator[Part]:
    """The same in parts: each twin by itself."""
    for key in corpus.records:
        yield Part(key, partial(_of_key, corpus, key))
    for url, page in gathered(corpus).items():
        if page.ids and not page.whole:
            yield Part(f"list {url}", partial(_of_list, corpus, url))
    yield Part("llms", partial(_of_library, corpus), whole=True)


def _of_key(corpus: Corpus, key: str) -> Iterator[tuple[str, bytes]]:
    return of_record(corpus, corpus.records[key])


def of_record(corpus: Corpus, record: Record) -> Iterator[tuple[str, bytes]]:
    """The twin of a record, the same under former ids."""
    text = twin(corpus, record).encode()
    yield path_of("markdown", record), text
    for old in record.former_ids:
        yield BY_NAME["markdown"].of(record.folder, old), text


def _of_list(corpus: Corpus, url: str) -> Iterator[tuple[str, bytes]]:
    page = gathered(corpus)[url]
    yield list_path("markdown", page), list_twin(corpus, page).encode()


def _of_library(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    yield "llms.txt", llms(corpus).encode()
    yield "llms-full.txt", whole(corpus).encode()


@lru_cache(65_536)
def _twin_path(folder: str, record_id: str) -> str:
    return BY_NAME["markdown"].of(folder, record_id)


@dataclass
class _Sheet:
    """A twin while it is written: where it lies, and its notes."""

    corpus: Corpus
    path: str
    notes: dict[tuple[str, str, str], int] = field(default_factory=dict)
    mark: str = ""  # before the numbers of notes, where several twins stand in one file

    @cached_property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    def href(self, record: Record) -> str:
        """The twin of another record."""
        return relative(_twin_path(record.folder, record.id), self.folder)

    def resolve(self, record_id: str) -> prose.Target | None:
        record = self.corpus.records.get(record_id) or self.corpus.former.get(record_id)
        return prose.Target(self.href(record), record.title_text) if record else None

    def link(self, record_id: str) -> str:
        target = self.resolve(record_id)
        return f"[{md_escape(target.title)}](<{target.href}>)" if target else md_escape(record_id)

    def add_note(self, source: str, locator: str, quote: str = "") -> tuple[str, str, str]:
        key = (source, locator, quote)
        number = self.notes.setdefault(key, len(self.notes) + 1)
        return f"{self.mark}{number}", "", ""

    def prose(self, text: str, rich: bool) -> str:
        tree = self.corpus.parsed(text, rich)
        return prose.to_markdown(tree, self.resolve, self.add_note)


def twin(corpus: Corpus, record: Record) -> str:
    """The page of a record in Markdown; of a withdrawn one, that and why it is gone."""
    return _written(_Sheet(corpus, path_of("markdown", record)), record)


def _written(sheet: _Sheet, record: Record) -> str:
    corpus = sheet.corpus
    words = wording.WORDS
    parts = [f"# {md_escape(record.title_text)}"]
    if record.withdrawn:
        when = wording.spoken_day(record.withdrawn.date)
        parts.append(f"{words['withdrawn_text']} {when}. {md_escape(record.withdrawn.reason)}")
        return "\n\n".join(parts) + "\n"
    facts, texts = _fields(sheet, record)
    address = corpus.absolute(corpus.url(record)) or corpus.url(record)
    head = [
        f"- **{words['type']}:** {record.noun}",
        f"- **{words['address']}:** <{address}>" if corpus.site_url else "",
        f"- **{words['updated']}:** {corpus.updated(record)}",
    ]
    parts.append("\n".join(line for line in [*head, *facts] if line))
    parts += texts
    parts += _derived(sheet, record)
    if sheet.notes:
        parts.append(f"## {words['source_notes']}")
        rows = [(key, f"{sheet.mark}{number}") for key, number in sheet.notes.items()]
        parts.append("\n\n".join(_note(corpus, *row) for row in rows))
    return "\n\n".join(parts) + "\n"


# -- fields ---------------------------------------------------------------------------------------


def _fields(sheet: _Sheet, record: Record) -> tuple[list[str], list[str]]:
    """The short fields as lines of a list, the long ones as sections."""
    facts, texts = [], []
    for name, value, marks in _values(record):
        if name in _NOT_LISTED:
            continue
        label = _label(name)
        if any(isinstance(mark, ProseMark) for mark in marks) and isinstance(value, str):
            text = sheet.prose(value, rich=any(getattr(mark, "rich", False) for mark in marks))
            texts.append(text if name == "body" else f"## {label}\n\n{text}")
        elif value and isinstance(value, tuple) and isinstance(value[0], Section):
            texts += [_section(sheet, section) for section in value]
        elif isinstance(value, tuple) and _is_long(value, marks):
            texts.append(
                f"## {label}\n\n" + "\n".join(f"- {_line(sheet, v, marks)}" for v in value)
            )
        else:
            items = value if isinstance(value, tuple) else (value,)
            facts.append(f"- **{label}:** " + ", ".join(_line(sheet, v, marks) for v in items))
    return facts, texts


def _values(shape_: BaseModel) -> Iterator[tuple[str, Any, list[Any]]]:
    for key, name, marks in _in_order(type(shape_)):
        value = getattr(shape_, name)
        if value not in (None, ()):
            yield key, value, marks


@cache
def _in_order(kind: type[BaseModel]) -> list[tuple[str, str, list[Any]]]:
    names = {info.alias or name: name for name, info in kind.model_fields.items()}
    return [(key, names[key], marks_in(kind, names[key])) for key in field_order(kind)]


def _is_long(values: tuple[Any, ...], marks: list[Any]) -> bool:
    shapes = any(isinstance(v, BaseModel) and not isinstance(v, Amount) for v in values)
    return shapes or any(isinstance(mark, ProseMark) for mark in marks)


@cache
def _label(name: str) -> str:
    label = wording.WORDS.get(name, name.replace("_", " "))
    return label[:1].upper() + label[1:]


def _line(sheet: _Sheet, value: Any, marks: Iterable[Any]) -> str:
    """A value in one line, or in a line with a list below it."""
    match value:
        case Vocabulary():
            return md_escape(value.label)
        case When():
            return md_escape(str(value))
        case Amount():
            return md_escape(f"{value.what}: {wording.spoken_amount(value)}")
        case NativeName():
            return f"{md_escape(value.text)} ({value.lang})"
        case Names():
            return ", ".join(
                [md_escape(value.display), *(_line(sheet, n, ()) for n in value.native)]
            )
        case CitedSource():
            number = sheet.add_note(value.source, value.locator or "", value.quote or "")[0]
            return f"{sheet.link(value.source)}[^{number}]"
        case BaseModel():
            return _shape(sheet, value)
        case bool():
            return "yes"
    if any(isinstance(mark, Ref) for mark in marks):
        return sheet.link(value)
    if any(isinstance(mark, ProseMark) for mark in marks):
        return sheet.prose(value, rich=False).replace("\n", "\n  ")
    return md_escape(str(value))


def _shape(sheet: _Sheet, value: BaseModel) -> str:
    """A shape as `label: value` pairs; what is long in it goes below."""
    short, below = [], []
    for name, item, marks in _values(value):
        items = item if isinstance(item, tuple) else (item,)
        lines = [_line(sheet, one, marks) for one in items]
        if isinstance(item, tuple) and _is_long(item, marks) and name != "sources":
            below += [f"  - {line}".replace("\n", "\n  ") for line in lines]
        else:
            short.append(f"{_label(name)}: {', '.join(lines)}")
    return "\n".join(["; ".join(short), *below])


def _section(sheet: _Sheet, section: Section) -> str:
    parts = [f"## {md_escape(section.heading)}"]
    if section.body:
        parts.append(sheet.prose(section.body, rich=True))
    if section.takeaways:
        parts.append("\n".join(f"- {sheet.link(key)}" for key in section.takeaways))
    return "\n\n".join(parts)


# -- what follows ---------------------------------------------------------------------------------


def _derived(sheet: _Sheet, record: Record) -> Iterator[str]:
    """What follows from the library: where a matter stands, and lists of other records."""
    facts = shape.facts_of(sheet.corpus, record)
    if isinstance(facts, shape.TakeawayFacts) and facts.status:
        line = f"{facts.status.label}, {wording.WORDS['since'].lower()} {facts.since}."
        yield f"## {wording.WORDS['status']}\n\n{line}"
    for name in type(facts).model_fields:
        value = getattr(facts, name)
        if name in ("sources", "series") or not isinstance(value, tuple) or not value:
            continue
        ids = [key for key in value if isinstance(key, str) and key in sheet.corpus.records]
        if ids:
            lines = "\n".join(f"- {sheet.link(key)}" for key in ids)
            yield f"## {_label(name)}\n\n{lines}"


def _note(corpus: Corpus, key: tuple[str, str, str], number: str) -> str:
    source_id, locator, quote = key
    source = corpus.get(source_id, Source)
    if source is None:
        return f"[^{number}]: {md_escape(source_id)}"
    text = cite.as_text(cite.source_reference(corpus, source)).removesuffix(".")
    where = f", {md_escape(locator)}" if locator else ""
    words = wording.WORDS
    said = f" {words['quote_open']}{md_escape(quote)}{words['quote_close']}" if quote else ""
    return f"[^{number}]: {md_escape(text)}{where}.{said}"


# -- llms.txt -------------------------------------------------------------------------------------

#: What a machine reader most likely needs, and what it may leave out.
_FIRST = ("briefings", "summits", "takeaways", "people", "countries", "topics")


def llms(corpus: Corpus) -> str:
    """The list that llmstxt.org describes: a name, a gist, links to the twins by type."""
    words = wording.WORDS
    parts = [f"# {words['site']}", f"> {words['tagline']}", words["llms_note"]]
    kinds = {kind.folder: kind for kind in RECORD_TYPES}
    for folder in _FIRST:
        parts += [f"## {words[folder]}", _list(corpus, corpus.all(kinds[folder]))]
    rest = [r for f, kind in kinds.items() if f not in _FIRST for r in corpus.all(kind)]
    parts += ["## Optional", _list(corpus, rest)]
    return "\n\n".join(part for part in parts if part) + "\n"


def whole(corpus: Corpus) -> str:
    """Every record whole, in one file: types in the order of `llms.txt`, notes numbered by record.

    It is one file, because that is what its readers ask for by this name; whoever wants less has
    the twins.
    """
    kinds = {kind.folder: kind for kind in RECORD_TYPES}
    parts = [f"# {wording.WORDS['site']}\n\n> {wording.WORDS['tagline']}\n"]
    for folder in (*_FIRST, *(f for f in kinds if f not in _FIRST)):
        for record in corpus.all(kinds[folder]):
            make = partial(_in_whole, corpus, record.id)
            parts.append(corpus.piece("whole twin", record.id, make))
    return "\n".join(parts)


def _in_whole(corpus: Corpus, key: str) -> str:
    """A record as it stands in the file of all."""
    return _written(_Sheet(corpus, "llms-full.txt", mark=f"{key}-"), corpus.records[key])


def list_twin(corpus: Corpus, page: Gathered) -> str:
    """A page that gathers records in Markdown: what it is, links to the twins of its records."""
    folder = posixpath.dirname(list_path("markdown", page))
    words = wording.WORDS
    head = f"- **{words['updated']}:** {page.updated}"
    if address := corpus.absolute(page.url):
        head = f"- **{words['address']}:** <{address}>\n{head}"
    parts = [f"# {md_escape(page.title)}", md_escape(page.about), head]
    return "\n\n".join([*parts, _list(corpus, corpus.those(page.ids), folder)]) + "\n"


def _list(corpus: Corpus, records: Iterable[Record], folder: str | None = None) -> str:
    """Links to twins: relative to a folder, or from the top with the address of the site."""
    lines = []
    for record in records:
        path = _twin_path(record.folder, record.id)
        gist = _gist(corpus, record)
        href = corpus.absolute(path) or path if folder is None else relative(path, folder)
        lines.append(f"- [{md_escape(record.title_text)}](<{href}>){f': {gist}' if gist else ''}")
    return "\n".join(lines)


def _gist(corpus: Corpus, record: Record) -> str:
    match record:
        case Briefing() | Summit():
            return md_escape(record.bottom_line)
        case Takeaway():
            status = corpus.status(record)
            return f"{record.kind.label}, {status.label.lower()}" if status else record.kind.label
    return ""


#: What each record adds to files about all.
PIECES = {"whole twin": _in_whole}
