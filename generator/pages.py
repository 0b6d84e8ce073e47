"""The pages as Markdown: the Jinja environment, one page per record, the `INDEXES` table.

Text of contributors is safe by default: every plain string a template prints turns into markup in
which the punctuation of Markdown and HTML stands as numeric character references. They read the
same in Markdown, in HTML blocks and in attributes. Prose arrives as finished, sanitised HTML.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from generator import accounts, cite, figures, jsonld, reference, rules
from generator import prose as prose_room
from generator import words as wording
from generator.corpus import Backlink, Corpus, Pair
from generator.fields import MAX_ID, When
from generator.formats import BY_NAME, DOWNLOADS, Paper, forms_of, pair_forms, path_of
from generator.model import (
    RECORD_TYPES,
    Country,
    Page,
    Person,
    Record,
    Source,
    Status,
    Summit,
    SummitFormat,
    SummitState,
    Takeaway,
    TakeawayKind,
    Term,
    Tier,
    Topic,
)

TITLE = "Pages"
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

# -- text to markup -----------------------------------------------------------------------------

_SPECIAL = re.compile(r"[&<>\"'\\`*_{}\[\]()#!|~^=$:@]|^[-+]|^\d(?=\d{0,8}[.)])")


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
    ):
        env.globals[name] = getattr(wording, name)
    return env


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

    def href(self, target: str) -> str:
        """The address of `target`, a path from the top of the site, relative to this page."""
        path, hash_, fragment = target.partition("#")
        if path == self.url and hash_:
            return f"#{fragment}"
        if path and not path.endswith("/"):
            return posixpath.relpath(path, self.url or ".") + hash_ + fragment
        relative = posixpath.relpath(path or ".", self.url or ".")
        return ("./" if relative == "." else relative + "/") + hash_ + fragment

    def markdown_href(self, target: str) -> str:
        """The Markdown file behind `target`, relative to this page's; MkDocs checks it."""
        path = (
            f"{target.rstrip('/')}.md" if _is_record(target) else posixpath.join(target, "index.md")
        )
        own = self.url if not _is_record(self.url) else posixpath.dirname(self.url.rstrip("/"))
        return posixpath.relpath(path, own or ".")

    def link(self, record: Record, text: str | None = None, fragment: str = "") -> Markup:
        """A link to a record in HTML, with the language of its name where that is not English."""
        lang = ""
        if text is None and isinstance(record, Source) and record.language != "en":
            lang = f' lang="{safe(record.language)}"'
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
                    f'<a id="{mark_id}" href="#{note_id}" aria-label="Source note {number}">'
                    f"{number}</a></sup>"
                )
        return Markup("".join(marks))


def _is_record(target: str) -> bool:
    """Whether a page is written as `<name>.md` and not as `<name>/index.md`."""
    folder, _, rest = target.rstrip("/").partition("/")
    if not rest:
        return bool(folder) and folder not in INDEX_FOLDERS
    return folder in RECORD_FOLDERS and not rest.startswith("by-")


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


def shortened(text: str, limit: int) -> str:
    """`text` cut at a word to at most `limit` characters, with an ellipsis if it was cut."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


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


def dated(corpus: Corpus, record: Record) -> str:
    """The date search sorts a record by."""
    match record:
        case Summit():
            return str(record.start)
        case Takeaway():
            home = corpus.home(record)
            return str(home.start) if home else str(record.published)
        case Source():
            return str(record.issued)
    return str(record.published)


# -- grouped lists ------------------------------------------------------------------------------

Keys = Callable[[Corpus, Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Index:
    """A grouped list of one record type: each record belongs under the keys (slug and label)."""

    kind: type[Record]
    facet: str
    title: str
    keys: Keys
    newest_first: bool = False

    @property
    def url(self) -> str:
        return f"{self.kind.folder}/by-{self.facet}/"

    def groups(self, corpus: Corpus) -> list[Group]:
        """The values of the facet with their records, sorted; values without records are left
        out."""
        labels: dict[str, str] = {}
        records: dict[str, list[Record]] = defaultdict(list)
        for record in corpus.all(self.kind):
            for slug, label in dict.fromkeys(self.keys(corpus, record)):
                labels[slug] = label
                records[slug].append(record)
        slugs = sorted(labels, key=lambda s: (labels[s].casefold(), s), reverse=self.newest_first)
        return [Group(self, slug, labels[slug], tuple(records[slug])) for slug in slugs]


@dataclass(frozen=True)
class Group:
    """One value of a facet and its records."""

    index: Index
    slug: str
    label: str
    records: tuple[Record, ...]

    @property
    def url(self) -> str:
        return f"{self.index.url}{self.slug}/"


def slug(text: str) -> str:
    """A path segment for a label that is not an id itself; a short one, whatever the label."""
    name = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    if name and len(name) <= MAX_ID:
        return name
    return f"{name[:40].strip('-') or 'other'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _labelled(records: Iterable[Record]) -> list[tuple[str, str]]:
    return [(record.id, record.title_text) for record in records]


def _topics(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    found = [t for i in takeaway.topics if (t := corpus.get(i, Topic))]
    broader = [b for t in found if t.broader and (b := corpus.get(t.broader, Topic))]
    return _labelled([*found, *broader])


def _people(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    home = corpus.home(takeaway)
    ids = [*takeaway.by, *takeaway.concerns, *takeaway.attributed_to]
    ids += [p.person for p in home.participants] if home else []
    return _labelled([p for i in ids if (p := corpus.get(i, Person))])


def _year_of(corpus: Corpus, takeaway: Takeaway) -> list[tuple[str, str]]:
    home = corpus.home(takeaway)
    return [(home.start[:4], home.start[:4])] if home else []


#: The grouped lists. A new one: a row.
INDEXES: tuple[Index, ...] = (
    Index(Summit, "year", "by_year", lambda c, s: [(s.start[:4], s.start[:4])], newest_first=True),
    Index(Summit, "country", "by_country", lambda c, s: _labelled(c.countries_at(s))),
    Index(Summit, "person", "by_person", lambda c, s: _labelled(x.person for x in c.seats(s))),
    Index(Summit, "format", "by_format", lambda c, s: [(str(s.format), s.format.label)]),
    Index(Takeaway, "kind", "by_kind", lambda c, t: [(str(t.kind), t.kind.label)]),
    Index(Takeaway, "topic", "by_topic", _topics),
    Index(Takeaway, "country", "by_country", lambda c, t: _labelled(c.parties(t))),
    Index(Takeaway, "person", "by_person", _people),
    Index(Takeaway, "year", "by_year", _year_of, newest_first=True),
    Index(
        Takeaway,
        "status",
        "by_status",
        lambda c, t: [(str(s), s.label)] if (s := c.status(t)) else [],
    ),
    Index(Source, "kind", "by_kind", lambda c, s: [(str(s.kind), s.kind.label)]),
    Index(Source, "tier", "by_tier", lambda c, s: [(f"tier-{s.tier}", f"{s.tier} {s.tier.label}")]),
    Index(Source, "publisher", "by_publisher", lambda c, s: [(slug(s.publisher), s.publisher)]),
    Index(
        Source, "year", "by_year", lambda c, s: [(s.issued[:4], s.issued[:4])], newest_first=True
    ),
    Index(
        Source,
        "language",
        "by_language",
        lambda c, s: [(s.language.lower(), wording.language(s.language))],
    ),
)

#: Fields whose references a page of that folder lists in a section of its own, so that "referred to
#: by" need not say them again.
LISTED_FIELDS: dict[str, frozenset[str]] = {
    "summits": frozenset({"summits"}),
    "takeaways": frozenset({"restates", "supersedes", "addresses"}),
    "people": frozenset({"participants", "by", "concerns", "attributed_to"}),
    "countries": frozenset({"by", "concerns", "country", "offices", "issuers", "members"}),
    "organisations": frozenset({"by", "concerns", "attributed_to"}),
    "topics": frozenset({"topics", "broader"}),
}

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
RECORD_FOLDERS = frozenset(kind.folder for kind in RECORD_TYPES)
INDEX_FOLDERS = RECORD_FOLDERS | frozenset(SPECIAL)


# -- writing ------------------------------------------------------------------------------------


def write(corpus: Corpus, papers: Iterable[Paper] = ()) -> Iterator[tuple[str, bytes]]:
    """Every page: its path in the folder of Markdown and its bytes.

    `papers` are the PDFs that were made; each is named on the page it goes with.
    """
    shelf = by_page(papers)
    page = partial(_page, corpus, shelf)
    yield page("", "home.md.j2")
    for kind in RECORD_TYPES:
        if kind is not Page:
            yield page(f"{kind.folder}/", f"index/{kind.folder}.md.j2", kind=kind)
        for record in corpus.everything(kind):
            yield record_page(corpus, record, shelf)
    for folder in SPECIAL:
        yield page(f"{folder}/", f"index/{folder}.md.j2")
    for pair in corpus.pairs.values():
        yield page(f"pairs/{pair.id}/", "page/pairs.md.j2", pair=pair)
    for rule in rules.ALL.values():
        yield page(f"rules/{rule.code.lower()}/", "page/rules.md.j2", rule=rule)
    for index in INDEXES:
        groups = index.groups(corpus)
        yield page(index.url, "index/groups.md.j2", index=index, groups=groups)
        for group in groups:
            yield page(group.url, "index/group.md.j2", group=group)


def by_page(papers: Iterable[Paper]) -> dict[str, tuple[Paper, ...]]:
    """The PDFs by the address of their page."""
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
    sheet = Sheet(corpus, url, papers=shelf.get(url, ()))
    path = f"{url.rstrip('/')}.md" if _is_record(url) else f"{url}index.md"
    text = (
        environment()
        .get_template(template)
        .render(corpus=corpus, sheet=sheet, url=url, tools=_Tools(corpus, sheet), **values)
    )
    return path, re.sub(r"\n{3,}", "\n\n", text).encode()


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
            source=f"{record.folder}/{record.id}",
            published=str(record.published),
            updated=self.corpus.updated(record),
            head=self._head(record),
        )

    def _head(self, record: Record) -> Markup:
        """What the head of the page says to machines, as finished HTML."""
        gist = described(self.corpus, record)
        rows = cite.head_of(self.corpus, record, gist)
        linked = jsonld.script(jsonld.graph_of(self.corpus, record, gist))
        alternates = [
            (form.media_type, form.label, self.sheet.href(form.of(record.folder, record.id)))
            for form in forms_of(record)
        ]
        template = environment().get_template("head.html.j2")
        text = template.render(rows=rows, alternates=alternates, linked=linked)
        return Markup(text)

    def cited(self, record: Record) -> cite.Cited:
        """How the record is cited."""
        return cite.cited(self.corpus, record)

    def formats(self, record: Record) -> list[tuple[str, str]]:
        """The other forms of the record: label and path from the top of the site."""
        return [(form.label, form.of(record.folder, record.id)) for form in forms_of(record)]

    downloads = DOWNLOADS

    def dataset_head(self) -> Markup:
        """What the Data page says to machines."""
        linked = jsonld.script(jsonld.dataset_of(self.corpus, DOWNLOADS))
        template = environment().get_template("head.html.j2")
        text = template.render(rows=[], alternates=[], linked=linked)
        return Markup(text)

    pair_forms = staticmethod(pair_forms)

    def form(self, name: str, record: Record) -> tuple[str, str]:
        """One form of the record: its label and path."""
        return BY_NAME[name].label, path_of(name, record)

    def head(self, title: str, description: str = "", **more: Any) -> Markup:
        return front_matter(title=title, description=description or None, **more)

    def backlinks(self, record: Record) -> list[Backlink]:
        """Who refers to a record, without what its page lists anyway."""
        listed = LISTED_FIELDS.get(record.folder, frozenset())
        return [b for b in self.corpus.backlinks(record) if b.sentences or set(b.fields) - listed]

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

    def latest_summits(self, limit: int) -> list[Summit]:
        """The most recent meetings that took place, those of the fewest sides first on a tie."""
        held = [s for s in self.corpus.all(Summit) if s.took_place]
        return held[::-1][:limit]

    def by_status(self) -> list[tuple[Status, list[Takeaway]]]:
        groups: dict[Status, list[Takeaway]] = {status: [] for status in Status}
        for takeaway in self.corpus.tracked():
            groups[takeaway.history[-1].status].append(takeaway)
        return [(status, rows) for status, rows in groups.items() if rows]

    def tracked(self, closed: bool) -> list[Takeaway]:
        """Tracked items, open or closed, the one with the latest step first."""
        rows = [t for t in self.corpus.tracked() if t.history[-1].status.closed is closed]
        return sorted(rows, key=lambda t: (t.history[-1].date, t.id), reverse=True)

    def due(self, ahead: bool) -> list[tuple[When, str, Takeaway, str]]:
        """Deadlines and review dates of open items: date, word, takeaway, text.

        Those ahead of the newest date in the content, soonest first, or those that had passed by
        then, latest first. The current day plays no part: pages do not change with it.
        """
        rows: list[tuple[When, str, Takeaway, str]] = []
        for takeaway in self.corpus.tracked():
            if not self.corpus.is_open(takeaway):
                continue
            if takeaway.deadline:
                text = takeaway.deadline.text
                rows.append((takeaway.deadline.date, "due", takeaway, text))
            if takeaway.review:
                rows.append((takeaway.review, "review_due", takeaway, ""))
        rows = [row for row in rows if (row[0].last > self.corpus.newest) is ahead]
        return sorted(rows, key=lambda row: (row[0], row[2].id, row[1]), reverse=not ahead)

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

    def pairs_of(self, country: Country) -> list[Pair]:
        return [p for p in self.corpus.pairs.values() if country in p.countries]

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

    def is_multilateral(self, summit: Summit) -> bool:
        return summit.format is SummitFormat.MULTILATERAL
