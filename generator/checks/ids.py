"""Rules on ids, names and duplicates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeVar

from generator.characters import skeleton
from generator.checks import (
    Check,
    Found,
    folded,
)
from generator.corpus import Corpus
from generator.model import (
    Country,
    Organisation,
    Person,
    Record,
    Source,
    Summit,
    Term,
    Topic,
)
from generator.problems import FieldPath, Rule

R = TypeVar("R", bound=Record)


def _oldest_first(records: Iterable[R]) -> list[R]:
    """By publication, so that of two records that clash the newer one is named."""
    return sorted(records, key=lambda record: (record.published, record.id))


def ids_alike(corpus: Corpus) -> Iterator[Found]:
    by_letters: dict[str, str] = {}
    for record in _oldest_first(corpus.records.values()):
        letters = record.id.replace("-", "")
        first = by_letters.setdefault(letters, record.id)
        if first != record.id:
            yield Found(
                record,
                (),
                f'the id "{record.id}" differs from "{first}" only in hyphens',
                "Give one of the two files another name.",
            )


def country_id(corpus: Corpus) -> Iterator[Found]:
    for country in corpus.everything(Country):
        if not re.fullmatch(r"[a-z]{2}", country.id):
            yield Found(
                country,
                (),
                f'the id "{country.id}" is not a country code of two letters',
                "Use ISO 3166, such as kr; rename the file.",
            )


def probable_duplicates(corpus: Corpus) -> Iterator[Found]:
    seen: dict[tuple[str, ...], Record] = {}
    for record in _oldest_first(corpus.records.values()):
        if record.withdrawn:
            continue
        for key in _likeness(record):
            first = seen.setdefault((record.folder, *key), record)
            if first is not record:
                yield Found(
                    record,
                    (),
                    f'looks like the same {record.noun.lower()} as "{first.id}"',
                    "If it is, keep one; the other's id goes into former_ids.",
                )
                break


def _likeness(record: Record) -> Iterator[tuple[str, ...]]:
    """Keys that two records of one thing would share."""
    match record:
        case Summit():
            people = sorted(p.person for p in record.participants)
            yield ("summit", record.start.day or record.start, record.city, *people)
        case Source():
            if record.url:
                yield ("url", record.url.rstrip("/"))
        case Person():
            for name in (record.names.display, *record.aliases):
                yield ("name", folded(name))
        case _:
            yield ("title", folded(record.title_text), *getattr(record, "summits", ())[:1])


def shared_alias(corpus: Corpus) -> Iterator[Found]:
    by_alias: dict[str, list[Country]] = defaultdict(list)
    for country in _oldest_first(corpus.everything(Country)):
        for n, alias in enumerate((country.name, *country.aliases)):
            others = by_alias[folded(alias)]
            if others and others[0] is not country:
                yield Found(
                    country,
                    ("aliases", n - 1) if n else ("name",),
                    f'"{alias}" is also a name of "{others[0].id}"',
                    "A name leads to one country only.",
                )
            others.append(country)


def look_alikes(corpus: Corpus) -> Iterator[Found]:
    """Names in other letters than the one they look like."""
    seen: dict[tuple[str, str], tuple[Record, str]] = {}
    for record in _oldest_first(corpus.records.values()):
        for way, name in _names(record):
            first, known = seen.setdefault((record.folder, skeleton(name)), (record, name))
            if first is not record and folded(known) != folded(name):
                yield Found(
                    record,
                    way,
                    f'"{name}" looks like "{known}", a name of "{first.id}", and is written in '
                    "other letters",
                    "If it is another name, add what tells them apart.",
                )


def _names(record: Record) -> Iterator[tuple[FieldPath, str]]:
    match record:
        case Person():
            yield ("names", "display"), record.names.display
        case Country() | Organisation() | Topic() | Term():
            yield ("name",), record.name
    if abbreviation := getattr(record, "abbreviation", None):
        yield ("abbreviation",), abbreviation
    yield from ((("aliases", n), alias) for n, alias in enumerate(getattr(record, "aliases", ())))


RULES: tuple[Check, ...] = (
    Check(
        Rule(
            "SB701",
            "error",
            "Ids differ in more than their hyphens.",
            "+ topics/2025-trade\n+ topics/20-25-trade",
            "+ topics/trade-in-2025",
        ),
        ids_alike,
    ),
    Check(
        Rule(
            "SB702",
            "error",
            "The id of a country is its ISO code of two letters.",
            "+ countries/norway",
            "+ countries/no",
        ),
        country_id,
    ),
    Check(
        Rule(
            "SB703",
            "warning",
            "One thing has one record.",
            "# people/ishiba-shigeru\naliases:\n  - Lee Jae-myung",
            "# people/ishiba-shigeru\naliases:\n  - Shigeru Ishiba",
        ),
        probable_duplicates,
    ),
    Check(
        Rule(
            "SB704",
            "error",
            "A name of a country leads to that country only.",
            "# countries/jp\naliases:\n  - South Korea",
            "# countries/jp\naliases:\n  - Nippon",
        ),
        shared_alias,
    ),
    Check(
        Rule(
            "SB705",
            "warning",
            "No name looks like that of another record in other letters.",
            # APEC, in Cyrillic
            "# organisations/csds\nabbreviation: \u0410\u0420\u0415\u0421",
            "# organisations/csds\nabbreviation: CSDS Brussels",
        ),
        look_alikes,
    ),
)
