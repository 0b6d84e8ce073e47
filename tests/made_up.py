"""Libraries made up from the model: records nobody would write, each of them fine by itself."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from generator.fields import ProseMark, Ref, Vocabulary, When
from generator.fmt import as_yaml
from generator.model import (
    RECORD_TYPES,
    Account,
    CitedSource,
    Office,
    Record,
    attribute_of,
    field_order,
    is_list,
    is_long,
    marks_in,
    shapes_in,
    types_in,
)

#: Ids that are parts of each other, so that a careless hand would change too much.
STEMS = ["trade", "trade-tariffs", "free-trade", "lee", "lee-jae", "2025-08-25-lee", "press", "a"]
WORDS = (
    'trade trade-tariffs Lee press: a #1 it\'s “so” "so" [x] {y} 12:30 no yes null ~ 010 1_000 -3 '
    "50% @home *star* & | > ! ? % 한국 東京 Communiqué café – — … x=y a,b ; \\ / 2025-08-25"
).split()
SOLID = {
    "iso3": "KOR",
    "unit": "USD",
    "url": "https://example.org/a?b=c#d",
    "archived_url": "https://example.org/x",
    "language": "ko",
    "lang": "zh-Hans",
    "timezone": "Asia/Seoul",
    "silent": "true",
    "per": "year",
}
Ids = dict[str, list[str]]


def library(rng: random.Random) -> dict[str, str]:
    """Files of a library: path to text, in canonical form; two to four records of each type."""
    ids: Ids = {}
    for kind in RECORD_TYPES:
        if kind.folder == "countries":
            ids[kind.folder] = rng.sample(["kr", "jp", "us", "no", "on"], 3)
            continue
        stems = rng.sample(STEMS, rng.randint(2, 4))
        ids[kind.folder] = [
            stem if rng.random() < 0.3 else f"{stem}-{kind.folder}" for stem in stems
        ]
    taken: set[str] = set()
    for folder, names in ids.items():  # an id is used once
        ids[folder] = [n for n in names if n not in taken and not taken.add(n)] or [
            f"only-{folder}"
        ]
    return {
        f"content/{kind.folder}/{record_id}.yml": "\n".join(as_yaml(fields(kind, rng, ids), kind))
        + "\n"
        for kind in RECORD_TYPES
        for record_id in ids[kind.folder]
    }


def fields(shape: type[BaseModel], rng: random.Random, ids: Ids) -> dict[str, Any]:
    """The data of a record or of a shape in one: what is required, and about half of the rest."""
    data: dict[str, Any] = {}
    for key in field_order(shape):
        name = attribute_of(shape, key)
        if key in ("former_ids", "withdrawn"):
            continue
        if shape.model_fields[name].is_required() or rng.random() < 0.5:
            data[key] = value(shape, name, key, rng, ids)
    if shape is Office:
        data.pop(rng.choice(["country", "organisation"]), None)
        if not data.keys() & {"country", "organisation"}:
            data["country"] = rng.choice(ids["countries"])
    if shape is Account:
        data.pop(rng.choice(["says", "silent"]), None)
        if not data.keys() & {"says", "silent"}:
            data["says"] = "so"
    return data


def value(shape: type[BaseModel], name: str, key: str, rng: random.Random, ids: Ids) -> Any:
    inner = next(iter(shapes_in(shape, name)), None)

    def one() -> Any:
        if inner is CitedSource and rng.random() < 0.5:
            return rng.choice(ids["sources"])
        return fields(inner, rng, ids) if inner else leaf(shape, name, key, rng, ids)

    if not is_list(shape, name):
        return one()
    return [one() for _ in range(rng.randint(2, 3))]


def leaf(shape: type[BaseModel], name: str, key: str, rng: random.Random, ids: Ids) -> str:
    marks = marks_in(shape, name)
    if key in SOLID:
        return SOLID[key]
    if ref := next((m for m in marks if isinstance(m, Ref)), None):
        return rng.choice(ids[rng.choice(ref.folders or tuple(ids))])
    if any(isinstance(m, ProseMark) for m in marks):
        return "\n\n".join(paragraph(rng, ids) for _ in range(rng.randint(1, 3)))
    if is_long(shape, name):
        return "\n".join(text(rng) for _ in range(rng.randint(1, 3)))
    for kind in types_in(shape, name):
        if issubclass(kind, Vocabulary):
            return str(rng.choice(list(kind)))
        if issubclass(kind, When):
            return f"20{rng.randint(10, 26)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        if issubclass(kind, Decimal | int):
            return str(rng.randint(0, 10**12))
    return text(rng)


def text(rng: random.Random) -> str:
    """One line that readers of YAML might take for something else."""
    return " ".join(["So", *(rng.choice(WORDS) for _ in range(rng.randint(1, 7)))])


def paragraph(rng: random.Random, ids: Ids) -> str:
    """Prose with links and notes, and with words that look like ids and are none."""
    pieces = ["So"]
    for _ in range(rng.randint(3, 30)):
        record_id = rng.choice(ids[rng.choice(list(ids))])
        source = rng.choice(ids["sources"])
        pieces.append(
            rng.choice(
                [
                    rng.choice(["word", "trade", "lee", "press", "**so**", "it's", "50%", "한국"]),
                    rng.choice(["word", "trade-tariffs", "*so*", "a:", "–"]),
                    f"[[{record_id}]]",
                    f"[[{record_id}|{record_id} of it]]",
                    f"[@{source}]",
                    f"[@{source}, p. 2]",
                    record_id,
                ]
            )
        )
    return " ".join(pieces) + "."


def write(files: dict[str, str], root: Path) -> Path:
    """The files below `root`, byte for byte."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode())
    return root


def kind_of(path: str) -> type[Record]:
    return next(kind for kind in RECORD_TYPES if kind.folder == path.split("/")[1])
