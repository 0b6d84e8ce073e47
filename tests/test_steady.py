"""The search index in order: the same filters in any order give the same files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import steady
from generator.files import files_below

VALUES = st.recursive(
    st.integers(0, 2**64 - 1) | st.text(max_size=300), lambda inner: st.lists(inner, max_size=30)
)


@given(VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    """Numbers, texts and lists of any size come back as they were."""
    data = steady._encoded(value)
    assert steady._decoded(data, 0) == (value, len(data))


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65_536, "1a00010000"),
        (2**32, "1b0000000100000000"),
        ("", "60"),
        ("이", "63ec9db4"),
        ([], "80"),
        (["a", [1]], "8261618101"),
    ],
)
def test_encoding(value: Any, data: str) -> None:
    """The shortest form of CBOR, as in the examples of RFC 8949."""
    assert steady._encoded(value).hex() == data


def packed(value: Any) -> bytes:
    return steady._packed(steady._SIGNATURE + steady._encoded(value))


def write_index(folder: Path, filters: dict[str, list[list[Any]]]) -> None:
    """An index as Pagefind writes it, with filters in the order given."""
    (folder / "filter").mkdir(parents=True)
    names = []
    for number, (facet, values) in enumerate(filters.items()):
        name = f"en_{number}"
        (folder / "filter" / f"{name}.pf_filter").write_bytes(packed([facet, values]))
        names.append([facet, name])
    meta = ["1.5.2", [["en_x", 2]], [], names, [["date", [1, 0]]], ["title"]]
    (folder / "pagefind.en_0.pf_meta").write_bytes(packed(meta))
    entry = {"version": "1.5.2", "languages": {"en": {"hash": "en_0", "wasm": "en"}}}
    (folder / "pagefind-entry.json").write_text(json.dumps(entry), encoding="utf-8")


def test_order_does_not_matter(tmp_path: Path) -> None:
    """Two indexes that differ only in the order of filters and values become the same."""
    kinds, years = [["Summit", [0]], ["Person", [1, 2]]], [["2025", [0, 1]]]
    write_index(tmp_path / "one", {"type": kinds, "year": years})
    write_index(tmp_path / "two", {"year": years, "type": kinds[::-1]})
    for name in ("one", "two"):
        steady.put_in_order(tmp_path / name)
    one, two = (
        {n: (tmp_path / x / n).read_bytes() for n in files_below(tmp_path / x)}
        for x in ("one", "two")
    )
    assert one == two
    entry = json.loads(one["pagefind-entry.json"])
    meta = steady._read(tmp_path / "one" / f"pagefind.{entry['languages']['en']['hash']}.pf_meta")
    assert [facet for facet, _ in meta[3]] == ["type", "year"]
    for facet, name in meta[3]:
        found, values = steady._read(tmp_path / "one" / "filter" / f"{name}.pf_filter")
        assert found == facet
        assert values == sorted(values)


def test_g10_the_head_of_a_packed_file() -> None:
    """It names no time and no system: Python 3.13 names another one than 3.11 does."""
    assert packed("x")[:10].hex() == "1f8b08000000000002ff"


def test_another_form_is_refused(tmp_path: Path) -> None:
    """A file of another form, as a later Pagefind may write, is an error and not a guess."""
    path = tmp_path / "x.pf_meta"
    path.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(ValueError, match=r"x\.pf_meta is not of the form"):
        steady._read(path)
    with pytest.raises(ValueError, match="kind 7"):
        steady._decoded(b"\xf6", 0)
