"""Cards: the picture that a link to a summit or a briefing shows on other sites.

A card says what the first screen of its page says: title, date and place, bottom line, who was
there. It is kept and made anew as the PDFs are, in the same store (`press`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from generator import words as wording
from generator.corpus import Corpus
from generator.model import Briefing, Country, Person, Summit, SummitFormat
from generator.pdf.desk import OWN_LANGUAGE, Desk
from generator.pdf.nodes import Nodes, Tree
from generator.pdf.shelf import Document
from generator.words import WORDS, shortened

#: A bottom line longer than this is cut at a word.
BOTTOM_LINE = 230
#: A meeting with more participants is shown by its countries, and of these at most so many.
MANY_PEOPLE, MANY_COUNTRIES = 3, 8


def standard(corpus: Corpus) -> list[Document]:
    """The cards that come with the site."""
    return [
        *(_card(corpus, s, summit) for s in corpus.all(Summit)),
        *(_card(corpus, b, briefing) for b in corpus.all(Briefing)),
    ]


def summit(corpus: Corpus, record: Summit) -> Tree:
    """The card of a summit."""
    seats = corpus.seats(record)
    forum = corpus.title(record.forum) if record.forum else None
    if record.format is SummitFormat.MULTILATERAL and forum:
        who: list[Nodes] = [[forum]]  # the participants on record are some of many
    elif len(seats) <= MANY_PEOPLE:
        who = [_person(corpus, seat.person, seat.country) for seat in seats]
    else:
        who = _countries([c.name for c in corpus.countries_at(record)])
    return _tree(
        title=record.title,
        kicker=wording.meeting(record),
        place=_place(corpus, record),
        bottom_line=record.bottom_line,
        who=who,
    )


def briefing(corpus: Corpus, record: Briefing) -> Tree:
    """The card of a briefing."""
    summits = [s for i in record.summits if (s := corpus.get(i, Summit))]
    named = dict.fromkeys(c.name for s in summits for c in corpus.countries_at(s))
    authors = [title for i in record.authors if (title := corpus.title(i))]
    publisher = corpus.title(record.publisher) or ""
    return _tree(
        title=record.title,
        kicker=record.kind.label,
        place=", ".join([*authors, publisher]),
        bottom_line=record.bottom_line,
        who=_countries(list(named)),
    )


def _card(corpus: Corpus, record: Summit | Briefing, tree: Callable[..., Tree]) -> Document:
    return Document(
        f"{record.folder}/{record.id}.png",
        corpus.url(record),
        alt(corpus, record),
        "card.typ",
        partial(tree, corpus, record),
        most=1,
        picture=True,
    )


def alt(corpus: Corpus, record: Summit | Briefing) -> str:
    """What the picture says, for those who do not see it."""
    place = f" {_place(corpus, record)}." if isinstance(record, Summit) else ""
    return f"{record.title}.{place} {shortened(record.bottom_line, BOTTOM_LINE)}"


def _tree(**texts: str | list[Nodes]) -> Tree:
    bottom_line = shortened(str(texts["bottom_line"]), BOTTOM_LINE)
    return {**texts, "bottom_line": bottom_line, "site": WORDS["site"], "words": {}}


def _place(corpus: Corpus, record: Summit) -> str:
    """`25 August 2025, Washington, DC, United States`."""
    when = wording.spoken_range(record.start, record.end)
    host = corpus.host(record)
    return ", ".join(part for part in (when, record.city, host.name if host else "") if part)


def _person(corpus: Corpus, person: Person, country: Country | None) -> Nodes:
    """A name, the same in its own script where a font has it, and the country."""
    own = OWN_LANGUAGE.get(country.id) if country else None
    names = [name for name in person.names.native if name.lang == own]
    native = Desk(corpus).native(names[:1])
    return [person.names.display, *native, *([f", {country.name}"] if country else [])]


def _countries(names: list[str]) -> list[Nodes]:
    more = len(names) - MANY_COUNTRIES
    shown = names if more <= 0 else [*names[:MANY_COUNTRIES], f"{more} {WORDS['pdf_more']}"]
    return [[name] for name in shown]
