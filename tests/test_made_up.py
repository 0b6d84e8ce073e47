"""Form and ids of made-up records: thousands of them, in disorder, with comments and odd values.

The few in every run and the thousands of the heavy run are the same tests.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import comments, edit
from generator.corpus import values_in
from generator.fields import Ref
from generator.fmt import formatted, meaning
from generator.load import load
from generator.tree import to_data
from tests import made_up
from tests.test_fmt import comments_in, disturbed, tree_of

SEEDS = st.integers(0, 2**32)


def often(few: int, many: int) -> Callable[[Callable[..., None]], Any]:
    """A test with a few examples in every run, and with many in the heavy one."""

    def wrap(test: Callable[..., None]) -> Any:
        def run(count: int) -> None:
            settings(max_examples=count, deadline=None, database=None, derandomize=True)(
                given(SEEDS)(test)
            )()

        run.__doc__ = test.__doc__
        counts = [few, pytest.param(many, marks=pytest.mark.long)]
        return pytest.mark.parametrize("count", counts)(run)

    return wrap


def disordered(files: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Most of the files as a person might leave them."""
    return {
        path: disturbed(text, rng)[0] if rng.random() < 0.8 else text
        for path, text in files.items()
    }


@often(4, 120)
def test_form(seed: int) -> None:
    """Of each record of a library: same data, every comment, and the same form the next time."""
    rng = random.Random(seed)
    for path, text in made_up.library(rng).items():
        shape = made_up.kind_of(path)
        assert formatted(text.encode(), path, shape).decode() == text
        untidy, written = disturbed(text, rng)
        once = formatted(untidy.encode(), path, shape)
        assert sorted(comments_in(once.decode())) == sorted(written)
        assert formatted(once, path, shape) == once
        assert meaning(tree_of(once), shape) == meaning(tree_of(text.encode()), shape)


def data_of(text: bytes) -> Any:
    return to_data(tree_of(text))


def refers(path: str, text: bytes, old: str) -> bool:
    """Whether a file names a record in a field, or in a link or a note of its prose."""
    link = re.compile(rf"\[(?:\[|@)\s*{re.escape(old)}\s*[\]|,]")
    return any(
        found == old if isinstance(mark, Ref) else link.search(found)
        for _, found, mark in values_in(made_up.kind_of(path), data_of(text))
    )


@often(3, 60)
def test_rename(seed: int) -> None:
    """A record gets another id: files that do not name it keep every byte, the others every value
    but that id and every comment, and nothing names the old one any more."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = made_up.write(disordered(made_up.library(rng), rng), Path(folder))
        library = load(root)
        assert library.problems == []
        for old in rng.sample(sorted(library.records), 4):
            kind = library.records[old].folder
            new = "qz" if kind == "countries" else f"{old}-of-it"
            before = {path: (root / path).read_bytes() for path in library.paths.values()}
            edit.apply(root, edit.rename(root, old, new, library))
            library = load(root)
            assert library.problems == []
            after = {path: (root / path).read_bytes() for path in library.paths.values()}
            old_path, new_path = f"content/{kind}/{old}.yml", f"content/{kind}/{new}.yml"
            assert after.keys() == before.keys() - {old_path} | {new_path}
            for path, data in before.items():
                now = new_path if path == old_path else path
                if path != old_path and not refers(path, data, old):
                    assert after[now] == data
                    continue
                kept = Counter(comments.read(data, path).comments)
                assert Counter(comments.read(after[now], now).comments) == kept
                wanted = swapped(made_up.kind_of(path), data_of(data), old, new)
                if path == old_path:
                    wanted["former_ids"] = [*wanted.get("former_ids", []), old]
                assert plain(data_of(after[now])) == plain(wanted)
                assert not refers(now, after[now], old)
            if new == "qz":
                break  # the other codes of two letters are taken by chance only
        shutil.rmtree(root / "content")


def swapped(kind: type[Any], data: Any, old: str, new: str) -> Any:
    """The data of a record with every reference led elsewhere; written by another way than the
    program's own."""
    ways = {
        way: found == old if isinstance(mark, Ref) else None
        for way, found, mark in values_in(kind, data)
    }

    def walk(value: Any, way: tuple[Any, ...]) -> Any:
        if isinstance(value, dict):
            return {k: walk(v, (*way, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v, (*way, n)) for n, v in enumerate(value)]
        if ways.get(way) or ways.get((*way, "source")):
            return new
        if way in ways and ways[way] is None:
            for opening, closing in (("[[", "]]"), ("[[", "|"), ("[@", "]"), ("[@", ",")):
                value = value.replace(f"{opening}{old}{closing}", f"{opening}{new}{closing}")
        return value

    return walk(data, ())


def plain(data: Any) -> Any:
    """Data in which line breaks and spaces are the same, as filling of prose may change them."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return " ".join(data.split())
