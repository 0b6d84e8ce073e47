"""The pages as Markdown: the Jinja environment, one page per record, the `INDEXES` table.

Text of contributors is safe by default: every plain string a template prints turns into markup in
which the punctuation of Markdown and HTML stands as numeric character references. They read the
same in Markdown, in HTML blocks and in attributes. Prose arrives as finished, sanitised HTML.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from generator import accounts, cite, cut, figures, jsonld, lists, reference, rules
from generator import prose as prose_room
from generator import words as wording
from generator.corpus import Backlink, Change, Corpus, Pair
from generator.formats import (
    BY_NAME,
    CARD_SIZE,
    DOWNLOADS,
    Paper,
    forms_of,
    list_forms,
    list_path,
    path_of,
)
from generator.indexes import INDEXES, Index, dated
from generator.ledger import Part
from generator.model import (
    RECORD_TYPES,
    Country,
    Page,
    Person,
    Record,
    Source,
    Status,
    Summit,
    SummitState,
    Takeaway,
    TakeawayKind,
    Term,
    Tier,
    Topic,
)
from generator.words import shortened

TITLE = "Pages"
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

# -- text to markup -----------------------------------------------------------------------------

_SPECIAL = re.compile(r"[&<>\"'\\`*_{}\[\]()#!|~^=$:@]|^[-+]|^\d(?=\d{0,8}[.)])")


@lru_cache(maxsize=1 << 15)  # the same words stand on many pages
def safe(text: str) -> Markup:
    """Plain text as markup that reads the same in Markdown, in HTML and in an attribute."""
    return Markup(_SPECIAL.sub(lambda m: f"&#{ord(m[0])};", " ".join(text.split())))


def safe_lines(text: str) -> Markup:
    """The same for text whose lines and spaces count, inside `<pre>`."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    return Markup("&#10;".join(_SPECIAL.sub(lambda m: f"&#{ord(m[0])};", line) for line in lines))


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return safe(str(value))
    return safe(str(value)) if value is not None else Markup("")


@lru_cache(maxsize=1)
def environment(templates: Path = TEMPLATES) -> Environment:
    """The Jinja environment: strict, escaping, with nothing in it but words and formats."""
    env = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.globals.update(words=wording.words, safe_lines=safe_lines)
    for name in (
        "spoken_day",
        "spoken_date",
        "spoken_range",
        "spoken_amount",
        "spoken_size",
        "duration",
        "language",
        "count",
        "meeting",
    ):
        env.globals[name] = getattr(wording, name)
    return env


#: The mark of a note in finished prose, up to its number; text of contributors cannot look like it.
_MARK = re.compile(r'(<sup class="noteref"[^>]*><a id="mark-(\d+)-\d+" )')


# -- one page -----------------------------------------------------------------------------------


@dataclass
class Note:
    """A numbered source note: the source, where in it, what it says, and where it is used."""

    number: int
    source: Source
    locator: str
    quote: str
    marks: int = 0

    @property
    def id(self) -> str:
        return f"note-{self.number}"


@dataclass
class Sheet:
    """One page while it is written: it knows its address and collects its source notes."""

    corpus: Corpus
    url: str
    notes: dict[tuple[str, str, str], Note] = field(default_factory=dict)
    explained: set[str] = field(default_factory=set)  # terms whose definition has been shown
    papers: tuple[Paper, ...] = ()  # the PDFs that go with this page
    card: Paper | None = None  # the picture that links to it show

    def href(self, target: str) -> str:
        """The address of `target`, a path from the top of the site, relative to this page."""
        path, hash_, fragment = target.partition("#")
        if path == self.url and hash_:
            return f"#{fragment}"
        return relative(path, self.url) + hash_ + fragment

    def link(self, record: Record, text: str | None = None, fragment: str = "") -> Markup:
        """A link to a record in HTML, with the language of its name where that is not English."""
        lang = ""
        if text is None and isinstance(record, Source) and record.title_language != "en":
            lang = f' lang="{safe(record.title_language)}"'
        target = self.corpus.url(record) + (f"#{fragment}" if fragment else "")
        return Markup(
            f'<a href="{safe(self.href(target))}"{lang}>{safe(text or record.title_text)}</a>'
        )

    def links(self, records: Iterable[Record | str]) -> Markup:
        """Links to several records, with commas; ids of no record are left out."""
        found = [self.corpus.records.get(r) if isinstance(r, str) else r for r in records]
        return Markup(", ").join(self.link(r) for r in found if r)

    def resolve(self, record_id: str) -> prose_room.Target | None:
        record = self.corpus.records.get(record_id) or self.corpus.former.get(record_id)
        if record is None:
            return None
        href = self.href(self.corpus.url(record))
        if not isinstance(record, Term) or record.id in self.explained or href == "./":
            return prose_room.Target(href, record.title_text)
        self.explained.add(record.id)
        tip = shortened(self.corpus.plain(record.definition), 300)
        return prose_room.Target(href, record.title_text, tip, f"tip-{record.id}")

    def prose(self, text: str, rich: bool = False, sink: int = 0) -> Markup:
        """Prose as finished HTML in a block of its own."""
        tree = self.corpus.parsed(text, rich)
        html = prose_room.to_html(tree, self.resolve, self._add_note, sink)
        html = _MARK.sub(lambda m: f'{m[1]}title="{self._hint(int(m[2]))}" ', html)
        return Markup(f'<div class="prose">\n{html}\n</div>')

    def _add_note(self, source_id: str, locator: str, quote: str = "") -> tuple[int, str, str]:
        source = self.corpus.get(source_id, Source)
        if source is None:
            return 0, "", ""
        same = [n for (s, where, _), n in self.notes.items() if (s, where) == (source_id, locator)]
        note = next((n for n in same if n.quote == quote or not quote or not n.quote), None)
        if note is None:
            note = Note(len(self.notes) + 1, source, locator, quote)
            self.notes[(source_id, locator, quote)] = note
        note.quote = note.quote or quote
        note.marks += 1
        return note.number, note.id, f"mark-{note.number}-{note.marks}"

    def _hint(self, number: int) -> Markup:
        """What shows beside the mark of a note when it is pointed at."""
        note = list(self.notes.values())[number - 1]
        parts = (note.source.publisher, wording.spoken_day(note.source.issued), note.locator)
        return safe(", ".join(part for part in parts if part))

    def cite(self, citations: Iterable[Any], besides: str = "") -> Markup:
        """Numbered marks that lead to the source notes of `citations`.

        Bare sources that the prose `besides` cites already are left out.
        """
        cited = {n.value for n in self.corpus.parsed(besides).notes()} if besides else set()
        marks = []
        for citation in citations:
            if citation.source in cited and not citation.locator and not citation.quote:
                continue
            number, note_id, mark_id = self._add_note(
                citation.source, citation.locator or "", citation.quote or ""
            )
            if number:
                marks.append(
                    '<sup class="noteref" data-pagefind-ignore>'
                    f'<a id="{mark_id}" title="{self._hint(number)}" href="#{note_id}" '
                    f'aria-label="Source note {number}">'
                    f"{number}</a></sup>"
                )
        return Markup("".join(marks))


def relative(path: str, folder: str) -> str:
    """`path` as seen from `folder`, both from the top of the site; folders end with a slash."""
    there, here = path.split("/"), folder.split("/")[:-1]
    same = 0
    while same < len(here) and same < len(there) - 1 and here[same] == there[same]:
        same += 1
    return "../" * (len(here) - same) + "/".join(there[same:]) or "./"


# -- front matter and facets --------------------------------------------------------------------


def front_matter(**values: Any) -> Markup:
    """The YAML head of a page. Its values end up in HTML attributes, so they are made safe here."""
    clean = {
        key: str(value if isinstance(value, Markup) else safe(value))
        if isinstance(value, str)
        else value
        for key, value in values.items()
        if value is not None
    }
    return Markup(f"---\n{json.dumps(clean, ensure_ascii=False, indent=1)}\n---\n")


def described(corpus: Corpus, record: Record) -> str:
    """One or two sentences for search engines and cards."""
    for name in ("bottom_line", "headline"):
        if hasattr(record, name):
            return str(getattr(record, name))
    for name in ("definition", "body"):
        if hasattr(record, name):
            return shortened(corpus.plain(getattr(record, name)), 160)
    if isinstance(record, Source):
        return f"{record.kind.label}, {record.publisher}, {wording.spoken_day(record.issued)}."
    return f"{record.title_text}: {record.noun.lower()}."


def facets(corpus: Corpus, record: Record) -> list[tuple[str, str]]:
    """What search can narrow this record by: pairs of facet and value."""
    found: list[tuple[str, str]] = [("type", record.noun if record.folder != "terms" else "Term")]
    countries: list[Country] = []
    match record:
        case Summit():
            countries = corpus.countries_at(record)
            found += [("person", seat.person.title_text) for seat in corpus.seats(record)]
            found.append(("kind", record.format.label))
            found.append(("year", record.start[:4]))
            topics = {t for takeaway in corpus.takeaways_of(record) for t in takeaway.topics}
            found += _titles(corpus, "topic", sorted(topics))
        case Takeaway():
            countries = corpus.parties(record)
            people = [
                p
                for p in (*record.by, *record.concerns, *record.attributed_to)
                if corpus.get(p, Person)
            ]
            found += _titles(corpus, "person", people)
            found += _titles(corpus, "topic", record.topics)
            found.append(("kind", record.kind.label))
            status = corpus.status(record)
            if status:
                found.append(("status", status.label))
            home = corpus.home(record)
            if home:
                found.append(("year", home.start[:4]))
        case Person():
            countries = [c for c in [corpus.country_of(record)] if c]
        case Country():
            countries = [record]
        case Source():
            found.append(("kind", record.kind.label))
            found.append(("year", record.issued[:4]))
            countries = [c for i in record.issuers if (c := corpus.get(i, Country))]
        case Topic():
            found.append(("topic", record.name))
    found += [("country", c.name) for c in countries]
    return list(dict.fromkeys(found))


def _titles(corpus: Corpus, facet: str, ids: Iterable[str]) -> list[tuple[str, str]]:
    return [(facet, title) for i in ids if (title := corpus.title(i))]


# -- tables ---------------------------------------------------------------------------------------

#: Pages that gather records in a way of their own: the folder and its template.
SPECIAL = (
    "tracker",
    "deadlines",
    "timeline",
    "pairs",
    "changes",
    "data",
    "rules",
    "fields",
    "search",
)


# -- writing ------------------------------------------------------------------------------------


def write(corpus: Corpus, papers: Iterable[Paper] = ()) -> Iterator[tuple[str, bytes]]:
    """Every page: its path in the folder of Markdown and its bytes.

    `papers` are the PDFs and cards that were made; each is named on the page it goes with.
    """
    for part in parts(corpus, papers):
        yield from part.make()


def parts(corpus: Corpus, papers: Iterable[Paper] = ()) -> Iterator[Part]:
    """The same, page by page, each made when it is asked for."""
    shelf = by_page(papers)
    page = partial(_part, corpus, shelf)

    def of_record(record_id: str, url: str) -> Part:
        named = "".join(map(repr, shelf.get(url, ())))
        return Part(url, lambda: [record_page(corpus, corpus.records[record_id], shelf)], named)

    def listed(url: str, template: str, **values: Any) -> Iterator[Part]:
        """The page of a list, and the pages it is cut into."""
        yield page(url, template, **values)
        if whole := gathered.get(url):
            yield from (page(p.url, template, **values) for p in lists.leaves(corpus, whole))

    gathered = lists.gathered(corpus)
    yield page("", "home.md.j2")
    for kind in RECORD_TYPES:
        if kind is not Page:
            yield from listed(f"{kind.folder}/", f"index/{kind.folder}.md.j2", kind=kind)
        for record in corpus.everything(kind):
            yield of_record(record.id, corpus.url(record))
            if (url := lists.mentions_url(corpus, record)) in gathered:
                yield from listed(url, "index/mentions.md.j2", record_id=record.id)
    for folder in SPECIAL:
        yield from listed(f"{folder}/", f"index/{folder}.md.j2")
    for pair in corpus.pairs.values():
        yield from listed(f"pairs/{pair.id}/", "page/pairs.md.j2", pair=pair)
    for rule in rules.ALL.values():
        yield page(f"rules/{rule.code.lower()}/", "page/rules.md.j2", rule=rule)
    for index in INDEXES:
        groups = {group.slug: group for group in index.groups(corpus)}
        whole = gathered[index.url]
        for one in (whole, *lists.leaves(corpus, whole)):
            shown = [groups[slug] for slug in one.rows]
            given = repr([(group.slug, group.label, len(group.ids)) for group in shown])
            yield page(one.url, "index/groups.md.j2", given, index=index, groups=shown)
        for group in groups.values():
            yield from listed(group.url, "index/group.md.j2")


def _part(
    corpus: Corpus,
    shelf: Mapping[str, tuple[Paper, ...]],
    url: str,
    template: str,
    given: str = "",
    **values: Any,
) -> Part:
    """A page that is not the page of a record, as a part of the site."""

    def make() -> list[tuple[str, bytes]]:
        page = lists.gathered(corpus).get(url)
        return [_page(corpus, shelf, url, template, page=page, **values)]

    return Part(url, make, given + "".join(map(repr, shelf.get(url, ()))))


def by_page(papers: Iterable[Paper]) -> dict[str, tuple[Paper, ...]]:
    """The PDFs and cards by the address of their page."""
    found: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        found[paper.page].append(paper)
    return {url: tuple(rows) for url, rows in found.items()}


def record_page(
    corpus: Corpus, record: Record, shelf: Mapping[str, tuple[Paper, ...]] | None = None
) -> tuple[str, bytes]:
    """The page of one record: its path and its bytes."""
    template = "page/withdrawn.md.j2" if record.withdrawn else f"page/{record.folder}.md.j2"
    return _page(corpus, shelf or {}, corpus.url(record), template, record=record)


def _page(
    corpus: Corpus,
    shelf: Mapping[str, tuple[Paper, ...]],
    url: str,
    template: str,
    **values: Any,
) -> tuple[str, bytes]:
    made = shelf.get(url, ())
    card = next((paper for paper in made if paper.card), None)
    sheet = Sheet(corpus, url, papers=tuple(p for p in made if not p.card), card=card)
    text = (
        environment()
        .get_template(template)
        .render(
            corpus=corpus,
            sheet=sheet,
            url=url,
            tools=_Tools(corpus, sheet),
            **values,
        )
    )
    # It lies where its page will, so that its links mean the same to every engine.
    return f"{url}index.md", re.sub(r"\n{3,}", "\n\n", text).encode()


@dataclass(frozen=True)
class _Tools:
    """What templates may ask for besides the corpus itself."""

    corpus: Corpus
    sheet: Sheet

    kinds = RECORD_TYPES
    statuses = tuple(Status)
    takeaway_kinds = tuple(TakeawayKind)
    rules = rules
    reference = reference
    tiers = tuple(Tier)

    def front(self, record: Record) -> Markup:
        return front_matter(
            title=record.title_text,
            description=described(self.corpus, record),
            record=record.noun.lower() if record.folder != "terms" else "term",
            id=record.id,
            source=f"{record.folder}/{record.id}",
            published=str(record.published),
            updated=self.corpus.updated(record),
            head=self._head(record),
        )

    def _head(self, record: Record) -> Markup:
        """What the head of the page says to machines, as finished HTML."""
        gist = described(self.corpus, record)
        paper = self.sheet.papers[-1].href if self.sheet.papers else ""  # the last is the fullest
        rows = [*cite.head_of(self.corpus, record, gist, paper), *self._card()]
        linked = jsonld.graph_of(self.corpus, record, gist)
        return self._rendered(rows, self._alternates(record), linked)

    def _card(self) -> Iterator[tuple[str, str]]:
        """The card of the page, by its address; none without an address."""
        card = self.sheet.card
        if card and self.corpus.site_url:
            width, height = CARD_SIZE
            yield "og:image", self.corpus.absolute(card.href) or ""
            yield "og:image:type", "image/png"
            yield "og:image:width", str(width)
            yield "og:image:height", str(height)
            yield "og:image:alt", card.label
            yield "twitter:card", "summary_large_image"

    def cited(self, record: Record) -> cite.Cited:
        """How the record is cited."""
        return cite.cited(self.corpus, record)

    def quotation(self, record: Record, sentence: str) -> str:
        """A sentence of the page of the record with its citation."""
        return cite.quotation(self.corpus, record, sentence)

    def formats(self, record: Record) -> list[tuple[str, str]]:
        """The other forms of the record: label and path from the top of the site."""
        return [(form.label, form.of(record.folder, record.id)) for form in forms_of(record)]

    downloads = DOWNLOADS

    def gathered(self) -> lists.Gathered | None:
        """What this page gathers; None for the page of a record, and for help."""
        return lists.gathered(self.corpus).get(self.sheet.url)

    def cited_forms(self, record: Record) -> list[tuple[str, str, str]]:
        """The citation of a record in each format: label, path of the file, text."""
        return [(*self.form(name, record), text) for name, text in self.cited(record).files]

    def page_cited_forms(self, page: lists.Gathered) -> list[tuple[str, str, str]]:
        """The same for a page that gathers records."""
        files = self.cited_page(page).files
        return [(BY_NAME[name].label, list_path(name, page), text) for name, text in files]

    def cited_page(self, page: lists.Gathered) -> cite.Cited:
        """How a page that gathers records is cited."""
        return cite.cited_page(self.corpus, page)

    def page_formats(self, page: lists.Gathered) -> list[tuple[str, str]]:
        """Its other forms: label and path from the top of the site."""
        return [(label, path) for label, _, path in list_forms(page)]

    def coins(self, records: Iterable[Record]) -> list[str]:
        """The sources of a list for Zotero."""
        found = [cite.source_reference(self.corpus, r) for r in records if isinstance(r, Source)]
        return [cite.coins(reference) for reference in found]

    def form(self, name: str, record: Record) -> tuple[str, str]:
        """One form of the record: its label and path."""
        return BY_NAME[name].label, path_of(name, record)

    def gone(self, record: Record) -> Markup:
        """The head of the page of a withdrawn record."""
        title, said = record.title_text, record.withdrawn.reason if record.withdrawn else ""
        rows = cite.head_of_help(self.corpus, self.sheet.url, title, said)
        head = self._rendered(rows, self._alternates(record), None)
        updated = self.corpus.updated(record)
        return front_matter(title=title, description=said, updated=updated, head=head)

    def head(self, title: str, description: str = "", **more: Any) -> Markup:
        """The head of a page that is not the page of a record."""
        page = self.gathered()
        said = description or (page.about if page else title)
        if page is None:
            rows = cite.head_of_help(self.corpus, self.sheet.url, title, said)
            head = self._rendered(rows, [], None)
        else:
            about = jsonld.page_of(self.corpus, page)
            if page.url == "data/":
                about["@graph"].append(jsonld.dataset_of(self.corpus, DOWNLOADS))
            forms = [
                (kind, label, self.sheet.href(path))
                for label, kind, path in list_forms(page)
                if not path.startswith("feeds/site.")  # in the head of every page
            ]
            head = self._rendered(cite.head_of_list(self.corpus, page), forms, about)
        updated = page.updated if page else None
        return front_matter(title=title, description=said, updated=updated, head=head, **more)

    def _alternates(self, record: Record) -> list[tuple[str, str, str]]:
        return [
            (form.media_type, form.label, self.sheet.href(form.of(record.folder, record.id)))
            for form in forms_of(record)
        ]

    def _rendered(self, rows: Any, alternates: Any, linked: Any) -> Markup:
        template = environment().get_template("head.html.j2")
        script = jsonld.script(linked) if linked else ""
        return Markup(template.render(rows=rows, alternates=alternates, linked=script))

    def backlinks(self, record: Record) -> list[Backlink]:
        """Who refers to a record, without what its page lists anyway; the newest of very many."""
        found = lists.backlinks(self.corpus, record)
        if len(found) <= cut.MOST_SHOWN:
            return found
        newest = sorted(found, key=lambda b: dated(self.corpus, b.record), reverse=True)
        return newest[: cut.MOST_SHOWN]

    def mentions(self, record: Record) -> str:
        """Where all that refers to a record is listed; empty if its page has it all."""
        needed = lists.needs_mentions(self.corpus, record)
        return lists.mentions_url(self.corpus, record) if needed else ""

    def hosted(self, country: Country) -> list[Summit]:
        """The meetings that took place in a country that took no part in them."""
        took_part = {s.id for s in self.corpus.summits_with(country)}
        found = [b.record for b in self.corpus.backlinks(country) if "country" in b.fields]
        return [s for s in found if isinstance(s, Summit) and s.id not in took_part]

    def facets(self, record: Record) -> list[tuple[str, str]]:
        return facets(self.corpus, record)

    def dated(self, record: Record) -> str:
        return dated(self.corpus, record)

    def described(self, record: Record) -> str:
        return described(self.corpus, record)

    def plain(self, text: str, limit: int = 240) -> str:
        return shortened(self.corpus.plain(text), limit)

    def indexes(self, kind: type[Record]) -> list[Index]:
        return [index for index in INDEXES if index.kind is kind]

    def index(self, folder: str, facet: str) -> Index:
        return next(i for i in INDEXES if i.kind.folder == folder and i.facet == facet)

    def kind(self, folder: str) -> type[Record]:
        return next(k for k in RECORD_TYPES if k.folder == folder)

    def all(self, folder: str) -> list[Any]:
        return self.corpus.all(self.kind(folder))

    def ways(self, folder: str) -> list[Record]:
        """The records of a type that lead to others; of very many those that lead to most."""
        leading = {r.id: len(self.corpus.takeaways_with(r)) for r in self.all(folder)}
        if folder == "people":
            for person in self.all(folder):
                leading[person.id] += len(self.corpus.summits_with(person))
        ranked = sorted((i for i in leading if leading[i]), key=lambda i: (-leading[i], i))
        most = set(ranked[: cut.MOST_SHOWN])
        return [record for record in self.all(folder) if record.id in most]

    def met_most(self, limit: int) -> list[Pair]:
        """The pairs in their order; of very many those that met most often."""
        pairs = list(self.corpus.pairs.values())
        if len(pairs) <= limit:
            return pairs
        most = {p.id for p in sorted(pairs, key=lambda p: (-p.meetings, p.id))[:limit]}
        return [pair for pair in pairs if pair.id in most]

    def latest_summits(self, limit: int) -> list[Summit]:
        """The most recent meetings that took place, those of the fewest sides first on a tie."""
        held = [s for s in self.corpus.all(Summit) if s.took_place]
        return held[::-1][:limit]

    @property
    def most(self) -> int:
        """The most a page about something else shows of a list."""
        return cut.MOST_SHOWN

    @property
    def most_rows(self) -> int:
        """The most a list has on one page."""
        return cut.MOST_ROWS

    #: Of two people's meetings, the most whose dates stand beside each other.
    most_dates = 12

    def of_pair(self, page: lists.Gathered) -> tuple[list[Takeaway], list[Summit]]:
        """What lies between two countries, as far as a page has it, in time."""
        found = self.corpus.those(page.rows[::-1])
        takeaways = [record for record in found if isinstance(record, Takeaway)]
        return takeaways, [record for record in found if isinstance(record, Summit)]

    def by_status(self) -> list[tuple[Status, list[Takeaway]]]:
        groups: dict[Status, list[Takeaway]] = {status: [] for status in Status}
        for takeaway in self.corpus.tracked():
            groups[takeaway.history[-1].status].append(takeaway)
        return [(status, rows) for status, rows in groups.items() if rows]

    def tracked(self, closed: bool) -> list[Takeaway]:
        """Tracked items, open or closed, the one with the latest step first."""
        rows = [t for t in self.corpus.tracked() if t.history[-1].status.closed is closed]
        return sorted(rows, key=lambda t: (t.history[-1].date, t.id), reverse=True)

    def due(self, ahead: bool) -> list[lists.Due]:
        """Deadlines and review dates of open items: date, word, takeaway, text."""
        return lists.all_due(self.corpus, ahead)

    def due_of(self, page: lists.Gathered, ahead: bool) -> list[lists.Due]:
        """Those on a page."""
        return lists.in_time(self.corpus, page.rows, ahead)

    def changes_on(self, page: lists.Gathered) -> list[Change]:
        """The changes on a page, newest first."""
        return [lists.change(self.corpus, name) for name in page.rows]

    def beside(self, page: lists.Gathered) -> tuple[Any, Any]:
        """The parts of a long list before and after a page: label and address, or None."""
        urls = [url for _, url in page.among]
        place = urls.index(page.url) if page.whole else -1
        before = page.among[place - 1] if place > 0 else None
        return before, page.among[place + 1] if 0 <= place < len(urls) - 1 else None

    def scheduled(self) -> list[Summit]:
        return [
            s
            for s in self.corpus.all(Summit)
            if s.state in (SummitState.SCHEDULED, SummitState.PROPOSED, SummitState.POSTPONED)
        ]

    def figures(self, of: Record | str) -> list[figures.Figure]:
        """The figures of the page of a record, or of a page that gathers records."""
        if isinstance(of, str):
            return figures.on_index(self.corpus, of, self.sheet.href)
        return figures.on_record(self.corpus, of, self.sheet.href)

    def side_by_side(self, summit: Summit) -> accounts.Table | None:
        """What the texts on a meeting say on the same questions."""
        return accounts.side_by_side(self.corpus, summit)

    def sources(self, citations: Iterable[Any]) -> list[Source]:
        """The sources that are cited."""
        return [s for c in citations if (s := self.corpus.get(c.source, Source))]

    def voice(self, source: Source) -> str:
        """Who speaks in a text."""
        return accounts.voice(self.corpus, source)

    def pairs_of(self, country: Country) -> list[Pair]:
        return self.corpus.pairs_of(country)

    def open_items(self, takeaways: Iterable[Takeaway]) -> list[Takeaway]:
        return [t for t in takeaways if t.history and self.corpus.is_open(t)]

    def closed_items(self, takeaways: Iterable[Takeaway]) -> list[Takeaway]:
        return [t for t in takeaways if t.history and not self.corpus.is_open(t)]

    def homeless(self, takeaways: Iterable[Takeaway], summits: Iterable[str]) -> list[Takeaway]:
        """The takeaways whose home is none of the summits."""
        known = set(summits)
        return [t for t in takeaways if t.summits[0] not in known]

    def by_tier(self, summit: Summit) -> list[tuple[Tier, list[Source]]]:
        """The sources behind a summit and its takeaways, by tier."""
        found: dict[Tier, list[Source]] = defaultdict(list)
        for source in self.corpus.sources_of([summit, *self.corpus.takeaways_of(summit)]):
            found[source.tier].append(source)
        return sorted(found.items())
