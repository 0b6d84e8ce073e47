"""What a change means, and what the gate lets through."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import diff, edit, published
from generator.corpus import Corpus
from generator.diff import as_comment, as_text, compare, sentences, version
from generator.exports import api
from generator.gate import gate
from generator.load import load
from tests.conftest import MINI, TODAY, Run, changed

TERMS = "takeaways/2025-08-25-investment-terms"


@pytest.fixture
def before() -> dict[str, dict[str, object]]:
    return version(published.files_in(MINI))


def now(
    library: Callable[..., Path], patches: dict[str, str | None]
) -> dict[str, dict[str, object]]:
    return version(published.files_in(library(patches)))


def test_the_same_is_no_change(before: diff.Version, tmp_path: Path) -> None:
    """Neither the order of fields nor line breaks nor quotes count."""
    root = shutil.copytree(MINI, tmp_path / "x")
    edit.apply(root, edit.fmt(root, published.files_in(root))[0])
    assert compare(before, version(published.files_in(root))) == []


def test_a_step(library: Callable[..., Path]) -> None:
    root = library()
    old = version(published.files_in(root))
    step = {"date": "2025-12-20", "status": "stalled", "note": "It stopped.", "sources": ["press"]}
    edit.apply(root, edit.add_step(root, TERMS.split("/")[1], step, "2025-12-31"))
    (change,) = compare(old, version(published.files_in(root)))
    assert change.kind == "changed"
    said = sentences(change)
    assert said[0].endswith("→ Stalled")
    assert "step of 2025-12-20 added: Stalled" in said
    assert any(s.startswith("checked: ") for s in said)


def test_rename_merge_withdraw_remove_add(library: Callable[..., Path]) -> None:
    root = library()
    old = version(published.files_in(root))
    edit.apply(root, edit.rename(root, "ishiba-shigeru", "shigeru-ishiba"))
    edit.apply(root, edit.merge(root, "later-press", "press")[0])
    edit.apply(root, edit.withdraw(root, "trade", "Twice.", TODAY))
    (root / "content/countries/us.yml").unlink()
    (root / "content/topics/steel.yml").write_text("name: Steel\n", encoding="utf-8")
    kinds = {(c.kind, c.id, c.former) for c in compare(old, version(published.files_in(root)))}
    assert {
        ("renamed", "shigeru-ishiba", "ishiba-shigeru"),
        ("merged", "press", "later-press"),
        ("withdrawn", "trade", ""),
        ("removed", "us", ""),
        ("added", "steel", ""),
    } <= kinds


def test_values_and_words(library: Callable[..., Path], before: diff.Version) -> None:
    text = changed(
        TERMS,
        f"body: |\n  Quite another text, {'longer than the one before, ' * 4}really.\norder: 9\n",
    )
    (change,) = compare(before, now(library, {TERMS: text}))
    said = sentences(change)
    assert any(s.startswith("order") and s.endswith(" 9") for s in said)
    assert any(s.startswith("body: ") for s in said)


def test_values_with_parts_are_said_in_words(
    library: Callable[..., Path], before: diff.Version
) -> None:
    """No sign of a programming language stands in what a change means."""
    text = changed("topics/trade", "withdrawn:\n  date: 2025-12-01\n  reason: Said twice.\n")
    (change,) = compare(before, now(library, {"topics/trade": text}))
    assert sentences(change) == ["withdrawn added: date: 2025-12-01, reason: Said twice."]


def test_old_versions_need_not_fit_the_model(before: diff.Version) -> None:
    odd = {"content/topics/trade.yml": b"nam: [x, {y: z}]\n", "content/topics/x.yml": b"a: b: c\n"}
    assert compare(version(odd), before)
    assert compare(before, version(odd))


def test_nothing_hostile_is_markup(before: diff.Version, library: Callable[..., Path]) -> None:
    nasty = "name: '<img src=x onerror=alert(1)> [x](javascript:y) @everyone `c` | #1 **b**'\n"
    changes = compare(before, now(library, {"topics/trade": nasty}))
    text = as_comment(changes, None)
    for sign in ("<img", "](", "@everyone", "`c`", "**b**", "#1 "):
        assert sign not in text
    assert "img src" in as_text(changes, diff.Affected())


def test_command(run: Run, root: Path) -> None:
    (root / "content/topics/trade.yml").write_text(
        changed("topics/trade", "name: Commerce\n"), encoding="utf-8"
    )
    done = run("diff", str(MINI), "--today", "2026-01-01")
    assert "Topic trade changed: Commerce" in done.out
    assert "    name: " in done.out
    assert re.search(r"\n\d+ pages and \d+ PDFs change\.\n$", done.out)
    data = json.loads(run("diff", str(MINI), "--format", "json", "--today", "2026-01-01").out)
    assert data["changes"][0]["id"] == "trade"
    assert "topics/trade/index.md" in data["pages"]
    assert "topic/trade-topic.pdf" in data["papers"]
    assert "No record changed." in run("diff", str(MINI), str(MINI)).out


# -- the gate -----------------------------------------------------------------------------------


def codes(before: diff.Version, after: diff.Version) -> list[str]:
    return sorted({p.code for p in gate(before, after)})


def test_gate_lets_good_changes_through(library: Callable[..., Path]) -> None:
    """New records, new steps, new ids with the old ones kept, withdrawals."""
    root = library()
    old = version(published.files_in(root))
    edit.apply(root, edit.rename(root, "ishiba-shigeru", "shigeru-ishiba"))
    edit.apply(root, edit.merge(root, "later-press", "press")[0])
    edit.apply(root, edit.withdraw(root, "trade", "Twice.", TODAY))
    step = {"date": "2025-08-26", "status": "open", "note": "Late.", "sources": ["press"]}
    edit.apply(root, edit.add_step(root, TERMS.split("/")[1], step, None))
    assert codes(old, version(published.files_in(root))) == []


def test_gate_follows_new_ids_into_the_words_of_a_step(library: Callable[..., Path]) -> None:
    """A step that links to a record stays the same step when that record gets another id."""
    root = library()
    edit.apply(root, edit.add_step(root, TERMS.split("/")[1], LINKED, None))
    old = version(published.files_in(root))
    edit.apply(root, edit.rename(root, "press", "press-report"))
    edit.apply(root, edit.rename(root, "trade", "commerce-and-trade"))
    new = version(published.files_in(root))
    assert "[@press-report]" in str(new[TERMS.split("/")[1]])
    assert codes(old, new) == []


LINKED = {
    "date": "2025-12-20",
    "status": "stalled",
    "note": "Talks on [[trade]] stopped. [@press]",
    "sources": ["press"],
}


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("topics/trade", None, "SB901"),
        ("topics/trade", "published: 2025-12-01", "SB903"),
        (TERMS, "history:", "SB902"),
        (TERMS, "history:\nrevisions:\n  - date: 2025-12-01\n    note: Wrong.", ""),
    ],
)
def test_gate_stops(
    library: Callable[..., Path], before: diff.Version, name: str, fields: str | None, code: str
) -> None:
    text = None if fields is None else changed(name, fields)
    assert codes(before, now(library, {name: text})) == ([code] if code else [])


def test_gate_reads_a_built_site(tmp_path: Path, before: diff.Version) -> None:
    """The data a site publishes is enough to compare with."""
    for path, data in api.write(Corpus(load(MINI).records, TODAY)):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    site = published.read(MINI, str(tmp_path))
    assert site.keys() == before.keys()
    assert gate(site, before) == []
    del before["trade"]
    assert codes(site, before) == ["SB901"]


def test_gate_command(run: Run, root: Path) -> None:
    assert run("gate", "--published", str(MINI)).code == 0
    (root / "content/topics/tariffs.yml").unlink()
    done = run("gate", "--published", str(MINI))
    assert (done.code, done.out[:48]) == (1, 'content/topics/tariffs.yml:1:1: SB901 "tariffs" ')
    text = changed("topics/trade", "published: 2025-12-01")
    (root / "content/topics/trade.yml").write_text(text, encoding="utf-8")
    line = text.splitlines().index("published: 2025-12-01") + 1
    said = run("gate", "--published", str(MINI)).out
    assert f"content/topics/trade.yml:{line}:12: SB903 published: was " in said
    assert run("gate", "--published", "nonsense").code == 4
