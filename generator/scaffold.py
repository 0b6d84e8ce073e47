"""New records: which questions to ask, what follows from the answers, which id suits them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from generator.corpus import Corpus
from generator.fields import MAX_ID, ProseMark, Ref, Vocabulary, When
from generator.fmt import as_yaml
from generator.model import (
    JOINT_KINDS,
    Person,
    Record,
    Source,
    SourceKind,
    Summit,
    Takeaway,
    TakeawayKind,
    attribute_of,
    field_order,
    is_list,
    known_names,
    marks_in,
    shapes_in,
    types_in,
)
from generator.problems import suggestion

Shape = type[BaseModel]


@dataclass(frozen=True)
class Question:
    """One value a person is asked for. `way` leads to it: `names.display`."""

    way: str
    about: str
    many: bool
    choices: tuple[Vocabulary, ...]
    folders: tuple[str, ...] | None  # of the records it names; None if it names none
    prose: bool


def questions(shape: Shape, before: str = "") -> list[Question]:
    """What must be known for a record of a type: its required fields, in their order."""
    found: list[Question] = []
    for key in field_order(shape):
        name = next(n for n, i in shape.model_fields.items() if (i.alias or n) == key)
        if shape.model_fields[name].is_required() and key != "published":
            found += question_of(shape, name, f"{before}{key}")
    return found


def question_of(shape: Shape, name: str, way: str) -> list[Question]:
    """The question for a field, or those for the required fields inside of it."""
    info = shape.model_fields[name]
    inner = next(iter(shapes_in(shape, name)), None)
    many = is_list(shape, name)
    if inner and not many:
        return questions(inner, f"{way}.")
    marks = marks_in(inner, first_required(inner)) if inner else marks_in(shape, name)
    refs = [m for m in marks if isinstance(m, Ref)]
    kinds = [t for t in types_in(shape, name) if issubclass(t, Vocabulary)]
    return [
        Question(
            way,
            info.description or "",
            many,
            tuple(kinds[0]) if kinds else (),
            refs[0].folders if refs else None,
            any(isinstance(m, ProseMark) for m in marks),
        )
    ]


#: Fields that may be left out, and are asked for all the same: by the forms, and at a terminal.
_WORTH_ASKING: dict[type[Record], tuple[str, ...]] = {
    Summit: ("venue", "visit", "sources"),
    Takeaway: ("concerns", "deadline.date", "deadline.text"),
    Source: ("title_en", "url", "archived_url", "authors", "issuers"),
}


def worth_asking(kind: type[Record]) -> list[Question]:
    """What else to ask for a record of a type; no answer is an answer."""
    found = []
    for way in _WORTH_ASKING.get(kind, ()):
        shape: Shape = kind
        *parts, last = way.split(".")
        for part in parts:
            shape = shapes_in(shape, attribute_of(shape, part))[0]
        found += question_of(shape, attribute_of(shape, last), way)
    return found


def first_required(shape: Shape) -> str:
    return next(name for name, info in shape.model_fields.items() if info.is_required())


class WrongAnswer(Exception):
    """A value does not fit its field. Says what must be true, and what may be meant."""


def put(data: dict[str, Any], shape: Shape, way: str, text: str, corpus: Corpus) -> None:
    """Set one field of the data of a new record from the text a person typed.

    Several values are separated by commas, or semicolons where they are text. Names of records
    are turned into ids. Raises `WrongAnswer`.
    """
    key, _, rest = way.partition(".")
    name = next((n for n, i in shape.model_fields.items() if (i.alias or n) == key), None)
    if name is None or name == "id":
        guess = suggestion(key, {k: k for k in field_order(shape)})
        raise WrongAnswer(f'"{key}" is not a field. {guess}'.strip())
    inner = next(iter(shapes_in(shape, name)), None)
    if rest:
        if inner is None or is_list(shape, name):
            raise WrongAnswer(f"{key} has no fields of its own here.")
        put(data.setdefault(key, {}), inner, rest, text, corpus)
        return
    data[key] = _value(shape, name, inner, text, corpus)
    _fits(shape, name, key, data[key])


def _value(shape: Shape, name: str, inner: Shape | None, text: str, corpus: Corpus) -> Any:
    marks = marks_in(inner, first_required(inner)) if inner else marks_in(shape, name)
    ref = next((m for m in marks if isinstance(m, Ref)), None)
    if not is_list(shape, name):
        return _id_of(text, ref, corpus) if ref else text.strip()
    parts = [p.strip() for p in re.split(r"," if ref else r";", text) if p.strip()]
    if ref:
        parts = [_id_of(part, ref, corpus) for part in parts]
    if inner and first_required(inner) != "source":
        return [{first_required(inner): part} for part in parts]
    return parts


def _id_of(text: str, ref: Ref, corpus: Corpus) -> str:
    text = text.strip()
    records = [r for r in corpus.records.values() if not ref.folders or r.folder in ref.folders]
    names = known_names(records)
    found = names.get(text) or {n.casefold(): i for n, i in names.items()}.get(text.casefold())
    if found is None:
        part = sorted({i for n, i in names.items() if text.casefold() in n.casefold().split()})
        hint = f"Did you mean {' or '.join(part[:3])}?" if part else suggestion(text, names)
        raise WrongAnswer(f'there is no record "{text}". {hint}'.strip())
    return found


def _fits(shape: Shape, name: str, key: str, value: Any) -> None:
    info = shape.model_fields[name]
    annotation: Any = info.annotation
    for part in info.metadata:
        annotation = Annotated[annotation, part]
    try:
        TypeAdapter(annotation).validate_python(tuple(value) if isinstance(value, list) else value)
    except ValidationError as error:
        details = error.errors()[0]
        context = details.get("ctx", {})
        text = f"{context.get('message', details['msg'])}. {context.get('hint', '')}".strip()
        raise WrongAnswer(f"{key}: {text}") from None


# -- what follows from the answers --------------------------------------------------------------

_TIERS = {
    SourceKind.PRESS_REPORT: "3",
    SourceKind.ANALYSIS: "4",
    SourceKind.DATASET: "2",
}
_FIRST_STATUS: dict[str, str] = {
    TakeawayKind.COMMITMENT: "agreed",
    TakeawayKind.ANNOUNCEMENT: "agreed",
    TakeawayKind.OPEN_ISSUE: "open",
}


def derive(kind: type[Record], data: dict[str, Any], corpus: Corpus) -> None:
    """Fill in what follows from what is there already; nothing that is there is changed."""
    data.setdefault("published", corpus.today.isoformat())
    if kind is Summit:
        _derive_summit(data, corpus)
    elif kind is Takeaway:
        _derive_takeaway(data, corpus)
    elif kind is Source:
        _derive_source(data, corpus)


def _derive_summit(data: dict[str, Any], corpus: Corpus) -> None:
    there = [s for s in corpus.everything(Summit) if s.city == data.get("city")]
    if there:
        data.setdefault("timezone", there[-1].timezone)
        data.setdefault("country", there[-1].country)
    people = [p for row in data.get("participants", ()) if (p := corpus.get(row["person"], Person))]
    day = _date(data.get("start"))
    countries = {c.id for p in people if (c := corpus.country_of(p, day))}
    formats = {2: "bilateral", 3: "trilateral", **dict.fromkeys(range(4, 10), "minilateral")}
    if countries and len(countries) in formats:
        data.setdefault("format", formats[len(countries)])
    if day:
        data.setdefault("state", "held" if day.first <= corpus.today else "scheduled")
    if len(people) == 2 and data.get("city"):
        pair = "–".join(p.names.family or p.names.display for p in people)
        data.setdefault("title", f"{pair} summit, {data['city']}")


def _derive_takeaway(data: dict[str, Any], corpus: Corpus) -> None:
    home = corpus.get(next(iter(data.get("summits", ())), ""), Summit)
    if not home:
        return
    orders = [t.order or 0 for t in corpus.takeaways_of(home)]
    data.setdefault("order", str(max(orders, default=0) + 1))
    first = _FIRST_STATUS.get(str(data.get("kind")))
    if first and data.get("headline") and data.get("sources") and "restates" not in data:
        step = {
            "date": str(home.start.day or home.start),
            "status": first,
            "note": f"{data['headline'].rstrip('.')}.",
            "sources": list(data["sources"]),
        }
        data.setdefault("history", [step])
        data.setdefault("checked", corpus.today.isoformat())


def _derive_source(data: dict[str, Any], corpus: Corpus) -> None:
    try:
        kind = TypeAdapter(SourceKind).validate_python(data.get("kind"))
    except ValidationError:
        return
    data.setdefault("tier", _TIERS.get(kind, "1"))
    data.setdefault("accessed", corpus.today.isoformat())
    same = [s for s in corpus.everything(Source) if s.publisher == data.get("publisher")]
    if same and kind not in JOINT_KINDS:
        data.setdefault("language", Counter(s.language for s in same).most_common(1)[0][0])


def _date(text: Any) -> When | None:
    try:
        return When(str(text))
    except ValueError:
        return None


# -- the id -------------------------------------------------------------------------------------


def suggested_id(kind: type[Record], data: dict[str, Any], corpus: Corpus) -> str:
    """An id in the manner of the others of its type that nobody has yet; empty if too little
    is known."""
    match kind.folder:
        case "summits":
            people = [
                p
                for row in data.get("participants", ())
                if (p := corpus.get(row["person"], Person))
            ]
            names = [p.names.family or p.names.display for p in people[:3]]
            parts = [str(data.get("start", ""))[:10], *names, data.get("city", "")]
        case "takeaways":
            home = corpus.get(next(iter(data.get("summits", ())), ""), Summit)
            parts = [str(home.start)[:10] if home else "", _gist(data.get("headline", ""))]
        case "people":
            parts = [data.get("names", {}).get("display", "")]
        case "countries":
            return ""
        case "organisations" | "terms":
            parts = [data.get("abbreviation") or data.get("name", "")]
        case "sources":
            issued = str(data.get("issued", ""))[:10]
            parts = [_short(data.get("publisher", "")), issued, _gist(data.get("title", ""), 3)]
        case "briefings":
            parts = [data["published"], _gist(data.get("title", ""))]
        case _:
            parts = [data.get("name") or data.get("title", "")]
    return _free("-".join(filter(None, (slug(part) for part in parts))), corpus)


_SMALL = frozenset("a an and are as at by for from in into is its of on or the to with".split())


def slug(text: str) -> str:
    """`text` as a piece of an id: letters a to z, digits, single hyphens."""
    plain = (
        unicodedata.normalize("NFKD", re.sub(r"[\u2010-\u2015]", "-", text))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _gist(text: str, words: int = 4) -> str:
    kept = [w for w in slug(text).split("-") if w and w not in _SMALL]
    return "-".join(kept[:words])


def _short(publisher: str) -> str:
    words = [w for w in slug(publisher).split("-") if w not in _SMALL]
    return "-".join(words[:2])


def _free(wanted: str, corpus: Corpus) -> str:
    base = wanted[:MAX_ID].strip("-")
    taken = {*corpus.records, *corpus.former}
    n = 2
    found = base
    while found in taken:
        found = f"{base[: MAX_ID - 3].strip('-')}-{n}"
        n += 1
    return found


def text_of(kind: type[Record], data: dict[str, Any]) -> bytes:
    """The file of a new record."""
    order = field_order(kind)
    ordered = {k: data[k] for k in order if k in data}
    return ("\n".join(as_yaml(ordered, kind)) + "\n").encode()


def kinds_by_noun(kinds: tuple[type[Record], ...]) -> dict[str, type[Record]]:
    """`summit` to the type; `term` for the glossary."""
    return {kind.noun.lower(): kind for kind in kinds}
