"""The pieces every document is put together from: links, names, prose, notes, facts.

All of them are data (see `nodes`). Nothing here depends on the current day but the mark of an
overdue item, which is printed with the day somebody last looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from generator import words as wording
from generator.corpus import Corpus, Seat
from generator.model import (
    Account,
    Person,
    Record,
    Source,
    Status,
    Step,
    Summit,
    SummitState,
    Takeaway,
    Tier,
    VisitProtocol,
)
from generator.pdf.nodes import Node, Nodes, Tree, from_prose, joined, with_notes
from generator.words import WORDS, spoken_day, spoken_range

#: With more leaders than this, they are named without their offices.
MANY_SEATS = 8


@dataclass
class Desk:
    """Where one document is written. `here` names the records that have a place of their own in
    it, so that links to them stay inside; `cited` gathers the sources its notes name. Without
    `places` notes name their sources only, not where in them, so that there are few."""

    corpus: Corpus
    here: frozenset[str] = frozenset()
    cited: set[str] = field(default_factory=set)
    places: bool = True

    # -- links and names ------------------------------------------------------------------------

    def link(self, record: Record, words: Nodes | str = "") -> Nodes:
        """A record by name: inside the document, to the site, or as words alone."""
        text: Nodes = [words] if isinstance(words, str) and words else list(words)
        text = text or [record.title_text]
        if record.id in self.here:
            return [{"k": "ref", "to": record.id, "c": text}]
        return self.outward(self.corpus.url(record), text)

    def outward(self, path: str, text: Nodes) -> Nodes:
        """Words that lead to a page of the site, where the site has an address."""
        href = self.corpus.absolute(path)
        return [{"k": "link", "href": href, "c": text}] if href else text

    def links(self, ids: Iterable[str]) -> Nodes:
        """Several records by name; ids of no record are left out."""
        return joined([self.link(r) for i in ids if (r := self.corpus.records.get(i))])

    def by_id(self, record_id: str, words: str) -> Nodes:
        """What `[[id|words]]` in prose becomes."""
        record = self.corpus.records.get(record_id) or self.corpus.former.get(record_id)
        return self.link(record, words) if record else [words or record_id]

    def native(self, names: Iterable[Any], bare: bool = False) -> Nodes:
        """Names in their own scripts with their languages: in brackets after another name, or bare.

        A name no font covers is taken out later (`fonts`), and with the last one the brackets."""
        found = [{"k": "native", "lang": name.lang, "text": name.text} for name in names]
        return [{"k": "natives", "bare": bare, "c": found}] if found else []

    def person(self, person: Person) -> Nodes:
        """A person's name, and the same in its own script."""
        country = self.corpus.country_of(person)
        own = OWN_LANGUAGE.get(country.id) if country else None
        names = [name for name in person.names.native if name.lang == own]
        return [*self.link(person), *self.native(names[:1])]

    def seat(self, seat: Seat) -> Nodes:
        """A participant with office and country."""
        office = [f", {seat.office.office}"] if seat.office else []
        country = [" (", *self.link(seat.country), ")"] if seat.country else []
        return [*self.person(seat.person), *office, *country]

    # -- prose and notes ------------------------------------------------------------------------

    def prose(self, text: str, rich: bool = False) -> Nodes:
        """A piece of prose as blocks."""
        return from_prose(self.corpus.parsed(text, rich), self.by_id, self.note)

    def note(self, source: str, locator: str = "", quote: str = "") -> Nodes:
        if self.corpus.get(source, Source) is None:
            return []
        self.cited.add(source)
        place = {"locator": locator, "quote": quote} if self.places else _NO_PLACE
        return [{"k": "note", "source": source, **place}]

    def best(self, citations: Iterable[Any]) -> Nodes:
        """The note of the source nearest to the event, without the place in it: short documents
        name each source once."""
        found = sorted(citations, key=lambda c: self.corpus.best_tier([c]) or Tier.FIVE)
        return self.note(found[0].source) if found else []

    def cite(self, citations: Iterable[Any], besides: str = "", most: int | None = None) -> Nodes:
        """Notes for citations, those of the best tier if only `most` may stay.

        What the prose `besides` cites already is left out, a bare source wherever it does so."""
        notes = list(self.corpus.parsed(besides).notes()) if besides else []
        known = {(note.value, where) for note in notes for where in ("", note.extra)}
        rows = [c for c in citations if c.quote or (c.source, c.locator or "") not in known]
        if most is not None:
            rows = sorted(rows, key=lambda c: self.corpus.best_tier([c]) or Tier.FIVE)[:most]
        return [n for c in rows for n in self.note(c.source, c.locator or "", c.quote or "")]

    def source(self, source: Source) -> Node:
        """What a note or an entry of the list of sources says about a source."""
        language = wording.language(source.language)
        return {
            "authors": ", ".join(source.authors),
            "title": self.outward(self.corpus.url(source), [source.title]),
            "title_en": source.title_en or "",
            "publisher": source.publisher,
            "date": unbroken(spoken_day(source.issued)),
            "language": f"{WORDS['in_language']} {language}" if source.language != "en" else "",
            "kind": source.kind.label,
            "url": source.url or "",
            "archived": source.archived_url or "",
        }

    # -- where things stand ---------------------------------------------------------------------

    def chip(self, status: Status | None) -> Node | None:
        return {"k": "chip", "status": str(status), "label": status.label} if status else None

    def since(self, takeaway: Takeaway) -> str:
        """The day of the step that brought today's status."""
        history = self.corpus.followed(takeaway).history
        status = self.corpus.status(takeaway)
        since = history[-1].date
        for step in reversed(history):
            if step.status is not status:
                break
            since = step.date
        return unbroken(spoken_day(since))

    def next_step(self, takeaway: Takeaway) -> Nodes:
        """What is due: the deadline, or the day to look again."""
        followed = self.corpus.followed(takeaway)
        if not self.corpus.is_open(takeaway):
            return ["–"]
        deadline = takeaway.deadline or followed.deadline
        if deadline:
            late = f" ({WORDS['overdue'].lower()})" if self.corpus.is_overdue(takeaway) else ""
            return [f"{WORDS['due']} {unbroken(spoken_day(deadline.date))}{late}"]
        if followed.review:
            return [f"{WORDS['look_again']} {unbroken(spoken_day(followed.review))}"]
        return ["–"]

    def basis(self, takeaway: Takeaway) -> Nodes:
        """Whose word it is, or what it rests on."""
        words = WORDS[self.corpus.basis(takeaway)]
        names = self.links(takeaway.attributed_to)
        return [words, " ", *names] if names else [words]

    def head_line(self, takeaway: Takeaway) -> Nodes:
        return self.link(takeaway, takeaway.headline)

    def step(self, step: Step) -> Tree:
        notes = self.cite(step.sources, step.note)
        return {
            "date": unbroken(spoken_day(step.date)),
            "chip": self.chip(step.status),
            "text": with_notes(self.prose(step.note), notes),
        }

    def account(self, account: Account) -> Nodes:
        """What one text says, or that it is silent, with its notes."""
        says = account.says or WORDS["silent"]
        quote = f" {WORDS['quote_open']}{account.quote}{WORDS['quote_close']}"
        return [says, *([quote] if account.quote else []), *self.cite(account.sources)]

    # -- facts ----------------------------------------------------------------------------------

    def facts(self, summit: Summit) -> list[Tree]:
        """The key facts of a summit: label and lines."""
        corpus = self.corpus
        before, after = corpus.neighbours(summit)
        hour = f", {summit.start.time} ({summit.timezone})" if summit.start.time else ""
        place = ", ".join(p for p in (summit.venue, summit.city) if p)
        host = corpus.host(summit)
        kinds = [summit.format.label, summit.setting.label.lower()]
        if summit.visit and summit.visit is not VisitProtocol.NONE:
            kinds.append(summit.visit.label.lower())
        rows: list[tuple[str, list[Nodes]]] = [
            ("date", [[unbroken(spoken_range(summit.start, summit.end)) + hour]]),
            ("place", [joined([[place], *([self.links([host.id])] if host else [])])]),
            ("participants", self._participants(summit)),
            ("format", [["; ".join(kinds)]]),
        ]
        if summit.state is not SummitState.HELD:
            rows.append(("state", [[summit.state.label]]))
        if summit.minutes:
            rows.append(("length", [[wording.duration(summit.minutes)]]))
        rows.append(("forum", [self.links([summit.forum or ""])]))
        rows.append(("part_of", [self.links([summit.part_of or ""])]))
        rows.append(("documents", self._documents(summit)))
        for key, other in (("previous", before), ("next", after)):
            if isinstance(other, Summit):
                day = unbroken(spoken_range(other.start, other.end))
                rows.append((key, [[*self.link(other), f", {day}"]]))
        return [
            {"label": WORDS[key], "lines": lines} for key, lines in rows if any(map(bool, lines))
        ]

    def _participants(self, summit: Summit) -> list[Nodes]:
        """Names with offices, one a line; of a large meeting names and countries in one."""
        roles = {p.person: p.role for p in summit.participants}
        seats = self.corpus.seats(summit)
        lines: list[Nodes] = []
        for seat in seats:
            role = roles.get(seat.person.id)
            small = seat if len(seats) <= MANY_SEATS else replace(seat, office=None)
            lines.append([*self.seat(small), *([f", {role.label.lower()}"] if role else [])])
        return lines if len(seats) <= MANY_SEATS else [joined(lines, "; ")]

    def _documents(self, summit: Summit) -> list[Nodes]:
        found = [s for i in summit.documents if (s := self.corpus.get(i, Source))]
        lines = [[*self.link(s), f" ({s.kind.label.lower()})", *self.note(s.id)] for s in found]
        none = summit.no_joint_document
        if none:
            text = f"{WORDS['no_joint_document_text']} {unbroken(spoken_day(none.checked))}"
            lines.append([text, *self.best(none.sources)])
        return lines

    def named(self, label: str, value: Nodes | str) -> list[Tree]:
        """One fact, or none if there is nothing to say."""
        lines = [value] if isinstance(value, str) and value else value
        return [{"label": WORDS[label], "lines": [lines]}] if lines else []


#: The language in which a person of that country writes the name, where its script is not Latin.
#: Records also hold names as others write them; beside the romanised name only its own helps.
OWN_LANGUAGE = {
    "cn": "zh-Hans",
    "il": "he",
    "in": "hi",
    "ir": "fa",
    "jp": "ja",
    "kp": "ko",
    "kr": "ko",
    "mn": "mn",
    "ru": "ru",
    "sa": "ar",
    "th": "th",
    "tw": "zh-Hant",
    "ua": "uk",
}

_NO_PLACE = {"locator": "", "quote": ""}


def unbroken(text: str) -> str:
    """A date that stays on one line; of two dates, each."""
    return " to ".join(day.replace(" ", "\N{NO-BREAK SPACE}") for day in text.split(" to "))
