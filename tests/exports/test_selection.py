"""`brief export`: whatever a reader could see as a page, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import icalendar
import lxml.etree
import pytest
import rispy
from click.testing import CliRunner
from pybtex.database import parse_string

from generator import selection
from generator.cli import cli
from generator.corpus import Corpus
from generator.indexes import INDEXES
from tests.conftest import MINI


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["topics/trade"], ["trade"]),
        (["commerce"], ["trade"]),
        (["topics"], ["investment", "tariffs", "trade"]),
        (["summits/by-year/2025", "kr"], None),
        (["pairs/kr-us/"], None),
        (["tracker"], None),
    ],
)
def test_selectors(mini: Corpus, selectors: list[str], expected: list[str] | None) -> None:
    found = [record.id for record in selection.selected(mini, selectors)]
    assert found
    assert len(set(found)) == len(found)
    if expected:
        assert found == expected


def test_every_grouped_list_can_be_selected(mini: Corpus) -> None:
    for index in INDEXES:
        for group in index.groups(mini):
            assert selection.selected(mini, [group.url]) == list(group.records)


def test_nothing_selected_means_everything(mini: Corpus) -> None:
    standing = {r.id for r in mini.records.values() if not r.withdrawn}
    assert {r.id for r in selection.selected(mini, [])} == standing


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("topics/trad", "Did you mean trade?"),
        ("people/trade", "no page has the address"),
        ("topics/by-nothing/x", "no page has the address"),
        ("withdrawn-topic", "was withdrawn: It was the same as Trade."),
        ("../../etc/passwd", "no page has the address"),
    ],
)
def test_what_cannot_be_selected(mini: Corpus, selector: str, said: str) -> None:
    with pytest.raises(selection.CannotExport, match=said):
        selection.selected(mini, [selector])


def test_formats(library_of: Corpus) -> None:
    """Each format holds the records asked for, read back by its own reader."""
    records = selection.selected(library_of, ["takeaways"])
    ids = [record.id for record in records]
    made = {name: make(library_of, records) for name, make in selection.FORMATS.items()}
    assert [r["id"] for r in json.loads(made["json"])["records"]] == ids
    assert list(parse_string(made["bibtex"].decode(), "bibtex").entries) == ids
    assert [r["id"] for r in rispy.loads(made["ris"].decode())] == ids
    assert [r["id"] for r in json.loads(made["csl"])] == ids
    assert made["csv"].count(b"\r\n") >= len(ids) + 1
    assert lxml.etree.fromstring(made["atom"]) is not None
    assert icalendar.Calendar.from_ical(made["ical"]).events
    assert all(record.headline[:4] for record in records)


def test_the_command(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["--root", str(MINI), "export", "json", "kr"])
    assert run.exit_code == 0
    assert json.loads(run.stdout)["count"] == 1
    target = tmp_path / "kr.bib"
    run = CliRunner().invoke(
        cli, ["--root", str(MINI), "export", "bibtex", "kr", "-o", str(target)]
    )
    assert run.exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("@techreport{kr,")
    run = CliRunner().invoke(cli, ["--root", str(MINI), "export", "csv", "kr", "trade"])
    assert run.exit_code == 2
    assert "one type" in run.output
