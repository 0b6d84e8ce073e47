"""The same records give the same bytes: in another folder, as another user, in another country, on
another Python."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import MINI, ROOT, TODAY, write_project
from tests.test_build import differing, tree

#: Run before the program: it must be as told where it runs, folders are listed in another order,
#: and clocks say another time.
STRANGE = """
import locale, os, random, runpy, sys, time
assert locale.setlocale(locale.LC_ALL, "") == {locale!r}
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
        "environment": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711"},
        "locale": "C",
        "umask": 0o077,
        "later": 86_400 * 400,
        "folder": "a/b c/ü한",
    },
    {
        "environment": {
            "TZ": "America/St_Johns",
            "LANGUAGE": "tr",
            "PYTHONHASHSEED": "1",
            "USER": "somebody",
            "LOGNAME": "somebody",
            "HOSTNAME": "elsewhere",
            "HOME": "/nonexistent",
            "COLUMNS": "40",
        },
        "locale": "tr_TR.UTF-8",  # where the small letter of I has no dot
        "umask": 0o000,
        "later": -86_400 * 3_000,
        "folder": "z",
    },
    {
        "environment": {
            "TZ": "Asia/Seoul",
            "PYTHONHASHSEED": "random",
            "PYTHONUTF8": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOURCE_DATE_EPOCH": "1",
            "NO_COLOR": "1",
        },
        "locale": "ko_KR.EUC-KR",  # where letters are other bytes, in names of files too
        "umask": 0o027,
        "later": 0,
        "folder": "deeper/" * 20,
    },
]


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locales of ELSEWHERE, made here, so that no system needs to have them."""
    folder = tmp_path_factory.mktemp("locales")
    for name in (str(place["locale"]) for place in ELSEWHERE):
        language, _, coding = name.partition(".")
        made = name == "C" or (
            shutil.which("localedef")
            and subprocess.run(
                ["localedef", "-i", language, "-f", coding, "--no-archive", str(folder / name)],
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )
        if not made:
            pytest.skip(f"localedef cannot make {name} here: nothing was built in other languages")
    return folder


def built(root: Path, place: dict[str, object], locales: Path, *more: str) -> dict[str, bytes]:
    """The site built in `root` under the circumstances of `place`."""
    write_project(root, MINI / "content")
    script = STRANGE.format(
        locale=place["locale"],
        seed=random.Random(str(root)).random(),
        later=place["later"],
        umask=place["umask"],
        arguments=["build", "--today", TODAY.isoformat(), *more],
    )
    environment: dict[str, str] = {
        **place["environment"],  # type: ignore[dict-item]
        "LOCPATH": str(locales),
        "LC_ALL": str(place["locale"]),
        "LANG": str(place["locale"]),
    }
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
    ids=["Newfoundland in Turkish", "Kiritimati", "Seoul in Korean"],
)
def test_g10_same_bytes(
    mini_project: Path, tmp_path: Path, locales: Path, place: dict[str, object]
) -> None:
    """Every file of the site, calendars and indexes and archives among them."""
    here = tree(mini_project / "site")
    there = built(tmp_path / str(place["folder"]), place, locales)
    assert {name.rpartition(".")[2] for name in here} >= {"html", "ics", "zip", "sqlite", "json"}
    assert differing(here, there) == set()


@pytest.mark.long
def test_g10_same_bytes_of_pdfs(tmp_path: Path, locales: Path) -> None:
    """With PDFs, in two places that have nothing in common but the fonts."""
    sites = []
    for place in ELSEWHERE[:2]:
        root = tmp_path / str(place["folder"])
        sites.append(built(root, place, locales, "--pdf"))
        shutil.rmtree(root)
    assert any(name.endswith(".pdf") for name in sites[0])
    assert differing(*sites) == set()


# -- on other versions of Python ------------------------------------------------------------------

#: Where another Python may pack the same in another way.
PACKED = (".sqlite", ".pf_filter", ".pf_meta", "SHA256SUMS")


def other_pythons() -> dict[str, str]:
    """Versions of Python besides this one, to a program each: those named in BRIEF_PYTHONS, with
    the sign between them that PATH has, and those on PATH."""
    named = [p for p in os.environ.get("BRIEF_PYTHONS", "").split(os.pathsep) if p]
    on_path = [shutil.which(f"python3.{minor}") for minor in range(11, 15)]
    found: dict[str, str] = {}
    for program in [*named, *filter(None, on_path)]:
        done = subprocess.run(
            [program, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        version = done.stdout.strip()
        if program in named:
            assert version, f"BRIEF_PYTHONS names {program}, which does not run: {done.stderr}"
        if version and version != "{}.{}".format(*sys.version_info[:2]):
            found.setdefault(version, program)
    return found


def environment_of(program: str, version: str) -> Path:
    """An environment with the locked packages, kept until the lock changes; its Python."""
    lock = ROOT / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = ROOT / ".build" / "cache" / "pythons" / version
    python = folder / "bin" / "python"
    if not (folder / digest).exists():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input"]
        for command in (
            [program, "-m", "venv", str(folder)],
            [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(lock)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        (folder / digest).touch()
    return python


@pytest.mark.long
def test_g10_same_bytes_on_other_pythons(tmp_path: Path) -> None:
    """From Python 3.11 on each version makes the same files, but for how databases and indexes are
    packed; and the database says the same."""
    pythons = other_pythons()
    if not pythons:
        pytest.skip("no Python but this one here (PATH, BRIEF_PYTHONS): none was compared with it")
    programs = {version: environment_of(p, version) for version, p in pythons.items()}
    sites = {}
    for version, program in {"this one": Path(sys.executable), **programs}.items():
        root = write_project(tmp_path / version, MINI / "content")
        build = ["generator", "build", "--pdf", "--today", TODAY.isoformat()]
        done = subprocess.run(
            [program, "-W", "error", "-m", *build],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (version, done.stderr)
        sites[version] = tree(root / "site")
        for name in [name for name in sites[version] if name.endswith(".sqlite")]:
            place = f"file:{root / 'site' / name}?immutable=1"
            with closing(sqlite3.connect(place, uri=True)) as base:
                sites[version][f"{name} as text"] = "\n".join(base.iterdump()).encode()
    here = sites.pop("this one")
    assert {name.rpartition(".")[2] for name in here} >= {"pdf", "ics", "zip", "sqlite as text"}
    for version, there in sites.items():
        differ = {name for name in differing(here, there) if not name.endswith(PACKED)}
        assert differ == set(), version
