"""What SECURITY.md promises, as the system sees it: strace writes down what a build opens, writes,
starts and connects to. Nothing but what is promised is there, whatever the records hold."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MINI, TODAY, changed, write_project
from tests.tracing import QUICK, needs_strace

CALLS = (
    "execve,connect,openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,"
    "link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,rmdir"
)
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_PATH = re.compile(r'(?:AT_FDCWD(?:<([^>]*)>)?|\d+<([^>]*)>)?(?:, )?"([^"]*)"')
#: Where Python keeps what its processes share; gone when they end.
SHARED = ("/dev/shm/", "/dev/null")


class Seen:
    """What one run did, by what it means."""

    def __init__(self, log: Path) -> None:
        self.started: set[str] = set()
        self.asked: list[str] = []
        self.read: set[str] = set()
        self.written: set[str] = set()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if not (match := _CALL.match(line)):
                continue
            call, arguments, result = match[1], match[2], int(match[3])
            if call == "connect":
                self.asked.append(line)
            elif result >= 0 and call == "execve":
                self.started.add(Path(_paths(arguments)[0]).name)
            elif result >= 0 and call in ("open", "openat") and "O_RDONLY" in arguments:
                self.read.update(_paths(arguments)[:1])
            elif result >= 0:
                self.written.update(_paths(arguments))


def _paths(arguments: str) -> list[str]:
    """The paths a call names, from the top of the file system."""
    return [
        os.path.normpath(os.path.join(folder or other or "/", name))  # noqa: PTH118 - of another process
        for folder, other, name in _PATH.findall(arguments)
    ]


def watched(root: Path, *arguments: str) -> Seen:
    log = root.with_suffix(".log")
    watch = [*QUICK, "-y", "-s", "4096", "-o", str(log), "-e", f"trace={CALLS}"]
    program = [sys.executable, "-P", "-m", "generator", "--root", str(root), *arguments]
    done = subprocess.run(
        [*watch, *program, "--today", TODAY.isoformat()],
        cwd=root,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = Seen(log)
    assert seen.started
    return seen


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose records ask for what is outside; what they ask for is there."""
    folder = tmp_path_factory.mktemp("promises")
    root = write_project(folder / "project", MINI / "content")
    (folder / "secret").write_text("secret", encoding="utf-8")
    hostile = (
        '\'../../../secret --8<-- "../../secret" {% include "../secret" %} #read("../secret") '
        "![x](../../secret) <img src=http://127.0.0.1:9/x>'"
    )
    for name, field in (("summits/2025-08-23-lee-ishiba-tokyo", "venue"), ("topics/trade", "name")):
        path = root / "content" / f"{name}.yml"
        path.write_text(changed(name, f"{field}: {hostile}\n"), encoding="utf-8")
    return root


@needs_strace
@pytest.mark.full
@pytest.mark.parametrize("job", [["check"], ["build", "--pdf", "--jobs", "2"]], ids=lambda j: j[0])
def test_promises(root: Path, job: list[str]) -> None:
    """No connection; no program but Python and Pagefind; written only in `.build/` and `site/`;
    nothing read beside the project but what belongs to the machine."""
    if not shutil.which("git"):
        pytest.skip("without git a part of the promise is not tried")
    seen = watched(root, *job)
    assert [call for call in seen.asked if "AF_UNIX" not in call] == []
    assert {re.sub(r"[\d.]+$", "", name) for name in seen.started} <= {
        "python",
        "pagefind_extended",
        "git",
    }
    own = tuple(f"{root}/{name}" for name in (".build", "site"))
    assert {p for p in seen.written if not p.startswith((*own, *SHARED))} == set()
    if job == ["check"]:
        assert {p for p in seen.written if p.startswith(f"{root}/site")} == set()
    beside = str(root.parent)
    assert {p for p in seen.read if p.startswith(beside) and not p.startswith(f"{root}")} == set()
    assert any(p.startswith(f"{root}/content/") for p in seen.read)
