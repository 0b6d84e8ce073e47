"""Work over processes: what comes back, and what a request to end does while they are started."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
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
    """A signal comes before the thread of a pool is there; what is given notes whether it was there
    when the signal was heard."""
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
    before = signal.signal(request.param, end)
    yield heard
    signal.signal(request.param, before)


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
    """What holds requests back is over in each of them."""
    held = list(
        spread(lambda _: signal.pthread_sigmask(signal.SIG_BLOCK, ()), range(4), 2, least=1)
    )
    assert [mask & set(REQUESTS) for mask in held] == [set()] * 4
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(REQUESTS) == set()
