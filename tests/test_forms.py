"""Issue forms and what is made of the issues that come back."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from generator import forms
from generator.corpus import Corpus
from generator.load import load
from tests.conftest import MINI, ROOT, TODAY, Run
from tests.test_commands import no_errors

CORPUS = Corpus(load(MINI).records, TODAY)

TAKEAWAY = {
    "Summits": "2025-08-25-lee-trump-washington",
    "Headline": "Korea will buy fifty aircraft",
    "Kind": "commitment: a promise to do something that can be checked",
    "Body": "It will: really. [@press]",
    "By": "South Korea",
    "Topics": "trade",
    "Sources": "press",
}
STEP = {
    "Record": "https://example.org/takeaways/2025-08-25-investment-terms/",
    "Status": "stalled: a source reports a block or a suspension",
    "Date": "2025-12-20",
    "Note": "The talks stopped.",
    "Sources": "later-press",
}


def issue(name: str, answers: dict[str, str]) -> str:
    """The text GitHub makes of a form."""
    form = next(f for f in forms.FORMS if f.name == name)
    return "\n\n".join(
        f"### {forms.label(q)}\n\n{answers.get(forms.label(q), '_No response_')}"
        for q, _ in forms.asked(form)
    )


@pytest.mark.parametrize("name", sorted(forms.files()))
def test_committed_forms_follow_the_model(name: str) -> None:
    path = ROOT / name
    assert path.is_file(), "run: brief schemas"
    assert path.read_text(encoding="utf-8") == forms.files()[name], "run: brief schemas"


@pytest.mark.parametrize("form", forms.FORMS, ids=lambda f: f.name)
def test_form_is_what_github_takes(form: forms.Form) -> None:
    data = YAML(typ="safe").load(forms.files()[f"{forms.FOLDER}/{form.name}.yml"])
    assert {"name", "description", "title", "labels", "body"} == data.keys()
    ids = [f["id"] for f in data["body"] if "id" in f]
    names = [f["attributes"]["label"] for f in data["body"] if "id" in f]
    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)
    for field in data["body"]:
        assert field["type"] in ("markdown", "input", "textarea", "dropdown")
        if field["type"] == "dropdown":
            assert len(set(field["attributes"]["options"])) == len(field["attributes"]["options"])
        assert re.fullmatch(r"[a-z-]+", field.get("id", "x"))


def test_takeaway(run: Run, root: Path) -> None:
    path = root / "issue.md"
    path.write_text(issue("new-takeaway", TAKEAWAY), encoding="utf-8")
    done = run("intake", str(path), "--today", TODAY.isoformat())
    assert (done.code, done.out) == (0, "content/takeaways/2025-08-25-korea-will-buy-fifty.yml\n")
    assert no_errors(root)


def test_step(run: Run, root: Path) -> None:
    done = run("intake", "-", "--today", TODAY.isoformat(), typed=issue("status-update", STEP))
    assert done.code in (0, 1)
    if done.code:  # the press report of the small library may be older than the step
        assert "every source was issued before" in done.out
    else:
        assert no_errors(root)


def test_correction(run: Run) -> None:
    text = issue("correction", {"Record": "x", "Wrong": "a", "Right": "b", "Source": "c"})
    done = run("intake", "-", typed=text)
    assert (done.code, done.out) == (0, "- A person will look at this.\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Summits": "lee-trump"}, "Summits: there is no record"),
        ({"Kind": "promise"}, "Kind: kind"),
        ({"Topics": "trade, steel"}, "there is no record “steel”"),
        ({"Headline": "_No response_"}, "Headline has no answer"),
        ({"Headline": "x" * 200}, "Headline"),
        ({"Body": "<script>alert(1)</script>"}, "HTML"),
        ({"Body": "text\n\n### Kind\n\noutcome"}, "stands twice"),
        ({"Body": "tab\there"}, "tabs or control characters"),
        ({"Body": "\x1b[31mred"}, "tabs or control characters"),
        ({"Sources": "https://example.org/unknown"}, "there is no record"),
    ],
)
def test_wrong_answers(run: Run, root: Path, changes: dict[str, str], words: str) -> None:
    """Each is named in plain words, and nothing is written."""
    before = sorted(root.rglob("*.yml"))
    done = run(
        "intake", "-", "--today", TODAY.isoformat(), typed=issue("new-takeaway", TAKEAWAY | changes)
    )
    assert done.code == 1
    shown = (
        re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), done.out)
        .replace('"', "“", 1)
        .replace('"', "”", 1)
    )
    assert words in shown
    assert sorted(root.rglob("*.yml")) == before


HOSTILE = [
    "../../.github/workflows/x",
    "x\n---\nkey: !!python/object/apply:os.system [id]",
    "&a [*a]",
    "${{ github.token }}",
    "$(touch /tmp/pwned)",
    "`id`",
    "::set-output name=x::y",
    "\u202egnp.exe",
    "a: b\nwithdrawn:\n  date: 2025-01-01",
    "- | \n  x",
    "'; rm -rf /",
    "<img src=x onerror=alert(1)>",
    "{{ config }} {% raw %}",
    "[[../x]] [@../../etc/passwd]",
    "@everyone #1 https://evil.example",
    "\ud83d\ude00" * 10,
    "",
    "### Headline\n\nx",
    "x" * 100_000,
]


@pytest.mark.parametrize("seed", range(40))
def test_hostile_issues(run: Run, root: Path, seed: int) -> None:
    """Whatever stands in the answers: at most one file in content/, with those answers as text."""
    rng = random.Random(seed)
    name = rng.choice(["new-takeaway", "new-summit", "new-source", "status-update"])
    form = next(f for f in forms.FORMS if f.name == name)
    base = TAKEAWAY if name == "new-takeaway" else STEP if name == "status-update" else {}
    answers = {
        forms.label(q): base.get(forms.label(q), rng.choice(HOSTILE)) for q, _ in forms.asked(form)
    }
    for key in rng.sample(sorted(answers), min(2, len(answers))):
        answers[key] = rng.choice(HOSTILE)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    text = issue(name, answers).encode("utf-8", "replace").decode()
    done = run("intake", "-", "--today", TODAY.isoformat(), typed=text)
    after = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    changed = [p for p in after if before.get(p) != after[p]]
    assert len(changed) <= 1
    assert all(p.parent.parent == root / "content" for p in changed)
    assert not (before.keys() - after.keys())
    assert done.code in (0, 1)
    assert not re.search(r"[<`@$]", done.out) or done.code == 0
    assert no_errors(root)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=400),
    st.lists(
        st.sampled_from([f"### {n}" for n in TAKEAWAY] + ["_No response_", "trade", "\n", "press"]),
        max_size=40,
    ),
)
def test_any_text(text: str, parts: list[str]) -> None:
    """Reading never raises."""
    for body in (text, "\n\n".join(parts), "\n\n".join([*parts, text])):
        forms.read(body, CORPUS)


def test_long_and_slow() -> None:
    assert forms.read("### Headline\n\n" * 4000, CORPUS).problems
    assert forms.read("x" * (forms.MAX_BODY + 1), CORPUS).problems
    assert forms.read(" " * forms.MAX_BODY, CORPUS).problems
