"""Builds spread over machines: the shares joined are the site of one build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator import shards
from generator.cli import cli
from generator.files import files_below
from tests.conftest import MINI, TODAY, write_project
from tests.test_build import differing, tree


def project(root: Path) -> Path:
    return write_project(root, MINI / "content")


@pytest.fixture
def shared_out(tmp_path: Path) -> list[Path]:
    """Three shares, each made in a folder of its own."""
    return [made(tmp_path / str(number), (number, 3)) for number in (1, 2, 3)]


def made(root: Path, share: tuple[int, int]) -> Path:
    assert shards.shard(project(root), TODAY, share)
    assert not (root / "site").exists()
    return shards.folder_of(root, share)


def test_joined(shared_out: list[Path], mini_project: Path, tmp_path: Path) -> None:
    """The shares in any order make the site of one build, byte for byte; so does a single one."""
    root = project(tmp_path / "joined")
    built = shards.join(root, TODAY, shared_out[::-1])
    assert built.pages == len(list(files_below(root / "site"))) - theme_and_search(root / "site")
    assert differing(tree(root / "site"), tree(mini_project / "site")) == set()
    shards.join(root, TODAY, [made(tmp_path / "one", (1, 1))], jobs=2)
    assert differing(tree(root / "site"), tree(mini_project / "site")) == set()


def theme_and_search(site: Path) -> int:
    """Files that are neither pages nor data: of the theme, of the index, the sums."""
    names = [*files_below(site)]
    return sum(n.split("/")[0] in ("assets", "pagefind", "404.html", "SHA256SUMS") for n in names)


def test_each_share_is_a_part(shared_out: list[Path]) -> None:
    """No page is in two shares, and none has nearly all."""
    pages = [
        {n for n in files_below(folder / "files") if n.endswith(".html") and n != "404.html"}
        for folder in shared_out
    ]
    whole = set.union(*pages)
    assert sum(map(len, pages)) == len(whole)
    assert max(map(len, pages)) < len(whole) / 2


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("missing", "Every share must be there once; there are: 1/3, 2/3."),
        ("twice", "Every share must be there once; there are: 1/3, 2/3, 2/3."),
        ("none", "Every share must be there once; there are: none."),
        ("damaged", "is missing or not as it was made; make the share again."),
        ("unknown", "there is no share of a build, or it is damaged."),
        ("other", "is of other content, of another day or by another version; make it again."),
    ],
)
def test_what_does_not_belong_together(
    shared_out: list[Path], tmp_path: Path, harm: str, said: str
) -> None:
    """Shares that are missing, damaged or of other content are refused; the site stays."""
    root = project(tmp_path / "joined")
    match harm:
        case "missing":
            shared_out.pop()
        case "twice":
            shared_out[2] = shutil.copytree(shared_out[1], tmp_path / "copy")
        case "none":
            shared_out.clear()
        case "damaged":
            page = next(iter(sorted((shared_out[1] / "files").rglob("index.html"))))
            page.write_bytes(page.read_bytes() + b" ")
        case "unknown":
            (shared_out[0] / "share.pickle").unlink()
        case "other":
            topic = root / "content/topics/tariffs.yml"
            topic.write_text(topic.read_text(encoding="utf-8") + "# one\n", encoding="utf-8")
    (root / "site").mkdir()
    (root / "site" / "mark").write_text("old", encoding="utf-8")
    with pytest.raises(shards.NotJoined, match=said.replace(".", r"\.")):
        shards.join(root, TODAY, shared_out)
    assert tree(root / "site").keys() == {"mark"}


def test_the_command(tmp_path: Path, mini_project: Path) -> None:
    """`brief build --shard` and `brief join` do so, and a wrong share is wrong usage."""
    root, run = project(tmp_path / "x"), CliRunner().invoke
    day = ["--today", TODAY.isoformat()]
    for share in ("1/2", "2/2"):
        done = run(cli, ["--root", str(root), "build", "--shard", share, *day])
        assert (done.exit_code, f"{share.replace('/', '-of-')}" in done.output) == (0, True)
    assert run(cli, ["--root", str(root), "join", *day]).exit_code == 0
    assert differing(tree(root / "site"), tree(mini_project / "site")) == set()
    for share in ("0/2", "3/2", "2", "x/y"):
        done = run(cli, ["--root", str(root), "build", "--shard", share])
        assert done.exit_code == 2
        assert "is not of the form I/N, such as 2/4." in done.output
