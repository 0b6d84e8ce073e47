"""Tables of numbers: who met whom, and what came up where. Colour in them is decoration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from generator import words as wording
from generator.corpus import Corpus, Pair
from generator.figures.meetings import MOST_NAMES, place_words
from generator.figures.shape import Figure, Href, Row, counted, headings, link, listed
from generator.model import Country, Organisation, Summit, SummitFormat, Takeaway, Topic
from generator.words import WORDS, sentence

#: The most that is drawn.
MOST_COUNTRIES, MOST_TOPICS, MOST_MEETINGS = 12, 30, 10


def pairs(corpus: Corpus, href: Href) -> Figure:
    """How often each two countries met: a table, country by country."""
    key, title = "meetings-by-pair", WORDS["figure_pairs"]
    columns = headings("first_country", "second_country", "meetings", "last_met")
    met = {
        p.id: [s for s in p.summits if s.took_place] for p in corpus.pairs.values() if p.meetings
    }
    if not met:
        return Figure(key, title, columns, sentence("finding_pairs_none"))
    number: Counter[str] = Counter()
    for pair, held in met.items():
        for country in pair.split("-"):
            number[country] += len(held)
    countries = [c for c in corpus.all(Country) if number[c.id]]
    countries.sort(key=lambda c: (-number[c.id], c.name))
    kept = countries[:MOST_COUNTRIES]
    heads = [link(href(corpus.url(c)), c.name) for c in kept]
    lines = [
        (head, [_pair(href, met, a, b) for b in kept]) for a, head in zip(kept, heads, strict=True)
    ]
    ordered = sorted((corpus.pairs[i] for i in met), key=lambda p: (-p.meetings, p.id))
    notes = [WORDS["note_pairs"]]
    if len(kept) < len(countries):
        notes.append(sentence("note_countries", shown=len(kept), total=len(countries)))
    return Figure(
        key,
        title,
        columns,
        _pairs_finding(ordered, met),
        body=_grid(title, WORDS["country"], heads, lines),
        rows=tuple(_pair_row(pair, met[pair.id]) for pair in ordered),
        notes=tuple(notes),
        is_table=True,
    )


def _pair_row(pair: Pair, held: Sequence[Summit]) -> Row:
    one, other = pair.countries
    return Row((one.name, other.name, len(held), str(held[-1].start)[:10]), f"pairs/{pair.id}/")


def _pair(href: Href, met: Mapping[str, Sequence[Summit]], a: Country, b: Country) -> Markup:
    held = met.get("-".join(sorted((a.id, b.id))), ())
    if a.id == b.id:
        return Markup('<td class="same"></td>')
    if not held:
        return Markup('<td class="zero">0</td>')
    return Markup(
        '<td class="heat--{}"><a href="{}">{}'
        '<small><span class="vh">, {} </span>{}</small></a></td>'
    ).format(
        _heat(len(held), max(map(len, met.values()))),
        href(f"pairs/{'-'.join(sorted((a.id, b.id)))}/"),
        len(held),
        WORDS["last_met"].lower(),
        held[-1].start[:4],
    )


def _heat(number: int, most: int) -> int:
    """One of four depths of colour; decoration, the number stands beside it."""
    return -(-4 * number // most)


def _pairs_finding(ordered: Sequence[Pair], met: Mapping[str, Sequence[Summit]]) -> str:
    number = wording.times(ordered[0].meetings)
    tied = sum(pair.meetings == ordered[0].meetings for pair in ordered)
    if tied > 1:
        key = "finding_pairs_same" if tied == len(ordered) else "finding_pairs_tie"
        return sentence(key, pairs=tied, number=number)
    names = listed([country.name for country in ordered[0].countries])
    year = str(met[ordered[0].id][-1].start[:4])
    return sentence("finding_pairs", names=names, number=number, year=year)


def topics(corpus: Corpus, href: Href) -> Figure:
    """How many takeaways of each topic each meeting brought: a table, topic by meeting."""
    key, title = "takeaways-by-topic", WORDS["figure_topics"]
    columns = headings("topic", "meeting", "date", "takeaways")
    number: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for takeaway in corpus.all(Takeaway):
        total.update(takeaway.topics)
        number.update((t, s) for t in takeaway.topics for s in takeaway.summits)
    order = [t for t in corpus.all(Topic) if total[t.id]]
    order.sort(key=lambda t: (-total[t.id], t.name))
    summits = [s for s in corpus.all(Summit) if any(number[t.id, s.id] for t in order)]
    if not order or not summits:
        return Figure(key, title, columns, sentence("finding_topics_none"))
    kept, drawn = order[:MOST_TOPICS], summits[: -MOST_MEETINGS - 1 : -1]
    most = max(1, *(number[t.id, s.id] for t in kept for s in drawn))
    head = [Markup("{}").format(WORDS["all_takeaways"]), *(_head(corpus, href, s) for s in drawn)]
    lines = [
        (
            link(href(corpus.url(t)), t.name),
            [
                Markup("<td><b>{}</b></td>").format(total[t.id]),
                *(_topic(number[t.id, s.id], most) for s in drawn),
            ],
        )
        for t in kept
    ]
    notes = [WORDS["note_topics"]]
    if len(drawn) < len(summits):
        notes.insert(0, sentence("note_columns", shown=len(drawn), total=len(summits)))
    if len(kept) < len(order):
        notes.append(sentence("note_topics_kept", shown=len(kept), total=len(order)))
    first = [t for t in order if total[t.id] == total[order[0].id]]
    at = {s for t, s in number if t == first[0].id}
    same = len(first) == len(order) > 1 or len(first) > MOST_NAMES
    finding = sentence(
        "finding_topics_same" if same else "finding_topics_tie" if first[1:] else "finding_topics",
        name=listed([t.name for t in first]),
        topics=len(first),
        takeaways=counted(total[first[0].id], "takeaway", "takeaways"),
        meetings=counted(len(at), "meeting", "meetings"),
    )
    rows = tuple(
        Row((t.name, s.title, str(s.start)[:10], number[t.id, s.id]), corpus.url(s))
        for t in order
        for s in summits
        if number[t.id, s.id]
    )
    return Figure(
        key,
        title,
        columns,
        finding,
        body=_grid(title, WORDS["topic"], head, lines),
        rows=rows,
        notes=tuple(notes),
        is_table=True,
    )


def _head(corpus: Corpus, href: Href, summit: Summit) -> Markup:
    """Where, who and when, in as few letters as will do."""
    codes = "–".join(country.id.upper() for country in corpus.countries_at(summit)[:3])
    forum = corpus.get(summit.forum or "", Organisation)
    if summit.format is SummitFormat.MULTILATERAL and forum:
        codes = forum.abbreviation or forum.name
    month = summit.start[5:7]
    when = f"{wording.MONTHS[int(month) - 1][:3]} {summit.start[:4]}" if month else summit.start[:4]
    return Markup('<a href="{}">{} <small>{}</small> <small>{}</small></a>').format(
        href(corpus.url(summit)), place_words(summit), codes, when
    )


def _topic(number: int, most: int) -> Markup:
    if not number:
        return Markup('<td class="zero">0</td>')
    return Markup('<td class="heat--{}">{}</td>').format(_heat(number, most), number)


def _grid(
    title: str,
    corner: str,
    columns: Sequence[Markup],
    rows: Sequence[tuple[Markup, Sequence[Markup]]],
) -> Markup:
    """A table of numbers with a head for each row and column. Each cell is a whole `<td>`."""
    head = Markup("\n").join(Markup('<th scope="col">{}</th>').format(c) for c in columns)
    lines = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, Markup("").join(cells))
        for name, cells in rows
    ]
    return Markup(
        '<div class="table-region" role="region" tabindex="0" aria-label="{0}">\n'
        '<table class="data grid">\n<thead><tr><td>{1}</td>{2}</tr></thead>\n'
        "<tbody>\n{3}\n</tbody>\n</table>\n</div>"
    ).format(title, corner, head, Markup("\n").join(lines))
