"""Work over processes: what comes back, and what a request to end does while they are started."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, NoReturn

import pytest

from generator.parallel import beside, spread

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")

REQUESTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """Somebody asked for an end."""


@pytest.fixture(params=REQUESTS, ids=lambda number: number.name)
def asked_at_the_start(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[bool]]:
    """A signal comes before the thread of a pool is there, and another thread is; what is given
    notes whether that of the pool was there when the signal was heard."""
    heard: list[bool] = []
    pools: list[Any] = []
    start = ProcessPoolExecutor._start_executor_manager_thread  # type: ignore[attr-defined]

    def started(pool: Any) -> None:
        if not pools:
            pools.append(pool)
            os.kill(os.getpid(), request.param)
        start(pool)

    def end(*_: object) -> NoReturn:
        heard.append(pools[0]._executor_manager_thread is not None)
        raise Asked

    monkeypatch.setattr(ProcessPoolExecutor, "_start_executor_manager_thread", started)
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    before = signal.signal(request.param, end)
    yield heard
    assert signal.signal(request.param, before) is end
    over.set()
    other.join()


def test_a_request_waits_until_processes_are_started(asked_at_the_start: list[bool]) -> None:
    """It is heard when they are, and they are ended in order."""
    with pytest.raises(Asked):
        list(spread(abs, range(100), 2, least=1))
    assert asked_at_the_start == [True]
    assert multiprocessing.active_children() == []


def test_a_request_waits_beside_as_well(asked_at_the_start: list[bool]) -> None:
    with pytest.raises(Asked), beside(lambda: 1, 2):
        pytest.fail("nothing is begun")
    assert asked_at_the_start == [True]
    assert multiprocessing.active_children() == []


def test_processes_can_be_asked_to_end() -> None:
    """A program that looks after them ends each with SIGTERM; what a terminal sends to all is for
    the first alone."""
    heard = list(spread(signal.getsignal, REQUESTS, 2, least=1))
    assert heard == [signal.SIG_IGN, signal.SIG_DFL, signal.SIG_IGN]


def test_a_process_can_be_asked_to_end_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """While processes are started a request waits, but not in one of them."""

    def asked() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

    monkeypatch.setattr("generator.parallel._begun", asked)
    assert list(spread(abs, [-1, 2], 2, least=1)) == [1, 2]
    assert multiprocessing.active_children() == []


def test_processes_are_started_in_any_thread() -> None:
    """Only the first thread hears signals, and only it may say what they do."""
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: list(spread(abs, [-1, 2], 2, least=1))).result() == [1, 2]


@pytest.mark.parametrize("most", [0, 1])
def test_a_machine_without_processes_does_it_in_one(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system starts no more processes, or only some of them, the work is done all the
    same, and nothing is left that the end of the program would wait for."""
    fork, started = os.fork, []

    def full() -> int:
        if len(started) == most:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        started.append(fork())
        return started[-1]

    monkeypatch.setattr(os, "fork", full)
    assert list(spread(abs, range(-20, 0), 2, least=1)) == list(range(20, 0, -1))
    with beside(lambda: 1, 2) as result:
        assert result() == 1
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("most", [0, 1])
def test_a_machine_without_threads_does_it_in_one(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads look after processes, and what limits the one limits the others."""
    start, begun = threading.Thread.start, []

    def full(thread: threading.Thread) -> None:
        if len(begun) % 2 == most:
            begun.clear()
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", full)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    assert list(spread(abs, range(-20, 0), 2, least=1)) == list(range(20, 0, -1))
    with beside(lambda: 1, 2) as result:
        assert result() == 1
    assert multiprocessing.active_children() == []


def test_a_request_is_heard_where_processes_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those that were started are ended before."""
    fork, started = os.fork, []

    def full() -> int:
        if started:
            os.kill(os.getpid(), signal.SIGTERM)
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        started.append(fork())
        return started[-1]

    def end(*_: object) -> NoReturn:
        raise Asked

    monkeypatch.setattr(os, "fork", full)
    before = signal.signal(signal.SIGTERM, end)
    with pytest.raises(Asked):
        list(spread(abs, range(-20, 0), 2, least=1))
    signal.signal(signal.SIGTERM, before)
    assert multiprocessing.active_children() == []


def test_a_machine_without_shared_memory_does_it_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hosts of functions and some cages have no /dev/shm, which a pool needs."""

    def missing(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", missing)
    assert list(spread(abs, [-1, 2], 2, least=1)) == [1, 2]
    with beside(lambda: 1, 2) as result:
        assert result() == 1
