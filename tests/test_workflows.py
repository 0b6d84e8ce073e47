"""The workflows: least rights, pinned actions, nothing of a stranger's in a command line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_rights(path: Path) -> None:
    """No right but those a job names, every action by its commit, no secret, no unsafe trigger."""
    text = path.read_text(encoding="utf-8")
    data = YAML(typ="safe").load(text)
    assert data["permissions"] == {}
    assert "pull_request_target" not in text
    assert "secrets." not in text
    for job in data["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 30
    for action in re.findall(r"uses: (\S+)(.*)", text):
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action[0])
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", action[1])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_no_expression_in_a_command(path: Path) -> None:
    """What GitHub fills in reaches commands through the environment only."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for job in data["jobs"].values():
        for step in job["steps"]:
            commands = step.get("run", "") + str(step.get("with", {}).get("script", ""))
            assert "${{" not in commands


def test_what_strangers_change_is_only_read() -> None:
    """The check of a pull request holds no right to write; the comment runs no code of it."""
    check = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    assert "write" not in re.sub(r"#.*", "", check).replace("writes", "")
    comment = (ROOT / ".github/workflows/comment.yml").read_text(encoding="utf-8")
    assert "checkout" not in re.sub(r"#.*", "", comment)


@pytest.mark.full
def test_zizmor() -> None:
    program = shutil.which("zizmor") or shutil.which(
        "zizmor", path=str(Path(sys.executable).parent)
    )
    if not program:
        pytest.skip("zizmor is not installed")
    done = subprocess.run(
        [program, "--offline", "--persona=pedantic", "--no-progress", str(ROOT / ".github")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
