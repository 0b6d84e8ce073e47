"""What a run of the benchmark found: lines of values, the targets, and how both are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.bench.measuring import median

#: Every line there is, in the order of the tables: its key, what it says, its unit. Those of the
#: stages of a build come from the build itself, below it: `clean/2/Writing pages`.
SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Edits": (
        ("edit", "Edit of a headline, to the finished site", "s"),
        ("edit-summit", "Edit of a summit's title", "s"),
        ("edit-source", "Edit of a source's title", "s"),
        ("edit-hub", "Edit of the name of a country much of the record speaks of", "s"),
        ("nothing", "Build when nothing changed", "s"),
        ("serve", "Edit of a headline, to its page under `make serve`", "s"),
    ),
    "Clean builds": (
        ("clean", "Clean build in all processes", "s"),
        ("clean-pages", "Of it: reading, pages and search, as the others make", "s"),
        ("clean-1", "Clean build in one process", "s"),
    ),
    "Others, same Markdown": (
        ("mkdocs", "Plain `mkdocs build`", "s"),
        ("mkdocs-pagefind", "Plain `mkdocs build`, then `pagefind`", "s"),
        ("zensical", "Zensical, from nothing", "s"),
        ("zensical-warm", "Zensical, after a change of one page", "s"),
        ("hugo", "Hugo, with a theme of ten lines", "s"),
    ),
    "Parts, each alone": (
        ("read-cold", "Reading and checking, nothing kept from before", "s"),
        ("read-warm", "Reading and checking, nothing changed", "s"),
        ("pages", "Pages as Markdown, one process", "s"),
        ("exports", "Data files, feeds, calendars and citations, one process", "s"),
        ("search", "Search index", "s"),
        ("gate", "Looking every page over", "s"),
        ("cards", "Pictures for links from elsewhere", "s"),
        ("pdf", "PDFs", "s"),
    ),
    "Memory of a clean build": (
        ("memory", "Memory of all processes together", "MB"),
        ("memory-one", "Memory of the largest process", "MB"),
    ),
    "First search in a browser": (
        ("query/word", "“investment”: to the first result", "ms"),
        ("query/phrase", "“shuttle diplomacy”: to the first result", "ms"),
        ("query/script", "“Ishiba Shigeru” in Japanese: to the first result", "ms"),
        ("query/filters", "“investment”, the filters open: to the first result", "ms"),
        ("bytes/word", "“investment”: fetched, compressed where a host does", "KB"),
        ("bytes/phrase", "“shuttle diplomacy”: fetched, compressed", "KB"),
        ("bytes/script", "“Ishiba Shigeru” in Japanese: fetched, compressed", "KB"),
        ("bytes/filters", "“investment”, the filters open: fetched, compressed", "KB"),
        ("plain/word", "“investment”: fetched, not compressed", "KB"),
        ("plain/filters", "“investment”, the filters open: fetched, not compressed", "KB"),
    ),
}
UNITS = {key: unit for rows in SECTIONS.values() for key, _, unit in rows}
LABELS = {key: label for rows in SECTIONS.values() for key, label, _ in rows}


@dataclass
class Line:
    """What was measured of one thing, run by run; `work` is seconds of all cores together."""

    values: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    why_not: str = ""  # why it was not measured
    note: str = ""

    @property
    def middle(self) -> float:
        return median(self.values)


@dataclass
class Results:
    """All lines of one library in one run on one machine."""

    size: int
    day: str
    pages: int = 0
    seconds: float = 0  # of the whole run
    load: float = 0  # how many programs were at work when it began
    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)

    def line(self, key: str) -> Line:
        return self.lines.setdefault(key, Line())

    def stages(self, key: str) -> dict[str, Line]:
        """The stages of a build, in their order, by name."""
        found = [name for name in self.lines if name.startswith(f"{key}/")]
        return {name.rpartition("/")[2]: self.lines[name] for name in found}

    def ratio(self, slow: str, quick: str, *, work: bool = False) -> float:
        """How many times as long `slow` took as `quick`; 0 if one of them was not measured."""
        above, below = self.lines.get(slow, Line()), self.lines.get(quick, Line())
        if work:
            return median(above.work) / (median(below.work) or 1) if below.work else 0.0
        return above.middle / below.middle if below.middle else 0.0


def save(results: Results, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(results), ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8")


def load(path: Path) -> Results:
    data = json.loads(path.read_text(encoding="utf-8"))
    lines = {key: Line(**line) for key, line in data.pop("lines").items()}
    return Results(**data, lines=lines)


# -- targets --------------------------------------------------------------------------------------


class Target(NamedTuple):
    """`line` at most so much; or, with `beside`, at least so many times as fast as that line."""

    what: str
    line: str
    limit: float
    beside: str = ""


#: Set for 10,000 records and two cores. Where a line is named without its end, as `query/`, the
#: slowest of its kind counts, but for those that are named themselves. `stage` is the stage of a
#: clean build in which MkDocs runs.
TARGETS = (
    Target("An edit, beside plain `mkdocs build`", "edit", 10, "mkdocs"),
    Target("An edit, beside plain `mkdocs build`: the goal", "edit", 20, "mkdocs"),
    Target("An edit, beside a full Hugo build", "edit", 1, "hugo"),
    Target("An edit to its page under `make serve`", "serve", 1),
    Target("MkDocs in all processes, beside plain `mkdocs build`", "site", 1.7, "mkdocs"),
    Target(
        "A clean build, pages and search, beside `mkdocs build` and `pagefind`",
        "clean-pages",
        1.2,
        "mkdocs-pagefind",
    ),
    Target("Reading and checking, nothing kept", "read-cold", 8),
    Target("Reading and checking, nothing changed", "read-warm", 1),
    Target("Memory of a clean build", "memory", 1500),
    Target("First search: to the first result", "query/", 300),
    Target("First search: fetched", "bytes/", 300),
    Target("First search, the filters opened before: to the first result", "query/filters", 300),
    Target("First search, the filters opened before: fetched", "bytes/filters", 300),
)


class Verdict(NamedTuple):
    """How a target fared; `found` is the ratio or the value, `work` the ratio of work."""

    target: Target
    found: float
    unit: str
    work: float
    said: str  # met, missed, or not measured


def verdicts(results: Results) -> Iterator[Verdict]:
    named = {target.line for target in TARGETS}
    for target in TARGETS:
        kind = [key for key in results.lines if key.startswith(target.line) and key not in named]
        keys = kind if target.line.endswith("/") else [target.line]
        if target.beside:
            found = results.ratio(target.beside, target.line)
            work = results.ratio(target.beside, target.line, work=True)
            met, unit = found >= target.limit, "times"
        else:
            middles = [results.lines[key].middle for key in keys if key in results.lines]
            found, work = max(middles, default=0.0), 0.0
            met = found <= target.limit
            unit = next(u for key, u in UNITS.items() if key.startswith(target.line))
        said = ("met" if met else "missed") if found else "not measured"
        yield Verdict(target, found, unit, work, said)
