"""Reading and writing files: nothing outside a folder, nothing half written."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import errno
import os
import platform
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]


class MachineError(Exception):
    """The machine stands in the way: disk, permission, lock. Says what and where."""


def safe_join(root: Path, *parts: str) -> Path:
    """`root` joined with relative `parts`; raises `ValueError` if that would lead out of it."""
    base = root.resolve()
    path = base.joinpath(*parts).resolve()
    if path != base and not path.is_relative_to(base):
        raise ValueError(f"{'/'.join(parts)} leads out of {root}")
    return path


#: No record, and nothing else that is read whole, is larger.
MAX_PLAIN = 4 * 1024 * 1024


def read_plain(path: Path | str) -> bytes:
    """The bytes of a regular file of at most `MAX_PLAIN`, never those behind a link; raises
    `OSError`. Opening never waits, as it would for a pipe nobody writes to."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        data = b""
        while len(data) <= MAX_PLAIN and (
            more := os.read(handle, min(about.st_size, MAX_PLAIN) + 1)
        ):
            data += more
        if len(data) > MAX_PLAIN:
            raise OSError(errno.EFBIG, f"larger than {MAX_PLAIN // 1024 // 1024} MiB", str(path))
        return data
    finally:
        os.close(handle)


class Changed(Exception):
    """Somebody else changed a file since it was read."""


#: For `write_atomic`: whatever is there is replaced.
ANYTHING = object()


def write_atomic(path: Path, data: bytes, before: object = ANYTHING, sync: bool = True) -> None:
    """Replace `path` by `data` in one step, so that nobody ever sees half of it; with `sync`, not
    even after the power failed.

    With `before`, what must be there (None: nothing), it is read again at the last moment; raises
    `Changed` if something else is there.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        _as_before(path, before)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def _as_before(path: Path, before: object) -> None:
    if before is not ANYTHING and content_of(path) != before:
        raise Changed(str(path))


def content_of(path: Path) -> bytes | None:
    """What a regular file holds; None where there is nothing."""
    try:
        return read_plain(path)
    except FileNotFoundError:
        return None


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system can be told so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_below(folder: Path) -> None:
    """Let everything written below a folder reach the disk, before something relies on it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                if ctypes.CDLL(None, use_errno=True).syncfs(handle) == 0:
                    return
            finally:
                os.close(handle)
    if hasattr(os, "sync"):
        os.sync()


_TEMPORARY = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")


def clear_temporary(root: Path) -> None:
    """Remove what `write_atomic` left behind below `root` where a process was killed.

    Whoever calls it holds the lock under which such files are written.
    """
    for name in list(files_below(root)):
        if _TEMPORARY.fullmatch(name.rpartition("/")[2]):
            (root / name).unlink(missing_ok=True)


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write `data` unless `path` holds it already; true if something was written."""
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def write_new(path: Path, data: bytes) -> None:
    """Write a file anew; what shared its bytes by a hard link keeps the old ones."""
    path.unlink(missing_ok=True)
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def link(source: str | Path, target: str | Path) -> None:
    """Let `target` be the same file as `source`, or a copy where the system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def files_below(root: Path) -> Iterator[str]:
    """Every file below `root`, relative, with forward slashes, sorted."""
    top = str(root)
    for folder, folders, names in os.walk(top):
        folders.sort()
        below = folder[len(top) :].replace(os.sep, "/").strip("/")
        for name in sorted(names):
            yield f"{below}/{name}" if below else name


def remove_all_but(root: Path, keep: set[str]) -> list[str]:
    """Remove every file below `root` that is not in `keep`, and folders left empty."""
    removed = [name for name in files_below(root) if name not in keep]
    for name in removed:
        (root / name).unlink()
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root:
            with contextlib.suppress(OSError):
                Path(folder).rmdir()
    return removed


def exchange(left: Path, right: Path) -> None:
    """Let two folders swap names, in one step where the system can.

    Where it cannot, there is a moment in which `right`, the live one, is missing; `recover` brings
    it back if the process ends then.
    """
    if sys.platform == "linux":
        renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        at_cwd, swap = -100, 2
        if renameat2 and not renameat2(at_cwd, os.fsencode(left), at_cwd, os.fsencode(right), swap):
            return
    recover(left, right)
    aside = _aside(left)
    right.rename(aside)
    left.rename(right)
    aside.rename(left)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.aside")


def recover(left: Path, right: Path) -> None:
    """Bring back what an exchange in three steps left aside where it was cut short."""
    aside = _aside(left)
    if not aside.exists():
        return
    if right.exists():
        shutil.rmtree(aside)
    else:
        aside.rename(right)


@contextlib.contextmanager
def locked(path: Path, purpose: str) -> Iterator[None]:
    """Hold the lock `path` while inside; raises `MachineError` if somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                owner = file.read(200).strip() or "another process"
                raise MachineError(
                    f"{purpose} is under way already ({owner}); wait for it to end."
                ) from None
        file.seek(0)
        file.truncate()
        since = dt.datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
        # A program started from here may outlive us; the lock is held until it has ended, too.
        os.set_inheritable(file.fileno(), True)
        file.write(f"process {os.getpid()} on {platform.node() or 'this machine'}, since {since}")
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                file.seek(0)
                file.truncate()
                file.flush()
