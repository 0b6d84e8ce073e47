"""Whether the addresses of sources still answer. Asks the network; no build and no check does.

An address that does not answer is a reason to look, not an error in a record: sites are down for an
hour, or turn away programs. What is known of a host stands with its reason in `.github/links.toml`.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import time
import tomllib
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from generator.corpus import Corpus
from generator.model import Source
from generator.problems import as_markdown, printable

LIST = Path(".github/links.toml")
TIMEOUT = 20
#: Between two questions to one host, in seconds.
PAUSE = 1.0
AT_ONCE = 8

ALIVE, MOVED, GONE, UNSURE, SPARED = "alive", "moved", "gone", "unsure", "spared"


class CannotRead(Exception):
    """The list of hosts to be spared is not in order. Says why."""


@dataclass(frozen=True)
class Address:
    """An address and the records it stands in."""

    url: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What came of asking for an address: one of the words above, and what was said."""

    address: Address
    state: str
    said: str


def addresses(corpus: Corpus) -> list[Address]:
    """Every address in a source or in prose, once."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in corpus.records.values():
        if record.withdrawn:
            continue
        if isinstance(record, Source):
            for url in filter(None, (record.url, record.archived_url)):
                found[url].append(record.id)
        for _, text, rich in corpus.prose_of(record):
            for node in corpus.parsed(text, rich).walk():
                if node.kind == "link" and node.value.startswith("https:"):
                    found[node.value].append(record.id)
    return [Address(url, tuple(sorted(set(ids)))) for url, ids in sorted(found.items())]


def unarchived(corpus: Corpus) -> list[Source]:
    """The sources whose address has no archived copy."""
    sources = corpus.all(Source)
    return [source for source in sources if source.url and not source.archived_url]


def spared(root: Path) -> dict[str, str]:
    """Hosts that are not asked, each with the reason. Raises `CannotRead`."""
    try:
        rows = tomllib.loads((root / LIST).read_text(encoding="utf-8")).get("spare", [])
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRead(f"{LIST} cannot be read: {error}") from None
    found = {}
    for row in rows:
        if not (row.get("host") and row.get("reason")):
            raise CannotRead(f"{LIST}: each [[spare]] needs a host and a reason.")
        found[str(row["host"]).lower()] = str(row["reason"])
    return found


Ask = Callable[[str], tuple[int, str]]


def answers(
    found: Iterable[Address], hosts: dict[str, str], ask: Ask | None = None, pause: float = PAUSE
) -> list[Answer]:
    """What each address answers. Several hosts are asked at once, each of them one at a time."""
    by_host: dict[str, list[Address]] = defaultdict(list)
    for address in found:
        by_host[(urlsplit(address.url).hostname or "").lower()].append(address)

    def of_host(host: str) -> list[Answer]:
        if host in hosts:
            return [Answer(address, SPARED, hosts[host]) for address in by_host[host]]
        said = []
        for number, address in enumerate(by_host[host]):
            if number:
                time.sleep(pause)
            said.append(_answer(address, ask or asked))
        return said

    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [answer for answers in pool.map(of_host, sorted(by_host)) for answer in answers]
    return sorted(rows, key=lambda answer: answer.address.url)


def _answer(address: Address, ask: Ask) -> Answer:
    try:
        code, where = ask(address.url)
    except urllib.error.HTTPError as error:
        code, where = error.code, address.url
    except (OSError, ValueError, http.client.HTTPException) as error:
        said = printable(str(getattr(error, "reason", error)))[:200]
        gone = isinstance(getattr(error, "reason", error), socket.gaierror)
        return Answer(address, GONE if gone else UNSURE, said or type(error).__name__)
    if code in (404, 410):
        return Answer(address, GONE, f"HTTP {code}")
    if code >= 400:
        return Answer(address, UNSURE, f"HTTP {code}")
    if _bare(where) != _bare(address.url):
        return Answer(address, MOVED, f"leads to {printable(where)[:300]}")
    return Answer(address, ALIVE, f"HTTP {code}")


def _bare(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].removeprefix("www.").rstrip("/")


# -- asking -------------------------------------------------------------------------------------


class _Careful(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        _public(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _public(url: str) -> None:
    """Raises `OSError` for an address inside somebody's own network: a record is not asked to look
    around there."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OSError(f"{printable(url)[:100]} is no address of the web")
    for info in socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(str(info[4][0]).partition("%")[0]).is_global:
            raise OSError(f"{parts.hostname} lies in a network of its own")


def asked(url: str) -> tuple[int, str]:
    """The code a server answers with, and the address it leads to in the end. Nothing of the page
    is kept. Raises `OSError`."""
    _public(url)
    opener = urllib.request.build_opener(_Careful())
    agent = {"User-Agent": "summit-briefings links (checks citations once a week)"}
    request = urllib.request.Request(url, headers=agent)  # noqa: S310 - http and https only
    with opener.open(request, timeout=TIMEOUT) as answer:
        return int(answer.status), str(answer.url)


# -- the report ---------------------------------------------------------------------------------

_TITLES = {
    GONE: "Gone: look for the new address, or name an archived copy",
    MOVED: "Moved: take over the new address if it is the same text",
    UNSURE: "Unsure: the server turned the question away or was down",
    SPARED: "Not asked",
}


def report(rows: Iterable[Answer], without: Iterable[Source]) -> str:
    """What was found, in Markdown in which nothing of a stranger is markup."""
    rows, without = list(rows), list(without)
    counts = ", ".join(
        f"{sum(row.state == state for row in rows)} {state}" for state in (ALIVE, *_TITLES)
    )
    return "\n".join([f"# Links of sources\n\n{counts}.", *_sections(rows, without)]) + "\n"


def _sections(rows: list[Answer], without: list[Source]) -> Iterator[str]:
    for state, title in _TITLES.items():
        here = [row for row in rows if row.state == state]
        if here:
            yield f"\n## {title}\n"
        for row in here:
            ids = ", ".join(as_markdown(record) for record in row.address.records)
            yield f"- {as_markdown(row.address.url)} ({ids}): {as_markdown(row.said)}"
    if without:
        yield f"\n## Without an archived copy: {len(without)}\n"
        yield from (f"- {as_markdown(s.id)}: {as_markdown(s.url or '')}" for s in without)
