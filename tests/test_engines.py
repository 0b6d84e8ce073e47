"""Engines besides MkDocs make the same site, but for what stands with its reason in engines.py."""

from __future__ import annotations

import re
import shutil
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest

from generator import host, running
from generator.build import build
from generator.verify import verify
from tests.conftest import MINI, ROOT, TODAY, Run, newest_day, write_project
from tests.engines import KNOWN, differences, report, unknown

#: Every engine but MkDocs; the summary says which of them are not installed.
OTHERS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            not find_spec(name),
            reason=f"{name} is not installed: what it makes was not compared with MkDocs",
        ),
    )
    for name in host.ENGINES
    if name != host.MKDOCS
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library built by MkDocs, with the addresses mkdocs.yml may name."""
    root = write_project(tmp_path_factory.mktemp("engines") / "mkdocs", MINI / "content")
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.sub(r"(?m)^# (site_url|repo_url): ", r"\1: ", text)
    assert named.count("\nsite_url: ") == named.count("\nrepo_url: ") == 1
    (root / "mkdocs.yml").write_text(named, encoding="utf-8")
    build(root, TODAY)
    return root


def built_with(engine: str, project: Path) -> Path:
    """A copy of a project that MkDocs built, built again with another engine."""
    other = Path(shutil.copytree(project, project.with_name(engine), dirs_exist_ok=True))
    built = build(other, TODAY, engine=engine)
    assert built.written == built.pages  # another engine: nothing that was made before is kept
    return other


@pytest.mark.parametrize("engine", OTHERS)
def test_the_site_is_the_same(engine: str, project: Path) -> None:
    """Files, titles, text, anchors, links, elements and data of every page, whatever the gate
    asks, all exports and the search index: what differs is known."""
    rows = differences(project / "site", built_with(engine, project) / "site")
    odd = unknown(rows, engine)
    assert not odd, report(odd)


@pytest.mark.full
@pytest.mark.parametrize("engine", OTHERS)
def test_the_real_site_is_the_same(engine: str, real_project: Path, tmp_path: Path) -> None:
    """So are all pages of the real records."""
    other = write_project(tmp_path / engine, ROOT / "content")
    build(other, newest_day(ROOT), engine=engine)
    odd = unknown(differences(real_project / "site", other / "site"), engine)
    assert not odd, report(odd)


@pytest.mark.full
@pytest.mark.parametrize("engine", OTHERS)
def test_an_edit_makes_few_pages(engine: str, tmp_path: Path) -> None:
    """With each engine, what a change does not touch stays, and what comes out is what a clean
    build makes; so the same content gives the same bytes."""
    root = write_project(tmp_path / "edited", MINI / "content")
    build(root, TODAY, engine=engine)
    record = root / "content/topics/tariffs.yml"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("name: ", "name: Customs and ", 1), encoding="utf-8")
    built = build(root, TODAY, engine=engine)
    assert 0 < built.written < built.pages / 2
    assert verify(root, TODAY, engine=engine).faults == ()


@pytest.mark.parametrize("engine", [host.MKDOCS, *OTHERS])
def test_what_an_engine_refuses(engine: str, tmp_path: Path) -> None:
    """A link that leads nowhere fails the build, and so does a broken template. The message says
    where, without colours."""
    root = write_project(tmp_path, MINI / "content")
    page = root / ".build" / "docs" / "index.md"
    page.parent.mkdir(parents=True)
    page.write_text("[x](nowhere.md)\n", encoding="utf-8")
    assert "index.md" in refusal(engine, root)
    page.write_text("x\n", encoding="utf-8")
    footer = root / "templates" / "theme" / "partials" / "footer.html"
    footer.write_text("{{ 1 | nofilter }}", encoding="utf-8")
    assert "nofilter" in refusal(engine, root)


def refusal(engine: str, root: Path) -> str:
    """What is said when the home page cannot be built."""
    docs, html = root / ".build/docs", root / "html"
    with (
        pytest.raises(running.HostError) as raised,
        host.building_pages(root, docs, html, ["index.md"], TODAY, engine=engine),
    ):
        pass
    said = str(raised.value)
    assert said.startswith(f"{engine} failed:\n")
    assert not re.search(r"\x1b|INFO", said)
    return said


def test_an_engine_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """One sentence, with the command that installs it; nothing is begun."""

    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    for name, engine in host.ENGINES.items():
        done = run("build", "--engine", name)
        assert done.code == 2
        assert done.err.startswith(f"{name} is not installed. To install it: ")
        assert done.err.endswith(f" -m pip install {name}=={engine.version}\n")
        assert done.err.count("\n") == 1
    assert not (root / ".build").exists()


def test_engines_are_named_once_each() -> None:
    """The versions of the table are those of pyproject.toml; each engine has its differences."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {f"{name}=={engine.version}" for name, engine in host.ENGINES.items()}
    extras = set(project["optional-dependencies"]["engines"])
    assert extras == named - set(project["dependencies"])
    assert {*KNOWN, host.MKDOCS} == host.ENGINES.keys()


def test_the_comparison_sees(project: Path, tmp_path: Path) -> None:
    """Each thing that could differ in a page is seen when it does, and reported with its page."""
    site = project / "site"
    other = Path(shutil.copytree(site, tmp_path / "site"))
    page = "topics/trade/index.html"
    text = (site / page).read_text(encoding="utf-8")
    for old, new, rows in [
        ("<title>", "<title>x", ["title", "text"]),
        ('id="top"', 'id="up"', ["anchors"]),
        ('href="../.."', 'href=".."', ["links"]),
        ("<h1", '<h1 lang="en"', ["elements"]),
        ('"@context"', '"@contexts"', ["data"]),
    ]:
        assert old in text, old
        (other / page).write_text(text.replace(old, new, 1), encoding="utf-8")
        found = differences(site, other)
        assert {row.split(": ")[1] for row in found} == set(rows)
        assert unknown(found, "properdocs") == found
        assert page in report(found)
    (other / page).unlink()
    assert differences(site, other) == [f"files: -{page}"]
