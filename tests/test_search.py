"""The search index: shelves of pages by month, joined to what Pagefind makes of all at once."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import cbor2
import pytest

from generator import host, pagefind, running, search
from generator.files import MachineError, files_below, write_new

PAGE = """<!doctype html><html lang="en"><title>{title}</title><header>Menu</header><article>
<div data-pagefind-body><h1 id="top">{title}</h1><p>{text}</p>
<span data-pagefind-filter="country[data-v]" data-v="{country}"></span>
<span data-pagefind-sort="date[data-v]" data-v="{day}"></span>
<span data-pagefind-meta="title[data-v]" data-v="{title}"></span>{more}</div>
</article><footer>Foot</footer></html>"""
STATUS = '<span data-pagefind-meta="status[data-v]" data-v="Open"></span>'

#: Path, day, title, country, text, what else.
PAGES = (
    ("summits/a", "2023-08-18", "Camp David", "South Korea", "A cafe, a café and a hotline.", ""),
    ("summits/b", "2024-05-27T10:00", "Seoul", "Japan", "A hotline for the three.", ""),
    ("takeaways/c", "2024-05-27", "A hotline", "Japan", "The hotline is open. Café.", STATUS),
    (
        "takeaways/d",
        "2025-08-25",
        "Investment",
        "South Korea",
        "350 billion in cafes.",
        STATUS,
    ),
    ("sources/e", "2025", "이재명", "Korea", "정상회담", ""),
    ("sources/f", "2026-01-13", "Nara", "Japan", "A hotline, hotlines: café.", ""),
)


def written(folder: Path) -> Path:
    """A small site."""
    for path, day, title, country, text, more in PAGES:
        page = folder / path / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(
            PAGE.format(day=day, title=title, country=country, text=text, more=more),
            encoding="utf-8",
        )
    (folder / "index.html").write_text("<html lang=en><p>A hotline of no record.", encoding="utf-8")
    return folder


def meaning(folder: Path) -> dict[str, Any]:
    """What an index says, whatever the numbers of its pages and the names of its files."""
    entry = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))
    about = entry["languages"].pop("en")
    meta = decoded(folder / f"pagefind.{about.pop('hash')}.pf_meta")
    version, pages, chunks, filters, orders, fields = meta
    urls = []
    for name, *_ in pages:
        data = gzip.decompress((folder / "fragment" / f"{name}.pf_fragment").read_bytes())
        urls.append(json.loads(data[len(b"pagefind_dcd") :])["url"])
    words: dict[tuple[str, str], dict[str, Any]] = {}
    for first, last, name in chunks:
        for word, plain, variants in decoded(folder / "index" / f"{name}.pf_index")[0]:
            assert first[: len(word)] <= word
            assert word[: len(last)] <= last
            for form, found in [("", plain), *variants]:
                number = 0
                for delta, places, named in found:
                    number += delta
                    said = [p if p >= 0 else fields[-p - 1] for p in named]
                    words.setdefault((word, form), {})[urls[number]] = (places, said)
    return {
        "entry": [entry, about, version],
        "pages": sorted((urls[n], *rest) for n, (_, *rest) in enumerate(pages)),
        "words": words,
        "dates and facets": dates_and_facets(
            folder, dict(zip((p for p, *_ in pages), urls, strict=True))
        )
        if (folder / "facets.json").exists()
        else (
            [urls[number] for number in dict(orders)["date"]],
            {
                (facet, value): {urls[n] for n in found}
                for facet, values in (
                    decoded(folder / "filter" / f"{name}.pf_filter") for _, name in filters
                )
                for value, found in values
            },
        ),
    }


def dates_and_facets(
    folder: Path, urls: Mapping[str, str]
) -> tuple[list[str], dict[tuple[str, str], set[str]]]:
    """What our own file says: the pages in order of dates, and those of each value of a facet."""
    said = json.loads((folder / "facets.json").read_text(encoding="utf-8"))
    dated = [urls[f"en_{name}"] for name in re.findall(r"[0-9a-f]{7}", said["pages"])]
    assert len(dated) == len(urls)
    found = {
        (facet, value): {dated[place] for place in accumulate(steps)}
        for facet, value, steps in said["values"]
    }
    assert list(found) == sorted(found, key=lambda v: (v[0], -len(found[v]), v[1]))
    return dated, found


def decoded(path: Path) -> Any:
    return cbor2.loads(gzip.decompress(path.read_bytes())[len(b"pagefind_dcd") :])


def whole(site: Path, folder: Path) -> Path:
    """Pagefind's own index of a site, in a folder, by its command."""
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--force-language", "en"]
    subprocess.run([*command, "--output-path", str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("least", "count"), [(1, 5), (2, 3), (4, 2), (100, 1)])
def test_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, count: int) -> None:
    """The joined index says what Pagefind's own index of all pages says."""
    monkeypatch.setattr(search, "LEAST", least)
    site = written(tmp_path / "site")
    documents = search.update({}, site, list(files_below(site)))
    assert len(search.shelves(documents)) == count
    assert search.write(site) == len(PAGES)
    assert meaning(site / "pagefind") == meaning(whole(site, tmp_path / "whole"))


def test_joined_from_real_pages(
    real_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So do the index of the real record and one of it in many shelves and files."""
    site = real_project / "site"
    documents = search.update({}, site, list(files_below(site)))

    def said(folder: Path) -> dict[str, Any]:
        """Pagefind puts pages of the same day in an order that means nothing."""
        found = meaning(folder)
        dated, facets = found.pop("dates and facets")
        days = [documents[f"{url.strip('/')}/index.html"].day for url in dated]
        assert days == sorted(days)
        return {**found, "dates": Counter(dated), "facets": facets}

    wanted = said(whole(site, tmp_path / "whole"))
    assert said(site / "pagefind") == wanted
    monkeypatch.setattr(search, "LEAST", 1)
    monkeypatch.setattr(pagefind, "CHUNK", 500)
    for part in search.parts(documents, site, tmp_path / "store", "", 2):
        for path, data in part.make():
            write_new(tmp_path / path, data)
    assert len(list((tmp_path / "store").iterdir())) > 5
    assert len(list((tmp_path / "pagefind" / "index").iterdir())) > 50
    assert said(tmp_path / "pagefind") == wanted


def test_only_shelves_that_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit indexes the shelf of its month; what is kept and damaged is indexed again."""
    monkeypatch.setattr(search, "LEAST", 1)
    site, store = written(tmp_path / "site"), tmp_path / "store"
    runs: list[list[str]] = []
    run = host.run_pagefind

    def noted(pages: Mapping[str, str], folder: Path, language: str) -> dict[str, bytes]:
        runs.append(list(pages))
        return run(pages, folder, language)

    monkeypatch.setattr(host, "run_pagefind", noted)

    def index(before: search.Documents, changed: list[str]) -> search.Documents:
        runs.clear()
        documents = search.update(before, site, changed)
        for part in search.parts(documents, site, store, "1"):
            list(part.make())
        return documents

    documents = index({}, list(files_below(site)))
    assert len(runs) == 5
    page = site / "takeaways" / "c" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("is open", "is closed"), "utf-8")
    documents = index(documents, ["takeaways/c/index.html", "index.html"])
    assert runs == [["summits/b/index.html", "takeaways/c/index.html"]]
    page.write_text(page.read_text(encoding="utf-8").replace("Foot", "Feet"), "utf-8")
    documents = index(documents, ["takeaways/c/index.html"])
    assert runs == []
    for name in ("index", "files"):
        kept = min(store.glob(f"*/{name}"))
        kept.write_bytes(kept.read_bytes()[:-1])
        documents = index(documents, [])
        assert len(runs) == 1
    (site / "summits/a/index.html").unlink()
    documents = index(documents, ["summits/a/index.html"])
    assert runs == []
    assert len(list(store.iterdir())) == 4
    assert set(documents) == {f"{row[0]}/index.html" for row in PAGES[1:]}


def test_pages_with_the_same_short_digest() -> None:
    """Two pages whose fragments have the same name are kept apart."""
    programs, name = dict.fromkeys(pagefind.PROGRAMS, b""), "en_fffffff"
    one = pagefind.Index(
        {"languages": {"en": {}}}, "1", [[name, 2]], {}, {}, {"date": [0]}, {**programs, name: "1"}
    )
    others = [dataclasses.replace(one, digests={**programs, name: digest}) for digest in "23"]
    stores = [{**programs, name: data}.__getitem__ for data in (b"one", b"two", b"three")]
    files = {file.path: file.written() for file in pagefind.join([one, *others], stores)}
    assert files["fragment/en_fffffff.pf_fragment"] == b"one"
    assert files["fragment/en_0000000.pf_fragment"] == b"two"
    assert files["fragment/en_0000001.pf_fragment"] == b"three"
    assert json.loads(files["facets.json"])["pages"] == "fffffff00000000000001"


def read(site: Path) -> dict[str, str]:
    """The pages of a site."""
    return {
        name: (site / name).read_text(encoding="utf-8")
        for name in files_below(site)
        if name.endswith(".html")
    }


def test_another_form(tmp_path: Path) -> None:
    """An index of another form, as of a later Pagefind, is refused, not misread."""
    files = host.run_pagefind(read(written(tmp_path / "site")), tmp_path, "en")
    for path in files:
        if path.startswith("index/"):
            files[path] = gzip.compress(b"otherformat!" + files[path])
    with pytest.raises(ValueError, match="not of the form"):
        pagefind.read(files)


@pytest.mark.parametrize(
    ("program", "error", "said"),
    [
        (
            "import sys, time; time.sleep(0.3); sys.exit('no room for words')",
            running.HostError,
            "no room for words",
        ),
        ("print('e30=', end=',')", running.HostError, "ended before it had answered"),
        ("print('e30=,' * 500, end='')", running.HostError, "answered what cannot be read"),
        ("import os; os.kill(os.getpid(), 9)", MachineError, "ended by signal 9"),
        ("raise SystemExit('No space left on device (os error 28)')", MachineError, "No space"),
    ],
)
def test_pagefind_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    error: type[Exception],
    said: str,
) -> None:
    """Whatever ends Pagefind before it has answered is said, and nobody waits for ever."""
    command = tmp_path / "pagefind"
    command.write_text(f"#!{sys.executable}\n{program}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(host, "pagefind", lambda: command)
    much = {f"{number}.html": "A hotline. " * 9999 for number in range(99)}
    # So much fits into the pipe but for a little, which is still to be put when Pagefind is gone.
    for pages in (much, {"a.html": "A" * 49_500}):
        with pytest.raises(error, match=said):
            host.run_pagefind(pages, tmp_path, "en")


def test_asking_fails(tmp_path: Path) -> None:
    """What goes wrong while a program is asked is raised; the program does not wait for more."""
    questions: list[Any] = [b"first,", None]
    with (
        running.Running("cat", ["cat"], tmp_path, asked=True) as cat,
        pytest.raises(TypeError),
    ):
        cat.ask(questions)
