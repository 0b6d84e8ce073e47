"""Spreads work over processes that share what is in memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from generator.files import MachineError

T = TypeVar("T")
V = TypeVar("V")

#: Fewer pieces than this are not worth a process.
WORTHWHILE = 16

#: What the processes are to do; they are forked with it in memory.
_WORK: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


def cores() -> int:
    """How many processes this one may keep busy."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    function: Callable[[T], V], pieces: Sequence[T], jobs: int = 1, least: int = WORTHWHILE
) -> Iterator[V]:
    """`function` of each piece, in order, over `jobs` processes where the system can fork and there
    are `least` pieces; in this one where the machine has none to give.

    The processes see what this one has in memory; only results travel, so they must be picklable.
    Raises `MachineError` if one of them is ended from outside, as where memory is short.
    """
    if jobs <= 1 or len(pieces) < least or not _forks():
        yield from map(function, pieces)
        return
    with _pool(function, pieces, jobs) as pool:
        share = max(1, min(256, len(pieces) // (jobs * 32)))
        if pool:
            yield from pool.map(_one, range(len(pieces)), chunksize=share)
        else:
            yield from map(function, pieces)


@contextmanager
def beside(function: Callable[[], V], jobs: int = 1) -> Iterator[Callable[[], V]]:
    """Let `function` run in another process while inside; what is given waits for what it returns,
    or raises what it raises. With one process, or where the machine has no other to give, it runs
    when it is asked for.

    Raises `MachineError` if the process is ended from outside.
    """
    if jobs <= 1 or not _forks():
        yield function
        return
    with _pool(lambda _: function(), [None], 1) as pool:
        yield pool.submit(_one, 0).result if pool else function


def _forks() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


@contextmanager
def _pool(
    function: Callable[[T], V], pieces: Sequence[T], jobs: int
) -> Iterator[ProcessPoolExecutor | None]:
    """Processes that have `function` and `pieces` in memory; None if they cannot be started."""
    _WORK.append((function, pieces))
    gc.freeze()  # what is there is looked through for garbage by none of the processes
    others = multiprocessing.active_children()
    pool: ProcessPoolExecutor | None = None
    works = False
    try:
        with _undisturbed():
            try:
                pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _begun)
                _see_it_work(pool)
                works = True
            except BrokenProcessPool:
                pass  # it has ended its processes, and can be shut down
            except (OSError, RuntimeError):
                pool = None
                _end_all_but(others)
        yield pool if works else None
    except BrokenProcessPool:
        raise MachineError("a process of this build was ended from outside; try again") from None
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)
        _WORK.pop()


def _see_it_work(pool: ProcessPoolExecutor) -> None:
    """Start its processes and threads. Raises `OSError` where the system has no more processes,
    `RuntimeError` where it has no more threads, and `BrokenProcessPool` if a process ends."""
    others = set(threading.enumerate())
    first = pool.submit(_started)
    own = set(threading.enumerate()) - others
    # The thread that looks after the processes starts another, and may end of it without a word.
    while not wait([first], 0.1).done and any(thread.is_alive() for thread in own):
        pass
    first.result(0)


def _end_all_but(others: Sequence[BaseProcess]) -> None:
    """End the processes of a pool of which only some could be started: nobody looks after them."""
    for process in multiprocessing.active_children():
        if process not in others:
            process.kill()
            process.join()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A request to end waits until this is over: processes and the thread that looks after them,
    started by half, could not be ended in order.

    Blocking the signals would not do: they would be delivered by way of any other thread, as that
    of another pool.
    """
    asked: list[int] = []
    own = os.getpid()

    def held(number: int, _: object) -> None:
        if os.getpid() == own:
            asked.append(number)
        elif number == signal.SIGTERM:  # one of the processes, before `_begun`
            os._exit(128 + number)

    def heard() -> None:
        for number in asked:
            signal.raise_signal(number)

    with ExitStack() as after:
        after.callback(heard)
        if threading.current_thread() is threading.main_thread():  # no other hears them
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                after.callback(signal.signal, number, signal.getsignal(number))
                signal.signal(number, held)
        yield


def _started() -> None:
    """The first piece of work, with which the processes are started: none."""


def _begun() -> None:
    """What ends the whole is for the first process to see to; the others go without a word. Each
    clears away its own garbage."""
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _one(number: int) -> Any:
    function, pieces = _WORK[-1]
    return function(pieces[number])
