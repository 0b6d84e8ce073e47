"""Any set of records a reader could see as a page, in any format that holds several records.

A selector is the address of a page: `summits`, `takeaways/by-topic/trade`, `pairs/jp-kr`,
`people/lee-jae-myung`, `tracker`; or an id, or a former one. No selector means everything.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from pydantic_core import to_json

from generator import cite, lists
from generator.corpus import Corpus
from generator.exports import api, calendar, csvs, feeds, markdown
from generator.model import BY_FOLDER, Record
from generator.tables import Table, tables_of


class CannotExport(Exception):
    """Nothing can be exported as asked; says why."""


def selected(corpus: Corpus, selectors: Iterable[str]) -> list[Record]:
    """The records behind the selectors, each once, in the order asked; withdrawn ones never.

    Raises `CannotExport` for an address that no page has.
    """
    wanted = list(selectors)
    if not wanted:
        return [record for kind in BY_FOLDER.values() for record in corpus.all(kind)]
    found = {record.id: record for text in wanted for record in _behind(corpus, text)}
    return list(found.values())


def _behind(corpus: Corpus, selector: str) -> list[Record]:
    address = selector.strip("/").removesuffix("/index.html")
    folder, _, rest = address.partition("/")
    if folder == "pairs" and rest:
        address = f"pairs/{'-'.join(sorted(rest.split('-')))}"
    page = lists.gathered(corpus).get(f"{address}/")
    if page and page.ids:
        return corpus.those(page.ids)
    if address in BY_FOLDER:
        return list(corpus.all(BY_FOLDER[address]))
    key = rest if folder in BY_FOLDER else address
    record = corpus.records.get(key) or corpus.former.get(key)
    if record and (not rest or record.folder == folder):
        if record.withdrawn:
            raise CannotExport(f"{record.id} was withdrawn: {record.withdrawn.reason}")
        return [record]
    near = difflib.get_close_matches(key, list(corpus.records), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise CannotExport(f"no page has the address {selector}.{hint}")


# -- formats --------------------------------------------------------------------------------------


def _json(corpus: Corpus, records: list[Record]) -> bytes:
    entries = [api.entry_of(corpus, record) for record in records]
    return to_json({"count": len(entries), "records": entries}, indent=1) + b"\n"


def _csv(corpus: Corpus, records: list[Record]) -> bytes:
    folders = {record.folder for record in records}
    if len(folders) != 1:
        message = "one CSV file holds records of one type; add a type, such as takeaways."
        raise CannotExport(message)
    table = next(t for t in tables_of(corpus) if t.name in folders)
    rows = {row["id"]: row for row in table.rows}
    chosen = [rows[record.id] for record in records]
    return csvs.as_csv(Table(table.name, table.title, table.columns, chosen))


def _references(corpus: Corpus, records: list[Record]) -> list[cite.Reference]:
    return [cite.reference_of(corpus, record) for record in records]


def _bibtex(corpus: Corpus, records: list[Record]) -> bytes:
    return cite.as_bibtex(_references(corpus, records), corpus.proper_names).encode()


def _ris(corpus: Corpus, records: list[Record]) -> bytes:
    return cite.as_ris(_references(corpus, records)).encode()


def _csl(corpus: Corpus, records: list[Record]) -> bytes:
    return cite.as_csl(_references(corpus, records), corpus.proper_names).encode()


def _markdown(corpus: Corpus, records: list[Record]) -> bytes:
    return "\n\n".join(markdown.twin(corpus, record) for record in records).encode()


def _calendar(corpus: Corpus, records: list[Record]) -> bytes:
    wanted = {record.id for record in records}
    events = [dated for dated in calendar.events_of(corpus) if dated.record in wanted]
    return calendar.as_ics("Summit Briefings", events)


_FEED = feeds.Feed("", "selection", "", "", ())


def _atom(corpus: Corpus, records: list[Record]) -> bytes:
    news = feeds.entries_of(corpus)
    rows = [entry for record in records for entry in news[record.id]]
    return feeds.as_atom(corpus, _FEED, feeds.shown(rows, corpus.newest), "feeds/site.atom")


def _feed(corpus: Corpus, records: list[Record]) -> bytes:
    news = feeds.entries_of(corpus)
    rows = [entry for record in records for entry in news[record.id]]
    return feeds.as_json(corpus, _FEED, feeds.shown(rows, corpus.newest), "feeds/site.json")


#: Formats that can hold any set of records. A new one: a function above, a row here.
FORMATS: dict[str, Callable[[Corpus, list[Record]], bytes]] = {
    "json": _json,
    "csv": _csv,
    "bibtex": _bibtex,
    "ris": _ris,
    "csl": _csl,
    "markdown": _markdown,
    "atom": _atom,
    "feed": _feed,
    "ical": _calendar,
}
