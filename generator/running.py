"""Programs that are started: what they say, what they are asked, how they end."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

from generator.files import MachineError


class HostError(Exception):
    """A host failed; carries what it printed."""


#: What a program says when the machine stands in its way.
_TROUBLE = re.compile(
    r"(No space left on device|Disk quota exceeded|Read-only file system|Permission denied"
    r"|Input/output error|File too large|Too many open files|Cannot allocate memory)[^\n]*"
)

#: Colours, and how far an engine was: of no use to who reads what went wrong.
_NOISE = re.compile(r"\x1b\[[0-9;]*m|^INFO .*\n", re.MULTILINE)


class Running:
    """A program that has been started in `folder`, one that is `asked` or one that only prints. It
    is ended where its user fails before."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] = {},
        asked: bool = False,
    ) -> None:
        self.name = name
        env = os.environ | {
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONUTF8": "1",
            "PYTHONWARNINGS": "ignore",
            "TZ": "UTC",
        }
        self._said = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the program
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**env, **environment},
            stdin=subprocess.PIPE if asked else subprocess.DEVNULL,
            stdout=subprocess.PIPE if asked else self._said,
            stderr=self._said,
            close_fds=False,  # the lock of the build, and nothing else, can be inherited
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            if pipe:
                with suppress(BrokenPipeError):  # of what was still to be asked
                    pipe.close()

    def ask(self, questions: Sequence[bytes]) -> list[bytes]:
        """The answers to all questions; both end with a comma and hold no other. Raises `HostError`
        or `MachineError` if there are fewer."""
        asking, answering = self._process.stdin, self._process.stdout
        if not (asking and answering):
            raise ValueError(f"{self.name} was not started to be asked")

        def put() -> None:
            try:
                for question in questions:
                    asking.write(question)
                asking.flush()
            except BrokenPipeError:
                pass  # it has ended, which is seen by what it answers
            except BaseException:
                asking.close()  # so that it ends, and the reading below with it
                raise

        # It answers while it is asked; who did one after the other would wait for ever.
        with ThreadPoolExecutor(1) as beside:
            putting = beside.submit(put)
            try:
                answers = _read(answering, len(questions))
            except BaseException:
                self._process.kill()  # or the asking might wait for it
                raise
        putting.result()
        with suppress(BrokenPipeError):
            asking.close()
        if len(answers) < len(questions):
            self.end()
            raise HostError(f"{self.name} ended before it had answered")
        return answers

    def end(self) -> None:
        """Wait for its end. Raises `HostError` with what it said if it fails."""
        code = self._process.wait()
        if not code:
            return
        self._said.seek(0)
        said = self._said.read().decode("utf-8", "replace")
        if trouble := _TROUBLE.search(said):
            raise MachineError(f"{self.name}: {trouble[0]}")
        if code < 0:
            raise MachineError(f"{self.name} was ended by signal {-code}.")
        raise HostError(f"{self.name} failed:\n{_NOISE.sub('', said).strip()}")


def _read(pipe: IO[bytes], count: int) -> list[bytes]:
    """So many words that end with a comma; fewer where the pipe ends before."""
    found: list[bytes] = []
    begun: list[bytes] = []
    while len(found) < count and (data := os.read(pipe.fileno(), 1 << 20)):
        piece, *more = data.split(b",")
        begun.append(piece)
        if more:
            found += [b"".join(begun), *more[:-1]]
            begun = more[-1:]
    return found
