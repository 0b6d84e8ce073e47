"""The workflows: least rights, pinned actions, nothing of a stranger's in a command line."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator import edit, load
from tests.conftest import ROOT, Run

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_rights(path: Path) -> None:
    """No right but those a job names, every action by its commit, no secret, no unsafe trigger."""
    text = path.read_text(encoding="utf-8")
    data = YAML(typ="safe").load(text)
    assert data["permissions"] == {}
    assert "pull_request_target" not in text
    assert "secrets." not in text
    # Nobody waits for what runs once a week.
    longest = 120 if data["on"].keys() <= {"schedule", "workflow_dispatch"} else 30
    for job in data["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= longest
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


# -- the script of the comment --------------------------------------------------------------------

#: Runs the script of comment.yml with a GitHub that only writes down what is asked of it.
HARNESS = """\
const [script, folder, given] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const calls = [];
const note = (name) => async (args) => {
  calls.push([name, args]);
  if (given.refuse === name) throw new Error('refused');
  return { data: given[name] ?? [] };
};
const names = {
  repos: ['listPullRequestsAssociatedWithCommit'],
  issues: ['listComments', 'createComment', 'updateComment'],
  pulls: ['listReviewComments', 'createReviewComment'],
};
const rest = Object.fromEntries(Object.entries(names).map(
  ([room, list]) => [room, Object.fromEntries(list.map((name) => [name, note(name)]))]));
const github = { rest, paginate: async (what, args) => (await what(args)).data };
const run = { head_sha: 'abc', html_url: 'https://github.com/o/r/actions/runs/1' };
const context = { repo: { owner: 'o', repo: 'r' }, payload: { workflow_run: run } };
const core = { info: () => {}, warning: (text) => calls.push(['warning', text]) };
process.env.FOLDER = folder;
const AsyncFunction = (async () => {}).constructor;
new AsyncFunction('github', 'context', 'core', 'require', 'process', script)(
  github, context, core, require, process,
).then(() => console.log(JSON.stringify(calls)), (e) => { console.error(e); process.exit(1); });
"""
PULL = {
    "listPullRequestsAssociatedWithCommit": [{"state": "open", "number": 7, "head": {"sha": "abc"}}]
}
NASTY = "<img src=x> @everyone [x](javascript:y) ``` **b** #1 \u202e"


def node() -> str:
    """A Node.js: the system's, or the one that comes with playwright."""
    driver = importlib.util.find_spec("playwright")
    own = Path(driver.origin).parent / "driver" / "node" if driver and driver.origin else None
    found = shutil.which("node") or (str(own) if own and own.is_file() else "")
    if not found:
        pytest.skip("there is no Node.js to run the script of the comment with")
    return found


Calls = list[tuple[str, Any]]


@pytest.fixture
def commented(tmp_path: Path) -> Callable[..., Calls]:
    """`commented(problems=…)`: what the workflow asks GitHub to do, for a report of the check."""

    def call(problems: Any = (), changes: Any = None, repairs: str = "", **given: Any) -> Calls:
        named = {"changes": [], "pages": [], "papers": []} | (changes or {})
        (tmp_path / "problems.json").write_text(json.dumps(problems), encoding="utf-8")
        (tmp_path / "changes.json").write_text(json.dumps(named), encoding="utf-8")
        (tmp_path / "repairs.diff").write_text(repairs, encoding="utf-8")
        path = ROOT / ".github/workflows/comment.yml"
        workflow = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        script = workflow["jobs"]["comment"]["steps"][-1]["with"]["script"]
        done = subprocess.run(
            [node(), "-e", HARNESS],
            input=json.dumps([script, str(tmp_path), PULL | given]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [(name, what) for name, what in json.loads(done.stdout)]

    return call


def bodies(calls: Calls, name: str) -> list[str]:
    return [what["body"] for called, what in calls if called == name]


def problem(**fields: Any) -> dict[str, Any]:
    base = {"path": "content/topics/trade.yml", "line": 3, "level": "error", "code": "SB201"}
    return base | {"message": "it is wrong", "hint": "Put it right."} | fields


def test_comment_says_problems_first(commented: Callable[..., Calls]) -> None:
    """What is wrong comes before what the change means, and how much of the site changes."""
    change = {
        "kind": "changed",
        "folder": "takeaways",
        "id": "2025-08-25-investment-terms",
        "title": "The terms of the investment",
        "says": ["status Agreed \u2192 Under way"],
    }
    changes = {"changes": [change], "pages": ["a", "b"], "papers": ["c"]}
    (body,) = bodies(commented([problem()], changes), "createComment")
    found = [
        body.index(words)
        for words in (
            "<!-- summit-briefings check -->",
            "1 thing to put right",
            "it is wrong",
            "What the change means",
            "The terms of the investment",
            "status Agreed \u2192 Under way",
            "Of the site, 2 pages and 1 PDF change.",
        )
    ]
    assert found == sorted(found)


def test_comment_is_kept_up_to_date(commented: Callable[..., Calls]) -> None:
    """There is one comment: a second run writes it anew; a stranger's with its mark is let be."""
    mark = "<!-- summit-briefings check -->"
    others = [
        {"id": 1, "body": mark, "user": {"type": "User"}},
        {"id": 2, "body": f"{mark}\nold", "user": {"type": "Bot"}},
    ]
    calls = commented(listComments=others)
    assert bodies(calls, "createComment") == []
    assert [what["comment_id"] for name, what in calls if name == "updateComment"] == [2]


def test_comment_holds_nothing_hostile(commented: Callable[..., Calls]) -> None:
    """Of what stands in a record nothing is markup, a mention or a link."""
    change = {"kind": NASTY, "folder": NASTY, "id": NASTY, "title": NASTY, "says": [NASTY]}
    hostile = problem(path=NASTY, message=NASTY, hint=NASTY, code=NASTY, line="<b>")
    (body,) = bodies(commented([hostile], {"changes": [change]}), "createComment")
    body = body.replace("[this run](https://github.com/o/r/actions/runs/1)", "")
    for sign in ("<img", "](", "@everyone", "```", "**b**", "#1 ", "\u202e", "<b>"):
        assert sign not in body


def test_comment_without_a_report(commented: Callable[..., Calls], tmp_path: Path) -> None:
    """A report that is no report ends in a plain word, not in silence."""
    calls = commented(problems={"x": 1}, changes={"changes": None})
    assert "did not get far enough" in bodies(calls, "createComment")[0]


def test_no_comment_on_another_commit(commented: Callable[..., Calls]) -> None:
    """Where the pull request has gone on meanwhile, nothing is written."""
    moved = [{"state": "open", "number": 7, "head": {"sha": "def"}}]
    calls = commented(listPullRequestsAssociatedWithCommit=moved)
    assert [name for name, _ in calls] == ["listPullRequestsAssociatedWithCommit"]


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout


def the_command_of_the_check() -> list[str]:
    """How check.yml asks git for the repairs, as a list of arguments."""
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    found = re.search(r"^ *git (diff .*) > report/repairs\.diff$", text, re.MULTILINE)
    assert found
    return found[1].split()


def test_repairs_are_suggested_beside_their_lines(
    run: Run, root: Path, commented: Callable[..., Calls]
) -> None:
    """What `brief check --fix` would do comes as suggestions for exactly the lines it changes."""
    path = root / "content/topics/trade.yml"
    git(root, "init", "-q")
    edit.apply(root, edit.fmt(root, load.record_paths(root))[0])
    text = path.read_text(encoding="utf-8")
    rows = text.split("\n")
    at = next(n for n, row in enumerate(rows) if row.startswith("name:"))
    rows[at] = rows[at].replace("name: ", "name: \u201c", 1) + "\u201d"
    day = next(n for n, row in enumerate(rows) if row.startswith("published:"))
    rows[day] = "published:\t2025/9/1"
    path.write_text("\n".join(rows), encoding="utf-8")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "x")
    assert run("check", "--fix", "--today", "2026-01-01").code == 0
    fixed = path.read_text(encoding="utf-8").split("\n")
    calls = commented(repairs=git(root, *the_command_of_the_check()))
    made = [what for name, what in calls if name == "createReviewComment"]
    assert [(m["path"], m["line"], m["commit_id"]) for m in made] == [
        ("content/topics/trade.yml", at + 1, "abc"),
        ("content/topics/trade.yml", day + 1, "abc"),
    ]
    for m, line in zip(made, (at, day), strict=True):
        assert m["body"].split("\n")[1:] == ["```suggestion", fixed[line], "```"]
    again = [{"path": m["path"], "body": m["body"], "user": {"type": "Bot"}} for m in made]
    repeated = commented(repairs=git(root, *the_command_of_the_check()), listReviewComments=again)
    assert "createReviewComment" not in [name for name, _ in repeated]
    refused = commented(
        repairs=git(root, *the_command_of_the_check()), refuse="createReviewComment"
    )
    assert "warning" not in [name for name, _ in refused]


def test_suggestions_are_code_and_of_records_only(commented: Callable[..., Calls]) -> None:
    """A fence longer than any in the text; no other file, no insertion, no hidden character."""

    def hunk(path: str, rows: list[str], lines: str = "-3") -> str:
        body = "".join(f"+{row}\n" for row in rows)
        head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
        return f"{head}@@ {lines} +3 @@\n-x\n{body}"

    good = "content/topics/trade.yml"
    text = hunk(good, ["a: ````", "++ b/content/topics/other.yml"], "-3,2")
    text += hunk("content/../.github/x.yml", ["a"]) + hunk(".github/workflows/x.yml", ["a"])
    text += hunk(good, ["a"], "-3,0") + hunk(good, ["a\u202eb"]) + hunk(good, ["a\rb"])
    made = [what for name, what in commented(repairs=text) if name == "createReviewComment"]
    assert [(m["path"], m["start_line"], m["line"]) for m in made] == [(good, 3, 4)]
    assert made[0]["body"].split("\n")[1] == "`````suggestion"


# -- linters --------------------------------------------------------------------------------------


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


@pytest.mark.full
def test_actionlint() -> None:
    """Where actionlint, a program in Go, is installed, it finds nothing."""
    program = shutil.which("actionlint")
    if not program:
        pytest.skip("actionlint is not installed")
    done = subprocess.run(
        [program, "-no-color", *map(str, WORKFLOWS)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
