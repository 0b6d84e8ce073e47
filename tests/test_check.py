"""Every rule across records fires on its bad example, keeps quiet on its good one, and is unique.

The examples stand in the table of `check.py`. Each is a patch of the small library: after a line
`# folder/id`, top-level fields that replace those of that record; a line `+ folder/id` adds a
minimal record of that name.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import check, load, objections, prose, tree
from generator.build import check_content
from generator.model import BY_FOLDER
from generator.problems import Rule
from tests.conftest import TODAY, changed

CHECKS = {row.rule.code: row for row in check.RULES}
RULES = (*load.RULES, *prose.RULES, *(row.rule for row in check.RULES))

#: The least a record of each folder must say, for examples that add one.
LEAST = {
    "topics": "name: Number {number}\ndefinition: A topic.\npublished: 2025-09-01\n",
    "countries": "name: Number {number}\niso3: ABC\npublished: 2025-09-01\n",
}


def patches_of(example: str) -> dict[str, str]:
    """An example as files: record to the text of its file."""
    found = {}
    for number, part in enumerate(re.split(r"^(?=[#+] )", example, flags=re.MULTILINE)[1:]):
        first, _, fields = part.partition("\n")
        sign, name = first.split()
        least = LEAST.get(name.partition("/")[0], "").format(number=number)
        found[name] = changed(name, fields) if sign == "#" else least
    return found


def codes(root: Path) -> set[str]:
    return {problem.code for problem in check_content(root, TODAY).problems}


@pytest.mark.parametrize("code", CHECKS)
def test_bad_example(code: str, library: Callable[..., Path]) -> None:
    """The bad example breaks this rule and no other."""
    assert codes(library(patches_of(CHECKS[code].rule.bad))) == {code}


@pytest.mark.parametrize("code", CHECKS)
def test_good_example(code: str, library: Callable[..., Path]) -> None:
    """The good example breaks no rule, and differs from the bad one."""
    rule = CHECKS[code].rule
    assert codes(library(patches_of(rule.good))) == set()
    assert rule.good != rule.bad


@pytest.mark.parametrize("rule", [r for r in tree.RULES if r.bad], ids=lambda rule: rule.code)
def test_yaml_example(rule: Rule) -> None:
    """The examples of the rules on YAML: the bad one breaks its rule, the good one none."""

    def codes_in(example: str) -> list[str]:
        _, problems = tree.parse(example.replace("<tab>", "\t").encode(), "x.yml")
        return [problem.code for problem in problems]

    assert codes_in(rule.bad) == [rule.code]
    assert codes_in(rule.good) == []


@pytest.mark.parametrize("rule", objections.RULES, ids=lambda rule: rule.code)
def test_field_example(rule: Rule) -> None:
    """The examples of the rules on fields: in some type the bad one breaks its rule, and the good
    one does not."""

    def times(example: str, folder: str) -> int:
        _, problems = load.record_from(f"{example}\n".encode(), f"content/{folder}/x.yml")
        return [problem.code for problem in problems].count(rule.code)

    def as_it_is(example: str) -> str:
        return example

    def in_an_account(example: str) -> str:
        return "accounts:\n  - " + f"{example}\nsources:\n- x".replace("\n", "\n    ")

    def in_an_amount(example: str) -> str:
        return f"amounts:\n  - {example}"

    assert any(
        times(form(rule.bad), folder) > times(form(rule.good), folder)
        for folder in BY_FOLDER
        for form in (as_it_is, in_an_account, in_an_amount)
    )


@pytest.mark.parametrize("rule", prose.RULES, ids=lambda rule: rule.code)
def test_prose_example(rule: Rule) -> None:
    """The examples of the rules on prose: the bad one breaks its rule, the good one none."""

    def codes_in(example: str) -> list[str]:
        text = re.sub(r"^\w+: (\|\n)?", "", example).replace("\n  ", "\n").strip()
        return [fault.code for fault in prose.parse(text).faults]

    assert codes_in(rule.bad) == [rule.code]
    assert codes_in(rule.good) == []


def test_codes_are_unique_and_in_order() -> None:
    """No code means two things, and each table stands in the order of its codes."""
    own = load.RULES[len(tree.RULES) :]
    for table in (tree.RULES, own, prose.RULES, tuple(row.rule for row in check.RULES)):
        in_table = [rule.code for rule in table]
        assert in_table == sorted(in_table)
    every = [rule.code for rule in RULES]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_is_said(rule: Rule) -> None:
    """Each rule says what must be true in one sentence, and has a level."""
    assert re.fullmatch(r"SB[1-8]\d\d", rule.code)
    assert re.fullmatch(r"[A-Z0-9].{8,98}\.", rule.rule)
    assert rule.level in ("error", "warning")


def test_every_function_is_in_the_table() -> None:
    """A rule that is written is also applied, each once."""
    functions = [row.find for row in check.RULES]
    assert len(set(functions)) == len(functions)
    rooms = {function.__module__ for function in functions}
    written = {
        value
        for room in rooms
        for value in vars(sys.modules[room]).values()
        if inspect.isfunction(value)
        and value.__module__ == room
        and value.__annotations__.get("return") == "Iterator[Found]"
        and list(inspect.signature(value).parameters) == ["corpus"]
    }
    assert written == set(functions)
