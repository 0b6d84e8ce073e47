"""Builds that make anew only what changed: the same bytes as a clean build, and not a page more."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import check as rules
from generator import host, ledger, memory, running
from generator import tree as yaml_tree
from generator.build import build, check_content
from generator.store import LEDGER, STORE, VERDICT
from generator.trace import Notebook
from tests.conftest import MINI, TODAY, write_project
from tests.test_build import differing, tree

TOPIC = "content/topics/tariffs.yml"
TAKEAWAY = "content/takeaways/2025-08-25-new-promise.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small library, built."""
    root = write_project(tmp_path / "project", MINI / "content")
    build(root, TODAY)
    return root


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def as_clean(root: Path) -> set[str]:
    """The files in which the site differs from what a clean build of the same content makes."""
    other = root.with_name("clean")
    shutil.rmtree(other, ignore_errors=True)
    write_project(other, root / "content")
    shutil.copy(root / "mkdocs.yml", other)
    shutil.copytree(root / "templates", other / "templates", dirs_exist_ok=True)
    build(other, TODAY)
    return differing(tree(root / "site"), tree(other / "site"))


def test_nothing_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a change no record is read again, no page made, no file touched."""
    before = {n: (root / "site" / n).stat().st_mtime_ns for n in tree(root / "site")}
    monkeypatch.setattr(host, "building_pages", lambda *_: pytest.fail("no page is due"))
    monkeypatch.setattr("generator.load.yaml_tree.parse", lambda *_: pytest.fail("all is known"))
    built = build(root, TODAY)
    assert (built.written, built.removed) == (0, 0)
    assert {n: (root / "site" / n).stat().st_mtime_ns for n in before} == before


def test_an_edit_makes_few_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One changed record: one file is parsed, a part of the pages is built, the result is that of
    a clean build."""
    parsed: list[str] = []
    built: list[str] = []
    parse, pages = yaml_tree.parse, host.building_pages

    def parsing(data: bytes, path: str) -> object:
        parsed.append(path)
        return parse(data, path)

    def building(*arguments: Any) -> Any:
        built.extend(arguments[3])
        return pages(*arguments)

    monkeypatch.setattr("generator.load.yaml_tree.parse", parsing)
    monkeypatch.setattr(host, "building_pages", building)
    edited(root / TOPIC, "name: ", "name: Customs and ")
    build(root, TODAY)
    assert parsed == [TOPIC]
    assert "topics/tariffs/index.md" in built
    assert len(built) < len(list((root / ".build/docs").rglob("*.md"))) / 2
    assert as_clean(root) == set()


def test_an_edit_makes_few_pieces(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a record adds to files about all is made anew only where a fact behind it changed."""
    made: list[str] = []
    gathered = ledger._gathered

    def gathering(notes: Notebook, piece: ledger.Piece) -> tuple[bytes, Any]:
        made.append(piece.key)
        return gathered(notes, piece)

    monkeypatch.setattr(ledger, "_gathered", gathering)
    build(root, TODAY)
    assert made == []
    edited(root / TAKEAWAY, "headline: ", "headline: Now ")
    build(root, TODAY)
    assert "2025-08-25-new-promise" in made
    assert len(made) < len(list((root / "content").rglob("*.yml"))) / 2
    assert as_clean(root) == set()


@pytest.mark.parametrize("name", ["ledger.pickle", "records/*", "pieces/*", "search/*/*"])
def test_a_damaged_cache_is_noticed(root: Path, name: str) -> None:
    """What is kept counts only if it is whole; otherwise all is made anew, and comes out right."""
    kept = list((root / STORE).glob(name))
    assert kept
    for path in kept:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 255
        path.write_bytes(bytes(data))
    edited(root / TOPIC, "name: ", "name: Customs and ")
    build(root, TODAY)
    assert as_clean(root) == set()


def test_what_was_checked_is_not_checked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules run again after an edit, on another day, and where what was kept is damaged."""
    runs: list[int] = []
    apply = rules.check
    edited(root / TAKEAWAY, "  - trade\n", "  - trad\n")
    found = check_content(root, TODAY).problems
    assert [problem.code for problem in found] == ["SB401"]

    def counted(*arguments: Any) -> Any:
        runs.append(1)
        return apply(*arguments)

    def ran(today: dt.date = TODAY) -> int:
        runs.clear()
        assert check_content(root, today).problems == found
        return len(runs)

    monkeypatch.setattr("generator.build.check", counted)
    assert ran() == 0
    assert ran(TODAY + dt.timedelta(1)) == 1
    assert ran() == 1
    kept = root / VERDICT
    kept.write_bytes(kept.read_bytes()[:-1])
    assert ran() == 1
    edited(root / TOPIC, "name: ", "name: Customs and ")
    assert ran() == 1
    assert ran() == 0


def test_a_build_that_failed_is_followed_by_a_whole_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a build left half done, the next one does not count on."""
    edited(root / TOPIC, "name: ", "name: Customs and ")

    def fail(*_: object) -> None:
        raise running.HostError("x")

    with monkeypatch.context() as patch:
        patch.setattr(host, "building_pages", fail)
        with pytest.raises(running.HostError):
            build(root, TODAY)
    assert not (root / LEDGER).exists()
    build(root, TODAY)
    assert as_clean(root) == set()


def test_a_renamed_record_leads_on(root: Path) -> None:
    """Where its page was, there is a redirect; when it has its old id again, its page."""
    old, new = root / TOPIC, root / "content/topics/customs.yml"
    text = old.read_text(encoding="utf-8")
    page = root / "site/topics/tariffs/index.html"
    for path in (root / "content").rglob("*.yml"):
        path.write_text(path.read_text("utf-8").replace("- tariffs\n", "- customs\n"), "utf-8")
    old.rename(new)
    new.write_text(f"{text}former_ids:\n  - tariffs\n", encoding="utf-8")
    build(root, TODAY)
    assert 'http-equiv="refresh"' in page.read_text(encoding="utf-8")
    assert (root / "site/topics/customs/index.html").exists()
    for path in (root / "content").rglob("*.yml"):
        path.write_text(path.read_text("utf-8").replace("- customs\n", "- tariffs\n"), "utf-8")
    new.unlink()
    old.write_text(text, encoding="utf-8")
    build(root, TODAY)
    assert 'http-equiv="refresh"' not in page.read_text(encoding="utf-8")
    assert as_clean(root) == set()


def test_settings_make_all_anew(root: Path) -> None:
    """After a change of anything but content nothing that was made before is kept."""
    edited(root / "mkdocs.yml", "# site_url: https://example.org", "site_url: https://example.org")
    built = build(root, TODAY)
    assert built.written == built.pages
    assert as_clean(root) == set()


def test_processes_make_no_difference(root: Path) -> None:
    """Built in several processes, the site is the same."""
    other = write_project(root.with_name("several"), root / "content")
    build(other, TODAY, jobs=3)
    assert differing(tree(root / "site"), tree(other / "site")) == set()


# -- long sequences -------------------------------------------------------------------------------

Edit = Callable[[Path, random.Random], None]


def _word(root: Path, chance: random.Random) -> None:
    """Another word somewhere in a prose field."""
    path = chance.choice(sorted((root / "content").rglob("*.yml")))
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}# {chance.random()}\n", encoding="utf-8")
    if " the " in text and "quote:" not in text:
        path.write_text(text.replace(" the ", " the same ", 1), encoding="utf-8")


def _title(root: Path, chance: random.Random) -> None:
    """Another name of a topic, a term or a person: pages all over show it."""
    name = chance.choice(["topics/trade", "topics/tariffs", "terms/shuttle-diplomacy"])
    path = root / f"content/{name}.yml"
    edited(path, "name: ", f"name: {chance.choice(['New', 'Old', 'Other'])} ")


def _added(root: Path, chance: random.Random) -> None:
    """A record more."""
    name = f"topic-{chance.randrange(10**6)}"
    text = f"name: Topic {name[6:]}\ndefinition: A topic.\nbroader: trade\npublished: 2025-09-01\n"
    (root / f"content/topics/{name}.yml").write_text(text, encoding="utf-8")


def _taken(root: Path, chance: random.Random) -> None:
    """A record less."""
    for path in sorted((root / "content/topics").glob("topic-*.yml"))[:1]:
        path.unlink()


def _renamed(root: Path, chance: random.Random) -> None:
    """A record with another id; the old one leads there."""
    for path in sorted((root / "content/topics").glob("topic-*.yml"))[-1:]:
        old = path.stem
        path.rename(path.with_name(f"topic-{chance.randrange(10**6)}.yml"))
        new = sorted((root / "content/topics").glob("topic-*.yml"))
        moved = next(p for p in new if old not in p.read_text(encoding="utf-8"))
        text = moved.read_text(encoding="utf-8")
        text = text if "former_ids:\n" in text else f"{text}former_ids:\n"
        text = text.replace("former_ids:\n", f"former_ids:\n  - {old}\n")
        moved.write_text(text, encoding="utf-8")


def _withdrawn(root: Path, chance: random.Random) -> None:
    """A record that is withdrawn."""
    for path in sorted((root / "content/topics").glob("topic-*.yml"))[:1]:
        text = path.read_text(encoding="utf-8")
        if "withdrawn:" not in text:
            reason = "withdrawn:\n  date: 2025-10-01\n  reason: A test.\n"
            path.write_text(text + reason, encoding="utf-8")


def _template(root: Path, chance: random.Random) -> None:
    """Another template: all pages are made anew."""
    path = root / "templates" / "page" / "topics.md.j2"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{chance.random()}\n", encoding="utf-8")


EDITS: tuple[Edit, ...] = (_word, _title, _added, _added, _taken, _renamed, _withdrawn, _template)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_edits(root: Path, seed: int) -> None:
    """After each of many edits the site is byte for byte that of a clean build."""
    chance = random.Random(seed)
    for n in range(12):
        edit = chance.choice(EDITS)
        edit(root, chance)
        build(root, TODAY)
        if n % 3 == 2:
            assert as_clean(root) == set(), (seed, n, edit.__name__)


def test_memory_recalls_what_it_kept(tmp_path: Path) -> None:
    """What was kept comes back; of another version, or cut short, nothing does."""
    path = tmp_path / "x.pickle"
    memory.keep(path, "1", {"a": 1})
    assert memory.recall(path, "1") == {"a": 1}
    assert memory.recall(path, "2") is None
    path.write_bytes(path.read_bytes()[:-1])
    assert memory.recall(path, "1") is None
    assert memory.recall(tmp_path / "y", "1") is None


def test_no_part_leads_out(tmp_path: Path) -> None:
    """A part cannot write beside its folder."""
    part = ledger.Part("x", lambda: [("../x", b"")])
    with pytest.raises(ValueError, match="leads out"):
        ledger.make([part], {}, frozenset(), Notebook(), tmp_path / "in")
