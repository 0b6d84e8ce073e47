"""How time grows with what is given, on machines that do other things as well."""

from __future__ import annotations

import time
from collections.abc import Callable

#: More processor time than this is no slow machine: something hangs.
HANGS = 60.0
TRIES = 12


def seconds(work: Callable[[], object]) -> float:
    """The processor time that `work` took."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def growth(work: Callable[[int], object], sizes: tuple[int, int], below: float) -> float:
    """How many times as long `work` takes for the second size as for the first.

    Other programs make it take longer, never shorter: the shortest of several tries counts, and
    there are no more tries than it needs to be under `below`. What grows too quickly is above it
    in each of them. Times too short for the clock count as a millisecond.
    """
    shortest = [float("inf"), float("inf")]
    for done in range(TRIES):
        for n, size in enumerate(sizes):
            shortest[n] = min(shortest[n], seconds(lambda size=size: work(size)))
        if done >= 2 and shortest[1] / max(shortest[0], 0.001) < below:
            break
    return shortest[1] / max(shortest[0], 0.001)
