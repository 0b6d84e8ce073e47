"""What README.md and CONTRIBUTING.md show is so: records, messages, commands, codes, links."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from generator import edit, load, rules
from generator.build import check_content
from generator.cli import cli
from generator.fmt import formatted
from generator.model import BY_FOLDER, Takeaway
from generator.problems import as_text
from tests.conftest import ROOT, newest_day

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

#: The records of the example, each with its path above it.
EXAMPLE = dict(re.findall(r"(?ms)^`(content/\S+\.yml)`\n\n```yaml\n(.*?)^```", README))
#: The message both files show, with its hint.
MESSAGE = r"^```\n(content/\S+:\d+:\d+: SB\d+ .*\n    .*)\n```"


@pytest.fixture
def with_example(tmp_path: Path) -> Path:
    """The real records with those of the example among them."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    for path, text in EXAMPLE.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_is_fine(with_example: Path) -> None:
    """The three records of the README are free of problems among the real ones, and in form."""
    assert [path.split("/")[1] for path in EXAMPLE] == ["sources", "summits", "takeaways"]
    problems = check_content(with_example, newest_day(with_example)).problems
    assert [as_text(p) for p in problems if p.path in EXAMPLE] == []
    assert edit.fmt(with_example, EXAMPLE)[0] == []


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_the_message_shown_is_the_message(text: str, with_example: Path) -> None:
    """With the slip the text speaks of, the check prints what the text shows."""
    (shown,) = re.findall(MESSAGE, text, re.MULTILINE)
    path = with_example / shown.partition(":")[0]
    path.write_text(
        path.read_text(encoding="utf-8").replace("jae-myung\n", "jae-myong\n", 1), "utf-8"
    )
    problems = check_content(with_example, newest_day(with_example)).problems
    assert shown in [as_text(p) for p in problems]


def test_pieces_of_records_in_contributing() -> None:
    """Each piece of YAML there is a piece of a record in canonical form."""
    pieces = re.findall(r"(?ms)^```yaml\n(.*?)^```", CONTRIBUTING)
    assert len(pieces) >= 2
    for piece in pieces:
        assert YAML(typ="safe").load(piece)
        assert formatted(piece.encode(), "content/takeaways/x.yml", Takeaway).decode() == piece


def commands(text: str) -> list[list[str]]:
    """Every call of `brief` in a text, in blocks of code and in backticks, as its words."""
    blocks = re.findall(r"(?ms)^```\w*\n(.*?)^```", text)
    rows = [row for block in blocks for row in block.replace("\\\n", " ").splitlines()]
    rows += re.findall(r"`((?:\.venv/bin/)?brief [^`]+)`", text)
    calls = [
        re.sub(r"^\S*brief ", "", row) for row in rows if re.match(r"(\.venv/bin/)?brief ", row)
    ]
    return [shlex.split(re.split(r" {2,}", call)[0]) for call in calls]


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_commands_exist(text: str) -> None:
    """Every command and option that is named is there, and takes what it is given."""
    found = commands(text)
    assert len(found) > 10
    for name, *words in found:
        if name.startswith("-"):
            continue
        if not name.islower():
            continue
        command = cli.commands[name]
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
        assert {w for w in words if w.startswith("--")} <= options, (name, words)
        required = [p for p in command.params if isinstance(p, click.Argument) and p.required]
        given = [w for w in words if not w.startswith("-")]
        if words and "--help" not in words:
            assert len(given) >= len(required), (name, words)


def test_the_readme_names_every_command() -> None:
    """The table of commands leaves none out."""
    table = README.partition("## The command `brief`")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(?:brief )?([a-z-]+)[ `]", table))
    assert cli.commands.keys() - named == set()


#: Commands that only read, make something outside of content/, or are run by machines.
CHANGE_NOTHING = set(
    "build join serve pdf export explain stats xref diff gate verify links".split()
)


def test_what_changes_records_can_be_tried() -> None:
    """As CONTRIBUTING says: every command that changes records has --dry-run."""
    for name, command in cli.commands.items():
        options = {o for p in command.params for o in p.opts}
        assert ("--dry-run" in options) == (name not in CHANGE_NOTHING), name


def test_the_table_of_codes() -> None:
    """Its ranges hold every code, and begin and end with one."""
    ranges = re.findall(r"^\| (SB\d+)–(SB\d+) \|", CONTRIBUTING, re.MULTILINE)
    codes = sorted(rules.ALL)
    for first, last in ranges:
        assert {first, last} <= set(codes)
        assert max(code for code in codes if code[:3] <= last[:3]) == last
    assert [c for c in codes if not any(first <= c <= last for first, last in ranges)] == []
    named = set(re.findall(r"SB\d{3}", CONTRIBUTING + README))
    assert named <= set(codes)


def test_files_and_places_that_are_named_exist() -> None:
    """Links lead somewhere; the files of the table of records are there."""
    for text in (README, CONTRIBUTING):
        headings = {
            re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-")
            for h in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        }
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            assert (ROOT / path).exists(), target
            assert path or anchor in headings, target
    for path in re.findall(r"^\|[^|]*\|[^|]*\| `(content/\S+)` \|", CONTRIBUTING, re.MULTILINE):
        assert (ROOT / path).is_file(), path
        assert path.split("/")[1] in BY_FOLDER
    assert load.record_paths(ROOT)
