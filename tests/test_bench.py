"""The benchmark: made-up libraries hold, projects of others are as said, tables say what was found.

Nothing here looks at how long anything took.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generator.build import check_content
from generator.load import load as load_records
from tests.bench import (
    bench,
    browser,
    make_library,
    measuring,
    ours,
    report,
    results,
    rivals,
    worker,
)
from tests.bench.measuring import Failed, Run, measured
from tests.bench.results import Line, Results
from tests.conftest import ROOT, TODAY, newest_day, write_library

# -- libraries and edits --------------------------------------------------------------------------


def test_libraries_are_the_same_and_hold(tmp_path: Path) -> None:
    """A library has as many records as asked for, the same bytes each time, and no errors."""
    assert make_library.library(600) == make_library.library(600)
    make_library.write(tmp_path, 600)
    checked = check_content(tmp_path, newest_day(tmp_path))
    assert [p for p in checked.problems if p.level == "error"] == []
    assert len(checked.corpus.records) == 600


def test_no_library_is_smaller_than_the_record() -> None:
    """Fewer records than there are cannot be had."""
    with pytest.raises(ValueError, match="smallest library"):
        make_library.library(10)


def test_edits_change_one_word(tmp_path: Path) -> None:
    """Each edit puts a word nobody has into one record, another for each number, and no error."""
    make_library.write(tmp_path, 600)
    library = ours.Library(tmp_path, newest_day(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.rglob("content/**/*.yml")}
    pages = set()
    for number, kind in enumerate([*ours.EDITS, *ours.EDITS]):
        page, new = library.edit(kind, number)
        pages.add(page)
        folder, name, _ = page.split("/")
        assert new in (tmp_path / "content" / folder / f"{name}.yml").read_text(encoding="utf-8")
    changed = [path for path, data in before.items() if path.read_bytes() != data]
    assert len(changed) == len(pages) > len(ours.EDITS)
    checked = check_content(tmp_path, library.day)
    assert [p for p in checked.problems if p.level == "error"] == []


# -- the projects of others -----------------------------------------------------------------------


@pytest.fixture
def markdown(tmp_path: Path) -> Path:
    docs = tmp_path / "docs"
    for name in ("index.md", "takeaways/index.md", "takeaways/2025-a.md", ".gitkeep"):
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(f"# {name}\n", encoding="utf-8")
    return docs


@pytest.mark.parametrize("name", ["mkdocs", "zensical"])
def test_projects_of_mkdocs_and_zensical(name: str, markdown: Path, tmp_path: Path) -> None:
    """Both get all the Markdown, our menu and extensions, no plugin and no hook."""
    folder = tmp_path / name
    rivals.PROJECTS[name](folder, markdown, ROOT / "mkdocs.yml")
    assert sorted(p.name for p in (folder / "docs").rglob("*.md")) == [
        "2025-a.md",
        "index.md",
        "index.md",
    ]
    own = json.loads((folder / "mkdocs.yml").read_text(encoding="utf-8"))
    ours_ = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    base = {}
    if "INHERIT" in own:
        assert (folder / own["INHERIT"]).resolve() == ROOT / "mkdocs.yml"
        assert (folder / own["theme"]["custom_dir"]).resolve() == ROOT / "templates" / "theme"
        base = ours_
    whole = base | own
    for key in ("nav", "markdown_extensions", "use_directory_urls"):
        assert whole[key] == ours_[key]
    assert not whole["plugins"]
    assert not whole.get("hooks")


def test_project_of_hugo(markdown: Path, tmp_path: Path) -> None:
    """Hugo gets all the Markdown, each index under the name that keeps its folder's pages."""
    rivals.write_hugo(tmp_path / "hugo", markdown, ROOT / "mkdocs.yml")
    content = tmp_path / "hugo" / "content"
    found = sorted(p.relative_to(content).as_posix() for p in content.rglob("*.md"))
    assert found == ["_index.md", "takeaways/2025-a.md", "takeaways/_index.md"]
    assert (tmp_path / "hugo" / "hugo.toml").is_file()


def test_what_is_compared_is_pinned() -> None:
    """The versions that are installed to be measured beside are exact, with their hashes."""
    wanted = (ROOT / "tests/bench/requirements.in").read_text(encoding="utf-8")
    locked = (ROOT / "tests/bench/requirements.txt").read_text(encoding="utf-8")
    for row in wanted.splitlines():
        if not row.startswith("#"):
            assert f"\n{row} \\\n    --hash=" in locked, row


# -- measuring ------------------------------------------------------------------------------------


def test_what_a_program_takes() -> None:
    """A program's time, work, memory and words are kept; its failure is told with its words."""
    run = measured([sys.executable, "-c", "print('done')"])
    assert run.printed == "done"
    assert run.seconds > 0
    assert run.megabytes > 1
    with pytest.raises(Failed, match="no such thing"):
        measured([sys.executable, "-c", "raise SystemExit('no such thing')"])
    with pytest.raises(Failed, match="stopped after"):
        measured([sys.executable, "-c", "while True: pass"], limit=0.3)


@pytest.mark.parametrize(
    ("values", "found"), [([], 0), ([3], 3), ([9, 1, 3], 3), ([1, 3, 9, 11], 6)]
)
def test_medians(values: Sequence[float], found: float) -> None:
    """The middle one, or between the two in the middle."""
    assert measuring.median(values) == found


def test_the_run_in_the_middle() -> None:
    """Of several runs the one with the median time counts, with its own work and memory."""
    runs = [Run(3, 1, 1), Run(1, 9, 9), Run(2, 5, 7)]
    assert measuring.middle(runs) == Run(2, 5, 7)


@pytest.fixture(scope="session")
def own(mini_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built copy of the small library that may be changed."""
    root = tmp_path_factory.mktemp("bench") / "mini"
    return Path(shutil.copytree(mini_project, root, symlinks=True))


def test_stages_of_a_build(own: Path) -> None:
    """A build tells its stages, and the one in which MkDocs runs is among them."""
    said = worker.build(own, TODAY, jobs=1, clean=False)
    assert bench.SITE_STAGE in said["stages"]  # type: ignore[operator]
    assert said["records"] == len(load_records(own).records)


@pytest.mark.parametrize("name", worker.PARTS)
def test_parts_of_a_build(name: str, own: Path) -> None:
    """Each part can be made alone, of something, and leaves nothing behind."""
    before = sorted(path.name for path in (own / ".build").iterdir())
    assert worker.part(own, TODAY, name)["made"] > 0
    assert sorted(path.name for path in (own / ".build").iterdir()) == before


def test_every_line_has_a_place() -> None:
    """What a group says it measures is a line of the tables; targets name lines there are."""
    names = {*results.UNITS, "site"}
    assert {key for group in bench.GROUPS.values() for key in group.lines} <= names
    for target in results.TARGETS:
        assert [key for key in names if key.startswith(target.line)], target
        assert not target.beside or target.beside in names


# -- tables ---------------------------------------------------------------------------------------


@pytest.fixture
def found() -> Results:
    """What a run found; a few lines of it."""
    lines = {
        "edit": Line([2.0, 1.0, 4.0], [1.0, 1.0, 1.0]),
        "mkdocs": Line([30.0, 20.0], [22.0, 18.0]),
        "hugo": Line([3.0]),
        "clean": Line([40.0], [70.0]),
        "clean/1/Reading records": Line([4.0]),
        "clean/2/Building the site": Line([12.0]),
        "site": Line([20.0]),
        "clean-pages": Line([40.0]),
        "mkdocs-pagefind": Line([44.0], [40.0]),
        "read-cold": Line([9.0]),
        "zensical": Line(why_not="Zensical is not installed: no such file"),
        "query/word": Line([200.0]),
        "query/phrase": Line([450.0]),
        "query/filters": Line([900.0]),
    }
    machine = {"processor": "a chip", "cores": "2 cores"}
    return Results(10_000, "2026-11-28", 12_345, 600, 0.4, machine, {"Hugo": "0.1"}, lines)


def test_ratios(found: Results) -> None:
    """Of the middles, by the clock and by work; nothing where one of the two is missing."""
    assert found.ratio("mkdocs", "edit") == 12.5
    assert found.ratio("mkdocs", "edit", work=True) == 20
    assert found.ratio("mkdocs", "serve") == found.ratio("serve", "mkdocs") == 0


def test_verdicts(found: Results) -> None:
    """Each target is met, missed or not measured; of several lines the slowest counts."""
    said = {v.target.what: (v.found, v.said) for v in results.verdicts(found)}
    assert said == {
        "An edit, beside plain `mkdocs build`": (12.5, "met"),
        "An edit, beside plain `mkdocs build`: the goal": (12.5, "missed"),
        "An edit, beside a full Hugo build": (1.5, "met"),
        "An edit to its page under `make serve`": (0, "not measured"),
        "MkDocs in all processes, beside plain `mkdocs build`": (1.25, "missed"),
        "A clean build, pages and search, beside `mkdocs build` and `pagefind`": (1.1, "missed"),
        "Reading and checking, nothing kept": (9, "missed"),
        "Reading and checking, nothing changed": (0, "not measured"),
        "Memory of a clean build": (0, "not measured"),
        "First search: to the first result": (450, "missed"),
        "First search: fetched": (0, "not measured"),
        "First search, the filters opened before: to the first result": (900, "missed"),
        "First search, the filters opened before: fetched": (0, "not measured"),
    }


def test_kept_and_read_again(found: Results, tmp_path: Path) -> None:
    """What is kept as JSON comes back as it was."""
    results.save(found, tmp_path / "bench" / "10000.json")
    assert results.load(tmp_path / "bench" / "10000.json") == found


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.234, "s", "1.23 s"),
        (12.34, "s", "12.3 s"),
        (1234.5, "s", "1,234 s"),
        (3.21, "times", "3.21 times"),
        (196.4, "KB", "196 KB"),
        (1404.2, "MB", "1,404 MB"),
        (8.6, "ms", "9 ms"),
    ],
)
def test_values(value: float, unit: str, text: str) -> None:
    """Three digits that count."""
    assert report.shown(value, unit) == text


def test_rows(found: Results) -> None:
    """A row has the middle with both ends; what was not measured says why."""
    small = Results(1_000, "2026-11-28", lines={"edit": Line([0.5])})
    rows = list(report.tables([small, found]))
    assert "| What | 1,000 records | 10,000 records |\n| --- | --- | --- |" in rows
    assert (
        "| Edit of a headline, to the finished site | 0.50 s | 2.00 s (1.00 to 4.00), work 1.00 s |"
        in rows
    )
    assert "| … Reading records |  | 4.00 s |" in rows
    assert "| Zensical, from nothing |  | not measured: Zensical is not installed |" in rows


def test_where_the_time_goes(found: Results) -> None:
    """The slowest stages come first, with their shares of the time of all stages."""
    (said,) = report.where(found)
    assert said.startswith("Clean build in all processes: ")
    assert said.endswith("*Building the site* 75%, *Reading records* 25%.\n")


def test_put_in_place(found: Results, tmp_path: Path) -> None:
    """The page and the README get what was found, and nothing else of them changes; the page is
    free of problems, and writing the same again changes nothing."""
    write_library(tmp_path)
    for name in ("README.md", report.PAGE):
        shutil.copy(ROOT / name, tmp_path / name)
    before = (tmp_path / report.PAGE).read_text(encoding="utf-8")
    report.write(tmp_path, [found])
    page = (tmp_path / report.PAGE).read_text(encoding="utf-8")
    head, _, tail = before.partition(f"  {report.HEADING}\n")
    assert page.startswith(head)
    assert page.endswith(tail[tail.index("\n  ## ") :])
    assert "12,345 pages" in page
    assert [
        p for p in check_content(tmp_path, newest_day(tmp_path)).problems if p.path == report.PAGE
    ] == []
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    lines = report.summary([found])
    assert "2.00 s (plain `mkdocs build`: 25.0 s, Hugo: 3.00 s)" in lines
    assert lines.count("\n") == 1
    head, here, tail = readme.partition(lines)
    assert here
    old = (ROOT / "README.md").read_text(encoding="utf-8")
    assert old.startswith(head)
    assert old.endswith(tail)
    report.write(tmp_path, [found])
    assert (tmp_path / report.PAGE).read_text(encoding="utf-8") == page


# -- in a browser ---------------------------------------------------------------------------------


def test_what_a_host_compresses(tmp_path: Path) -> None:
    """Scripts are sent compressed, pieces of the index as they are."""
    for name in ("a.js", "a.pf_index"):
        (tmp_path / name).write_bytes(b"a" * 1000)
    assert browser.weight(tmp_path / "a.pf_index") == (1000, 1000)
    plain, sent = browser.weight(tmp_path / "a.js")
    assert (plain, sent < 100) == (1000, True)


def test_the_readme_names_every_group() -> None:
    """Each group that can be chosen is named where `make bench` is explained."""
    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Speed\n")[2]
    named = said.partition("only these groups:")[2].partition("\n\n")[0]
    assert re.findall(r"`([a-z0-9-]+)`", named) == list(bench.GROUPS)
