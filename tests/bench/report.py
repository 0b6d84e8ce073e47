"""Turns what the benchmark found into tables: on the terminal, on the site's page, in the README.

python -m tests.bench.report .build/bench/*.json            prints them
python -m tests.bench.report --write .build/bench/*.json    puts them in place
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.fmt import formatted
from generator.model import Page
from tests.bench.make_library import ROOT
from tests.bench.measuring import median
from tests.bench.results import LABELS, SECTIONS, Line, Results, Verdict, load, verdicts

PAGE = "content/pages/speed.yml"
#: What is written anew: from this heading to the next one of its level.
HEADING = "## Building the site"
#: The paragraph of the README that is written anew begins so.
IN_README = "On a made-up library of "


def shown(value: float, unit: str) -> str:
    """A value as people write it: three digits that count."""
    fine = unit in ("s", "times")
    digits = 2 if fine and value < 10 else 1 if fine and value < 100 else 0
    return f"{value:,.{digits}f} {unit}"


def spread(line: Line | None, unit: str) -> str:
    """The middle of a line's values, with the least and the most in brackets."""
    if line is None:
        return ""
    if not line.values:
        return f"not measured: {line.why_not.partition(': ')[0]}" if line.why_not else ""
    said = shown(line.middle, unit)
    if len(line.values) > 1:
        ends = (
            shown(value, unit).rpartition(" ")[0] for value in (min(line.values), max(line.values))
        )
        said += f" ({' to '.join(ends)})"
    return said + (f", work {shown(median(line.work), 's')}" if line.work else "")


def rows(found: Sequence[Results], section: str) -> Iterator[tuple[str, str, list[Line | None]]]:
    """The lines of a section that any of the libraries has: label, unit, a line for each."""
    for key, label, unit in SECTIONS[section]:
        yield label, unit, [results.lines.get(key) for results in found]
        stages = [results.stages(key) for results in found]
        for stage in dict.fromkeys(name for names in stages for name in names):
            yield f"… {stage}", "s", [names.get(stage) for names in stages]


def tables(found: Sequence[Results]) -> Iterator[str]:
    """One table for each section, with a column for each library."""
    heads = " | ".join(f"{results.size:,} records" for results in found)
    for section in SECTIONS:
        kept = [row for row in rows(found, section) if any(row[2])]
        if kept:
            yield f"### {section}\n"
            yield f"| What | {heads} |\n|{' --- |' * (len(found) + 1)}"
            for label, unit, lines in kept:
                yield f"| {label} | {' | '.join(spread(line, unit) for line in lines)} |"
            yield ""


def wanted(verdict: Verdict) -> str:
    if verdict.target.beside:
        return (
            "faster"
            if verdict.target.limit == 1
            else f"at least {verdict.target.limit:g} times as fast"
        )
    return f"at most {shown(verdict.target.limit, verdict.unit)}" if verdict.unit else ""


def targets(results: Results) -> Iterator[str]:
    """How each target fared; of two ratios the second is that of the work of all cores."""
    yield "| What | Target | Found | By work | Verdict |\n| --- | --- | --- | --- | --- |"
    for verdict in verdicts(results):
        found = shown(verdict.found, verdict.unit) if verdict.found else ""
        work = shown(verdict.work, "times") if verdict.work else ""
        yield f"| {verdict.target.what} | {wanted(verdict)} | {found} | {work} | {verdict.said} |"
    if ratio := results.ratio("clean", "hugo"):
        work = shown(results.ratio("clean", "hugo", work=True), "times")
        yield f"| A clean build takes longer than Hugo | | {shown(ratio, 'times')} | {work} | |"


def where(results: Results) -> Iterator[str]:
    """Which stages of a build take most of its time."""
    for key in ("edit", "clean"):
        stages = {name: line.middle for name, line in results.stages(key).items()}
        whole = sum(stages.values())
        slowest = sorted(stages, key=lambda name: -stages[name])[:3]
        if whole:
            shares = (f"*{name}* {100 * stages[name] / whole:.0f}%" for name in slowest)
            yield f"{LABELS[key]}: of the time of all stages, {', '.join(shares)}.\n"


def about(found: Sequence[Results]) -> str:
    """What was measured, on which machine, when and with which versions."""
    sizes = " and ".join(f"one of {r.size:,} records ({r.pages:,} pages)" for r in found)
    last = found[-1]
    machine = ", ".join(last.machine.values())
    versions = ", ".join(f"{name} {number}" for name, number in last.versions.items())
    counted = (
        "The middle of several runs counts, with the quickest and the slowest in brackets; a value "
        "without brackets is of one run. What is compared ran in turns. "
    )
    return (
        f"Made-up libraries in the proportions of the real one: {sizes}. "
        f"Measured on {spoken(last.day)} on {machine}, with {versions}. When it began, "
        f"{last.load:.1f} other programs were at work at a time. {counted}"
        "Times are those of whole programs from start to end, by the clock, but those of stages "
        "and parts, which do not hold the start; *work* is the time of all cores together, which "
        "hardly depends on what else the machine does."
    )


def spoken(day: str) -> str:
    year, month, date = day.split("-")
    names = (
        "January February March April May June July August September October November December"
    ).split()
    return f"{int(date)} {names[int(month) - 1]} {year}"


def compared(found: Sequence[Results]) -> str:
    """What the others do, and what not."""
    same = found[-1].lines.get("mkdocs", Line()).note
    there = any(results.lines.get("zensical", Line()).values for results in found)
    zensical = "Zensical uses its own look. " if there else ""
    return (
        f"Plain MkDocs uses the same settings and theme{f' ({same})' if same else ''}; its search "
        f"is off, and Pagefind then indexes its pages. {zensical}Hugo has a theme of ten lines, "
        "without menu, search or contents, and reads the attributes behind our headings as text. "
        "None of them checks a record or makes data files."
    )


def text(results: Results) -> str:
    """Everything about one library, for the terminal."""
    minutes = results.seconds / 60
    parts = [
        about([results]),
        "",
        compared([results]),
        "",
        *tables([results]),
        "### Targets\n",
        *targets(results),
    ]
    return "\n".join([*parts, "", f"{minutes:.0f} minutes in all."])


def section(found: Sequence[Results]) -> str:
    """The section of the site's page; without code marks, which pages do not have."""
    largest = found[-1]
    parts = [HEADING, "", about(found), "", compared(found), "", *tables(found)]
    parts += [f"### Targets, with {largest.size:,} records\n", *targets(largest), ""]
    if shares := list(where(largest)):
        parts += ["### Where the time goes\n", *shares]
    parts += ["### To measure builds again", "", "> make bench", ""]
    return "\n".join(parts).replace("`", "")


def summary(found: Sequence[Results]) -> str:
    """The two lines of the README, on the largest library."""
    largest = found[-1]

    def took(key: str) -> str:
        line = largest.lines.get(key)
        return shown(line.middle, "s") if line and line.values else "not measured"

    cores, day = largest.machine.get("cores", ""), spoken(largest.day)
    return (
        f"{IN_README}{largest.size:,} records ({cores}), an edit is on the site after "
        f"{took('edit')} (plain `mkdocs build`: {took('mkdocs')}, Hugo: {took('hugo')});\n"
        f"what `mkdocs build` and `pagefind` make in {took('mkdocs-pagefind')} takes "
        f"{took('clean-pages')} of the {took('clean')} of a clean build. "
        f"Measured on {day}; the page *Speed* has the rest."
    )


def replaced(text: str, new: str) -> str:
    """The text of the page with its section of this heading replaced; it must be there."""
    block = "".join(f"  {line}".rstrip() + "\n" for line in new.rstrip("\n").split("\n"))
    pattern = rf"(?ms)^  {re.escape(HEADING)}\n.*?(?=^  ## |^\S)"
    if not re.search(pattern, text):
        raise SystemExit(f"{PAGE} has no heading {HEADING!r}.")
    return re.sub(pattern, lambda _: f"{block}\n" if _[0].endswith("\n\n") else block, text)


def in_readme(text: str, new: str) -> str:
    """The README with its paragraph on speed replaced; it must be there."""
    pattern = rf"(?ms)^{re.escape(IN_README)}.*?(?=\n\n)"
    if not re.search(pattern, text):
        raise SystemExit(f"README.md has no paragraph that begins with {IN_README!r}.")
    return re.sub(pattern, lambda _: new, text)


def write(root: Path, found: Sequence[Results]) -> None:
    """Put the section on the site's page and the two lines into the README."""
    page, readme = root / PAGE, root / "README.md"
    new = replaced(page.read_text(encoding="utf-8"), section(found))
    page.write_bytes(formatted(new.encode(), PAGE, Page))
    lines = in_readme(readme.read_text(encoding="utf-8"), summary(found))
    readme.write_text(lines, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, nargs="+", metavar="JSON")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE} and README.md")
    given = parser.parse_args()
    found = sorted(map(load, given.results), key=lambda results: results.size)
    if given.write:
        write(ROOT, found)
    else:
        print(section(found) + "\n" + summary(found))


if __name__ == "__main__":
    main()
