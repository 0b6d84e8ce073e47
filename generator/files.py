"""Reading and writing files: nothing outside a folder, nothing half written."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
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


def read_plain(path: Path) -> bytes:
    """The bytes of a regular file, never those behind a link; raises `OSError`."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read()


def write_atomic(path: Path, data: bytes, sync: bool = True) -> None:
    """Replace `path` by `data` in one step, so that nobody ever sees half of it; with `sync`, not
    even after the power failed."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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


def link(source: Path, target: Path) -> None:
    """Let `target` be the same file as `source`, or a copy where the system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def files_below(root: Path) -> Iterator[str]:
    """Every file below `root`, relative, with forward slashes, sorted."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield Path(folder, name).relative_to(root).as_posix()


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


def mirror(source: Path, target: Path) -> None:
    """Make `target` hold exactly the files of `source`, touching only those that differ."""
    names = set(files_below(source))
    target.mkdir(parents=True, exist_ok=True)
    remove_all_but(target, names)
    for name in sorted(names):
        write_if_changed(target / name, (source / name).read_bytes())


def exchange(left: Path, right: Path) -> None:
    """Let two folders swap names, in one step where the system can."""
    if sys.platform == "linux":
        renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        at_cwd, swap = -100, 2
        if renameat2 and not renameat2(at_cwd, os.fsencode(left), at_cwd, os.fsencode(right), swap):
            return
    aside = left.with_name(f".{left.name}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    left.rename(aside)
    right.rename(left)
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
                owner = file.read().strip() or "another process"
                raise MachineError(
                    f"{purpose} is under way already ({owner}); wait for it to end"
                ) from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        yield
        file.seek(0)
        file.truncate()
