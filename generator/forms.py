"""Forms for people without git: GitHub issue forms from the model, and what comes back from them.

An issue is written by anybody: its text is data, never a command, a path or markup.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from generator import tree as yaml_tree
from generator.corpus import Corpus
from generator.fields import Vocabulary
from generator.model import (
    Record,
    Source,
    Status,
    Step,
    Summit,
    Takeaway,
)
from generator.problems import did_you_mean
from generator.scaffold import (
    Question,
    WrongAnswer,
    derive,
    put,
    questions,
    suggested_id,
    worth_asking,
)

FOLDER = ".github/ISSUE_TEMPLATE"
#: GitHub's own limit for the text of an issue.
MAX_BODY = 65_536
NO_ANSWER = "_No response_"


@dataclass(frozen=True)
class Form:
    """One issue form. `kind` is the record it makes; without one, a person has to act on it."""

    name: str
    title: str
    about: str
    kind: type[Record] | None


#: The forms. A new one: a row.
FORMS = (
    Form(
        "new-summit",
        "New summit",
        "A meeting of leaders that has no record yet.",
        Summit,
    ),
    Form(
        "new-takeaway",
        "New takeaway",
        "One thing a summit agreed, announced, signalled or left open.",
        Takeaway,
    ),
    Form(
        "new-source",
        "New source",
        "A text that statements can rest on.",
        Source,
    ),
    Form("status-update", "Status update", "What became of a promise or an open question.", None),
    Form("correction", "Correction", "Something in a record is wrong.", None),
)

_RECORD = Question(
    "record",
    "The last part of the page's address: 2025-08-25-investment-terms.",
    False,
    (),
    None,
    False,
)
_STEP = (
    _RECORD,
    Question(
        "status", Step.model_fields["status"].description or "", False, tuple(Status), None, False
    ),
    Question("date", "When it happened: 2025-11-14, or 2025-11, or 2025.", False, (), None, False),
    Question("note", Step.model_fields["note"].description or "", False, (), None, True),
    Question(
        "sources", "Ids or addresses of the sources that say so.", True, (), ("sources",), False
    ),
)
_CORRECTION = (
    _RECORD,
    Question("wrong", "What is wrong, word for word.", False, (), None, True),
    Question("right", "What it should say.", False, (), None, True),
    Question("source", "Where one can see that, with its address.", False, (), None, False),
)


def asked(form: Form) -> list[tuple[Question, bool]]:
    """What a form asks, and whether an answer is required."""
    if form.kind is None:
        return [(q, True) for q in (_STEP if form.name == "status-update" else _CORRECTION)]
    derived = {"timezone", "format", "state", "title"} if form.kind is Summit else set()
    if form.kind is Source:
        derived = {"tier", "language"}
    found = [(q, q.way not in derived) for q in questions(form.kind)]
    return found + [(question, False) for question in worth_asking(form.kind)]


def label(question: Question) -> str:
    """How a question is headed: `names.display` as `Names: display`."""
    return question.way.replace("_", " ").replace(".", ": ").capitalize()


# -- writing the forms --------------------------------------------------------------------------


def files() -> dict[str, str]:
    """The issue forms: their paths and texts."""
    found = {f"{FOLDER}/{form.name}.yml": _written(_form(form)) for form in FORMS}
    found[f"{FOLDER}/config.yml"] = _written({"blank_issues_enabled": True})
    return found


def _written(data: Any) -> str:
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(data, out)
    head = "# Made from generator/model.py by `brief schemas`; changes here are lost.\n"
    return head + out.getvalue()


def _form(form: Form) -> dict[str, Any]:
    intro = (
        "Several values are separated by commas. Records may be named by their id or by their "
        "name. What is left empty and can be derived is filled in. A program turns the form into a "
        "proposed change, and a person looks at it."
    )
    return {
        "name": form.title,
        "description": form.about,
        "title": f"{form.title}: ",
        "labels": [form.name],
        "body": [{"type": "markdown", "attributes": {"value": intro}}]
        + [_field(question, required) for question, required in asked(form)],
    }


def _field(question: Question, required: bool) -> dict[str, Any]:
    attributes: dict[str, Any] = {"label": label(question), "description": question.about}
    kind = "textarea" if question.prose else "input"
    if question.choices:
        kind = "dropdown"
        attributes["options"] = [option(choice) for choice in question.choices]
    return {
        "type": kind,
        "id": question.way.replace(".", "-").replace("_", "-"),
        "attributes": attributes,
        "validations": {"required": required},
    }


def option(choice: Vocabulary) -> str:
    """A value to choose, with what it means; the value ends at the colon."""
    return f"{choice.value}: {choice.about}" if choice.about else str(choice.value)


# -- reading what came back ---------------------------------------------------------------------


@dataclass
class Answer:
    """What an issue amounts to: a new record, a step, or something for a person; and what is
    wrong with it, in plain words."""

    form: Form | None
    problems: list[str]
    kind: type[Record] | None = None
    record_id: str = ""
    data: dict[str, Any] | None = None
    step: dict[str, Any] | None = None


def read(body: str, corpus: Corpus) -> Answer:
    """The answer in the text of an issue. Never raises: what is odd becomes a problem."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_BODY:
        return Answer(None, [f"The text is longer than {MAX_BODY:,} characters."])
    if yaml_tree.has_forbidden(text.replace("\n", "")):
        return Answer(None, ["The text has tabs or control characters in it; take them out."])
    form = _form_of(text)
    if form is None:
        return Answer(None, ["This does not look like one of the forms; nothing was made from it."])
    values, problems = _values(form, text)
    if problems:
        return Answer(form, problems)
    if form.name == "correction":
        return Answer(form, [])
    if form.kind is None:
        return _step(form, values, corpus)
    return _record(form, form.kind, values, corpus)


def _headings(text: str) -> list[str]:
    return re.findall(r"^### (.+?)[ ]*$", text, re.MULTILINE)


def _form_of(text: str) -> Form | None:
    found = set(_headings(text))
    for form in FORMS:
        if {label(q) for q, _ in asked(form)} <= found:
            return form
    return None


def _values(form: Form, text: str) -> tuple[dict[str, str], list[str]]:
    """The answers by the way of their field. Each heading of the form may stand there once."""
    ways = {label(q): q for q, _ in asked(form)}
    headings = _headings(text)
    twice = sorted({h for h in headings if h in ways and headings.count(h) > 1})
    if twice:
        return {}, [f"The heading {h} stands twice; write the answer without it." for h in twice]
    pattern = "|".join(re.escape(name) for name in ways)
    parts = re.split(rf"^### ({pattern})[ ]*$", text, flags=re.MULTILINE)
    values = {}
    for name, text_below in zip(parts[1::2], parts[2::2], strict=True):
        value = text_below.strip()
        if value and value != NO_ANSWER:
            question = ways[name]
            values[question.way] = value.partition(":")[0] if question.choices else value
    needed = [label(q) for q, required in asked(form) if required and q.way not in values]
    return values, [f"{name} has no answer." for name in needed]


def _record(form: Form, kind: type[Record], values: dict[str, str], corpus: Corpus) -> Answer:
    data: dict[str, Any] = {}
    problems = []
    for question, _ in asked(form):
        if question.way in values:
            text = values[question.way]
            if question.folders == ("sources",):
                text = _source_ids(text, corpus)
            try:
                put(data, kind, question.way, text, corpus)
            except WrongAnswer as error:
                problems.append(f"{label(question)}: {error}")
    derive(kind, data, corpus)
    missing = [label(q) for q in questions(kind) if q.way.partition(".")[0] not in data]
    if not problems:
        problems += [f"{name} is needed and could not be derived." for name in missing]
    record_id = "" if problems else suggested_id(kind, data, corpus)
    return Answer(form, problems, kind, record_id, data)


def _step(form: Form, values: dict[str, str], corpus: Corpus) -> Answer:
    record_id = values["record"].strip().rstrip("/").rpartition("/")[2]
    record = corpus.get(record_id, Takeaway)
    problems = []
    if record is None:
        guess = did_you_mean(record_id, [t.id for t in corpus.everything(Takeaway)])
        hint = f" Did you mean {guess}?" if guess else ""
        problems.append(f"Record: there is no such takeaway.{hint}")
    step: dict[str, Any] = {}
    for question in _STEP[1:]:
        text = values[question.way]
        try:
            put(
                step,
                Step,
                question.way,
                _source_ids(text, corpus) if question.folders else text,
                corpus,
            )
        except WrongAnswer as error:
            problems.append(f"{label(question)}: {error}")
    return Answer(form, problems, Takeaway, record_id, step=step)


def _source_ids(text: str, corpus: Corpus) -> str:
    """Ids, with commas, where addresses of known sources stand for their ids."""
    urls = {s.url.rstrip("/"): s.id for s in corpus.everything(Source) if s.url}
    parts = [p.strip().lstrip("-").strip() for p in re.split(r"[,\n]", text)]
    return ", ".join(urls.get(p.rstrip("/"), p) for p in parts if p)
