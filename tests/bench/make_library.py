"""Writes a valid library of N records: the real record again and again, in other years and places.

    python tests/bench/make_library.py 10000 FOLDER

`FOLDER` becomes a project of its own: `content/` with exactly N records, `mkdocs.yml`, templates
and generator as links. Each copy of the real record has ids, people and countries of its own and
lies another number of years back, so that lists, pairs and chains grow as they would; two
countries and all topics are shared, so that their pages grow with the library. The same N gives
the same bytes.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.model import RESERVED_IDS  # noqa: E402 - the path above comes first

CONTENT = ROOT / "content"
#: In the order of what refers to what, so that a last copy that is not whole still holds.
FOLDERS = ("sources", "organisations", "countries", "people", "terms", "summits", "takeaways")
#: Found once in any library: everything refers to them, or nothing does.
SHARED = ("topics", "pages", "briefings")
HUBS = ("us", "kr")
#: A copy lies at most so many years back; offices of the twentieth century stay in theirs.
YEARS = 24

#: There are codes of two letters for the countries of so many copies.
CODED = 60

_YEAR = r"(?<![\d$])(?P<year>19[5-9]\d|20[0-3]\d)(?!\d)"
_URL = r"^url: (?P<url>.*)$"
_SUM = r"^\s*(?:- )?value: (?P<sum>\d{4,})$"
_KEPT = r"^(?:timezone|kind|iso3): .*$"
#: Where an id stands: as the value of a field or of an item, and in prose.
_ID = (
    r"(?P<before>^\s*(?:- )?[a-z_]+: |^\s*- |\[\[|\[@)"
    r"(?P<id>(?![\d-]+$)[a-z0-9][a-z0-9-]*[a-z0-9])(?=$|[\]|,])"
)
_ALIASES = re.compile(r"(?m)^aliases:\n(?:  - .*\n)+")
_NAME = re.compile(r"(?m)^(?:name|city|  family): \"?([^\",\n]+)")

Key = tuple[str, str]  # folder and id
Library = dict[Key, str]


def read() -> Library:
    """The real record: texts by folder and id, in the order of `FOLDERS`."""
    return {
        (folder, path.stem): path.read_text(encoding="utf-8")
        for folder in (*SHARED, *FOLDERS)
        for path in sorted((CONTENT / folder).glob("*.yml"))
    }


def library(size: int) -> Library:
    """A library of `size` records. Raises `ValueError` if that is fewer than the real one has."""
    real = read()
    if size < len(real):
        raise ValueError(f"the smallest library has {len(real)} records")
    made = dict(real)
    taken = {record_id for folder, record_id in real if folder == "countries"}
    free = ("".join(pair) for pair in product(ascii_lowercase, repeat=2))
    codes = (code for code in free if code not in taken | RESERVED_IDS)
    own = [key for key in real if key[0] in FOLDERS and key[1] not in HUBS]
    names = sorted({m[1] for key in own for m in _NAME.finditer(real[key])}, key=len, reverse=True)
    name = rf"\b(?P<name>{'|'.join(map(re.escape, names))})\b"
    changing = re.compile(f"{_URL}|{_SUM}|{_KEPT}|{_ID}|{_YEAR}|{name}", re.MULTILINE)
    number = 0
    while len(made) < size:
        number += 1
        if number > CODED:
            own = [key for key in own if key[0] != "countries"]
        copied = {key: _copied(key, number, codes) for key in own[: size - len(made)]}
        ids = {old: new for (_, old), new in copied.items()}
        for (folder, old), new in copied.items():
            made[folder, new] = _text(real[folder, old], ids, number, changing)
    return made


def _copied(key: Key, number: int, codes: Iterator[str]) -> str:
    folder, old = key
    if folder == "countries":
        return next(codes)
    return re.sub(_YEAR, lambda m: _earlier(m[0], number), old) + f"-c{number}"


def _earlier(year: str, number: int) -> str:
    return str(int(year) - number % YEARS)


def _text(text: str, ids: dict[str, str], number: int, changing: re.Pattern[str]) -> str:
    """The text of a copy: other ids, other years, other names."""

    def changed(found: re.Match[str]) -> str:
        match found.lastgroup:
            case "url":
                return f"{found[0]}?copy={number}"
            case "sum":  # another one, or it would look like the same promise
                return found[0].replace(found["sum"], str(int(found["sum"]) + number))
            case "id":
                return found["before"] + ids.get(found["id"], found["id"])
            case "year":
                return _earlier(found[0], number)
            case "name":
                return f"{found[0]} {word(number)}"
        return found[0]

    text = changing.sub(changed, _ALIASES.sub("", text))
    return re.sub(r"(?m)^iso3: .*$", f"iso3: {_iso3(number)}", text)


def word(number: int) -> str:
    """A name nobody has: the same for the same number, another for each."""
    syllables = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]
    high, low = divmod(number, len(syllables))
    return (syllables[low] + syllables[high % len(syllables)]).capitalize()


def _iso3(number: int) -> str:
    high, low = divmod(number, 26)
    return "X" + ascii_uppercase[high % 26] + ascii_uppercase[low]


def write(folder: Path, size: int) -> None:
    """A project with a library of `size` records in `folder`, whose content is made anew."""
    shutil.rmtree(folder / "content", ignore_errors=True)
    for (kind, record_id), text in library(size).items():
        path = folder / "content" / kind / f"{record_id}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for name in ("generator", "templates"):
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(ROOT / name)
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    (folder / ".build" / "docs").mkdir(parents=True, exist_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("size", type=int, metavar="N")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    try:
        write(options.folder, options.size)
    except ValueError as error:
        raise SystemExit(f"make_library: {error}.") from None


if __name__ == "__main__":
    main()
