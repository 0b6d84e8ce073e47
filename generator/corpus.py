"""All records, linked: references, backlinks with their sentence, derived facts, addresses.

Nothing here reads the clock: `today` comes in by argument, and only counts of days depend on it.
Derived facts are methods; what a contributor typed is a field of the record. Methods stay usable
on content that has problems: a reference that leads nowhere is skipped.

What is looked up lies in tables of ids, and records come out of `records` alone, so that it can be
noted what a page was made from (see `trace`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

from generator import prose
from generator.fields import When
from generator.linked import Linked, Reference, linked, references_in, values_in
from generator.model import (
    BY_FOLDER,
    JOINT_KINDS,
    RECORD_TYPES,
    Country,
    Office,
    Organisation,
    Person,
    Record,
    Revision,
    Source,
    Status,
    Step,
    Summit,
    SummitFormat,
    SummitSetting,
    Takeaway,
    Term,
    Tier,
    Topic,
    Withdrawal,
)
from generator.problems import FieldPath
from generator.trace import Notebook, Snapshot, Table, table

#: Without a step for longer than this, an open item counts as quiet.
QUIET_DAYS = 180

R = TypeVar("R", bound=Record)
T = TypeVar("T")


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

    @property
    def rank(self) -> tuple[str, str, str]:
        """Its place among all changes."""
        return (self.date, self.kind, self.record.id)


@dataclass(frozen=True)
class Pair:
    """Two countries and what lies between them. The id has their codes in alphabetical order."""

    id: str
    corpus: Corpus = field(repr=False)

    @property
    def countries(self) -> tuple[Country, Country]:
        left, right = self.id.split("-")
        records = self.corpus.records
        return (records[left], records[right])  # type: ignore[return-value]

    @property
    def summits(self) -> tuple[Summit, ...]:
        return tuple(self.corpus.records[i] for i in self.corpus.pair_rows[self.id][0])  # type: ignore[misc]

    @property
    def takeaways(self) -> tuple[Takeaway, ...]:
        return tuple(self.corpus.records[i] for i in self.corpus.pair_rows[self.id][1])  # type: ignore[misc]

    @property
    def meetings(self) -> int:
        """How many of the summits took place."""
        return sum(summit.took_place for summit in self.summits)


class Corpus:
    """The linked records. Build it once; it does not change.


    `remains` are files that are no records yet: path to type and data. Only checks look at them.
    """

    #: Tables beside `records`, which is compared by the files themselves.
    TABLES = (
        "standing",
        "by_kind",
        "former_ids",
        "referrers",
        "by_summit",
        "tracked_ids",
        "narrower_ids",
        "represented",
        "pair_rows",
        "pairs_with",
        "attended",
        "involving",
        "series_ids",
        "beside",
        "authors",
        "single",
    )

    def __init__(
        self,
        records: Mapping[str, Record],
        today: dt.date,
        site_url: str = "",
        known: Mapping[str, Linked] | None = None,
        remains: Mapping[str, tuple[type[Record], Any]] | None = None,
    ) -> None:
        """`known` are references of records that were found before."""
        self.notes = Notebook()
        self.records = Table("records", dict(sorted(records.items())), self.notes)
        self.site_url = site_url
        self.remains = dict(sorted((remains or {}).items()))
        self._today = today
        self._prose: dict[tuple[str, bool], prose.Prose] = {}
        self._linked = dict(known or {})
        self._tables: dict[str, Table[Any]] = {}

    @property
    def today(self) -> dt.date:
        return self.single["today"]  # type: ignore[no-any-return]

    def kept(self, what: str, key: str, make: Callable[[], T]) -> T:
        """What `make` returns, made once for each `what` and `key`: several outputs ask for it."""
        return self.notes.once((what, key), make)

    def piece(self, what: str, key: str, make: Callable[[], T]) -> T:
        """What `make` returns, or what it returned for an earlier build if that still holds.

        Of facts that are read only so nothing is noted: it is for what is put together from all
        records, and made anew after any change.
        """
        if self.notes.page is None and key in self.notes.pieces:
            return self.notes.pieces[key][what]  # type: ignore[no-any-return]
        return make()

    def derived(self, name: str, make: Callable[[], Mapping[str, Any]]) -> Table[Any]:
        """A table that is made above this room, once, of ids and plain values like those here."""
        if name not in self._tables:
            with self.notes.closed():
                self._tables[name] = Table(name, make(), self.notes)
        return self._tables[name]

    def snapshot(self, digests: Mapping[str, str]) -> Snapshot:
        """Every table, to compare with that of another state; `digests` are of the record files."""
        with self.notes.closed():
            rows = {name: dict(getattr(self, name).rows) for name in self.TABLES}
        rows |= {name: dict(table.rows) for name, table in self._tables.items()}
        return {**rows, "records": {i: digests[i] for i in self.records.rows}}

    # -- finding records ------------------------------------------------------------------------

    def get(self, record_id: str, kind: type[R]) -> R | None:
        """The record of that id and type, if there is one."""
        record = self.records.get(record_id)
        return record if isinstance(record, kind) else None

    def those(self, ids: Iterable[str]) -> list[Any]:
        """The records of some ids, in their order."""
        return [self.records[i] for i in ids]

    def all(self, kind: type[R]) -> list[R]:
        """Every record of a type that is not withdrawn, in the order of its lists."""
        return self.those(self.standing.get(kind.folder, ()))

    @table
    def standing(self) -> dict[str, tuple[str, ...]]:
        return {
            folder: tuple(i for i in ids if self.records.rows[i].withdrawn is None)
            for folder, ids in self.by_kind.rows.items()
        }

    def everything(self, kind: type[R]) -> list[R]:
        """The same with withdrawn records."""
        return self.those(self.by_kind.get(kind.folder, ()))

    @table
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, list[Record]] = {folder: [] for folder in BY_FOLDER}
        for record in self.records.rows.values():
            groups[record.folder].append(record)
        for group in groups.values():
            group.sort(key=self.sort_key)
        return {folder: _ids(group) for folder, group in groups.items()}

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

    @property
    def former(self) -> Mapping[str, Record]:
        """Earlier ids and the records they lead to."""
        return _Leading(self.former_ids, self.records)

    @table
    def former_ids(self) -> dict[str, str]:
        return {old: r.id for r in self.records.rows.values() for old in r.former_ids}

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

    @table
    def single(self) -> dict[str, Any]:
        """Facts of which there is one."""
        return {
            "today": self._today,
            "newest": self._newest(),
            "proper_names": frozenset(self._proper_names()),
        }

    @property
    def proper_names(self) -> frozenset[str]:
        """Names of people, places and bodies as they may stand in a title, whatever its case."""
        return self.single["proper_names"]  # type: ignore[no-any-return]

    def _proper_names(self) -> Iterator[str]:
        for record in self.records.rows.values():
            names: tuple[str | None, ...] = ()
            match record:
                case Person():
                    names = (record.names.display, record.names.family, *record.aliases)
                case Country():
                    names = (record.name, record.demonym, *record.aliases)
                case Organisation():
                    names = (record.name, record.abbreviation)
                case Summit():
                    names = (record.city, record.city.partition(",")[0])
                case Term():
                    names = (record.abbreviation,)
            yield from (name for name in names if name)

    @table
    def authors(self) -> dict[str, str]:
        """People by each form of their name."""
        people = self.all(Person)
        return {name: p.id for p in people for name in (*p.aliases, p.names.display)}

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

    def prose_of(self, record: Record) -> tuple[tuple[FieldPath, str, bool], ...]:
        """Each piece of prose in a record: the way to it, its text, whether it is rich."""
        return self.linked(record).prose

    def linked(self, record: Record) -> Linked:
        """The references in a record and the faults of its prose; found once."""
        if record.id not in self._linked:
            self._linked[record.id] = linked(record, self.parsed)
        return self._linked[record.id]

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every reference of every record, in the order of records and fields."""
        return self.notes.once("references", lambda: tuple(self._all_references()))

    def _all_references(self) -> Iterator[Reference]:
        for record in self.records.values():
            yield from self.linked(record).references

    @property
    def loose_references(self) -> tuple[Reference, ...]:
        """Those in files that are no records yet; their owner is the path of the file."""
        return tuple(
            reference
            for path, (kind, data) in self.remains.items()
            for reference in references_in(path, values_in(kind, data), self.parsed)
        )

    @table
    def referrers(self) -> dict[str, tuple[str, ...]]:
        """Who refers to an id, in the order of records, each once."""
        into: dict[str, dict[str, None]] = defaultdict(dict)
        for reference in self.references:
            into[reference.target][reference.owner] = None
        return {target: tuple(owners) for target, owners in into.items()}

    def sources_of(self, records: Iterable[Record]) -> list[Source]:
        """Every source the records cite, in fields or notes, each once, in time."""
        ids = {r.target for record in records for r in self.linked(record).references}
        return sorted((s for i in ids if (s := self.get(i, Source))), key=self.sort_key)

    def references_to(self, record_id: str) -> list[Reference]:
        owners = self.those(self.referrers.get(record_id, ()))
        return [
            reference
            for owner in owners
            for reference in self.linked(owner).references
            if reference.target == record_id
        ]

    def backlinks(self, record: Record) -> list[Backlink]:
        """Who refers to a record, in the order of types."""
        return self.kept("backlinks", record.id, lambda: self._backlinks(record))

    def _backlinks(self, record: Record) -> list[Backlink]:
        links = [self.backlink(record, owner) for owner in self._owners(record)]
        order = {kind: n for n, kind in enumerate(RECORD_TYPES)}
        return sorted(links, key=lambda b: (order[type(b.record)], *self.sort_key(b.record)))

    def linking(self, record: Record) -> list[tuple[Record, tuple[str, ...]]]:
        """Who refers to a record and in which fields, in no order that means anything."""
        return [(owner, self._fields_with(record, owner)) for owner in self._owners(record)]

    def _owners(self, record: Record) -> list[Record]:
        owners = self.those(self.referrers.get(record.id, ()))
        return [owner for owner in owners if owner.id != record.id and not owner.withdrawn]

    def _fields_with(self, record: Record, owner: Record) -> tuple[str, ...]:
        """The fields in which one record refers to another."""
        found = (r for r in self.linked(owner).references if r.target == record.id)
        return tuple(dict.fromkeys(str(reference.field[0]) for reference in found))

    def backlink(self, record: Record, owner: Record) -> Backlink:
        """How one record refers to another."""
        sentences: list[str] = []
        for reference in self.linked(owner).references:
            if reference.target == record.id and reference.in_prose:
                text, rich = self._text_at(owner, reference.field)
                for sentence in prose.sentences_with(
                    self.parsed(text, rich), record.id, self.title
                ):
                    if sentence not in sentences:
                        sentences.append(sentence)
        return Backlink(owner, self._fields_with(record, owner), tuple(sentences))

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

    @table
    def by_summit(self) -> dict[str, tuple[str, ...]]:
        return _grouped((s, t.id) for t in self.all(Takeaway) for s in t.summits)

    def takeaways_of(self, summit: Summit) -> list[Takeaway]:
        return self.those(self.by_summit.get(summit.id, ()))

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
        return self.those(self.tracked_ids["takeaways"])

    @table
    def tracked_ids(self) -> dict[str, tuple[str, ...]]:
        return {"takeaways": _ids(t for t in self.all(Takeaway) if t.history)}

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
        return self.those(self.represented.get(summit.id, ()))

    @table
    def represented(self) -> dict[str, tuple[str, ...]]:
        return {
            summit.id: _ids(_unique(seat.country for seat in self.seats(summit) if seat.country))
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

    @property
    def pairs(self) -> dict[str, Pair]:
        """Every two countries that met or have something between them, by `jp-kr`."""
        return {key: Pair(key, self) for key in self.pair_rows}

    def pairs_of(self, country: Country) -> list[Pair]:
        """The pairs a country is one of."""
        return [Pair(key, self) for key in self.pairs_with.get(country.id, ())]

    @table
    def pairs_with(self) -> dict[str, tuple[str, ...]]:
        return _grouped((code, key) for key in self.pair_rows for code in key.split("-"))

    @table
    def pair_rows(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Ids of the summits and of the takeaways of each pair."""
        summits = _grouped((k, s.id) for s in self.all(Summit) for k in self.pair_ids_of_summit(s))
        takeaways = _grouped((k, t.id) for t in self.all(Takeaway) for k in self.pair_ids_of(t))
        return {
            key: (summits.get(key, ()), takeaways.get(key, ()))
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

    def summits_with(self, record: Person | Country) -> list[Summit]:
        """The summits a person or a country took part in."""
        return self.those(self.attended.get(record.id, ()))

    @table
    def attended(self) -> dict[str, tuple[str, ...]]:
        return _grouped(
            (key, summit.id)
            for summit in self.all(Summit)
            for key in dict.fromkeys(
                [
                    *(p.person for p in summit.participants),
                    *(c.id for c in self.countries_at(summit)),
                ]
            )
        )

    def takeaways_with(self, record: Record) -> list[Takeaway]:
        """The takeaways a record is a party, a topic or a judge of."""
        return self.those(self.involving.get(record.id, ()))

    @table
    def involving(self) -> dict[str, tuple[str, ...]]:
        return _grouped((key, t.id) for t in self.all(Takeaway) for key in self._named_in(t))

    def _named_in(self, takeaway: Takeaway) -> Iterable[str]:
        named = (*takeaway.by, *takeaway.concerns, *takeaway.topics, *takeaway.attributed_to)
        # Not a set: the order of one is another in each process, and counts as a change.
        return dict.fromkeys((*named, *(c.id for c in self.parties(takeaway))))

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

    def host(self, summit: Summit) -> Country | None:
        """The country to name behind the place of a summit; none where the place names it, and for
        a telephone call."""
        host = self.get(summit.country, Country)
        if host is None or summit.setting is SummitSetting.PHONE_CALL:
            return None
        return None if summit.city.startswith(host.name) else host

    def series(self, summit: Summit) -> list[Summit]:
        """Summits of the same countries in the same format, in time."""
        return self.those(self.series_ids.get(self._series_key(summit), ()))

    def _series_key(self, summit: Summit) -> str:
        return f"{summit.format} {' '.join(sorted(c.id for c in self.countries_at(summit)))}"

    @table
    def series_ids(self) -> dict[str, tuple[str, ...]]:
        return _grouped((self._series_key(summit), summit.id) for summit in self.all(Summit))

    def neighbours(self, record: Record) -> tuple[Record | None, Record | None]:
        """Previous and next in the record's series."""
        before, after = self.beside.get(record.id, ("", ""))
        return self.records.get(before), self.records.get(after)

    @table
    def beside(self) -> dict[str, tuple[str, str]]:
        """Ids of the previous and the next in the series of each record; empty where it ends."""
        rows = list(self.series_ids.rows.values())
        homes = ((t.summits[0], t.id) for t in self.all(Takeaway) if self.home(t))
        rows += _grouped(homes).values()
        others = (kind for kind in RECORD_TYPES if kind not in (Summit, Takeaway))
        rows += (self.standing.rows[kind.folder] for kind in others)
        return {
            one: (row[n - 1] if n else "", row[n + 1] if n + 1 < len(row) else "")
            for row in rows
            for n, one in enumerate(row)
        }

    # -- topics ---------------------------------------------------------------------------------

    def narrower(self, topic: Topic) -> list[Topic]:
        """The topics below a topic."""
        return self.those(self.narrower_ids.get(topic.id, ()))

    @table
    def narrower_ids(self) -> dict[str, tuple[str, ...]]:
        return _grouped((t.broader, t.id) for t in self.all(Topic) if t.broader)

    # -- changes, dates -------------------------------------------------------------------------

    def updated(self, record: Record) -> str:
        """The day of the last significant change."""
        dates = [record.published, *(r.date for r in record.revisions)]
        if record.withdrawn:
            dates.append(record.withdrawn.date)
        return str(max(dates))

    def changes(self) -> list[Change]:
        """What was published, revised or withdrawn, and every step; newest first."""
        return self.notes.once("changes", self._changes)

    def _changes(self) -> list[Change]:
        rows = [change for record in self.records.values() for change in self.changes_of(record)]
        return sorted(rows, key=lambda row: row.rank, reverse=True)

    def changes_of(self, record: Record) -> list[Change]:
        """The same of one record, in the order of its fields."""
        return [
            Change(date, kind, record, self._said(part), getattr(part, "status", None))
            for date, kind, part in self.turns(record)
        ]

    def turns(self, record: Record) -> list[tuple[str, str, Any]]:
        """The date and the kind of each change of a record, and the part that tells of it."""
        found: list[tuple[str, str, Any]] = [(str(record.published), "published", None)]
        found += [(str(revision.date), "revised", revision) for revision in record.revisions]
        if record.withdrawn:
            found.append((str(record.withdrawn.date), "withdrawn", record.withdrawn))
        elif isinstance(record, Takeaway):
            found += [(str(step.date), "step", step) for step in record.history]
        return found

    def _said(self, part: Any) -> str:
        match part:
            case Step():
                return self.plain(part.note)
            case Revision():
                return part.note
            case Withdrawal():
                return part.reason
        return ""

    @property
    def newest(self) -> dt.date:
        """The newest editorial date in the content; stands in for the time of the build."""
        return self.single["newest"]  # type: ignore[no-any-return]

    def _newest(self) -> dt.date:
        dates = [dt.date.fromisoformat(self.updated(r)) for r in self.records.rows.values()]
        dates += [t.checked.first for t in self.everything(Takeaway) if t.checked]
        return max(dates, default=dt.date(2000, 1, 1))


class _Leading(Mapping[str, Record]):
    """Records by other names."""

    def __init__(self, names: Table[str], records: Table[Record]) -> None:
        self._names = names
        self._records = records

    def __getitem__(self, name: str) -> Record:
        return self._records[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def address(folder: str, record_id: str) -> str:
    """Where the page of a record lies, relative to the top of the site."""
    return f"{record_id}/" if folder == "pages" else f"{folder}/{record_id}/"


def _unique(records: Iterable[R]) -> list[R]:
    return list({r.id: r for r in records}.values())


def _pair_ids(countries: Iterable[Country]) -> list[str]:
    return [f"{a}-{b}" for a, b in combinations(sorted({c.id for c in countries}), 2)]


def _ids(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(record.id for record in records)


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Ids by key, in the order given."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, record_id in rows:
        groups[key].append(record_id)
    return {key: tuple(ids) for key, ids in groups.items()}
