"""Commands that are cut short, by Ctrl-C or by the power going out; and one that goes on: serve.

Everything here runs the program as a process of its own, as somebody at a terminal does.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.cli import main
from generator.files import files_below
from tests.conftest import MINI, ROOT, TODAY, write_library, write_project
from tests.test_commands import BIBTEX, TAKEAWAY
from tests.test_forms import TAKEAWAY as ANSWERS
from tests.test_forms import issue

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of Unix")

#: How long anything may take here, in seconds, on a busy machine.
PATIENCE = 120


def started(cwd: Path, *arguments: str, code: str = "") -> subprocess.Popen[str]:
    program = ["-c", code] if code else ["-m", "generator"]
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(cwd), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def eventually(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


# -- Ctrl-C ---------------------------------------------------------------------------------------


def test_a_build_is_interrupted(mini_project: Path, tmp_path: Path) -> None:
    """Ctrl-C ends a build with 130; the site stays as it was, and the next build is not held up."""
    root = Path(shutil.copytree(mini_project, tmp_path / "project"))
    before = {name: (root / "site" / name).read_bytes() for name in files_below(root / "site")}
    (root / "content/terms/new-one.yml").write_text(
        "name: New one\ndefinition: |\n  A word.\npublished: 2025-09-01\n", encoding="utf-8"
    )
    process = started(root, "build", "--today", TODAY.isoformat())
    eventually((root / ".build/docs/terms/new-one/index.md").exists, process)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, said
    assert "Interrupted" in said
    assert "Traceback" not in said
    after = {name: (root / "site" / name).read_bytes() for name in files_below(root / "site")}
    assert after == before
    again = started(root, "build", "--today", TODAY.isoformat())
    said, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, said
    assert (root / "site/terms/new-one/index.html").exists()


def test_a_question_is_interrupted(library: Callable[..., Path]) -> None:
    """Ctrl-C at a question ends with 130 and writes nothing."""
    root = library()
    before = contents(root)
    process = started(ROOT, "--root", str(root), "new", "topic")
    assert process.stdout is not None
    said = ""
    while "name > " not in said:
        said += process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, rest
    assert "Interrupted" in rest
    assert contents(root) == before


# -- the power goes out ---------------------------------------------------------------------------

#: The program, in a process that is killed at the given moment: before or after a file is put in
#: place or removed, or while the new bytes are written beside the old ones.
MORTAL = """\
import os, signal, sys
from pathlib import Path

moment, passed = int(sys.argv[1]), 0

def tick():
    global passed
    passed += 1
    if passed == moment:
        os.kill(os.getpid(), signal.SIGKILL)

def mortal(real):
    def call(*args, **kwargs):
        tick()
        result = real(*args, **kwargs)
        tick()
        return result
    return call

Path.replace, Path.unlink, os.fsync = mortal(Path.replace), mortal(Path.unlink), mortal(os.fsync)
from generator.cli import main
main(sys.argv[2:])
"""

UNTIDY = {
    "topics/trade": "published: 2025-9-1\nname: 'Trade'\ndefinition: Buying and selling.\n",
    "topics/tariffs": "published: 2025-9-1\nname: 'Tariffs'\ndefinition: Duties.\nbroader: trade\n",
}
STEP = (
    "status 2025-08-25-investment-terms stalled --date 2025-11-20 --source later-press "
    "--note".split()
)

#: Every command that changes records, as it is called; `LIST` and `ISSUE` stand for files.
EDITS: dict[str, list[str]] = {
    "rename": ["rename", "later-press", "press-of-later"],
    "merge": ["merge", "readout-kr", "joint-text"],
    "withdraw": ["withdraw", "trade", "--reason", "Twice.", "--date", "2025-12-01"],
    "status": [*STEP, "Talks stopped."],
    "new": ["new", "takeaway", *TAKEAWAY, "--no-input", "--today", TODAY.isoformat()],
    "add-source": ["add-source", "LIST", "--today", TODAY.isoformat()],
    "intake": ["intake", "ISSUE", "--today", TODAY.isoformat()],
    "fmt": ["fmt"],
    "check --fix": ["check", "--fix", "--today", TODAY.isoformat()],
}
GIVEN = ("--set", "kind=readout", "--set", "publisher=X", "--set", "language=en")


def contents(root: Path) -> dict[str, bytes]:
    """Every record file; what is left behind under a hidden name is none."""
    folder = root / "content"
    return {
        name: (folder / name).read_bytes()
        for name in files_below(folder)
        if not Path(name).name.startswith(".")
    }


def written(root: Path, name: str) -> tuple[Path, list[str]]:
    """A library to run a command on, and the command."""
    write_library(root, UNTIDY if name in ("fmt", "check --fix") else None)
    (root / "list.bib").write_text(BIBTEX, encoding="utf-8")
    (root / "issue.md").write_text(issue("new-takeaway", ANSWERS), encoding="utf-8")
    files = {"LIST": str(root / "list.bib"), "ISSUE": str(root / "issue.md")}
    more = GIVEN if name == "add-source" else ()
    return root, ["--root", str(root), *(files.get(a, a) for a in EDITS[name]), *more]


def undisturbed(arguments: list[str]) -> str:
    """Run a command to its end, in this process; what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit):
        main(arguments)
    return said.getvalue()


@pytest.mark.parametrize(
    "name",
    [n if n in ("new", "status") else pytest.param(n, marks=pytest.mark.full) for n in EDITS],
)
def test_killed(tmp_path: Path, name: str) -> None:
    """At whatever moment the process dies: each file is the old or the new one, and running the
    command again ends where an undisturbed run does."""
    root, arguments = written(tmp_path / "undisturbed", name)
    before = contents(root)
    said = undisturbed(arguments)
    wanted = contents(root)
    assert wanted != before, said
    moment, killed = 0, True
    while killed:
        moment += 1
        root, arguments = written(tmp_path / str(moment), name)
        process = started(ROOT, str(moment), *arguments, code=MORTAL)
        process.communicate(timeout=PATIENCE)
        killed = process.returncode == -signal.SIGKILL
        left = contents(root)
        for path in before.keys() | wanted.keys() | left.keys():
            assert left.get(path) in (before.get(path), wanted.get(path)), (moment, path)
        assert left.keys() >= before.keys() & wanted.keys()
        if left != wanted:
            undisturbed(arguments)
        assert contents(root) == wanted, moment
    assert moment > 4


# -- serve ----------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str, subprocess.Popen[str], Path]]:
    """The small library, served: its folder, its address, the process, and what it prints."""
    root = write_project(tmp_path / "project", MINI / "content")
    (root / ".build/docs").mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "generator", "serve", "--address", f"127.0.0.1:{port}"],
            cwd=root,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        yield root, f"http://127.0.0.1:{port}/", process, log
        process.kill()
        process.wait()


def page(address: str) -> str:
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return str(answer.read().decode())
    return ""


def built_at(text: str) -> str:
    """The moment of the build, which MkDocs writes into each page it serves."""
    return "".join(re.findall(r"livereload\((\d+)", text))


@pytest.mark.full
def test_one_edit_is_one_build(
    served: tuple[Path, str, subprocess.Popen[str], Path],
) -> None:
    """Under `brief serve` an edit shows on its page, first alone and then with all it touches, and
    is built once, not over and over."""
    root, address, process, log = served
    where = f"{address}terms/shuttle-diplomacy/"
    eventually(lambda: "huttle" in page(where), process)
    time.sleep(3)  # until its watch has settled
    seen = {built_at(page(where))}
    path = root / "content/terms/shuttle-diplomacy.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Leaders", "Leaders (edited)", 1), encoding="utf-8")

    def edited() -> bool:
        now = page(where)
        seen.add(built_at(now))
        return "Leaders (edited)" in now

    eventually(edited, process)
    end = time.monotonic() + 8  # another build would come now
    while time.monotonic() < end:
        edited()
        time.sleep(0.2)
    assert 2 <= len(seen - {""}) <= 3
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) in (0, 130)
    assert "Traceback" not in log.read_text(encoding="utf-8")
