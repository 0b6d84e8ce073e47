"""Machines that fail: a full disk, a folder that cannot be written, a missing program, a signal, a
second build, a reader who went away. One line, the right exit code, the old site, and recovery."""

from __future__ import annotations

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

from generator import cli, edit, files
from generator.edit import Edit
from generator.files import (
    Changed,
    MachineError,
    clear_temporary,
    exchange,
    locked,
    read_plain,
    recover,
    write_atomic,
)
from generator.splice import CannotEdit
from tests.conftest import TODAY, write_library
from tests.test_build import tree

DAY = ("--today", TODAY.isoformat())
NO_NAMESPACES = (
    not hasattr(os, "getuid")
    or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0
    if shutil.which("unshare")
    else True
)
needs_mounts = pytest.mark.skipif(NO_NAMESPACES, reason="no file systems can be mounted here")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such thing")


def brief(
    root: Path, *arguments: str, shell: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """`brief` in a process of its own, as people run it; `shell` comes before it."""
    command = [sys.executable, "-m", "generator", "--root", str(root), *arguments]
    if shell:
        command = ["unshare", "-m", "sh", "-c", f'{shell}\nexec "$@"', "sh", *command]
    return subprocess.run(
        command,
        cwd=root if (root / "generator").is_dir() else None,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=240,
    )


@pytest.fixture
def project(mini_project: Path, tmp_path: Path) -> Path:
    """A project that was built, with one change since."""
    root = tmp_path / "project"
    shutil.copytree(mini_project, root, symlinks=True)
    path = root / "content/topics/tariffs.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("name: ", "name: Customs and "), encoding="utf-8"
    )
    return root


def one_line(done: subprocess.CompletedProcess[str], code: int, said: str) -> None:
    assert done.returncode == code, done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr


def is_new(root: Path) -> bool:
    return "Customs and" in (root / "site/topics/tariffs/index.html").read_text(encoding="utf-8")


# -- the disk -------------------------------------------------------------------------------------

SMALL_DISK = """
set -e
mkdir -p {room}
mount -t tmpfs -o size=80m tmpfs {room}
cp -a {project}/. {room}
before=$(cd {room}/site && find . -type f -exec sha256sum {{}} + | sort | sha256sum)
head -c {free} /dev/zero > {room}/keep
dd if=/dev/zero of={room}/filler bs=1k 2>/dev/null || true
rm {room}/keep
set +e
cd {room}
{python} -m generator --root {room} build {day} 2> {said}; echo $? > {code}
after=$(cd {room}/site && find . -type f -exec sha256sum {{}} + | sort | sha256sum)
[ "$before" = "$after" ] && echo same > {same}
rm {room}/filler
{python} -m generator --root {room} build {day} 2>> {said}.again; echo $? > {code}.again
grep -c "Customs and" {room}/site/topics/tariffs/index.html > {same}.again
find {room} -name '*.tmp' > {same}.left
true
"""


@needs_mounts
@pytest.mark.parametrize(
    "free",
    [
        pytest.param(0, marks=pytest.mark.full),
        16_384,
        pytest.param(300_000, marks=pytest.mark.full),
        pytest.param(1_200_000, marks=pytest.mark.full),
    ],
)
def test_fault_disk_full(project: Path, tmp_path: Path, free: int) -> None:
    """A disk with so many bytes left: the site stays, and is made as soon as there is room."""
    names = {name: tmp_path / name for name in ("room", "said", "code", "same")}
    script = SMALL_DISK.format(
        project=project, python=sys.executable, day=" ".join(DAY), free=free, **names
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = names["said"].read_text(encoding="utf-8")
    assert (tmp_path / "code").read_text().strip() == "4", said
    assert "No space left on device" in said
    assert said.count("\n") == 1
    assert (tmp_path / "same").read_text().strip() == "same"
    assert (tmp_path / "code.again").read_text().strip() == "0"
    assert int((tmp_path / "same.again").read_text()) > 0
    assert (tmp_path / "same.left").read_text() == ""


@needs_mounts
def test_fault_read_only_project(project: Path) -> None:
    """Where nothing may be written a check works, and a build and an edit say why they do not."""
    shell = f"mount --bind {project} {project} && mount -o remount,ro,bind {project}"
    before = tree(project / "site")
    done = brief(project, "check", *DAY, shell=shell)
    assert done.returncode == 0, done.stderr
    one_line(brief(project, "build", *DAY, shell=shell), 4, "Read-only file system")
    done = brief(project, "rename", "trade", "goods", "--force", shell=shell)
    one_line(done, 4, "Read-only file system")
    assert tree(project / "site") == before


@needs_mounts
def test_fault_read_only_site(project: Path) -> None:
    """A site folder that is a file system of its own, and cannot be exchanged, is left alone."""
    shell = f"mount --bind {project}/site {project}/site"
    before = tree(project / "site")
    done = brief(project, "build", *DAY, shell=shell)
    one_line(done, 4, r"[Bb]usy|[Cc]ross-device")
    assert tree(project / "site") == before
    assert brief(project, "build", *DAY).returncode == 0
    assert is_new(project)


@posix
@pytest.mark.full
@pytest.mark.parametrize("limit", [16, 200], ids=["here", "in MkDocs"])
def test_fault_files_may_not_grow(project: Path, limit: int) -> None:
    """Where no file may have more than so many kB the site stays, and is made without a limit."""
    before = tree(project / "site")
    command = [sys.executable, "-m", "generator", "--root", str(project), "build", *DAY]
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash", *command],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    one_line(done, 4, "File too large")
    assert tree(project / "site") == before
    assert brief(project, "build", *DAY).returncode == 0
    assert is_new(project)
    assert list(project.rglob("*.tmp")) == []


def test_fault_error_while_syncing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails late: the file stays as it was, and nothing is left beside it."""
    path = tmp_path / "x.yml"
    path.write_text("old", encoding="utf-8")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_atomic(path, b"new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_fault_data_reach_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of calls: write, sync, rename, sync the folder."""
    calls: list[str] = []
    fsync = os.fsync

    def syncing(handle: int) -> None:
        calls.append("sync folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "sync")  # noqa: PTH112
        fsync(handle)

    replace = Path.replace

    def replacing(self: Path, target: Path) -> Path:
        calls.append("rename")
        return replace(self, target)

    monkeypatch.setattr(files.os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", replacing)
    write_atomic(tmp_path / "x", b"new")
    assert calls == ["sync", "rename", "sync folder"]


# -- what is missing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("templates/page/topics.md.j2", "topics.md.j2"),
        ("templates/macros.md.j2", "macros.md.j2"),
        ("templates/theme/main.html", ""),
        ("mkdocs.yml", "mkdocs.yml"),
    ],
)
def test_fault_missing_file_of_the_program(project: Path, missing: str, said: str) -> None:
    """The file is named, the site stays, and it is made once the file is back."""
    before = tree(project / "site")
    (project / missing).rename(project / "aside")
    done = brief(project, "build", *DAY)
    assert done.returncode in (3, 4), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(project / "site") == before
    (project / "aside").rename(project / missing)
    assert brief(project, "build", *DAY).returncode == 0
    assert is_new(project)


@pytest.mark.parametrize(
    "environment",
    [{"PATH": "/nonexistent"}, {"HOME": "/nonexistent"}, {"HOME": "", "PATH": "", "LANG": ""}],
    ids=["no git", "no home", "nothing"],
)
def test_fault_no_git_no_home(tmp_path: Path, environment: dict[str, str]) -> None:
    """Neither is needed to check, to bring into form, or to rename."""
    root = write_library(tmp_path / "library")
    for job in (("check", *DAY), ("fmt",), ("rename", "trade", "goods")):
        done = brief(root, *job, **environment)
        assert done.returncode == 0, (job, done.stderr)
    assert (root / "content/topics/goods.yml").exists()


# -- output that nobody reads ---------------------------------------------------------------------


def piped(root: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of shell in which `brief` is the command; its exit code comes last."""
    command = f"{sys.executable} -m generator --root {root}"
    return subprocess.run(
        ["bash", "-c", script.replace("brief", command)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@posix
@pytest.mark.parametrize(
    ("script", "codes"),
    [
        ("brief explain | head -1 > /dev/null; echo ${PIPESTATUS[0]}", {"0"}),
        ("brief explain | true; echo ${PIPESTATUS[0]}", {"0"}),
        ("brief explain >&-; echo $?", {"0"}),
        ("brief check --today 2026-01-01 2>&-; echo $?", {"0"}),
        ("brief explain > /dev/full; echo $?", {"4"}),
    ],
)
def test_fault_closed_output(tmp_path: Path, script: str, codes: set[str]) -> None:
    """No trace and no wrong exit code where the reader went away; a full disk is said."""
    done = piped(write_library(tmp_path), script)
    assert done.stdout.split()[-1] in codes, done
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("coding", ["ascii", "cp1252", "utf-8", "euc-kr"])
def test_fault_terminals_of_other_codings(tmp_path: Path, coding: str) -> None:
    """What a terminal cannot show is written in another way, and never a failure."""
    root = write_library(tmp_path, {"topics/trade": "name: 무역: x\n"})
    done = brief(root, "check", *DAY, PYTHONIOENCODING=coding, PYTHONUTF8="0")
    assert done.returncode == 1, done.stderr
    assert "SB104" in done.stdout
    assert "Traceback" not in done.stderr


# -- signals --------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
    ids=["TERM", "INT", "HUP"],
)
def test_fault_signal_during_a_build(project: Path, number: int, code: int) -> None:
    """A line, the code everybody expects, the old site; the next build makes the new one."""
    before = tree(project / "site")
    shutil.rmtree(project / ".build" / "html")
    command = [sys.executable, "-m", "generator", "--root", str(project), "build", *DAY]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: (project / ".build" / "html").exists() or process.poll() is not None)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert said.strip().count("\n") == 0
    assert "the site stays as it was" in said
    assert tree(project / "site") == before
    again = brief(project, "build", *DAY)
    assert again.returncode == 0, again.stderr
    assert is_new(project)


def until(done: Callable[[], bool], seconds: float = 90) -> None:
    """Wait for something to be true."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


# -- two at once ----------------------------------------------------------------------------------


def test_fault_two_builds_at_once(project: Path) -> None:
    """One builds; the others say who does, and since when."""
    command = [sys.executable, "-m", "generator", "--root", str(project), "build", *DAY]
    processes = [
        subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=240)[1] for process in processes]
    codes = [process.returncode for process in processes]
    assert 0 in codes, said
    assert set(codes) <= {0, 4}, said
    for code, text in zip(codes, said, strict=True):
        if code == 4:
            assert re.search(r"under way already \(process \d+ on \S+, since 20\d\d-", text), text
            assert text.count("\n") == 1
    assert is_new(project)


def test_fault_stale_lock(tmp_path: Path) -> None:
    """A lock whose owner was killed is free; one that is held is not."""
    lock = tmp_path / ".build" / "lock"
    lock.parent.mkdir()
    lock.write_text("process 999999 on elsewhere, since 1970-01-01", encoding="utf-8")
    with locked(lock, "a test"):
        text = lock.read_text(encoding="utf-8")
        assert f"process {os.getpid()} on " in text
        assert "999999" not in text
        with pytest.raises(MachineError, match=rf"process {os.getpid()} on "), locked(lock, "one"):
            pass
    assert lock.read_text(encoding="utf-8") == ""


@posix
def test_fault_a_program_that_outlives_a_build_holds_its_lock(tmp_path: Path) -> None:
    """MkDocs goes on for a moment when its build is killed; the next build must not meet it."""
    lock = tmp_path / "lock"
    with locked(lock, "a test"):
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        with pytest.raises(MachineError), locked(lock, "another"):
            pass
    finally:
        child.kill()
        child.wait()
    with locked(lock, "another"):
        pass


# -- edits ----------------------------------------------------------------------------------------


def test_fault_somebody_else_edits(tmp_path: Path) -> None:
    """A file that changed since it was read is not replaced, at the last moment either."""
    path = tmp_path / "x.yml"
    path.write_bytes(b"theirs")
    with pytest.raises(Changed):
        write_atomic(path, b"ours", b"before")
    with pytest.raises(Changed):
        write_atomic(path, b"ours", None)
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]
    write_atomic(path, b"ours", b"theirs")
    assert path.read_bytes() == b"ours"


def test_fault_somebody_else_edits_one_of_several(root: Path) -> None:
    """Of several files none is touched."""
    one, two = "content/topics/trade.yml", "content/topics/tariffs.yml"
    before = read_plain(root / one)
    edits = [Edit(one, before, b"x"), Edit(two, b"not what it was", b"y")]
    with pytest.raises(CannotEdit, match="somebody else"):
        edit.apply(root, edits)
    assert read_plain(root / one) == before


def test_fault_two_edits_at_once(root: Path) -> None:
    """The second says that the first is under way."""
    path = "content/topics/trade.yml"
    with locked(root / ".build" / "edit.lock", "x"), pytest.raises(MachineError, match="under way"):
        edit.apply(root, [Edit(path, read_plain(root / path), b"x")])


def test_fault_temporary_files_are_cleared(root: Path) -> None:
    """What a killed process left is gone with the next edit; other hidden files stay."""
    left = root / "content/topics/.trade.yml.ab12cd_9.tmp"
    mine = root / "content/topics/.trade.yml.swp"
    for file in (left, mine):
        file.write_text("half", encoding="utf-8")
    path = "content/topics/trade.yml"
    before = read_plain(root / path)
    edit.apply(root, [Edit(path, before, before + b"# x\n")])
    assert not left.exists()
    assert mine.exists()
    clear_temporary(root)
    assert mine.exists()


# -- exchange -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_fault_exchange_in_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    """Where folders cannot be swapped at once, a cut after any step is mended at the next start."""
    monkeypatch.setattr(files.sys, "platform", "other")
    new, live = tmp_path / "new", tmp_path / "live"
    for folder, text in ((new, "new"), (live, "old")):
        folder.mkdir()
        (folder / "x").write_text(text, encoding="utf-8")
    rename, done = Path.rename, 0

    def renaming(self: Path, target: Path) -> Path:
        nonlocal done
        if done == cut:
            raise KeyboardInterrupt
        done += 1
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", renaming)
    if cut < 3:
        with pytest.raises(KeyboardInterrupt):
            exchange(new, live)
    else:
        exchange(new, live)
    monkeypatch.setattr(Path, "rename", rename)
    recover(new, live)
    assert (live / "x").read_text(encoding="utf-8") == ("old" if cut < 2 else "new")
    assert not (tmp_path / ".new.aside").exists() or cut == 3


# -- serving --------------------------------------------------------------------------------------


@pytest.fixture
def served(project: Path) -> Iterator[tuple[Path, str]]:
    """A project under `brief serve`, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "generator", "serve", "--address", f"127.0.0.1:{port}"]
    log = (project / "log").open("w")
    process = subprocess.Popen(command, cwd=project, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/topics/tariffs/"
    try:
        until(lambda: "Tariffs" in fetched(address) or process.poll() is not None, 180)
        yield project, address
        assert process.poll() is None, (project / "log").read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def fetched(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""


@pytest.mark.full
def test_fault_half_written_while_serving(served: tuple[Path, str]) -> None:
    """A half-written file, one that is replaced: the last good page stays, and the next good one
    comes by itself; a record that is gone takes its page with it until it is back."""
    root, address = served
    path = root / "content/topics/tariffs.yml"
    whole = path.read_text(encoding="utf-8")
    for n, broken in enumerate((whole[: len(whole) // 2] + '"', "", "name: [", "\x00")):
        path.write_text(broken, encoding="utf-8")
        time.sleep(2)
        assert "tariffs" in fetched(address).casefold()
        temporary = path.with_suffix(".tmp")
        temporary.write_text(whole.replace("Customs", f"Round {n}"), encoding="utf-8")
        temporary.replace(path)
        until(lambda n=n: f"Round {n}" in fetched(address))  # type: ignore[misc]
    path.unlink()  # nothing names this topic, so the site does without it
    until(lambda: not fetched(address))
    path.write_text(whole.replace("Customs", "At last"), encoding="utf-8")
    until(lambda: "At last" in fetched(address))


def test_fault_request_to_end_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal that came while a library called back, where exceptions go nowhere, ends the build
    at its next stage."""
    monkeypatch.setattr(cli, "_WANTED", [KeyboardInterrupt()])
    with cli._Progress() as stage, pytest.raises(KeyboardInterrupt):
        stage("Publishing")
