"""The weekly look at the addresses of sources; nothing here asks the network."""

from __future__ import annotations

import socket
import threading
import urllib.error
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest

from generator import links
from generator.corpus import Corpus
from generator.links import Address, answers, asked, report, spared
from tests.conftest import ROOT


def told(url: str) -> tuple[int, str]:
    """What a made-up network says."""
    if "gone" in url:
        raise urllib.error.HTTPError(url, 404, "x", Message(), None)
    if "no-host" in url:
        raise urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))
    if "slow" in url:
        raise TimeoutError("timed out \x1b[31m")
    if "moved" in url:
        return 200, "https://e.org/new"
    if "forbidden" in url:
        raise urllib.error.HTTPError(url, 403, "x", Message(), None)
    return 200, url.replace("https://", "https://www.") + "/"


def test_answers() -> None:
    """What is gone, what moved, and what cannot be said."""
    names = ["gone", "no-host", "slow", "moved", "forbidden", "fine", "spared"]
    found = [Address(f"https://{name}.example/x", ("s",)) for name in names]
    rows = answers(found, {"spared.example": "the reason"}, told, pause=0)
    states = {row.address.url.split("/")[2].split(".")[0]: row.state for row in rows}
    assert states == {
        "gone": "gone",
        "no-host": "gone",
        "slow": "unsure",
        "moved": "moved",
        "forbidden": "unsure",
        "fine": "alive",
        "spared": "spared",
    }
    text = report(rows, [])
    assert "the reason" in text
    assert text.replace("\n", "").isprintable()


def test_one_question_at_a_time_for_each_host() -> None:
    """No server is asked twice at once."""
    now: dict[str, int] = {}
    guard = threading.Lock()
    most = 0

    def ask(url: str) -> tuple[int, str]:
        nonlocal most
        host = url.split("/")[2]
        with guard:
            now[host] = now.get(host, 0) + 1
            most = max(most, now[host])
        with guard:
            now[host] -= 1
        return 200, url

    found = [Address(f"https://{n % 3}.example/{n}", ("s",)) for n in range(60)]
    assert len(answers(found, {}, ask, pause=0)) == 60
    assert most == 1


def test_addresses_of_records(mini: Corpus) -> None:
    """Those of sources and of prose, each once, with the records they stand in."""
    found = links.addresses(mini)
    urls = [address.url for address in found]
    assert urls == sorted(set(urls))
    assert all(address.records for address in found)
    without = links.unarchived(mini)
    assert all(source.url and not source.archived_url for source in without)


def test_nothing_in_the_report_is_markup() -> None:
    """Addresses and answers are shown as they are."""
    rows = [links.Answer(Address("https://e.org/<b>|[x](y)", ("a",)), "gone", "<img> @someone")]
    text = report(rows, [])
    assert "<" not in text
    assert "@" not in text
    assert "[x]" not in text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "http://[::1]/x",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "file:///etc/passwd",
        "ftp://e.org/",
    ],
)
def test_x11_nobody_looks_around_in_our_network(url: str) -> None:
    """Addresses of this machine and of private networks are not asked."""
    with pytest.raises(OSError, match=r"network of its own|no address of the web"):
        asked(url)


def test_spared_hosts_have_reasons(tmp_path: Path) -> None:
    """A host without a reason is refused; ours have all one."""
    assert all(spared(ROOT).values())
    path = tmp_path / links.LIST
    assert spared(tmp_path) == {}
    path.parent.mkdir()
    for bad in ('[[spare]]\nhost = "e.org"\n', "[[spare", '[[spare]]\nreason = "x"\n'):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(links.CannotRead):
            spared(tmp_path)


def test_the_command(
    run: Callable[..., object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It writes the report and says how many are gone."""
    monkeypatch.setattr(links, "asked", lambda url: (200, url))
    monkeypatch.setattr(links, "PAUSE", 0)
    monkeypatch.setattr(links.time, "sleep", lambda _: None)
    done = run("links", "--output", str(tmp_path / "r.md"), "--today", "2026-01-01")
    assert done.code == 0  # type: ignore[attr-defined]
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# Links of sources")
