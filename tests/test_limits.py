"""Files of kinds, names, sizes and numbers that no record has."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import files, limits, tree
from generator.build import build, check_content
from generator.files import read_plain, safe_join
from generator.model import RESERVED_IDS
from generator.problems import as_github, as_summary, as_text
from tests.conftest import TODAY, Run

Library = Callable[..., Path]


def problems(root: Path) -> list[tuple[str, str]]:
    return [(p.path, p.code) for p in check_content(root, TODAY).problems]


# -- kinds ----------------------------------------------------------------------------------------


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(path.parent)
        listener.bind(path.name)


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        pytest.skip("only root makes devices")


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def make_link_to_a_record(path: Path) -> None:
    path.symlink_to("trade.yml")


def make_endless_link(path: Path) -> None:
    path.symlink_to(path.name)


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to("/nowhere")


def make_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS = [
    make_fifo,
    make_socket,
    make_device,
    make_link,
    make_link_to_a_record,
    make_endless_link,
    make_link_to_nothing,
    make_link_to_a_device,
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("make", KINDS, ids=lambda f: f.__name__.removeprefix("make_"))
def test_b05_only_plain_files(
    library: Library, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is opened, waited for or followed, and each is named."""
    monkeypatch.chdir(Path.cwd())
    root = library()
    make(root / "content" / "topics" / "energy.yml")
    assert problems(root) == [("content/topics/energy.yml", "SB115")]
    with pytest.raises(OSError, match=r"."):
        read_plain(root / "content" / "topics" / "energy.yml")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_b05_folders_are_not_followed(library: Library, tmp_path: Path) -> None:
    """A link in the place of a folder, or among the folders."""
    root = library()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.yml").write_text("name: Secret\n", encoding="utf-8")
    (root / "content" / "people").rename(root / "people")
    (root / "content" / "people").symlink_to(elsewhere)
    found = check_content(root, TODAY).problems
    assert ("content/people", "SB115") in [(p.path, p.code) for p in found]
    assert "ecret" not in "".join(as_text(p) for p in found)


def test_b05_a_file_that_turned_into_a_link_is_not_read(tmp_path: Path) -> None:
    """Between the look at the folder and the reading, nothing can be put in its place."""
    path = tmp_path / "x.yml"
    path.symlink_to("/etc/hostname")
    with pytest.raises(OSError, match=r"."):
        read_plain(path)


# -- names ----------------------------------------------------------------------------------------

DEVICES = "con prn aux nul com1 com9 lpt1 lpt9".split()


@pytest.mark.parametrize("name", DEVICES)
def test_b06_names_of_devices(library: Library, name: str) -> None:
    """A file that no Windows machine could check out."""
    assert name in RESERVED_IDS
    text = "name: X\ndefinition: A topic.\npublished: 2025-09-01\n"
    assert problems(library({f"topics/{name}": text})) == [(f"content/topics/{name}.yml", "SB113")]


ODD_NAMES = [
    "Trade.yml",  # on some machines the same file as trade.yml
    "TRADE.YML",
    "trade.yml ",
    "trade.yml.",
    "trade .yml",
    "trade\n.yml",
    "-trade.yml",
    "--help.yml",
    "$(touch x).yml",
    "`id`.yml",
    "a;b.yml",
    "a|b.yml",
    "a%2e.yml",
    "a\\b.yml",
    "a:b.yml",
    "\uff54rade.yml",
    "tr\u0430de.yml",
    "cafe\u0301.yml",
    "caf\u00e9.yml",
    "tra\u200bde.yml",
    "\u202elmy.yml",
    "\x1b[31m.yml",
    "::error::x.yml",
    "con.txt.yml",
    "a" * 100 + ".yml",
    "trade..yml",
    "<script>.yml",
    "{{ 7*7 }}.yml",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
def test_b06_b07_odd_names_are_refused(library: Library, name: str) -> None:
    """Each is named once, harmlessly, in every form of the report."""
    root = library()
    text = "name: X\ndefinition: A topic.\npublished: 2025-09-01\n"
    (root / "content" / "topics" / name).write_text(text, encoding="utf-8")
    found = check_content(root, TODAY).problems
    assert found
    assert all(p.path.startswith("content/topics/") and p.line == 1 for p in found)
    for shown in (as_text(found[0]), as_github(found), as_summary(found)):
        lines = shown.splitlines()
        assert all(c.isprintable() or c == "\n" for c in shown)
        assert len(lines) <= 6
    assert as_github(found).count("::error file=") == len(found)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_b06_names_that_are_no_text(library: Library, run: Run) -> None:
    """A name of bytes that are not UTF-8 is reported, in text and in JSON."""
    root = library()
    path = os.fsencode(root / "content" / "topics") + b"/\xff\xfe.yml"
    with open(path, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(b"name: X\n")
    for form in ("text", "json", "github"):
        done = run("check", "--today", "2026-01-01", "--format", form)
        assert done.code == 1
        assert "SB113" in done.out + done.err
        assert "Traceback" not in done.err


def test_b07_no_settings_of_git(library: Library) -> None:
    """Files that tell git what to do are no records, wherever they lie."""
    root = library()
    for name in (".gitattributes", "topics/.gitmodules", "topics/.git"):
        (root / "content" / name).write_text("* text", encoding="utf-8")
    assert {code for _, code in problems(root)} == {"SB123"}
    assert len(problems(root)) == 3


# -- sizes and numbers ----------------------------------------------------------------------------


def test_y04_a_file_too_large(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond its limit is not read whole; a little beyond, and far beyond."""
    root = library()
    path = root / "content" / "topics" / "energy.yml"
    path.write_bytes(b"name: " + b"x" * tree.MAX_BYTES)
    assert problems(root) == [("content/topics/energy.yml", "SB101")]
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)  # takes no room on the disk
    read: list[int] = []
    original = os.read

    def counting(handle: int, size: int) -> bytes:
        data = original(handle, size)
        read.append(len(data))
        return data

    monkeypatch.setattr(files.os, "read", counting)
    assert problems(root) == [("content/topics/energy.yml", "SB115")]
    assert max(read) == files.MAX_PLAIN + 1


@pytest.mark.parametrize(
    ("limit", "value", "where"),
    [
        ("MAX_IN_FOLDER", 10, "content/topics"),
        ("MAX_IN_ALL", 30, "content"),
        ("MAX_BYTES", 3 * 1024 * 1024, "content"),
    ],
)
def test_y04_too_many(
    library: Library, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, where: str
) -> None:
    """Beyond a limit nothing is read, and one line says why."""
    root = library()
    if limit == "MAX_BYTES":
        (root / "content" / "topics" / "large.yml").write_bytes(b"x" * value)
    else:
        for n in range(40):
            (root / "content" / "topics" / f"t-{n}.yml").write_text("name: X\n", encoding="utf-8")
    assert limits.too_much(root) == []
    monkeypatch.setattr(limits, limit, value)
    found = check_content(root, TODAY)
    assert [(p.path, p.code) for p in found.problems] == [(where, "SB123")]
    assert found.corpus.records == {}


def test_y04_folders_without_end(library: Library) -> None:
    """Folders in folders, deeper than any program can follow by calling itself."""
    root = library()
    before = os.open(root / "content" / "topics", os.O_RDONLY)
    for _ in range(1_500):
        os.mkdir("a", dir_fd=before)
        after = os.open("a", os.O_RDONLY, dir_fd=before)
        os.close(before)
        before = after
    os.close(before)
    try:
        assert "SB123" in {code for _, code in problems(root)}
    finally:
        # rmtree calls itself for each level
        import subprocess  # noqa: PLC0415

        subprocess.run(["rm", "-rf", str(root / "content" / "topics" / "a")], check=True)


# -- one way to join paths ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", ["../x", "a/../../x", "/etc/passwd", "..", "a/../..", "link/x", "../root-beside/x"]
)
def test_b04_nothing_leads_out(tmp_path: Path, part: str) -> None:
    """Neither by dots, nor from the top, nor through a link, nor to a folder whose name begins
    like that of the root."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "root-beside").mkdir()
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="leads out of"):
        safe_join(root, *part.split("|"))


def test_b04_what_lies_inside_is_joined(tmp_path: Path) -> None:
    for part in ("a", "a/b", "a/../b", ".", "..a", "a..", "...", "a\\b"):
        assert safe_join(tmp_path, part).is_relative_to(tmp_path.resolve())


def test_too_much_stops_a_build(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build ends as after any other mistake in the content."""
    from generator.problems import ContentError  # noqa: PLC0415

    monkeypatch.setattr(limits, "MAX_IN_ALL", 3)
    with pytest.raises(ContentError):
        build(library(), TODAY)
