"""What the tests share: the day it is, the small library, and copies of it with one thing changed.

The small library in `tests/mini` uses every field once and has no problems. Whole-file
expectations (goldens) are written anew with `pytest --update-goldens`; read the difference then.
"""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import io
import os
import re
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

from generator.build import build, check_content
from generator.cli import main
from generator.corpus import Corpus
from generator.load import load

try:
    import fcntl
except ImportError:  # Windows, where tests run in one process
    fcntl = None  # type: ignore[assignment]
try:
    from playwright.sync_api import Browser, sync_playwright
except ImportError:  # pragma: no cover - depends on the installation
    sync_playwright = None  # type: ignore[assignment]

# Whoever starts the tests behind something else may have them ignore Ctrl-C, and the programs they
# start would ignore it as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: The day it is in every test.
TODAY = dt.date(2026, 1, 1)
ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "tests" / "mini"

#: How much of the longest tests runs: 1 is all of it, 4 every fourth case. The summary says so.
SHARE = max(1, int(os.environ.get("BRIEF_SHARE", "1")))

Case = TypeVar("Case")

#: Changes to the small library: record (`topics/trade`) to the text of its file, None to remove it.
Patches = Mapping[str, str | None]


# The same examples in every run and no limit of time; `--hypothesis-profile=full` looks further.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("full", max_examples=5_000, deadline=None, database=None)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="Write the expected files anew instead of comparing with them.",
    )


def share_of(cases: Sequence[Case], most: int = 0) -> Sequence[Case]:
    """The share of the cases that is to run, evenly from all of them; at most so many in all."""
    step = max(1, -(-len(cases) // most)) if most else 1
    return cases[:: step * SHARE]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly what did not run, and why."""
    ran = [r for rows in terminalreporter.stats.values() for r in rows if hasattr(r, "keywords")]
    if SHARE > 1 and any("long" in report.keywords for report in ran):
        terminalreporter.section("NOT TESTED", yellow=True, bold=True)
        terminalreporter.line(
            f"BRIEF_SHARE={SHARE}: of the longest tests' cases one in {SHARE} ran", yellow=True
        )
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped if report.longrepr})
    if reasons:
        terminalreporter.section("NOT TESTED", yellow=True, bold=True)
        for reason in reasons:
            count = sum(str(report.longrepr[2]) == reason for report in skipped)
            terminalreporter.line(f"{count} tests: {reason}", yellow=True)


# -- the small library ----------------------------------------------------------------------------


def write_library(root: Path, patches: Patches | None = None) -> Path:
    """A copy of the small library in `root`, with `patches`; returns `root`."""
    shutil.copytree(MINI / "content", root / "content", dirs_exist_ok=True)
    for name, text in (patches or {}).items():
        path = root / "content" / f"{name}.yml"
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root


def changed(name: str, fields: str) -> str:
    """The file of a record of the small library with some top-level fields replaced.

    `fields` is YAML; a field without a value is taken out, a new one comes at the end.
    """
    text = (MINI / "content" / f"{name}.yml").read_text(encoding="utf-8")
    merged = {**_by_field(text), **_by_field(fields)}
    return "".join(chunk for key, chunk in merged.items() if chunk.strip() != f"{key}:")


def _by_field(text: str) -> dict[str, str]:
    """Top-level fields with the lines they take up."""
    chunks = re.split(r"^(?=[a-z_]+:)", text.rstrip("\n") + "\n", flags=re.MULTILINE)
    return {chunk.partition(":")[0]: chunk for chunk in chunks if chunk}


@pytest.fixture
def library(tmp_path: Path) -> Callable[..., Path]:
    """`library({"topics/trade": text})`: a folder with the small library and those changes."""

    def write(patches: Patches | None = None) -> Path:
        return write_library(tmp_path / "library", patches)

    return write


@pytest.fixture
def corpus_with(library: Callable[..., Path]) -> Callable[..., Corpus]:
    """`corpus_with({"topics/trade": "name: …"})`: the small library with those fields replaced.

    The content must be free of errors.
    """

    def build(fields: Mapping[str, str] | None = None, today: dt.date = TODAY) -> Corpus:
        patches = {name: changed(name, text) for name, text in (fields or {}).items()}
        checked = check_content(library(patches), today)
        assert [p for p in checked.problems if p.level == "error"] == []
        return checked.corpus

    return build


@pytest.fixture(scope="session")
def mini() -> Corpus:
    """The small library, linked."""
    return Corpus(load(MINI).records, TODAY)


# -- built sites ----------------------------------------------------------------------------------


def write_project(root: Path, content: Path) -> Path:
    """A copy of the whole project in `root`, with the records of `content`; returns `root`."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "mkdocs.yml", root)
    for name in ("generator", "templates"):
        no_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, root / name, ignore=no_caches, dirs_exist_ok=True)
    shutil.copytree(content, root / "content", dirs_exist_ok=True)
    return root


def newest_day(root: Path) -> dt.date:
    """The newest date in the content of `root`: the day it is in tests of the real records."""
    return Corpus(load(root).records, dt.date.max).newest


def _built_once(factory: pytest.TempPathFactory, name: str, content: Path, today: dt.date) -> Path:
    """A project built once for all tests, even where several processes share them out."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    root = base / name
    with (base / f"{name}.lock").open("w") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "site").exists():
            build(write_project(root, content), today)
    return root


@pytest.fixture(scope="session")
def mini_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the small library, built: `site/` and `.build/docs/` are there."""
    return _built_once(tmp_path_factory, "mini", MINI / "content", TODAY)


@pytest.fixture(scope="session")
def real_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real records, built."""
    return _built_once(tmp_path_factory, "real", ROOT / "content", newest_day(ROOT))


# -- a browser ------------------------------------------------------------------------------------

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)

#: The marks of a module whose tests need a browser.
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM, reason="no Chromium on this machine: nothing ran in a browser"
    ),
    pytest.mark.skipif(sync_playwright is None, reason="playwright is not installed"),
]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file; a browser that has left the page does not want it any more."""
        with suppress(BrokenPipeError, ConnectionResetError):
            super().copyfile(source, outputfile)


@pytest.fixture(scope="session")
def address(real_project: Path) -> Iterator[str]:
    """The built site of the real records, served on this machine."""
    handler = functools.partial(_Quiet, directory=str(real_project / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-background-networking"]
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


# -- goldens --------------------------------------------------------------------------------------


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)`: the file holds exactly this text."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is missing; write it with --update-goldens"
        assert text == path.read_text(encoding="utf-8"), "if intended: pytest --update-goldens"

    return compare


# -- commands -------------------------------------------------------------------------------------

Run = Callable[..., "Result"]


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def root(library: Callable[..., Path]) -> Path:
    return library()


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("fmt", "--check")`: exit code and what was printed; `typed` is what somebody types."""

    def call(*arguments: str, typed: str = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), "utf-8"))
        with pytest.raises(SystemExit) as leave:
            main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return Result(int(str(leave.value.code)), said.out, said.err)

    return call
