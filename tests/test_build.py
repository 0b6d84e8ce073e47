"""The build as a whole: same input, same bytes; errors change nothing; exit codes; what a new day
changes; the plain `mkdocs build`."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.build import build, write_docs
from generator.cli import main
from generator.corpus import Corpus
from generator.files import files_below, locked, write_new
from generator.publish import Change, publish
from tests.conftest import MINI, TODAY, changed, write_library, write_project

#: Pages that say which day it is.
COUNT_DAYS = {"tracker/index.md"}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {name: (folder / name).read_bytes() for name in files_below(folder)}


def differing(left: dict[str, bytes], right: dict[str, bytes]) -> set[str]:
    """The files that are not the same in both."""
    return {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}


@pytest.fixture
def brief(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`brief("check", "--today", "2026-01-01")`: exit code, output, errors."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


# -- same input, same bytes -----------------------------------------------------------------------


def test_same_bytes_elsewhere(mini_project: Path, tmp_path: Path) -> None:
    """Built in another folder, time zone, locale and order of hashing, the site is the same."""
    root = write_project(tmp_path / "deeper" / "elsewhere", MINI / "content")
    environment = os.environ | {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "4711",
        "HOME": str(tmp_path),
        "COLUMNS": "40",
    }
    done = subprocess.run(
        [sys.executable, "-m", "generator", "build", "--today", TODAY.isoformat()],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    here, there = tree(mini_project / "site"), tree(root / "site")
    assert len(here) > 100
    assert differing(here, there) == set()


def test_no_trace_of_the_folder(mini_project: Path) -> None:
    """No file of the site names the folder it was built in."""
    files = tree(mini_project / "site")
    trace = str(mini_project).encode()
    assert [name for name, data in files.items() if trace in data] == []


def test_second_run_writes_nothing(mini: Corpus, tmp_path: Path) -> None:
    """Where nothing changed, nothing is touched; where a record went, its pages go."""
    files, written, removed = write_docs(mini, tmp_path)
    assert files == written > 100
    assert removed == 0
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in files_below(tmp_path)}
    assert write_docs(mini, tmp_path) == (files, 0, 0)
    assert {n: (tmp_path / n).stat().st_mtime_ns for n in files_below(tmp_path)} == stamps

    (tmp_path / "topics" / "stray.md").write_text("x", encoding="utf-8")
    (tmp_path / "about" / "index.md").write_text("x", encoding="utf-8")
    assert write_docs(mini, tmp_path) == (files, 1, 1)


def test_one_change_touches_few_files(
    corpus_with: Callable[..., Corpus], mini: Corpus, tmp_path: Path
) -> None:
    """A change of one note rewrites the pages that show it, and by far not all."""
    files, _, _ = write_docs(mini, tmp_path / "docs")
    corpus = corpus_with({"terms/shuttle-diplomacy": "definition: Leaders visit each other."})
    _, written, removed = write_docs(corpus, tmp_path / "docs")
    assert 0 < written < files / 4
    assert removed == 0


def test_a_new_day_changes_only_counts_of_days(mini: Corpus, tmp_path: Path) -> None:
    """On another day only the pages that count days are other ones."""
    for name, day in (("one", TODAY), ("two", TODAY + dt.timedelta(days=30))):
        write_docs(Corpus(mini.records, day), tmp_path / name)
    assert differing(tree(tmp_path / "one"), tree(tmp_path / "two")) == COUNT_DAYS


# -- errors ---------------------------------------------------------------------------------------


def test_errors_leave_the_site_alone(
    mini_project: Path, tmp_path: Path, brief: Callable[..., tuple[int, str, str]]
) -> None:
    """With an error in the content, `brief build` says so, exits with 1 and touches nothing."""
    root = tmp_path / "project"
    shutil.copytree(mini_project, root)
    broken = root / "content" / "topics" / "trade.yml"
    broken.write_text("name: Trade: and more\n", encoding="utf-8")
    before = tree(root / "site")
    stamps = {name: (root / "site" / name).stat().st_mtime_ns for name in before}
    code, out, err = brief("--root", root, "build", "--today", TODAY.isoformat())
    assert (code, out) == (1, "")
    assert "content/topics/trade.yml:1:12: SB104" in err
    assert "the site stays as it was" in err
    assert tree(root / "site") == before
    assert {n: (root / "site" / n).stat().st_mtime_ns for n in before} == stamps


def test_publishing_is_exact(tmp_path: Path) -> None:
    """After publishing, the site holds what was built, and nothing of what was there before; the
    two can be changed apart."""
    html, site, aside = (tmp_path / name for name in ("html", "site", "aside"))
    for folder, files in ((html, {"a": "new", "b/c": "new"}), (site, {"a": "old", "d/e": "old"})):
        for name, text in files.items():
            write_new(folder / name, text.encode())
    publish(html, site, aside, Change(whole=True))
    assert tree(site) == tree(html) == {"a": b"new", "b/c": b"new"}

    write_new(html / "a", b"newer")
    write_new(html / "f/g", b"newer")
    (html / "b/c").unlink()
    assert tree(site) == {"a": b"new", "b/c": b"new"}
    publish(html, site, aside, Change(False, {"a", "f/g"}, {"b/c"}))
    assert tree(site) == tree(html) == {"a": b"newer", "f/g": b"newer"}
    assert not (html / "b").exists()

    shutil.rmtree(site)
    publish(html, site, aside, Change(whole=False))
    assert tree(site) == tree(html)
    assert not aside.exists()


# -- exit codes -----------------------------------------------------------------------------------


def test_exit_fine(tmp_path: Path, brief: Callable[..., tuple[int, str, str]]) -> None:
    """Without a problem: 0, nothing on the output, one line beside it."""
    code, out, err = brief("--root", write_library(tmp_path), "check", "--today", "2026-01-01")
    assert (code, out) == (0, "")
    assert "0 errors" in err


def test_exit_fine_with_warnings(
    tmp_path: Path, brief: Callable[..., tuple[int, str, str]]
) -> None:
    """With warnings only: 0, and the warnings are printed."""
    name = "takeaways/2025-08-23-task-force"
    root = write_library(tmp_path, {name: changed(name, "checked:")})
    code, out, err = brief("--root", root, "check", "--today", "2026-01-01")
    assert code == 0
    assert out.count("(warning)") == 1
    assert "1 warning" in err


def test_exit_errors_in_the_content(
    tmp_path: Path, brief: Callable[..., tuple[int, str, str]]
) -> None:
    """With errors: 1, in every format, and only those of the paths that were named."""
    root = write_library(tmp_path, {"topics/trade": "name: Trade\n", "topics/tariffs": "- x\n"})
    today = ("--today", "2026-01-01")
    code, out, _ = brief("--root", root, "check", *today)
    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines() if "SB" in line] == [
        "content/topics/tariffs.yml",
        "content/topics/trade.yml",
        "content/topics/trade.yml",
    ]
    code, out, _ = brief("--root", root, "check", *today, root / "content/topics/tariffs.yml")
    assert (code, out.count("SB")) == (1, 1)
    code, out, _ = brief("--root", root, "check", *today, root / "content/people")
    assert (code, out) == (0, "")
    code, out, _ = brief("--root", root, "check", *today, "--format", "json")
    assert (code, out.count('"code": ')) == (1, 3)
    code, out, _ = brief("--root", root, "check", *today, "--format", "github")
    assert (code, out.count("::error file=content/topics/")) == (1, 3)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--no-such-option"],
        ["no-such-command"],
        ["check", "no/such/path"],
        ["check", "--today", "25/08/2025"],
        ["check", "--format", "xml"],
        ["build", "surplus"],
    ],
)
def test_exit_wrong_usage(
    arguments: list[str], tmp_path: Path, brief: Callable[..., tuple[int, str, str]]
) -> None:
    """A command nobody understands: 2, and what is wrong with it."""
    code, out, err = brief("--root", write_library(tmp_path), *arguments)
    assert (code, out) == (2, "")
    assert "Error" in err
    assert "Traceback" not in err


def test_exit_machine(tmp_path: Path, brief: Callable[..., tuple[int, str, str]]) -> None:
    """While another build holds the lock: 4, in one line."""
    root = write_library(tmp_path)
    with locked(root / ".build" / "lock", "a test"):
        code, out, err = brief("--root", root, "build", "--today", "2026-01-01")
    assert (code, out) == (4, "")
    assert err.count("\n") == 1
    assert not (root / "site").exists()


def test_exit_bug(
    tmp_path: Path,
    brief: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of our own: 3, said plainly, with a trace only where it is asked for."""

    def fail(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("generator.build.check", fail)
    root = write_library(tmp_path)
    code, _, err = brief("--root", root, "build")
    assert code == 3
    assert "Traceback" not in err
    assert "Traceback" in brief("--debug", "--root", root, "build")[2]


def test_help_leads_with_examples(brief: Callable[..., tuple[int, str, str]]) -> None:
    """`brief --help` begins with commands to copy."""
    code, out, _ = brief("--help")
    assert code == 0
    assert 0 < out.index("brief check") < out.index("Usage:")


# -- MkDocs on its own ----------------------------------------------------------------------------


def test_plain_mkdocs_build(mini_project: Path, tmp_path: Path) -> None:
    """In a fresh clone `mkdocs build` alone makes the same pages, with search."""
    root = write_project(tmp_path / "clone", MINI / "content")
    (root / ".build" / "docs").mkdir(parents=True)
    (root / ".build" / "docs" / ".gitkeep").touch()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    pages = {name for name in files_below(mini_project / "site") if name.endswith(".html")}
    assert {name for name in files_below(root / "site") if name.endswith(".html")} == pages
    assert (root / "site" / "pagefind" / "pagefind.js").exists()
    same = "takeaways/2025-08-23-task-force/index.html"
    assert (root / "site" / same).read_bytes() == (mini_project / "site" / same).read_bytes()


@pytest.mark.parametrize(
    ("settings", "edit", "canonical"),
    [
        ("", "", ""),
        (
            "repo_url: https://github.com/example/records\n",
            "https://github.com/example/records/edit/main/content/topics/trade.yml",
            "",
        ),
        ("site_url: https://example.org/there/\n", "", "https://example.org/there/topics/trade/"),
    ],
    ids=["neither", "repository", "address"],
)
def test_links_that_need_an_address(
    mini_project: Path, tmp_path: Path, settings: str, edit: str, canonical: str
) -> None:
    """Edit and canonical links are right where mkdocs.yml names their address, else left out."""
    project = tmp_path / "project"
    shutil.copytree(mini_project, project, ignore=shutil.ignore_patterns("site", ".build"))
    (project / ".build" / "docs").mkdir(parents=True)
    config = project / "mkdocs.yml"
    config.write_text(settings + config.read_text(encoding="utf-8"), encoding="utf-8")
    build(project, TODAY)
    page = (project / "site" / "topics" / "trade" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]*)" rel="edit"', page) == ([edit] if edit else [])
    base = edit.partition("edit/")[0] if edit else ""
    correct = f"{base}issues/new?template=correction.yml&amp;record=trade"
    found = re.findall(r'href="([^"]*)" rel="noopener noreferrer">Suggest a correction', page)
    assert found == ([correct] if edit else [])
    assert re.findall(r'rel="canonical" href="([^"]*)"', page) == ([canonical] if canonical else [])
    sitemap = project / "site" / "sitemap.xml"
    listed = sitemap.read_text(encoding="utf-8") if sitemap.exists() else ""
    days = dict(re.findall(r"<loc>([^<]*)</loc>\s*<lastmod>([^<]*)", listed))
    assert days.get(canonical) == ("2025-09-01" if canonical else None)
    assert days.get("https://example.org/there/takeaways/") == ("2025-12-01" if canonical else None)
