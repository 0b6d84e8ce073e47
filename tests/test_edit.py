"""Edits: only what must change changes, and whatever interrupts them, nothing is lost."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator import edit, files
from generator.build import check_content
from generator.corpus import Corpus
from generator.edit import Edit
from generator.load import load
from generator.splice import CannotEdit
from tests.conftest import MINI, ROOT, TODAY, changed

DAY = dt.date(2026, 11, 24)


def bytes_in(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes() for p in (root / "content").rglob("*.yml")
    }


def ids_in(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("content/*/*.yml"))


@pytest.fixture
def small(library: Callable[..., Path]) -> Path:
    return library()


# -- rename -------------------------------------------------------------------------------------


def renamed(root: Path, old: str, new: str) -> None:
    before = bytes_in(root)
    references = len(Corpus(load(root).records, TODAY).references_to(old))
    edits = edit.rename(root, old, new)
    edit.apply(root, edits)
    after = bytes_in(root)
    touched = {e.path for e in edits}
    assert {p: b for p, b in before.items() if p not in touched} == {
        p: b for p, b in after.items() if p not in touched
    }
    corpus = Corpus(load(root).records, TODAY)
    assert corpus.references_to(old) == []
    assert len(corpus.references_to(new)) == references
    assert old in corpus.records[new].former_ids
    assert edit.fmt(root, touched & after.keys())[0] == []


@pytest.mark.parametrize("record_id", ids_in(MINI))
def test_rename_in_the_small_library(small: Path, record_id: str) -> None:
    """Every record of the small library can be renamed, and the content stays without problems."""
    edit.apply(small, edit.fmt(small, bytes_in(small))[0])
    country = (small / f"content/countries/{record_id}.yml").exists()
    new = "zz" if country else "another-name"
    renamed(small, record_id, new)
    assert [p for p in check_content(small, TODAY).problems if p.level == "error"] == []


@pytest.mark.parametrize("part", range(6))
def test_rename_all_real_records(part: int) -> None:
    """The edits for each real record lead every reference to the new id and keep all else."""
    library = load(ROOT)
    corpus = Corpus(library.records, DAY)
    for record_id in sorted(library.records)[part::6]:
        country = library.records[record_id].folder == "countries"
        new = "qz" if country else "another-name-of-it"
        edits = edit.rename(ROOT, record_id, new, library)
        owners = {library.paths[r.owner] for r in corpus.references_to(record_id)}
        assert {e.path for e in edits if e.before and e.after} == owners - {
            library.paths[record_id]
        }
        for change in edits:
            if change.after is None:
                continue
            after, before = change.after.decode(), (change.before or b"").decode()
            if before:  # word for word the same, but for the id; lines may be filled anew
                assert [w.replace(new, record_id) for w in after.split()] == before.split()


def test_rename_keeps_what_it_need_not_touch(library: Callable[..., Path]) -> None:
    """A file in a form of its own keeps it: comments, quotes, order, line lengths."""
    text = (
        "# why: see [[trade]] and trade\n"
        "definition: |\n"
        "  About [[trade]], [[ trade |the trade]] and trade;   no trade-off, [[trade-tariffs]].\n"
        "broader:   'trade'   # trade\n"
        'name: "trade"\n'
        "published: 2025-09-01\n"
        "notes: 'trade'\n"
    )
    root = library({"topics/tariffs": text})
    edit.apply(root, edit.rename(root, "trade", "commerce-and-trade"))
    found = (root / "content/topics/tariffs.yml").read_text(encoding="utf-8")
    assert found == (
        "# why: see [[trade]] and trade\n"
        "definition: |\n"
        "  About [[commerce-and-trade]], [[ commerce-and-trade |the trade]] and trade;   "
        "no trade-off, [[trade-tariffs]].\n"
        "broader:   commerce-and-trade   # trade\n"
        'name: "trade"\n'
        "published: 2025-09-01\n"
        "notes: 'trade'\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nobody", "somebody", "there is no record"),
        ("ishiba", "somebody", "there is no record"),
        ("ishiba-shigerru", "somebody", "Did you mean ishiba-shigeru"),
        ("ishiba-shigeru", "lee-jae-myung", "is taken by content/people/lee-jae-myung.yml"),
        ("ishiba-shigeru", "commerce", 'belonged to "trade" before'),
        ("ishiba-shigeru", "Ishiba", "is not an id"),
        ("ishiba-shigeru", "../x", "is not an id"),
        ("ishiba-shigeru", "search", "is reserved"),
        ("ishiba-shigeru", "by-name", "is reserved"),
        ("kr", "korea", "code of two letters"),
    ],
)
def test_rename_refused(small: Path, old: str, new: str, words: str) -> None:
    before = bytes_in(small)
    with pytest.raises(CannotEdit, match=words):
        edit.rename(small, old, new)
    assert bytes_in(small) == before


def test_rename_waits_for_broken_files(library: Callable[..., Path]) -> None:
    """A file that cannot be read might refer to the record."""
    root = library({"topics/tariffs": "name: a: b\n"})
    with pytest.raises(CannotEdit, match="topics/tariffs"):
        edit.rename(root, "trade", "commerce-2")


# -- interruptions ------------------------------------------------------------------------------


class Killed(Exception):
    """The power goes out."""


@pytest.mark.parametrize("command", ["rename", "merge"])
@pytest.mark.parametrize("step", range(24))
def test_interrupted(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, step: int
) -> None:
    """Wherever it is cut short, running it again ends where an undisturbed run does."""
    other = shutil.copytree(small, tmp_path / "other")

    def run(root: Path) -> None:
        if command == "rename":
            edit.apply(root, edit.rename(root, "press", "press-report"), force=False)
        else:
            edit.apply(root, edit.merge(root, "later-press", "press")[0], force=False)

    run(other)
    before = bytes_in(small)
    undo = interrupted_now(monkeypatch, step)
    try:
        run(small)
    except Killed:
        pass
    finally:
        undo()
    for path, data in bytes_in(small).items():
        assert data in (before.get(path), bytes_in(other).get(path)), "half a file"
    assert not list((small / "content").rglob(".*.tmp"))
    if bytes_in(small) != bytes_in(other):
        run(small)
    assert bytes_in(small) == bytes_in(other)


def interrupted_now(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], None]:
    """Let the change number `step // 2` of a file fail: before it happens, or just after it."""
    done = 0

    def failing(real: Callable[..., object]) -> Callable[..., object]:
        def call(self: Path, *args: object, **kwargs: object) -> object:
            nonlocal done
            if real is unlink and self.name.endswith(".tmp"):
                return real(self, *args, **kwargs)
            done += 1
            now = done == step // 2 + 1
            if now and step % 2 == 0:
                raise Killed
            result = real(self, *args, **kwargs)
            if now:
                raise Killed
            return result

        return call

    replace, unlink = Path.replace, Path.unlink
    monkeypatch.setattr(Path, "replace", failing(replace))
    monkeypatch.setattr(Path, "unlink", failing(unlink))

    def undo() -> None:
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(Path, "unlink", unlink)

    return undo


def test_disk_full(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new bytes cannot be written, the old ones stay."""
    path = small / "content/topics/trade.yml"
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        edit.apply(small, [Edit("content/topics/trade.yml", before, b"name: x\n")])
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".*.tmp"))


def test_changed_meanwhile(small: Path) -> None:
    """A file that somebody saved in between is not overwritten."""
    edits = edit.withdraw(small, "trade", "Gone.", DAY)
    (small / "content/topics/trade.yml").write_text("name: x\n", encoding="utf-8")
    with pytest.raises(CannotEdit, match="somebody else"):
        edit.apply(small, edits)


# -- git ----------------------------------------------------------------------------------------


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(small: Path) -> Iterator[Path]:
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    git(small, "init", "-q")
    git(small, "add", ".")
    git(small, "commit", "-q", "-m", "x")
    return small


def test_uncommitted_changes_stop_edits_of_many_files(repository: Path) -> None:
    path = repository / "content/takeaways/2025-08-25-investment-terms.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = bytes_in(repository)
    edits = edit.rename(repository, "press", "press-report")
    with pytest.raises(CannotEdit, match=r"investment-terms\.yml"):
        edit.apply(repository, edits, force=False)
    assert bytes_in(repository) == before
    edit.apply(repository, edits, force=True)
    assert "# mine\n" in path.read_text(encoding="utf-8")


def test_a_changed_file_that_is_not_touched_does_not_matter(repository: Path) -> None:
    path = repository / "content/countries/jp.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    edit.apply(repository, edit.rename(repository, "press", "press-report"), force=False)


# -- merge, withdraw, status --------------------------------------------------------------------


def test_merge(small: Path) -> None:
    """References lead to the other record, each list names it once, the old id is kept."""
    edits, data = edit.merge(small, "later-press", "press")
    edit.apply(small, edits)
    library = load(small)
    assert "later-press" in library.records["press"].former_ids
    assert Corpus(library.records, TODAY).references_to("later-press") == []
    assert data["title"]
    for record in library.records.values():
        for citation in getattr(record, "sources", ()):
            if not citation.locator and not citation.quote:
                assert [c.source for c in record.sources if not c.locator and not c.quote].count(
                    citation.source
                ) == 1


def test_merge_keeps_comments(library: Callable[..., Path]) -> None:
    """Where a list named both records, the line that goes leaves its comments behind."""
    takeaway = "takeaways/2025-08-25-investment-terms"
    text = changed(takeaway, "topics:\n  - trade\n  # of old\n  - investment  # why\n  - tariffs")
    root = library({takeaway: text})
    edits, _ = edit.merge(root, "investment", "trade")
    (after,) = [e.after for e in edits if e.path == f"content/{takeaway}.yml"]
    assert b"topics:\n  - trade\n  # of old\n  # why\n  - tariffs\n" in (after or b"")


def test_merge_leaves_lists_in_brackets_to_fmt(library: Callable[..., Path]) -> None:
    takeaway = "takeaways/2025-08-25-investment-terms"
    root = library({takeaway: changed(takeaway, "topics: [trade, investment]")})
    with pytest.raises(CannotEdit, match="run brief fmt first"):
        edit.merge(root, "investment", "trade")


def test_merge_needs_two_of_a_kind(small: Path) -> None:
    with pytest.raises(CannotEdit, match="is a topic"):
        edit.merge(small, "trade", "kr")
    with pytest.raises(CannotEdit, match="itself"):
        edit.merge(small, "trade", "trade")


def test_withdraw(small: Path) -> None:
    """The mark is added in its place, nothing else changes; those who refer to it are named."""
    library = load(small)
    edits = edit.withdraw(small, "press", "It was: wrong.", DAY)
    own, others = edit.problems_after(library, edits, DAY)
    assert own == []
    assert {p.code for p in others} == {"SB403"}
    before, after = edits[0].before or b"", edits[0].after or b""
    assert (
        after.decode().replace('withdrawn:\n  date: 2026-11-24\n  reason: "It was: wrong."\n', "")
        == before.decode()
    )


def step(date: str, status: str = "agreed") -> dict[str, object]:
    return {"date": date, "status": status, "note": "Text: it was agreed.", "sources": ["press"]}


def test_step_at_its_date(library: Callable[..., Path]) -> None:
    """A step goes to the place of its date, above the comment of the next one."""
    takeaway = "takeaways/2025-08-25-investment-terms"
    text = (MINI / f"content/{takeaway}.yml").read_text(encoding="utf-8")
    head, _, rest = text.partition("history:\n")
    tail = "".join(row for row in _after_list(rest))
    history = (
        "history:\n"
        "- date: 2025-08-25\n  status: open\n  note: A\n  sources: [press]\n"
        "# the second\n"
        "- date: 2025-12-01\n  status: agreed\n  note: B\n  sources: [press]\n"
        "# the end\n"
    )
    root = library({takeaway: head + history + tail})
    edits = edit.add_step(root, takeaway.split("/")[1], step("2025-09-10", "negotiating"), None)
    after = (edits[0].after or b"").decode()
    new = (
        "- date: 2025-09-10\n  status: negotiating\n  note: |\n    Text: it was agreed.\n"
        "  sources:\n    - press\n"
    )
    assert after.replace(new, "") == head + history + tail
    assert (
        after.index("2025-08-25\n  status")
        < after.index("2025-09-10")
        < after.index("# the second")
    )
    edits = edit.add_step(root, takeaway.split("/")[1], step("2025-12-20"), None)
    after = (edits[0].after or b"").decode()
    assert after.index("note: B") < after.index("2025-12-20")


def _after_list(rest: str) -> Iterator[str]:
    rows = rest.splitlines(keepends=True)
    start = next((n for n, row in enumerate(rows) if row[0] not in " -#\n"), len(rows))
    yield from rows[start:]


def test_step_refused(small: Path) -> None:
    with pytest.raises(CannotEdit, match="only takeaways"):
        edit.add_step(small, "press", step("2025-12-01"), None)
    with pytest.raises(CannotEdit, match="restates"):
        edit.add_step(small, "2025-08-25-terms-again", step("2025-12-01"), None)


def test_step_sets_checked(small: Path) -> None:
    edits = edit.add_step(small, "2025-08-25-investment-terms", step("2025-12-01"), "2025-12-31")
    edit.apply(small, edits)
    record = load(small).records["2025-08-25-investment-terms"]
    assert record.checked == "2025-12-31"
    assert record.history[-1].date == "2025-12-01"


def test_xref(small: Path) -> None:
    """Every reference is found at its line and column."""
    for record_id, record in load(small).records.items():
        mentions = edit.xref(small, record_id, TODAY)
        for m in mentions:
            row = (small / m.path).read_text(encoding="utf-8").splitlines()[m.line - 1]
            assert record_id in row[m.column - 1 :]
        assert record.id
