"""Measures this program: builds, edits of records, the server that follows edits."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.make_library import ROOT, word
from tests.bench.measuring import Failed, Run, measured

#: What is edited: folder of the record, the field a word of is changed, and in which records;
#: none named means some from the middle of the list.
EDITS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "edit": ("takeaways", "headline", ()),
    "edit-summit": ("summits", "title", ()),
    "edit-source": ("sources", "title", ()),
    "edit-hub": ("countries", "name", ("us",)),
}

#: The server is given so long for its first build and for following an edit, in seconds.
PATIENCE = 900


@dataclass(frozen=True)
class Library:
    """A synthetic library with its site; `day` is the day it is in every build."""

    root: Path
    day: dt.date

    def _worker(self, *words: str, memory: bool = False) -> tuple[Run, dict[str, Any]]:
        command = [sys.executable, "-m", "tests.bench.worker", str(self.root), str(self.day)]
        run = measured([*command, *words], ROOT, memory=memory)
        return run, json.loads(run.printed)

    def build(
        self, jobs: int, *, clean: bool = False, memory: bool = False
    ) -> tuple[Run, dict[str, Any]]:
        """One build by a process of its own; what it took, and its stages. A `clean` one begins as
        in a fresh clone."""
        for folder in (".build", "site") if clean else ():
            shutil.rmtree(self.root / folder, ignore_errors=True)
        options = ["--jobs", str(jobs), *(["--clean"] if clean else [])]
        return self._worker("build", *options, memory=memory)

    def read(self, jobs: int, *, cold: bool) -> float:
        """Seconds of reading and checking all records."""
        options = ["--jobs", str(jobs), *(["--clean"] if cold else [])]
        return float(self._worker("read", *options)[1]["seconds"])

    def part(self, name: str) -> tuple[float, int]:
        """Seconds of one part of a build, and how many things it made."""
        _, said = self._worker(name)
        return said["seconds"], said["made"]

    def edit(self, kind: str, number: int) -> tuple[str, str]:
        """Change a word in a record, another record and another word for each `number`; the path
        of its page and the new word."""
        folder, field, ids = EDITS[kind]
        paths = sorted((self.root / "content" / folder).glob("*.yml"))
        if ids:
            paths = [path for path in paths if path.stem in ids]
        path = paths[(len(paths) // 2 + 7 * number) % len(paths)]
        new = token(number)
        text = path.read_text(encoding="utf-8")
        path.write_text(edited(text, field, new), encoding="utf-8", newline="\n")
        return f"{folder}/{path.stem}/", new

    def serve(self, edits: range) -> list[float]:
        """Seconds from each edit of a takeaway until the server has its page with the edit; each is
        made when all of the one before has been built."""
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "generator", "--root", str(self.root)]
        with tempfile.TemporaryFile() as said:
            server = subprocess.Popen(
                [*command, "serve", "--address", address],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait(f"http://{address}/", "</html>", server)
                time.sleep(1)  # it takes a moment until it watches all files
                found = []
                for number in edits:
                    page, new = self.edit("edit", number)
                    start = time.perf_counter()
                    _wait(f"http://{address}/{page}", new, server)
                    found.append(time.perf_counter() - start)
                    while new not in (self.root / "site" / page / "index.html").read_text("utf-8"):
                        time.sleep(0.1)  # the rest of the edit is still being built
                    time.sleep(2)
                return found
            except Failed as error:
                said.seek(0)
                raise Failed(f"{error}: {said.read().decode()[-600:]}") from None
            finally:
                server.send_signal(signal.SIGINT)
                try:
                    server.wait(30)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def token(number: int) -> str:
    """A word that stands nowhere yet, another one for each number."""
    return f"zz{word(number).lower()}"


def edited(text: str, field: str, new: str) -> str:
    """The text of a record with the longest word of a field's first line replaced."""
    (line,) = re.findall(rf"(?m)^{field}: .*$", text)
    head, value = line.split(":", 1)
    words = re.findall(r"\b[a-z]{2,}\b", value) or re.findall(r"[a-z]{2,}", value)
    longest = max(words, key=len)
    return text.replace(line, f"{head}:{value.replace(longest, new, 1)}", 1)


def _wait(url: str, text: str, server: subprocess.Popen[bytes]) -> None:
    """Ask for a page until it has a text in it."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        if server.poll() is not None:
            raise Failed("the server ended")
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                if text in answer.read().decode():
                    return
        except OSError:
            pass  # not there yet
        time.sleep(0.01)
    raise Failed(f"no {text!r} after {PATIENCE} s")
