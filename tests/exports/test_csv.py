"""The CSV files read back by a CSV reader, and by the reader of data packages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from generator import shape, tables
from generator.corpus import Corpus
from generator.exports import csvs
from generator.model import BY_FOLDER, RECORD_TYPES
from tests.exports.conftest import HOSTILE, files


def unguarded(text: str) -> str:
    """The documented rule: take off one leading apostrophe."""
    return text.removeprefix("'")


def rows(data: bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
    return [{key: unguarded(value) for key, value in row.items()} for row in reader]


def value(text: str, kind: str) -> Any:
    if text == "":
        return None
    if kind in ("array", "object"):
        return json.loads(text)
    if kind == "integer":
        return int(text)
    return {"true": True, "false": False}[text] if kind == "boolean" else text


def test_every_record_comes_back(library_of: Corpus) -> None:
    """From the CSV files and their descriptor alone, each record equals the one loaded."""
    written = files(csvs, library_of)
    package = json.loads(written["data/datapackage.json"])
    resources = {resource["name"]: resource for resource in package["resources"]}
    seen = 0
    for kind in RECORD_TYPES:
        resource = resources[kind.folder]
        types = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
        own = {column.name for column in tables.columns_of(kind)}
        for row in rows(written[f"data/{resource['path']}"]):
            fields = {
                name: found
                for name, text in row.items()
                if name in own and (found := value(text, types[name])) is not None
            }
            record = library_of.records[row["id"]]
            again = BY_FOLDER[kind.folder].model_validate({"id": row["id"], **fields})
            assert again == record.model_copy(update={"notes": None})
            seen += 1
    assert seen == sum(not r.withdrawn for r in library_of.records.values())


def test_every_field_has_a_column_or_is_internal() -> None:
    for kind in RECORD_TYPES:
        columns = {column.name for column in tables.columns_of(kind)}
        fields = {info.alias or name for name, info in kind.model_fields.items()}
        assert fields - columns == {*shape.INTERNAL, "id", "withdrawn"}


def test_no_cell_begins_a_formula(library_of: Corpus) -> None:
    for path, data in files(csvs, library_of).items():
        if path.endswith(".csv"):
            for row in csv.reader(io.StringIO(data.decode(), newline="")):
                for text in row:
                    first = text.lstrip(" \N{NO-BREAK SPACE}")[:1]
                    assert first not in tuple("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        " =1",
        "'quoted",
        "''",
        "@a",
        "-5",
        "+",
        "\uff1d1",
        "\N{NO-BREAK SPACE}=1",
        "plain",
        "",
    ],
)
def test_guarded(text: str) -> None:
    """What is guarded can be told from what was typed so."""
    assert unguarded(csvs.guarded(text)) == text


def test_hostile_text_is_kept(hostile: Corpus) -> None:
    found = rows(files(csvs, hostile)["data/takeaways.csv"])
    assert HOSTILE in {row["headline"] for row in found}


def test_gone_ids(mini: Corpus) -> None:
    found = {row["id"]: row for row in rows(files(csvs, mini)["data/gone.csv"])}
    assert found["commerce"]["moved_to"] == "trade"
    assert found["withdrawn-topic"]["reason"] == "It was the same as Trade."


def test_the_zip_holds_the_same_files(library_of: Corpus) -> None:
    written = files(csvs, library_of)
    data = written.pop("data/summit-briefings.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        inside = {f"data/{n.partition('/')[2]}": archive.read(n) for n in archive.namelist()}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert inside == written


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_nothing_wrong(library_of: Corpus, tmp_path: Path) -> None:
    """The descriptor's own reader: types, keys and references between tables all hold."""
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    for path, data in files(csvs, library_of).items():
        (tmp_path / Path(path).name).write_bytes(data)
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["title", "description", "message"]) == []
