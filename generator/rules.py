"""Every rule of the content by its code, gathered from the rooms that check them."""

from __future__ import annotations

from generator import check, gate, load, prose
from generator.problems import Rule, did_you_mean

#: All rules, in the order of their codes.
ALL: dict[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        (*load.RULES, *prose.RULES, *(row.rule for row in check.RULES), *gate.RULES),
        key=lambda rule: rule.code,
    )
}

#: What the first digit of a code stands for.
GROUPS = {
    "1": "Files and YAML",
    "2": "Fields and values",
    "3": "Prose",
    "4": "References",
    "5": "Summits and histories",
    "6": "Sources and quotations",
    "7": "Ids and duplicates",
    "8": "Traps of the sources",
    "9": "What is published already",
}


def group(rule: Rule) -> str:
    """What a rule is about."""
    return GROUPS[rule.code[2]]


def find(code: str) -> Rule | str:
    """The rule of a code in any case, `SB` left out or not; else the code that comes nearest."""
    wanted = code.strip().upper()
    wanted = wanted if wanted.startswith("SB") else f"SB{wanted}"
    return ALL.get(wanted) or did_you_mean(wanted, ALL) or ""


def explained(rule: Rule) -> str:
    """The rule in plain text, with its examples."""
    lines = [f"{rule.code} ({rule.level}, {group(rule).lower()})", "", rule.rule]
    for title, example in (("Not so:", rule.bad), ("But so:", rule.good)):
        if example:
            lines += ["", title, *(f"    {row}" for row in example.splitlines())]
    return "\n".join(lines)
