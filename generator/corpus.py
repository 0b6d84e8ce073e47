"""All records, linked: references, backlinks with their sentence, derived facts, addresses.

Nothing here reads the clock: `today` comes in by argument, and only counts of days depend on it.
Derived facts are methods; what a contributor typed is a field of the record. Methods stay usable
on content that has problems: a reference that leads nowhere is skipped.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, TypeVar

from pydantic import BaseModel

from generator import prose
from generator.fields import PLACEHOLDERS, ProseMark, Ref, When, is_id
from generator.model import (
    JOINT_KINDS,
    RECORD_TYPES,
    CitedSource,
    Country,
    Office,
    Organisation,
    Person,
    Record,
    Source,
    Status,
    Step,
    Summit,
    SummitFormat,
    Takeaway,
    Term,
    Tier,
    attribute_of,
    marks_in,
    shapes_in,
)
from generator.problems import FieldPath

#: Without a step for longer than this, an open item counts as quiet.
QUIET_DAYS = 180

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Reference:
    """One record names another: in a field, or in prose as a link or a source note."""

    owner: str
    field: FieldPath
    target: str
    folders: tuple[str, ...]
    words: str = ""  # the text of the link, where it stands in prose

    @property
    def in_prose(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class Backlink:
    """A record that refers here, the fields it does so in, and the sentences, if any is prose."""

    record: Record
    fields: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """A participant with the office held on the day and the country or body it is an office of."""

    person: Person
    office: Office | None
    country: Country | None


@dataclass(frozen=True)
class Change:
    """One dated line of the record's public history."""

    date: str
    kind: str  # published, revised, withdrawn, step
    record: Record
    text: str
    status: Status | None = None


@dataclass(frozen=True)
class Pair:
    """Two countries and what lies between them. The id has their codes in alphabetical order."""

    id: str
    countries: tuple[Country, Country]
    summits: tuple[Summit, ...]
    takeaways: tuple[Takeaway, ...]

    @property
    def meetings(self) -> int:
        """How many of the summits took place."""
        return sum(summit.took_place for summit in self.summits)


class Corpus:
    """The linked records. Build it once; it does not change.

    `remains` are files that are no records yet: path to type and data. Only checks look at them.
    """

    def __init__(
        self,
        records: Mapping[str, Record],
        today: dt.date,
        site_url: str = "",
        remains: Mapping[str, tuple[type[Record], Any]] | None = None,
    ) -> None:
        self.records = dict(sorted(records.items()))
        self.today = today
        self.site_url = site_url
        self.remains = dict(sorted((remains or {}).items()))
        self._prose: dict[tuple[str, bool], prose.Prose] = {}
        self._pieces: dict[str, list[tuple[FieldPath, str, bool]]] = {}

    # -- finding records ------------------------------------------------------------------------

    def get(self, record_id: str, kind: type[R]) -> R | None:
        """The record of that id and type, if there is one."""
        record = self.records.get(record_id)
        return record if isinstance(record, kind) else None

    def all(self, kind: type[R]) -> list[R]:
        """Every record of a type that is not withdrawn, in the order of its lists."""
        return self._standing.get(kind, [])  # type: ignore[return-value]

    @cached_property
    def _standing(self) -> dict[type[Record], list[Record]]:
        return {k: [r for r in rows if r.withdrawn is None] for k, rows in self._by_kind.items()}

    def everything(self, kind: type[R]) -> list[R]:
        """The same with withdrawn records."""
        return self._by_kind.get(kind, [])  # type: ignore[return-value]

    @cached_property
    def _by_kind(self) -> dict[type[Record], list[Record]]:
        groups: dict[type[Record], list[Record]] = {kind: [] for kind in RECORD_TYPES}
        for record in self.records.values():
            groups[type(record)].append(record)
        for group in groups.values():
            group.sort(key=self.sort_key)
        return groups

    def sort_key(self, record: Record) -> tuple[Any, ...]:
        """Where a record stands among its like: in time, in the order of the page, by name."""
        match record:
            case Summit():
                return (record.start, record.id)
            case Takeaway():
                home = self.home(record)
                start = home.start if home else ""
                return (start, home.id if home else "", record.order or 10_000, record.id)
            case Source():
                return (record.issued, record.id)
            case Person():
                family = record.names.family or record.names.display
                return (family.casefold(), record.names.display, record.id)
        return (record.title_text.casefold(), record.id)

    @cached_property
    def former(self) -> dict[str, Record]:
        """Earlier ids and the records they lead to."""
        return {old: r for r in self.records.values() for old in r.former_ids}

    # -- addresses ------------------------------------------------------------------------------

    def url(self, record: Record) -> str:
        """The record's page, relative to the top of the site: `takeaways/some-id/`."""
        return address(record.folder, record.id)

    def absolute(self, path: str) -> str | None:
        """The full address of a path from the top of the site; None while the site has none."""
        return self.site_url + path if self.site_url else None

    def title(self, record_id: str) -> str | None:
        record = self.records.get(record_id)
        return record.title_text if record else None

    @cached_property
    def proper_names(self) -> frozenset[str]:
        """Names of people, places and bodies as they may stand in a title, whatever its case."""
        names: set[str | None] = set()
        for record in self.records.values():
            match record:
                case Person():
                    names |= {record.names.display, record.names.family, *record.aliases}
                case Country():
                    names |= {record.name, record.demonym, *record.aliases}
                case Organisation():
                    names |= {record.name, record.abbreviation}
                case Summit():
                    names |= {record.city, record.city.partition(",")[0]}
                case Term():
                    names.add(record.abbreviation)
        return frozenset(name for name in names if name)

    # -- prose and references -------------------------------------------------------------------

    def parsed(self, text: str, rich: bool = False) -> prose.Prose:
        """A piece of prose as a tree; each text is parsed once."""
        key = (text, rich)
        if key not in self._prose:
            self._prose[key] = prose.parse(text, rich)
        return self._prose[key]

    def plain(self, text: str) -> str:
        """A piece of prose as plain text."""
        return prose.plain(self.parsed(text, rich=True), self.title)

    def prose_of(self, record: Record) -> Iterator[tuple[FieldPath, str, bool]]:
        """Each piece of prose in a record: the way to it, its text, whether it is rich."""
        if record.id not in self._pieces:
            self._pieces[record.id] = [
                (way, value, mark.rich)
                for way, value, mark in values_of(record)
                if isinstance(mark, ProseMark)
            ]
        yield from self._pieces[record.id]

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every reference of every record, in the order of records and fields."""
        return tuple(self._references())

    def _references(self) -> Iterator[Reference]:
        for record in self.records.values():
            yield from self._references_in(record.id, values_of(record))

    @cached_property
    def loose_references(self) -> tuple[Reference, ...]:
        """Those in files that are no records yet; their owner is the path of the file."""
        return tuple(
            reference
            for path, (kind, data) in self.remains.items()
            for reference in self._references_in(path, values_in(kind, data))
        )

    def _references_in(
        self, owner: str, values: Iterable[tuple[FieldPath, str, Any]]
    ) -> Iterator[Reference]:
        for way, value, mark in values:
            if isinstance(mark, Ref):
                yield Reference(owner, way, value, mark.folders)
                continue
            tree = self.parsed(value, mark.rich)
            for node in tree.walk():
                if node.kind == "ref":
                    yield Reference(owner, way, node.value, (), f"[[{node.value}")
                elif node.kind == "note":
                    yield Reference(owner, way, node.value, ("sources",), f"[@{node.value}")

    @cached_property
    def _into(self) -> dict[str, list[Reference]]:
        into: dict[str, list[Reference]] = defaultdict(list)
        for reference in self.references:
            into[reference.target].append(reference)
        return into

    @cached_property
    def _from(self) -> dict[str, list[Reference]]:
        outof: dict[str, list[Reference]] = defaultdict(list)
        for reference in self.references:
            outof[reference.owner].append(reference)
        return outof

    def sources_of(self, records: Iterable[Record]) -> list[Source]:
        """Every source the records cite, in fields or notes, each once, in time."""
        ids = {r.target for record in records for r in self._from.get(record.id, ())}
        return sorted((s for i in ids if (s := self.get(i, Source))), key=self.sort_key)

    def references_to(self, record_id: str) -> list[Reference]:
        return self._into.get(record_id, [])

    def backlinks(self, record: Record) -> list[Backlink]:
        """Who refers to a record, in the order of types."""
        found: dict[str, tuple[list[str], list[str]]] = {}
        for reference in self.references_to(record.id):
            owner = self.records[reference.owner]
            if owner.id == record.id or owner.withdrawn:
                continue
            fields, sentences = found.setdefault(owner.id, ([], []))
            if str(reference.field[0]) not in fields:
                fields.append(str(reference.field[0]))
            if reference.in_prose:
                text, rich = self._text_at(owner, reference.field)
                for sentence in prose.sentences_with(
                    self.parsed(text, rich), record.id, self.title
                ):
                    if sentence not in sentences:
                        sentences.append(sentence)
        links = [
            Backlink(self.records[owner], tuple(fields), tuple(sentences))
            for owner, (fields, sentences) in found.items()
        ]
        order = {kind: n for n, kind in enumerate(RECORD_TYPES)}
        return sorted(links, key=lambda b: (order[type(b.record)], *self.sort_key(b.record)))

    def _text_at(self, record: Record, way: FieldPath) -> tuple[str, bool]:
        for found, text, rich in self.prose_of(record):
            if found == way:
                return text, rich
        raise KeyError(way)

    def _referring(self, kind: type[R], record_id: str, name: str) -> list[R]:
        """Records of a type that name `record_id` in the field `name`, in order, each once."""
        owners = {
            r.owner for r in self.references_to(record_id) if r.field[0] == name and not r.in_prose
        }
        found = [r for owner in owners if (r := self.get(owner, kind)) and r.withdrawn is None]
        return sorted(found, key=self.sort_key)

    # -- takeaways ------------------------------------------------------------------------------

    def home(self, takeaway: Takeaway) -> Summit | None:
        """The summit a takeaway belongs to first."""
        return self.get(takeaway.summits[0], Summit)

    @cached_property
    def _takeaways_by_summit(self) -> dict[str, list[Takeaway]]:
        groups: dict[str, list[Takeaway]] = defaultdict(list)
        for takeaway in self.all(Takeaway):
            for summit in takeaway.summits:
                groups[summit].append(takeaway)
        return groups

    def takeaways_of(self, summit: Summit) -> list[Takeaway]:
        return self._takeaways_by_summit.get(summit.id, [])

    def followed(self, takeaway: Takeaway) -> Takeaway:
        """The takeaway whose history counts: the first of those this one restates, or itself."""
        seen = {takeaway.id}
        while takeaway.restates and not takeaway.history:
            first = self.get(takeaway.restates[0], Takeaway)
            if first is None or first.id in seen:
                break
            seen.add(first.id)
            takeaway = first
        return takeaway

    def last_step(self, takeaway: Takeaway) -> Step | None:
        history = self.followed(takeaway).history
        return history[-1] if history else None

    def status(self, takeaway: Takeaway) -> Status | None:
        """Where it stands today; None if it is not tracked."""
        step = self.last_step(takeaway)
        return step.status if step else None

    def tracked(self) -> list[Takeaway]:
        """Every takeaway with a history of its own."""
        return [t for t in self.all(Takeaway) if t.history]

    def restated_by(self, takeaway: Takeaway) -> list[Takeaway]:
        return self._referring(Takeaway, takeaway.id, "restates")

    def superseded_by(self, takeaway: Takeaway) -> list[Takeaway]:
        return self._referring(Takeaway, takeaway.id, "supersedes")

    def addressed_by(self, takeaway: Takeaway) -> list[Takeaway]:
        return self._referring(Takeaway, takeaway.id, "addresses")

    def step_key(self, takeaway: Takeaway, step: Step) -> str:
        """The permanent key of a step within its page: its date, `-2` for a second that day."""
        same = [s for s in takeaway.history if s.date == step.date]
        place = next(n for n, s in enumerate(same) if s is step)
        return f"{step.date}" + (f"-{place + 1}" if place else "")

    def is_open(self, takeaway: Takeaway) -> bool:
        status = self.status(takeaway)
        return status is not None and not status.closed

    def days_since_last_step(self, takeaway: Takeaway) -> int | None:
        step = self.last_step(takeaway)
        return max((self.today - step.date.last).days, 0) if step else None

    def is_overdue(self, takeaway: Takeaway) -> bool:
        """The deadline has certainly passed, and the matter is still open."""
        deadline = takeaway.deadline
        return bool(deadline and deadline.date.last < self.today and self.is_open(takeaway))

    def is_quiet(self, takeaway: Takeaway) -> bool:
        """Still open, and no step for more than `QUIET_DAYS` days."""
        days = self.days_since_last_step(takeaway)
        return days is not None and days > QUIET_DAYS and self.is_open(takeaway)

    def best_tier(self, sources: Iterable[Any]) -> Tier | None:
        """The best tier among citations."""
        found = [s.tier for c in sources if (s := self.get(c.source, Source))]
        return min(found, default=None)

    def basis(self, takeaway: Takeaway) -> str:
        """What a claim rests on, as a key of the interface words, without the names."""
        if takeaway.attributed_to:
            return "basis_assessment"
        sources = [s for c in takeaway.sources if (s := self.get(c.source, Source))]
        if any(s.kind in JOINT_KINDS and s.tier in (Tier.ONE, Tier.TWO) for s in sources):
            return "basis_agreed_text"
        return {
            Tier.ONE: "basis_official",
            Tier.TWO: "basis_official_secondary",
            Tier.THREE: "basis_press",
            Tier.FOUR: "basis_analysis",
        }.get(min((s.tier for s in sources), default=Tier.FIVE), "basis_none")

    # -- people, countries, pairs ---------------------------------------------------------------

    def office_on(self, person: Person, day: When, office: str | None = None) -> Office | None:
        """The office a person may have held on a day: the one named `office`, or the latest."""
        held = [
            o
            for o in person.offices
            if o.start.first <= day.last and (o.end is None or o.end.last >= day.first)
        ]
        if office:
            held = [o for o in held if o.office.casefold() == office.casefold()]
        return held[-1] if held else None

    def country_of(self, person: Person, day: When | None = None) -> Country | None:
        """The country a person stands for: that of the office on the day, or the person's own."""
        office = self.office_on(person, day) if day else None
        code = office.country if office and office.country else person.country
        return self.get(code, Country) if code else None

    def seats(self, summit: Summit) -> list[Seat]:
        """The participants with their offices on the first day."""
        seats = []
        for participant in summit.participants:
            person = self.get(participant.person, Person)
            if person:
                office = self.office_on(person, summit.start, participant.as_)
                code = office.country if office and office.country else person.country
                seats.append(Seat(person, office, self.get(code, Country) if code else None))
        return seats

    def countries_at(self, summit: Summit) -> list[Country]:
        """The countries represented, each once, in the order of the participants."""
        return self._countries_at[summit.id]

    @cached_property
    def _countries_at(self) -> dict[str, list[Country]]:
        return {
            summit.id: _unique(seat.country for seat in self.seats(summit) if seat.country)
            for summit in self.everything(Summit)
        }

    def parties(self, takeaway: Takeaway) -> list[Country]:
        """The countries a takeaway is by or about."""
        home = self.home(takeaway)
        found: list[Country | None] = []
        for party in (*takeaway.by, *takeaway.concerns):
            record = self.records.get(party)
            match record:
                case Country():
                    found.append(record)
                case Person():
                    found.append(self.country_of(record, home.start if home else None))
                case Organisation(country=code) if code:
                    found.append(self.get(code, Country))
        return _unique(c for c in found if c)

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """Every two countries that met or have something between them, by `jp-kr`."""
        summits: dict[str, list[Summit]] = defaultdict(list)
        takeaways: dict[str, list[Takeaway]] = defaultdict(list)
        for summit in self.all(Summit):
            for key in self.pair_ids_of_summit(summit):
                summits[key].append(summit)
        for takeaway in self.all(Takeaway):
            for key in self.pair_ids_of(takeaway):
                takeaways[key].append(takeaway)
        return {
            key: Pair(key, self._two(key), tuple(summits[key]), tuple(takeaways[key]))
            for key in sorted(summits.keys() | takeaways.keys())
        }

    def pair_ids_of_summit(self, summit: Summit) -> list[str]:
        """The pairs that met there; none at a multilateral meeting."""
        if summit.format is SummitFormat.MULTILATERAL:
            return []
        return _pair_ids(self.countries_at(summit))

    def pair_ids_of(self, takeaway: Takeaway) -> list[str]:
        parties = self.parties(takeaway)
        if len(parties) >= 2:
            return _pair_ids(parties)
        home = self.home(takeaway)
        if home is None or home.format is not SummitFormat.BILATERAL:
            return []
        return _pair_ids(self.countries_at(home))

    def _two(self, key: str) -> tuple[Country, Country]:
        left, right = key.split("-")
        return (self.records[left], self.records[right])  # type: ignore[return-value]

    def summits_with(self, record: Person | Country) -> list[Summit]:
        """The summits a person or a country took part in."""
        return self._summits_with.get(record.id, [])

    @cached_property
    def _summits_with(self) -> dict[str, list[Summit]]:
        groups: dict[str, list[Summit]] = defaultdict(list)
        for summit in self.all(Summit):
            people = [p.person for p in summit.participants]
            for key in dict.fromkeys([*people, *(c.id for c in self.countries_at(summit))]):
                groups[key].append(summit)
        return groups

    def takeaways_with(self, record: Record) -> list[Takeaway]:
        """The takeaways a record is a party, a topic or a judge of."""
        return self._takeaways_with.get(record.id, [])

    @cached_property
    def _takeaways_with(self) -> dict[str, list[Takeaway]]:
        groups: dict[str, list[Takeaway]] = defaultdict(list)
        for takeaway in self.all(Takeaway):
            for key in self._named_in(takeaway):
                groups[key].append(takeaway)
        return groups

    def _named_in(self, takeaway: Takeaway) -> set[str]:
        return {
            *takeaway.by,
            *takeaway.concerns,
            *takeaway.topics,
            *takeaway.attributed_to,
            *(c.id for c in self.parties(takeaway)),
        }

    def met(self, person: Person) -> list[tuple[Person, list[Summit]]]:
        """Whom a person met at summits that are not multilateral, most often first."""
        together: dict[str, list[Summit]] = defaultdict(list)
        for summit in self.summits_with(person):
            if summit.took_place and summit.format is not SummitFormat.MULTILATERAL:
                for participant in summit.participants:
                    if participant.person != person.id:
                        together[participant.person].append(summit)
        rows = [(p, s) for key, s in together.items() if (p := self.get(key, Person))]
        return sorted(rows, key=lambda row: (-len(row[1]), self.sort_key(row[0])))

    # -- series, changes, dates -----------------------------------------------------------------

    def series(self, summit: Summit) -> list[Summit]:
        """Summits of the same countries in the same format, in time."""
        return self._series.get(self._series_key(summit), [])

    def _series_key(self, summit: Summit) -> tuple[str, frozenset[str]]:
        return str(summit.format), frozenset(c.id for c in self.countries_at(summit))

    @cached_property
    def _series(self) -> dict[tuple[str, frozenset[str]], list[Summit]]:
        groups: dict[tuple[str, frozenset[str]], list[Summit]] = defaultdict(list)
        for summit in self.all(Summit):
            groups[self._series_key(summit)].append(summit)
        return groups

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each record in the list of its type."""
        return {r.id: n for kind in RECORD_TYPES for n, r in enumerate(self.all(kind))}

    def neighbours(self, record: Record) -> tuple[Record | None, Record | None]:
        """Previous and next in the record's series."""
        match record:
            case Summit():
                row: list[Any] = self.series(record)
            case Takeaway():
                home = self.home(record)
                row = (
                    [t for t in self.takeaways_of(home) if t.summits[0] == home.id] if home else []
                )
            case _:
                row = self.all(type(record))
                if (n := self._places.get(record.id, -1)) >= 0:
                    return (row[n - 1] if n else None), (row[n + 1] if n + 1 < len(row) else None)
        ids = [r.id for r in row]
        if record.id not in ids:
            return None, None
        n = ids.index(record.id)
        return (row[n - 1] if n else None), (row[n + 1] if n + 1 < len(row) else None)

    def updated(self, record: Record) -> str:
        """The day of the last significant change."""
        dates = [record.published, *(r.date for r in record.revisions)]
        if record.withdrawn:
            dates.append(record.withdrawn.date)
        return str(max(dates))

    def changes(self) -> list[Change]:
        """What was published, revised or withdrawn, and every step; newest first."""
        rows: list[Change] = []
        for record in self.records.values():
            rows.append(Change(str(record.published), "published", record, ""))
            rows += [Change(str(r.date), "revised", record, r.note) for r in record.revisions]
            if record.withdrawn:
                reason = record.withdrawn.reason
                rows.append(Change(str(record.withdrawn.date), "withdrawn", record, reason))
            elif isinstance(record, Takeaway):
                rows += [
                    Change(str(s.date), "step", record, self.plain(s.note), s.status)
                    for s in record.history
                ]
        return sorted(rows, key=lambda c: (c.date, c.kind, c.record.id), reverse=True)

    @cached_property
    def newest(self) -> dt.date:
        """The newest editorial date in the content; stands in for the time of the build."""
        dates = [dt.date.fromisoformat(self.updated(r)) for r in self.records.values()]
        dates += [t.checked.first for t in self.everything(Takeaway) if t.checked]
        return max(dates, default=dt.date(2000, 1, 1))


def address(folder: str, record_id: str) -> str:
    """Where the page of a record lies, relative to the top of the site."""
    return f"{record_id}/" if folder == "pages" else f"{folder}/{record_id}/"


def values_of(shape: BaseModel, way: FieldPath = ()) -> Iterator[tuple[FieldPath, str, Any]]:
    """Every reference and every piece of prose in a shape: the way to it, its text, its mark."""
    kind = type(shape)
    for name in kind.model_fields:
        value = getattr(shape, name)
        if value is None or value == ():
            continue
        here = (*way, kind.model_fields[name].alias or name)
        marks = _marks(kind, name)
        for place, item in _items(here, value):
            if isinstance(item, BaseModel):
                yield from values_of(item, place)
            elif marks:
                yield place, str(item), marks[0]


def values_in(kind: type[BaseModel], data: Any, way: FieldPath = ()) -> Iterator[tuple[Any, ...]]:
    """The same from the data of a file, whatever is wrong with it: what cannot be a reference or
    a piece of prose is passed over."""
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        name = attribute_of(kind, key)
        if name not in kind.model_fields:
            continue
        inner = next(iter(shapes_in(kind, name)), None)
        marks = _marks(kind, name)
        for place, item in _items((*way, key), value):
            if inner is CitedSource and isinstance(item, str):
                yield from values_in(inner, {"source": item}, place)
            elif inner:
                yield from values_in(inner, item, place)
            elif marks and isinstance(item, str) and item and _may_be(marks[0], item):
                yield place, item, marks[0]


def _may_be(mark: Any, text: str) -> bool:
    return isinstance(mark, ProseMark) or (is_id(text) and text not in PLACEHOLDERS)


def _items(way: FieldPath, value: Any) -> Iterator[tuple[FieldPath, Any]]:
    if isinstance(value, tuple | list):
        for n, item in enumerate(value):
            yield (*way, n), item
    else:
        yield way, value


_MARKS: dict[tuple[type[BaseModel], str], list[Any]] = {}


def _marks(kind: type[BaseModel], name: str) -> list[Any]:
    key = (kind, name)
    if key not in _MARKS:
        _MARKS[key] = marks_in(kind, name)
    return _MARKS[key]


def _unique(records: Iterable[R]) -> list[R]:
    return list({r.id: r for r in records}.values())


def _pair_ids(countries: Iterable[Country]) -> list[str]:
    return [f"{a}-{b}" for a, b in combinations(sorted({c.id for c in countries}), 2)]
