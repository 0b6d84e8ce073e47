"""The same records give the same bytes: in another folder, as another user, in another country."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import MINI, TODAY, write_project
from tests.test_build import differing, tree

#: Run before the program: folders are listed in another order, and clocks say another time.
STRANGE = """
import os, random, runpy, sys, time
listing, walked = os.scandir, os.listdir
chance = random.Random({seed})

class Listing:
    def __init__(self, *place):
        with listing(*place) as entries:
            self.entries = list(entries)
        chance.shuffle(self.entries)
    def __iter__(self): return iter(self.entries)
    def __next__(self):
        if not self.entries: raise StopIteration
        return self.entries.pop()
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def close(self): pass

def shuffled(*place):
    names = walked(*place)
    chance.shuffle(names)
    return names

os.scandir, os.listdir = Listing, shuffled
now = time.time
time.time = lambda: now() + {later}
os.umask({umask})
sys.argv = ["brief", *{arguments!r}]
runpy.run_module("generator", run_name="__main__")
"""

ELSEWHERE = [
    {
        "environment": {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4711"},
        "umask": 0o077,
        "later": 86_400 * 400,
        "folder": "a/b c/ü한",
    },
    {
        "environment": {
            "TZ": "America/St_Johns",
            "LC_ALL": "tr_TR.UTF-8",
            "LANG": "tr_TR.UTF-8",
            "LANGUAGE": "tr",
            "PYTHONHASHSEED": "1",
            "USER": "somebody",
            "LOGNAME": "somebody",
            "HOSTNAME": "elsewhere",
            "HOME": "/nonexistent",
            "COLUMNS": "40",
        },
        "umask": 0o000,
        "later": -86_400 * 3_000,
        "folder": "z",
    },
    {
        "environment": {
            "TZ": "Asia/Seoul",
            "LC_ALL": "POSIX",
            "PYTHONHASHSEED": "random",
            "PYTHONUTF8": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOURCE_DATE_EPOCH": "1",
            "NO_COLOR": "1",
        },
        "umask": 0o027,
        "later": 0,
        "folder": "deeper/" * 20,
    },
]


def built(root: Path, place: dict[str, object], *more: str) -> dict[str, bytes]:
    """The site built in `root` under the circumstances of `place`."""
    write_project(root, MINI / "content")
    script = STRANGE.format(
        seed=random.Random(str(root)).random(),
        later=place["later"],
        umask=place["umask"],
        arguments=["build", "--today", TODAY.isoformat(), *more],
    )
    environment: dict[str, str] = place["environment"]  # type: ignore[assignment]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tree(root / "site")


@pytest.mark.parametrize(
    "place",
    [ELSEWHERE[1], *(pytest.param(place, marks=pytest.mark.long) for place in ELSEWHERE[::2])],
    ids=["Newfoundland in Turkish", "Kiritimati", "Seoul"],
)
def test_g10_same_bytes(mini_project: Path, tmp_path: Path, place: dict[str, object]) -> None:
    """Every file of the site, calendars and indexes and archives among them."""
    here = tree(mini_project / "site")
    there = built(tmp_path / str(place["folder"]), place)
    assert {name.rpartition(".")[2] for name in here} >= {"html", "ics", "zip", "sqlite", "json"}
    assert differing(here, there) == set()


@pytest.mark.long
def test_g10_same_bytes_of_pdfs(tmp_path: Path) -> None:
    """With PDFs, in two places that have nothing in common but the fonts."""
    sites = []
    for place in ELSEWHERE[:2]:
        root = tmp_path / str(place["folder"])
        sites.append(built(root, place, "--pdf"))
        shutil.rmtree(root)
    assert any(name.endswith(".pdf") for name in sites[0])
    assert differing(*sites) == set()
