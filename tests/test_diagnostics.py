"""How problems are shown: excerpts, GitHub's annotations, rules explained, repairs."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import edit, load, rules
from generator.build import check_content
from generator.excerpts import excerpt
from generator.problems import GITHUB_ANNOTATIONS, Problem, as_github, as_summary, ranked
from generator.repair import repair
from tests.conftest import MINI, TODAY, Run
from tests.test_bad import BAD, CASES, EXPECTED, write_case

GOLDENS = Path(__file__).parent / "goldens"

# -- excerpts -----------------------------------------------------------------------------------


def shown(tmp_path: Path, case: Path) -> str:
    write_case(case.read_text(encoding="utf-8").partition(EXPECTED)[0], tmp_path)
    problems = check_content(tmp_path, TODAY).problems
    texts = {
        p.path: (tmp_path / p.path).read_text(encoding="utf-8", errors="replace")
        for p in problems
        if (tmp_path / p.path).is_file()
    }
    return "\n\n".join(excerpt(p, texts) for p in problems)


def test_excerpts(tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    """One of each kind, as it looks on a terminal."""
    names = [
        "misspelt-person",
        "field-twice",
        "colon-in-title",
        "country-in-korean",
        "tab",
        "dangling-link",
    ]
    parts = [shown(tmp_path / name, BAD / f"{name}.txt") for name in names]
    golden(GOLDENS / "excerpts.txt", "\n\n\n".join(parts) + "\n")


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_caret_stands_under_the_value(tmp_path: Path, case: Path) -> None:
    """Every problem of every mistake can be shown, and nothing but text is printed."""
    text = shown(tmp_path, case)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert not re.search(r"^ *\| *$", text, re.MULTILINE)


def test_long_lines_are_cut_around_the_value() -> None:
    row = "body: " + "word " * 60 + "HERE " + "word " * 60
    problem = Problem("a.yml", "SB401", "m", line=1, column=row.index("HERE") + 1)
    lines = excerpt(problem, {"a.yml": row}).split("\n")
    assert len(lines[2]) < 110
    assert lines[2][lines[3].index("^") :].startswith("HERE")
    assert lines[3].count("^") == 4


def test_wide_letters_take_two_columns() -> None:
    problem = Problem("a.yml", "SB401", "m", line=1, column=9)
    lines = excerpt(problem, {"a.yml": "city: 서울 xx"}).split("\n")
    assert lines[3].index("^") - lines[2].index("c") == 6 + 2 * 2


# -- GitHub -------------------------------------------------------------------------------------


def many(count: int, level: str = "error") -> list[Problem]:
    return [
        Problem(f"content/topics/t{n % 5}.yml", "SB201", f"m{n}", "h", level, line=n + 1, column=1)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_annotations_stay_within_ten() -> None:
    assert as_github(many(GITHUB_ANNOTATIONS)).count("::error") == 10
    lines = as_github([*many(30, "warning"), *many(30)]).split("\n")
    assert len(lines) == 10
    assert all(line.startswith("::error ") for line in lines[:9])
    assert lines[9] == "::notice::51 more are in the summary of this job."


def test_ranked() -> None:
    """Errors before warnings, one of each file before a second, unreadable files first."""
    problems = [
        Problem("b.yml", "SB201", "second", line=2),
        Problem("b.yml", "SB201", "first", line=1),
        Problem("a.yml", "SB515", "w", level="warning", line=1),
        Problem("c.yml", "SB104", "x", line=1),
    ]
    assert [p.message for p in ranked(problems)] == ["x", "first", "second", "w"]


def test_hostile_text_is_no_command_and_no_markup() -> None:
    nasty = (
        "x\n::set-output name=a::b\r%0A <img src=x> [a](javascript:x) | `c` @everyone #1 \x1b[31m"
    )
    problem = Problem(nasty, "SB401", nasty, nasty, line=1, column=1)
    assert as_github([problem]).count("\n") == 0
    assert "%0A" not in as_github([problem]).replace("%250A", "")
    row = as_summary([problem]).split("\n")[4]
    assert not re.search(r"[<>`\[\]@\x1b]|\(|\\", row)
    assert row.count("|") == 4


def test_summary_is_written(
    run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    (root / "content/topics/trade.yml").write_text("name: x\n", encoding="utf-8")
    done = run("check", "--format", "github")
    assert done.out.startswith("::error file=content/topics/trade.yml,line=1,col=1,title=SB202::")
    assert "| content/topics/trade.yml&#58;1 |" in target.read_text(encoding="utf-8")


# -- rules --------------------------------------------------------------------------------------


def test_every_rule_is_explained(run: Run) -> None:
    listed = run("explain").out
    for code, rule in rules.ALL.items():
        assert code in listed
        said = run("explain", code.lower())
        assert said.code == 0
        assert rule.rule in said.out
    assert run("explain", "401").out == run("explain", "SB401").out
    assert run("explain", "nonsense").code == 2


# -- what a change touches ----------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_changed_since(run: Run, root: Path) -> None:
    """Old problems are counted; those of changed files and those a change causes are shown."""
    git(root, "init", "-q")
    old = root / "content/topics/tariffs.yml"
    old.write_text("name: x\n", encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    done = run("check", "--changed-since", "HEAD", "--today", "2026-01-01")
    assert done.code == 0, done.out
    assert "older ones are not shown" in done.err
    (root / "content/sources/later-press.yml").unlink()
    done = run("check", "--changed-since", "HEAD", "--today", "2026-01-01")
    assert done.code == 1
    assert 'there is no record "later-press"' in done.out
    assert "tariffs.yml" not in done.out
    assert run("check", "--changed-since", "nonsense").code == 4


# -- repairs ------------------------------------------------------------------------------------

#: Mistakes that have one way out, and those among the others for which it must not be guessed.
REPAIRED = """
colon-in-title indented-too-little indented-too-much item-indented-deeper items-indented-differently
no-space-after-colon no-space-after-colon-last-line quotes-not-straight-in-list smart-quote-opens
smart-quotes-and-colon smart-quotes-around space-before-field tab tab-after-colon
wrong-date-month-and-year wrong-date-no-hyphens
""".split()
NEVER = ["path-as-id", "wrong-date-ambiguous", "half-written", "field-twice"]


def repairs(tmp_path: Path, name: str) -> list[edit.Edit]:
    write_case((BAD / f"{name}.txt").read_text(encoding="utf-8").partition(EXPECTED)[0], tmp_path)
    bad = {p.path for p in check_content(tmp_path, TODAY).problems}
    found = [repair(path, (tmp_path / path).read_bytes()) for path in load.record_paths(tmp_path)]
    return [r.edit for r in found if r and r.edit and r.path in bad]


@pytest.mark.parametrize("name", REPAIRED)
def test_repaired(tmp_path: Path, name: str) -> None:
    """After the repair the file is fine, and in canonical form."""
    edits = repairs(tmp_path, name)
    assert len(edits) == 1
    edit.apply(tmp_path, edits)
    assert not [p for p in check_content(tmp_path, TODAY).problems if p.path == edits[0].path]
    assert edit.fmt(tmp_path, [edits[0].path]) == ([], [])


@pytest.mark.parametrize("name", NEVER)
def test_not_guessed(tmp_path: Path, name: str) -> None:
    assert repairs(tmp_path, name) == []


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_words_survive_repairs(tmp_path: Path, case: Path) -> None:
    """A repair moves and quotes; every word of the file is still there."""
    write_case(case.read_text(encoding="utf-8").partition(EXPECTED)[0], tmp_path)
    for path in load.record_paths(tmp_path):
        before = (tmp_path / path).read_bytes()
        same = MINI / path
        if same.is_file() and same.read_bytes() == before:
            continue
        found = repair(path, before)
        for change in (found.edit, *found.choices) if found else ():
            if change:
                assert words(change.after) == words(change.before)


def words(data: bytes | None) -> list[str]:
    found = re.findall(r"[a-z가-힣]+", (data or b"").decode().lower())
    return sorted(w for w in found if w not in ("august", "aug"))


def test_check_fix(run: Run, root: Path) -> None:
    path = root / "content/topics/trade.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: ", "name:\t"), encoding="utf-8")
    edits = edit.fmt(root, load.record_paths(root))[0]
    edit.apply(root, edits)
    before = path.read_bytes()
    shown = run("check", "--fix", "--dry-run", "--today", "2026-01-01")
    assert "+name: " in shown.out
    assert "1 file would be repaired." in shown.err
    assert path.read_bytes() == before
    assert run("check", "--dry-run").code == 2
    for_programs = run("check", "--fix", "--dry-run", "--format", "json", "--today", "2026-01-01")
    assert [p["code"] for p in json.loads(for_programs.out)] == ["SB103"]
    assert "+name: " in for_programs.err
    done = run("check", "--fix", "--today", "2026-01-01")
    assert "+name: " in done.out
    assert done.code == 0
    assert "\t" not in path.read_text(encoding="utf-8")
    assert run("check", "--fix", "--today", "2026-01-01").err.startswith("0 files repaired.")
