"""A process that is killed anywhere leaves the old or the new, never a mixture, and can be run
again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generator.build import build
from tests.conftest import MINI, ROOT, SHARE, TODAY, share_of
from tests.killing import state
from tests.tracing import STRACE, needs_strace

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes can be forked here")

DAY = ("--today", TODAY.isoformat())
TOPIC = "content/topics/tariffs.yml"


def sweep(base: Path, work: Path, job: list[str], step: int) -> list[dict[str, Any]]:
    done = subprocess.run(
        [
            sys.executable,
            "-P",  # tests/html.py is not the standard library's
            str(ROOT / "tests" / "killing.py"),
            str(base),
            str(work),
            json.dumps(job),
            str(step),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged(rows: list[dict[str, Any]], least: int) -> None:
    first, *runs = rows
    assert first["code"] == 0
    assert first["changed"]
    assert first["points"] >= least
    assert runs
    for run in runs:
        assert run["killed"] == 137, run
        assert run["site"] in ("old", "new"), run
        assert run["mixed"] == [], run
        assert run["again"] == 0, run
        assert run["after"] == "new", run
        assert run["left"] == [], run


@pytest.fixture(scope="module")
def base_of_build(mini_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built, with one change that was not, and the pages of that change."""
    base = tmp_path_factory.mktemp("killing")
    shutil.copytree(mini_project, base / "project", symlinks=True)
    changed = base / "project" / TOPIC
    changed.write_text(
        changed.read_text(encoding="utf-8").replace("name: ", "name: Customs and "),
        encoding="utf-8",
    )
    shutil.copytree(base / "project", base / "built", symlinks=True)
    build(base / "built", TODAY)
    shutil.move(base / "built" / ".build" / "html", base / "html")
    shutil.rmtree(base / "built")
    return base


@pytest.mark.long
def test_g09_killed_while_building(base_of_build: Path, tmp_path: Path) -> None:
    """The site is the old one or the new one, byte for byte, and the next build makes the new."""
    judged(sweep(base_of_build, tmp_path / "work", BUILD, 5 * SHARE), least=20)


@pytest.fixture(scope="module")
def base_of_edits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library with three files out of form."""
    base = tmp_path_factory.mktemp("killing-edits")
    shutil.copytree(MINI / "content", base / "project" / "content")
    for name in ("topics/trade", "topics/tariffs", "people/lee-jae-myung"):
        path = base / "project" / "content" / f"{name}.yml"
        path.write_text(path.read_text(encoding="utf-8").replace(": ", ":   "), encoding="utf-8")
    return base


BUILD = ["build", "--jobs", "1", *DAY]
FMT = ["fmt"]
RENAME = ["rename", "trade", "exchange-of-goods", "--force"]
RENAME_PERSON = ["rename", "lee-jae-myung", "lee-jae-myeong", "--force"]


@pytest.mark.parametrize(
    ("job", "step"),
    [
        pytest.param(FMT, SHARE, marks=pytest.mark.long),
        pytest.param(RENAME, SHARE, marks=pytest.mark.long),
        pytest.param(RENAME_PERSON, SHARE, marks=pytest.mark.long),
        (FMT, 11),
        (RENAME, 5),
    ],
    ids=["fmt", "rename", "rename a person", "fmt here and there", "rename here and there"],
)
def test_g09_killed_while_editing(
    base_of_edits: Path, tmp_path: Path, job: list[str], step: int
) -> None:
    """Each file is what it was or what it was to be, and running the command again ends it."""
    judged(sweep(base_of_edits, tmp_path / "work", job, step), least=10)


# -- killed by the system, at its own calls, whichever process makes them -------------------------

#: Calls that change what lies on the disk; those with ? are not there on every processor.
CHANGING = (
    "write,fsync,ftruncate,?rename,?renameat,renameat2,?link,linkat,?unlink,unlinkat,?mkdir,"
    "mkdirat,?rmdir"
)


def traced(root: Path, job: list[str], *more: str) -> tuple[int, Counter[str]]:
    """The exit code of the job, and how many of each of these calls one process made at most."""
    log = root.with_suffix(".log")
    program = [sys.executable, "-P", "-m", "generator", "--root", str(root), *job]
    done = subprocess.run(
        [*STRACE, "-o", str(log), "-e", f"trace={CHANGING}", *more, *program],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    made: Counter[str] = Counter()
    calls = Counter(re.findall(r"^(\d+) +(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE))
    for (_, call), count in calls.items():
        made[call] = max(made[call], count)
    return done.returncode, made


@needs_strace
@pytest.mark.long
@pytest.mark.parametrize(
    ("job", "most"), [(FMT, 0), (RENAME, 0), (BUILD, 16)], ids=["fmt", "rename", "build"]
)
def test_g09_killed_at_a_call(
    base_of_build: Path, base_of_edits: Path, tmp_path: Path, job: list[str], most: int
) -> None:
    """Killed as it enters any call that changes the disk, the calls of MkDocs and Pagefind among
    them: old or new, and the next run ends it. Of a build so many calls are tried at most."""
    base, root = base_of_build if job == BUILD else base_of_edits, tmp_path / "work"

    def fresh() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(base / "project", root, symlinks=True)

    def both() -> dict[str, dict[str, str]]:
        return {name: state(root, name) for name in ("site", "content")}

    fresh()
    old = both()
    code, made = traced(root, job)
    new = both()
    assert (code, old != new) == (0, True)
    points = [(call, n) for call, count in sorted(made.items()) for n in range(1, count + 1)]
    assert {"write"} | ({"fsync"} if job != BUILD else set()) <= made.keys()
    for call, n in share_of(points, most):
        fresh()
        killed, _ = traced(root, job, "-e", f"inject={call}:signal=KILL:when={n}")
        assert killed != 0, (call, n)
        found = both()
        assert found["site"] in (old["site"], new["site"]), (call, n)
        for name in found["content"].keys() | old["content"].keys() | new["content"].keys():
            was = found["content"].get(name)
            assert name.endswith(".tmp") or was in (
                old["content"].get(name),
                new["content"].get(name),
            ), (call, n, name)
        command = [sys.executable, "-P", "-m", "generator", "--root", str(root), *job]
        done = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (call, n, done.stderr)
        assert both() == new, (call, n)
        assert [p.name for p in root.rglob("*.tmp")] == [], (call, n)
