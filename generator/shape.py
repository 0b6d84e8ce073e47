"""A record as plain data: its fields as published, its prose as plain text, the facts that follow.

This is the public form of the library, kept apart from the form in which it is written: fields may
be added to it, none is renamed or taken out without a new version of the API. Nothing here depends
on the current day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from pydantic import Field

from generator import prose
from generator.corpus import Backlink, Corpus, Pair
from generator.model import (
    JOINT_KINDS,
    RECORD_TYPES,
    Briefing,
    Country,
    Organisation,
    Page,
    Person,
    Record,
    Shape,
    Source,
    Status,
    Step,
    Summit,
    Takeaway,
    Term,
    Topic,
)

#: Fields for editors only; no output has them. `id` is the name of the file and stands beside the
#: fields.
INTERNAL = frozenset({"notes"})

# -- the facts that follow ------------------------------------------------------------------------


class Link(Shape):
    """Another record."""

    type: str = Field(description="Its type, as in its address: takeaways.")
    id: str = Field(description="Its id.")
    title: str = Field(description="What it is called.")
    path: str = Field(description="Its page, from the top of the site.")


class Mention(Shape):
    """A record that refers to this one."""

    record: Link = Field(description="The record that refers here.")
    fields: tuple[str, ...] = Field(description="The fields it does so in.")
    sentences: tuple[str, ...] = Field(description="The sentences, where the field is prose.")


class KeyedStep(Shape):
    """A step of a history, by its permanent key."""

    key: str = Field(description="Permanent key: the date, -2 for a second step that day.")
    date: str = Field(description="When it happened.")
    status: Status = Field(description="Where the matter stood from then on.")
    path: str = Field(description="Where it stands on the page.")


class SeatThatDay(Shape):
    """A participant with the office held on the first day."""

    person: str = Field(description="Id of the person.")
    office: str | None = Field(description="The office held that day.")
    country: str | None = Field(description="Id of the country the person stood for.")


class Met(Shape):
    """Whom a person met."""

    person: str = Field(description="Id of the other person.")
    summits: tuple[str, ...] = Field(description="Ids of the summits, oldest first.")


class Facts(Shape):
    """What follows from the records and is typed nowhere."""

    updated: str = Field(description="The day of the last significant change.")
    previous: str | None = Field(description="Id of the previous record in the series.")
    next: str | None = Field(description="Id of the next record in the series.")
    sources: tuple[str, ...] = Field(description="Ids of all sources it cites, oldest first.")


class BriefingFacts(Facts):
    takeaways: tuple[str, ...] = Field(description="Ids of its takeaways, in order.")


class SummitFacts(Facts):
    took_place: bool = Field(description="Whether the leaders met.")
    countries: tuple[str, ...] = Field(description="Ids of the countries represented.")
    pairs: tuple[str, ...] = Field(description="Ids of the country pairs it counts for.")
    seats: tuple[SeatThatDay, ...] = Field(description="The participants that day.")
    takeaways: tuple[str, ...] = Field(description="Ids of its takeaways, in order.")
    open: tuple[str, ...] = Field(description="Ids of its tracked takeaways that are not closed.")
    series: tuple[str, ...] = Field(
        description="Ids of the summits of the same countries in the same format."
    )


class TakeawayFacts(Facts):
    home: str = Field(description="Id of the summit it belongs to first.")
    date: str | None = Field(description="First day of that summit.")
    parties: tuple[str, ...] = Field(description="Ids of the countries it is by or about.")
    pairs: tuple[str, ...] = Field(description="Ids of the country pairs it belongs to.")
    basis: str = Field(description="What it rests on: agreed-text, official, press, assessment …")
    tracked: bool = Field(description="Whether it has a history of its own.")
    follows: str | None = Field(description="Id of the takeaway whose history counts, if another.")
    status: Status | None = Field(description="Where it stands, by its last step.")
    raised: str | None = Field(description="Date of the first step.")
    since: str | None = Field(description="Date of the step that brought today's status.")
    closed: bool | None = Field(description="Whether nothing more is expected to happen.")
    last_step: KeyedStep | None = Field(description="The last step.")
    steps: tuple[KeyedStep, ...] = Field(description="Its own steps with their permanent keys.")
    restated_by: tuple[str, ...] = Field(description="Ids of takeaways that say it again.")
    superseded_by: tuple[str, ...] = Field(description="Ids of takeaways that replace it.")
    addressed_by: tuple[str, ...] = Field(description="Ids of takeaways that bear on it.")


class PersonFacts(Facts):
    summits: tuple[str, ...] = Field(description="Ids of the summits attended.")
    takeaways: tuple[str, ...] = Field(description="Ids of takeaways by, about or judged by them.")
    met: tuple[Met, ...] = Field(description="Whom they met, most often first.")


class CountryFacts(Facts):
    summits: tuple[str, ...] = Field(description="Ids of the summits it was represented at.")
    takeaways: tuple[str, ...] = Field(description="Ids of the takeaways by or about it.")
    pairs: tuple[str, ...] = Field(description="Ids of its country pairs.")


class OrganisationFacts(Facts):
    takeaways: tuple[str, ...] = Field(description="Ids of the takeaways by or about it.")


class TopicFacts(Facts):
    narrower: tuple[str, ...] = Field(description="Ids of the narrower topics.")
    takeaways: tuple[str, ...] = Field(description="Ids of its takeaways.")


class SourceFacts(Facts):
    agreed_text: bool = Field(description="Whether it is a text all sides agreed on.")


def _ids(records: Any) -> tuple[str, ...]:
    return tuple(record.id for record in records)


def _briefing(corpus: Corpus, briefing: Briefing) -> dict[str, Any]:
    named = [t for section in briefing.sections for t in section.takeaways]
    return {"takeaways": tuple(dict.fromkeys(named))}


def _summit(corpus: Corpus, summit: Summit) -> dict[str, Any]:
    takeaways = corpus.takeaways_of(summit)
    return {
        "took_place": summit.took_place,
        "countries": _ids(corpus.countries_at(summit)),
        "pairs": tuple(corpus.pair_ids_of_summit(summit)),
        "seats": tuple(
            SeatThatDay(
                person=seat.person.id,
                office=seat.office.office if seat.office else None,
                country=seat.country.id if seat.country else None,
            )
            for seat in corpus.seats(summit)
        ),
        "takeaways": _ids(takeaways),
        "open": _ids(t for t in takeaways if t.history and corpus.is_open(t)),
        "series": _ids(corpus.series(summit)),
    }


def _takeaway(corpus: Corpus, takeaway: Takeaway) -> dict[str, Any]:
    home = corpus.home(takeaway)
    followed = corpus.followed(takeaway)
    history, status = followed.history, corpus.status(takeaway)
    since = history[-1].date if history else None
    for step in reversed(history):
        if step.status is not status:
            break
        since = step.date
    return {
        "home": takeaway.summits[0],
        "date": str(home.start) if home else None,
        "parties": _ids(corpus.parties(takeaway)),
        "pairs": tuple(corpus.pair_ids_of(takeaway)),
        "basis": corpus.basis(takeaway).removeprefix("basis_").replace("_", "-"),
        "tracked": bool(takeaway.history),
        "follows": followed.id if followed is not takeaway else None,
        "status": status,
        "raised": str(history[0].date) if history else None,
        "since": str(since) if since else None,
        "closed": status.closed if status else None,
        "last_step": keyed(corpus, followed, history[-1]) if history else None,
        "steps": tuple(keyed(corpus, takeaway, step) for step in takeaway.history),
        "restated_by": _ids(corpus.restated_by(takeaway)),
        "superseded_by": _ids(corpus.superseded_by(takeaway)),
        "addressed_by": _ids(corpus.addressed_by(takeaway)),
    }


def keyed(corpus: Corpus, takeaway: Takeaway, step: Step) -> KeyedStep:
    """A step of a takeaway's own history with its permanent key."""
    key = corpus.step_key(takeaway, step)
    path = f"{corpus.url(takeaway)}#{key}"
    return KeyedStep(key=key, date=str(step.date), status=step.status, path=path)


def _person(corpus: Corpus, person: Person) -> dict[str, Any]:
    return {
        "summits": _ids(corpus.summits_with(person)),
        "takeaways": _ids(corpus.takeaways_with(person)),
        "met": tuple(Met(person=p.id, summits=_ids(s)) for p, s in corpus.met(person)),
    }


def _country(corpus: Corpus, country: Country) -> dict[str, Any]:
    return {
        "summits": _ids(corpus.summits_with(country)),
        "takeaways": _ids(corpus.takeaways_with(country)),
        "pairs": _ids(corpus.pairs_of(country)),
    }


def _organisation(corpus: Corpus, organisation: Organisation) -> dict[str, Any]:
    return {"takeaways": _ids(corpus.takeaways_with(organisation))}


def _topic(corpus: Corpus, topic: Topic) -> dict[str, Any]:
    return {
        "narrower": _ids(corpus.narrower(topic)),
        "takeaways": _ids(corpus.takeaways_with(topic)),
    }


def _source(corpus: Corpus, source: Source) -> dict[str, Any]:
    return {"agreed_text": source.kind in JOINT_KINDS}


def _nothing(corpus: Corpus, record: Record) -> dict[str, Any]:
    return {}


#: Which facts a record of each type has, and the function that finds them.
FACTS: dict[type[Record], tuple[type[Facts], Callable[[Corpus, Any], dict[str, Any]]]] = {
    Briefing: (BriefingFacts, _briefing),
    Summit: (SummitFacts, _summit),
    Takeaway: (TakeawayFacts, _takeaway),
    Person: (PersonFacts, _person),
    Country: (CountryFacts, _country),
    Organisation: (OrganisationFacts, _organisation),
    Topic: (TopicFacts, _topic),
    Term: (Facts, _nothing),
    Source: (SourceFacts, _source),
    Page: (Facts, _nothing),
}

# -- one record -----------------------------------------------------------------------------------


def facts_of(corpus: Corpus, record: Record) -> Facts:
    """What follows from the library about a record."""
    return corpus.kept("facts", record.id, lambda: _facts(corpus, record))


def _facts(corpus: Corpus, record: Record) -> Facts:
    kind, find = FACTS[type(record)]
    before, after = corpus.neighbours(record)
    return kind(
        updated=corpus.updated(record),
        previous=before.id if before else None,
        next=after.id if after else None,
        sources=_ids(corpus.sources_of([record])),
        **find(corpus, record),
    )


def fields_of(record: Record) -> dict[str, Any]:
    """The fields as published, by their names in YAML. What was left out is missing; a list is
    always there, if empty. Dates are text, numbers are numbers."""
    return record.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(INTERNAL))


def published(corpus: Corpus, record: Record) -> dict[str, Any]:
    """The same, made once for all outputs; not to be changed."""
    return corpus.kept("fields", record.id, lambda: fields_of(record))


def texts_of(corpus: Corpus, record: Record) -> dict[str, str]:
    """Each piece of prose as plain text, by the JSON pointer of its field: `/history/0/note`."""
    return corpus.kept("texts", record.id, lambda: _texts(corpus, record))


def _texts(corpus: Corpus, record: Record) -> dict[str, str]:
    return {
        "/" + "/".join(str(part) for part in way): prose.plain(
            corpus.parsed(text, rich), corpus.title
        )
        for way, text, rich in corpus.prose_of(record)
    }


def link(corpus: Corpus, record: Record) -> Link:
    """A record as others name it."""
    return corpus.kept(
        "link",
        record.id,
        lambda: Link(
            type=record.folder, id=record.id, title=record.title_text, path=corpus.url(record)
        ),
    )


def mentions_of(corpus: Corpus, record: Record) -> tuple[Mention, ...]:
    """The records that refer to this one, in the order of types."""
    return corpus.kept(
        "mentions", record.id, lambda: tuple(_mention(corpus, b) for b in corpus.backlinks(record))
    )


def _mention(corpus: Corpus, backlink: Backlink) -> Mention:
    return Mention(
        record=link(corpus, backlink.record),
        fields=backlink.fields,
        sentences=backlink.sentences,
    )


#: The space of our permanent identifiers. It never changes.
_SPACE = UUID("5d0a0f4c-9a1e-5b0e-8f39-6c1e7f1a2b60")


def uuid_of(record_id: str, former_ids: tuple[str, ...] = (), part: str = "") -> UUID:
    """A permanent identifier of a record, or of a part of it, from its first id alone: neither the
    site's address nor a new id changes it."""
    first = former_ids[0] if former_ids else record_id
    return uuid5(_SPACE, f"{first}#{part}" if part else first)


def pair_path(pair: Pair) -> str:
    """The page of a country pair."""
    return f"pairs/{pair.id}/"


assert set(FACTS) == set(RECORD_TYPES)  # noqa: S101 - a new type needs a row above
