"""`brief serve`: the page of an edited record comes first, then all that the edit touches."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from generator import files, serving
from generator.build import build
from generator.memory import Known
from generator.preview import preview
from tests.conftest import MINI, TODAY, write_project

TERM = "content/terms/shuttle-diplomacy.yml"
PAGE = "terms/shuttle-diplomacy/index.html"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", MINI / "content")


@pytest.fixture
def known(root: Path) -> Known:
    """The small library, built, and what was read."""
    rows: Known = {}
    build(root, TODAY, known=rows)
    return rows


def edited(root: Path, old: str, new: str) -> None:
    path = root / TERM
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_preview_is_the_page(root: Path, known: Known) -> None:
    """It has the bytes that the build gives the page."""
    edited(root, "Leaders", "Leaders (edited)")
    assert preview(root, [TERM], known, TODAY, root / "first") == [PAGE]
    build(root, TODAY, known=known)
    assert b"Leaders (edited)" in (root / "first" / PAGE).read_bytes()
    assert (root / "first" / PAGE).read_bytes() == (root / "site" / PAGE).read_bytes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("definition:", "definitoin:"),  # no record
        ("Leaders", "[[nobody]] leaders"),  # a reference to what is not there
        ("Leaders", "[@nothing] leaders"),
        ("Leaders", "<b>Leaders"),  # a fault of prose, or harmless: the build decides
        ("name:", "name"),
    ],
)
def test_no_preview(root: Path, known: Known, old: str, new: str) -> None:
    """What is wrong, or half written, has no preview and does no harm."""
    edited(root, old, new)
    assert preview(root, [TERM], known, TODAY, root / "first") in ([], [PAGE])
    if "nobody" in new or "nothing" in new or old != "Leaders":
        assert not (root / "first" / PAGE).exists()


def test_other_files_have_none(root: Path, known: Known) -> None:
    """Neither files that are no records nor those that are gone."""
    (root / TERM).unlink()
    others = [TERM, "mkdocs.yml", "content/x.yml", "content/nowhere/x.yml", "templates/home.md.j2"]
    assert preview(root, others, known, TODAY, root / "first") == []


# -- the server -----------------------------------------------------------------------------------


class Pages:
    """Stands in for the builds: what was asked of it, and a build that waits to be let go on."""

    def __init__(self, root: Path) -> None:
        self.root, self.asked, self.go = root, list[list[str]](), threading.Event()
        self.builds = 0

    def first(self, paths: Iterable[str], folder: Path) -> int:
        self.asked.append(list(paths))
        files.write_new(folder / PAGE, b"<html><body>first</body></html>")
        return 1

    def again(self) -> None:
        self.builds += 1
        assert self.go.wait(30)
        files.write_new(self.root / "site" / PAGE, b"<html><body>then</body></html>")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Pages, str, serving._Server]]:
    for name in (f"site/{PAGE}", "site/index.html", TERM):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<html><body>old</body></html>")
    pages = Pages(tmp_path)
    server = serving._Server(tmp_path, "127.0.0.1", 0, pages.again, pages.first)
    server.watch_all()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    eventually(server.serve_thread.is_alive)
    yield pages, f"http://127.0.0.1:{server.server_port}/", server
    pages.go.set()
    server.shutdown()
    thread.join(30)


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def read(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code}"


def test_first_one_page_then_all(served: tuple[Pages, str, serving._Server]) -> None:
    """While the site is built the edited page is shown already, and every other one is answered;
    then the site has it. Open pages are told twice."""
    pages, address, server = served
    page = f"{address}terms/shuttle-diplomacy/"
    assert "old" in read(page)
    epoch = server._visible_epoch
    (pages.root / TERM).write_text("an edit")
    eventually(lambda: "first" in read(page))
    assert pages.asked[0] == [TERM]
    assert server._visible_epoch > epoch
    assert "old" in read(address)
    epoch = server._visible_epoch
    pages.go.set()
    eventually(lambda: "then" in read(page))
    eventually(lambda: server._visible_epoch > epoch)
    assert not (pages.root / serving.FIRST).exists()


def test_what_is_no_edit(served: tuple[Pages, str, serving._Server]) -> None:
    """Reading a record, and files of editors that begin with a dot, build nothing."""
    pages, _, _ = served
    (pages.root / TERM).read_text()
    (pages.root / "content/terms/.shuttle.swp").write_text("x")
    (pages.root / "other.txt").write_text("x")
    time.sleep(1)
    assert pages.builds == 0


def test_no_way_out(served: tuple[Pages, str, serving._Server]) -> None:
    """An address leads to no file above the folder of first pages or the site."""
    pages, address, _ = served
    (pages.root / ".build" / "first").mkdir(parents=True)
    (pages.root / ".build" / "index.html").write_text("outside")
    for way in ("../", "%2e%2e/", "..%2f", "x/../../"):
        assert "outside" not in read(address + way)
