"""Runs programs and measures what they take: time, the work of all cores, memory."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: So often memory is looked at, in seconds; more often would slow down what is measured.
OFTEN = 0.2


class Failed(Exception):
    """A program that was to be measured failed; says which and what it printed last."""


@dataclass(frozen=True)
class Run:
    """What one program took, with every process it started."""

    seconds: float
    cores: float  # seconds of all cores together
    megabytes: float  # of its largest process
    together: float = 0  # megabytes of all its processes at once, if that was asked for
    printed: str = ""


def measured(
    command: list[str],
    folder: Path | None = None,
    *,
    limit: float = 3600,
    memory: bool = False,
    **environment: str,
) -> Run:
    """Run a program to its end, or for `limit` seconds; raises `Failed`.

    With `memory`, that of all its processes is looked at again and again. This slows it down, so
    its time counts for nothing then.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        ended = threading.Event()
        watch = threading.Timer(limit, lambda: os.killpg(process.pid, signal.SIGKILL))
        peak = [0.0]
        looking = threading.Thread(target=_look, args=(process.pid, ended, peak))
        watch.start()
        if memory:
            looking.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
            took = time.perf_counter() - start
        except BaseException:  # as when somebody presses Ctrl-C, which does not reach a session
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            watch.cancel()
            ended.set()
        if memory:
            looking.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            name = " ".join(Path(word).name for word in command[:4])
            late = f" (stopped after {limit:,.0f} s)" if took >= limit else ""
            raise Failed(f"{name} failed{late}: {(_text(err) or _text(out))[-600:]}")
        cores = used.ru_utime + used.ru_stime
        return Run(took, cores, used.ru_maxrss / 1024, peak[0], _text(out))


def _text(file: tempfile.SpooledTemporaryFile[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def _look(session: int, ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(OFTEN):
        peak[0] = max(peak[0], together(session))


def together(session: int) -> float:
    """Megabytes all processes of a session have now, what they share counted once (Linux)."""
    kilobytes = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):  # it may end while it is looked at
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                rows = (folder / "smaps_rollup").read_text().splitlines()
                kilobytes += next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return kilobytes / 1024


def median(values: Iterable[float]) -> float:
    """The value in the middle; 0 if there is none."""
    found = list(values)
    return statistics.median(found) if found else 0.0


def middle(runs: list[Run]) -> Run:
    """The run with the median time."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def clocked(work: Callable[[], object]) -> float:
    """Seconds some work takes in this process."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
