"""Runs one job again and again, killing the process at each point where it touches the disk.

`python tests/killing.py BASE WORK JOB [STEP]` copies the project in BASE to WORK for each run, and
prints one JSON object a line: where the process was killed, what the site and the records were
then, and after the job was run once more. JOB is a list of arguments of `brief` as JSON; of `build`
the programs outside of this process are replaced by a copy of the pages in BASE/html.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from generator import cli, files, host, publish  # noqa: E402

KILLED = 137
NAMES = {
    "os.link": "link",
    "os.rename": "rename",
    "os.remove": "unlink",
    "os.mkdir": "mkdir",
    "os.rmdir": "rmdir",
}


class Killer:
    """Counts what is done to files below a folder, and ends the process at the n-th."""

    def __init__(self, root: Path, at: int, half: bool) -> None:
        self.root, self.at, self.half = str(root), at, half
        self.count = 0
        self.busy = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.busy:
            return
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, int) or not flags & (os.O_WRONLY | os.O_RDWR):
                return
            self.point("write", path, flags)
        elif event in NAMES:
            self.point(NAMES[event], arguments[0])

    def point(self, kind: str, path: Any, flags: int = 0) -> None:
        name = os.fsdecode(path)
        if not name.startswith(self.root) or "/.build/html" in name:
            return
        self.count += 1
        if self.count == self.at:
            if self.half and kind == "write":
                self.busy = True
                with contextlib.suppress(OSError):  # its folder may be missing yet
                    os.open(path, flags & ~os.O_EXCL, 0o600)  # opened and cut to nothing
            os._exit(KILLED)


def in_a_child(root: Path, job: list[str], killer: Killer | None) -> int:
    """The exit code of the job, run in a process of its own."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            if killer:
                swap = publish.exchange

                def exchange(left: Path, right: Path) -> None:
                    killer.point("exchange", left)
                    swap(left, right)
                    killer.point("exchanged", left)

                publish.exchange = exchange
                sys.addaudithook(killer)
            cli.main(["--root", str(root), *job])
        except SystemExit as leave:
            code = int(leave.code or 0)
        finally:
            if killer and code == 0:
                Path(f"{root}.count").write_text(str(killer.count), encoding="utf-8")
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def state(root: Path, folder: str) -> dict[str, str]:
    """Every file of a folder with the sum of its bytes."""
    below = root / folder
    if not below.exists():
        return {}
    return {
        name: hashlib.sha256((below / name).read_bytes()).hexdigest()
        for name in files.files_below(below)
    }


def digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def main(base: Path, work: Path, job: list[str], step: int) -> None:
    @contextlib.contextmanager
    def pages(root: Path, docs: Path, html: Path, names: Any, *_: object) -> Iterator[None]:
        yield
        theme = [n for n in files.files_below(base / "html") if n.split("/")[0] in host.THEME]
        for name in [*theme, *map(host.page_of, names)]:
            files.write_new(html / name, (base / "html" / name).read_bytes())

    def index(*_: object) -> dict[str, bytes]:
        index = base / "html" / "pagefind"
        return {name: (index / name).read_bytes() for name in files.files_below(index)}

    host.building_pages = pages  # type: ignore[assignment]
    host.run_pagefind = index  # type: ignore[assignment]

    def fresh() -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(base / "project", work, symlinks=True)

    def report(**values: Any) -> None:
        print(json.dumps(values), flush=True)  # noqa: T201

    fresh()
    old = {name: state(work, name) for name in ("site", "content")}
    counting = Killer(work, 0, half=False)
    code = in_a_child(work, job, counting)
    points = int(Path(f"{work}.count").read_text(encoding="utf-8"))
    new = {name: state(work, name) for name in ("site", "content")}
    report(points=points, code=code, old=digest(old), new=digest(new), changed=old != new)
    for at in range(1, points + 1, step):
        for half in (False, True):
            fresh()
            killed = in_a_child(work, job, Killer(work, at, half))
            between = {name: state(work, name) for name in ("site", "content")}
            mixed = [
                name
                for name in between["content"].keys()
                | old["content"].keys()
                | new["content"].keys()
                if between["content"].get(name)
                not in (old["content"].get(name), new["content"].get(name))
                and not name.endswith(".tmp")
            ]
            again = in_a_child(work, job, None)
            after = {name: state(work, name) for name in ("site", "content")}
            report(
                at=at,
                half=half,
                killed=killed,
                site=_which(between["site"], old["site"], new["site"]),
                mixed=mixed,
                again=again,
                after=_which(after, old, new),
                left=[n for n in files.files_below(work) if n.endswith(".tmp")],
            )
    with contextlib.suppress(OSError):
        shutil.rmtree(work)


def _which(found: Any, old: Any, new: Any) -> str:
    return "new" if found == new else "old" if found == old else "mixture"


if __name__ == "__main__":
    main(
        Path(sys.argv[1]).resolve(),
        Path(sys.argv[2]).resolve(),
        json.loads(sys.argv[3]),
        int(sys.argv[4]) if len(sys.argv) > 4 else 1,
    )
