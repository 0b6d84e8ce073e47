"""What the texts on a meeting say side by side: questions by kinds of text, from `accounts`.

A cell without an entry means that nobody recorded one, not that a text is silent.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.corpus import Corpus
from generator.model import JOINT_KINDS, Account, Country, Source, SourceKind, Summit, Takeaway
from generator.words import WORDS


@dataclass(frozen=True)
class Entry:
    """One account in one column: what it says, and those of its citations that belong there."""

    account: Account
    citations: tuple[object, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Line:
    """A question (the takeaway) and the entries of each column, oldest text first."""

    takeaway: Takeaway
    cells: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True)
class Table:
    """The table of one meeting. `columns` are the kinds of text that occur in it."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def side_by_side(corpus: Corpus, summit: Summit) -> Table | None:
    """The accounts of the takeaways of a meeting; None where there is nothing to compare."""
    takeaways = [t for t in corpus.takeaways_of(summit) if t.accounts]
    found = {t.id: _by_column(corpus, t) for t in takeaways}
    keys = sorted({key for cells in found.values() for key in cells})
    if len(keys) < 2:
        return None
    columns = tuple(_label(corpus, summit, key) for key in keys)
    lines = [Line(t, tuple(tuple(found[t.id].get(key, ())) for key in keys)) for t in takeaways]
    return Table(columns, tuple(lines))


#: Texts of one side that are known by whose they are: the South Korean readout.
_OWN_KINDS = frozenset({SourceKind.READOUT, SourceKind.FACT_SHEET, SourceKind.STATEMENT})


def voice(corpus: Corpus, source: Source) -> str:
    """Who speaks in a text, as it follows "According to": `the joint statement`, `the South Korean
    readout`, the authors of an analysis, else its publisher."""
    kind = source.kind.label.lower()
    if source.kind in JOINT_KINDS:
        return WORDS["voice_joint"].format(kind=kind)
    side = corpus.get(source.issuers[0], Country) if len(source.issuers) == 1 else None
    if side and side.demonym and source.kind in _OWN_KINDS:
        return WORDS["voice_own"].format(whose=side.demonym, kind=kind)
    if source.kind is SourceKind.ANALYSIS and source.authors:
        return ", ".join(source.authors)
    return source.publisher


#: Columns stand in this order; between the first and the others, one for each country.
_JOINT, _OWN, _PRESS, _ANALYSIS = range(4)
_Key = tuple[int, str]


def _key(source: Source) -> _Key:
    """The column of a text: by whether all sides issued it, one side, or somebody else."""
    if source.kind in JOINT_KINDS or len(source.issuers) > 1:
        return _JOINT, ""
    if source.issuers:
        return _OWN, source.issuers[0]
    return (_ANALYSIS if source.kind is SourceKind.ANALYSIS else _PRESS), ""


def _label(corpus: Corpus, summit: Summit, key: _Key) -> str:
    place, country = key
    if place == _OWN:
        return WORDS["side_own"].format(country=corpus.title(country) or country)
    return {
        _JOINT: WORDS["side_joint"],
        _PRESS: WORDS["side_press"],
        _ANALYSIS: WORDS["side_analysis"],
    }[place]


def _by_column(corpus: Corpus, takeaway: Takeaway) -> dict[_Key, list[Entry]]:
    cells: dict[_Key, list[Entry]] = {}
    for account in takeaway.accounts:
        known = [(c, s) for c in account.sources if (s := corpus.get(c.source, Source))]
        for key in dict.fromkeys(_key(source) for _, source in known):
            here = [(c, s) for c, s in known if _key(s) == key]
            entry = Entry(account, tuple(c for c, _ in here), tuple(s for _, s in here))
            cells.setdefault(key, []).append(entry)
    for entries in cells.values():
        entries.sort(key=lambda entry: min(s.issued for s in entry.sources))
    return cells
