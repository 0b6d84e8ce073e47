"""What changed between two versions of the content, in the words of the domain.

Versions are compared as parsed YAML by the way to each value, so that an old one need not satisfy
today's model. A version is a mapping from the path of each record file to its bytes.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from generator import tree as yaml_tree
from generator.model import BY_FOLDER, Status
from generator.problems import as_markdown

Version = Mapping[str, Any]  # the data of each record by its id, with its folder in "folder"


@dataclass(frozen=True)
class FieldChange:
    """One value that differs: the way to it, what was there and what is there now."""

    way: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One record that differs. `kind`: added, changed, renamed, merged, withdrawn, removed."""

    kind: str
    folder: str
    id: str
    title: str
    former: str = ""
    fields: tuple[FieldChange, ...] = ()
    #: For a takeaway that is tracked: where it stood and where it stands, if that differs.
    status: tuple[str, str] | None = None


@dataclass(frozen=True)
class Affected:
    """What of the site changes: pages, and PDFs that come with it."""

    pages: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()


def version(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The data of every record file that can be read at all, by id."""
    found: dict[str, dict[str, Any]] = {}
    for path, data in sorted(files.items()):
        parts = PurePosixPath(path).parts
        if len(parts) == 3 and parts[1] in BY_FOLDER:
            tree, _ = yaml_tree.parse(data, path)
            fields = yaml_tree.to_data(tree) if tree else {}
            found[parts[2].removesuffix(".yml")] = {"folder": parts[1], "fields": fields}
    return found


def compare(before: Version, after: Version) -> list[Change]:
    """Every record that differs, in the order of types and ids."""
    former = {old: i for i, r in after.items() for old in listed(r["fields"], "former_ids")}
    changes: list[Change] = []
    for record_id, record in after.items():
        olds = [old for old in listed(record["fields"], "former_ids") if old in before]
        same = before.get(record_id)
        if same is None:
            old = next((o for o in olds if o not in after), "")
            fields = _differences(before[old]["fields"], record["fields"]) if old else ()
            changes.append(_change("renamed" if old else "added", record_id, record, old, fields))
            continue
        gone = [old for old in olds if old not in after]
        changes += [_change("merged", record_id, record, old) for old in gone]
        if fields := _differences(same["fields"], record["fields"]):
            new = "withdrawn" in record["fields"] and "withdrawn" not in same["fields"]
            stood, stands = _status(same["fields"]), _status(record["fields"])
            change = _change("withdrawn" if new else "changed", record_id, record, "", fields)
            moved = (stood, stands) if stood and stands and stood != stands else None
            changes.append(replace(change, status=moved))
    for record_id, record in before.items():
        if record_id not in after and record_id not in former:
            changes.append(_change("removed", record_id, record))
    folders = list(BY_FOLDER)
    return sorted(changes, key=lambda c: (folders.index(c.folder), c.id, c.kind))


def _change(
    kind: str, record_id: str, record: Any, former: str = "", fields: Iterable[FieldChange] = ()
) -> Change:
    return Change(
        kind,
        record["folder"],
        record_id,
        _title(record["fields"], record_id),
        former,
        tuple(fields),
    )


def _status(fields: Any) -> str:
    """The status of the last step, as readers see it."""
    history = fields.get("history")
    last = history[-1] if isinstance(history, list) and history else {}
    value = last.get("status", "") if isinstance(last, dict) else ""
    return next((s.label for s in Status if s == value), str(value))


def _title(fields: Any, record_id: str) -> str:
    names = fields.get("names")
    named = names.get("display") if isinstance(names, dict) else None
    for value in (fields.get("headline"), fields.get("title"), fields.get("name"), named):
        if isinstance(value, str) and value.strip():
            return value.strip()
    return record_id


def listed(fields: Any, name: str) -> list[str]:
    value = fields.get(name)
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


# -- values -------------------------------------------------------------------------------------


def _differences(before: Any, after: Any) -> tuple[FieldChange, ...]:
    return tuple(_compared("", before, after))


def _compared(way: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if plain(before) == plain(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _compared(_joined(way, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(way, before, after)
    else:
        yield FieldChange(way, before, after)


def _lists(way: str, before: list[Any], after: list[Any]) -> Iterator[FieldChange]:
    """Items with the same key are compared with each other; the others came or went."""
    old, new = keyed(before), keyed(after)
    if list(old) != list(new) and sorted(old) == sorted(new):
        yield FieldChange(_joined(way, "order"), list(old), list(new))
    for key in dict.fromkeys([*old, *new]):
        yield from _compared(_joined(way, key), old.get(key), new.get(key))


def keyed(items: list[Any]) -> dict[str, Any]:
    """The items of a list by what tells them apart, numbered where that is the same."""
    keyed: dict[str, Any] = {}
    for item in items:
        name = _key(item)
        n = 2
        key = name
        while key in keyed:
            key = f"{name} ({n})"
            n += 1
        keyed[key] = item
    return keyed


def _key(item: Any) -> str:
    if isinstance(item, dict):
        for name in ("date", "source", "person", "heading", "what", "lang", "office", "question"):
            if isinstance(item.get(name), str):
                return str(item[name])[:60]
        return "item"
    return str(item)[:60] if isinstance(item, str) else "item"


def _joined(way: str, key: str) -> str:
    return f"{way} / {key}" if way else str(key)


def plain(value: Any) -> Any:
    """A value without what only its form makes: line breaks, space, a citation's two forms."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        bare = {k: plain(v) for k, v in value.items()}
        return bare["source"] if list(bare) == ["source"] else bare
    return value


# -- in words -----------------------------------------------------------------------------------


def sentences(change: Change) -> list[str]:
    """What a change means, a line for each thing."""
    if change.kind in ("merged", "renamed"):
        verb = "takes over" if change.kind == "merged" else "was called"
        said = [f"{verb} {change.former}"]
    else:
        said = []
    if change.status:
        said.append(f"status {change.status[0]} → {change.status[1]}")
    steps = [f for f in change.fields if f.way.startswith("history / ") and f.way.count("/") == 1]
    for step in steps:
        said.append(_step_sentence(step))
    said += [_field_sentence(f) for f in change.fields if f not in steps]
    return said


def _step_sentence(step: FieldChange) -> str:
    day = step.way.partition(" / ")[2]
    value = step.after or step.before
    status = value.get("status", "") if isinstance(value, dict) else ""
    label = next((s.label for s in Status if s == status), status)
    return f"step of {day} {'added' if step.before is None else 'REMOVED'}: {label}"


def _field_sentence(change: FieldChange) -> str:
    before, after = _short(change.before), _short(change.after)
    if change.before is None:
        return f"{change.way} added: {after}" if after not in change.way else f"{change.way} added"
    if change.after is None:
        return f"{change.way} removed" + (f": {before}" if before not in change.way else "")
    if (
        isinstance(change.before, str)
        and isinstance(change.after, str)
        and max(map(len, (change.before, change.after))) > 80
    ):
        return f"{change.way}: {_words(change.before, change.after)}"
    return f"{change.way}: {before} → {after}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:119] + "…"


def _words(before: str, after: str) -> str:
    """The words of a longer text that differ, with a few around them."""
    old, new = before.split(), after.split()
    parts = []
    for tag, a, b, c, d in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        was, now = _short(" ".join(old[a:b])), _short(" ".join(new[c:d]))
        if tag == "replace":
            parts.append(f"“{was}” → “{now}”")
        elif tag != "equal":
            parts.append(f"new “{now}”" if now else f"gone “{was}”")
    more = f" and {len(parts) - 4} more" if len(parts) > 4 else ""
    return "; ".join(parts[:4]) + more


def _noun(folder: str) -> str:
    return BY_FOLDER[folder].noun if folder != "terms" else "Term"


def as_text(changes: Iterable[Change], affected: Affected | None) -> str:
    """For a terminal."""
    lines: list[str] = []
    for change in changes:
        lines.append(f"{_noun(change.folder)} {change.id} {change.kind}: {change.title}")
        lines += [f"    {said}" for said in (sentences(change) if change.kind != "added" else ())]
    return "\n".join([*lines, _footer(lines, affected)])


def as_comment(changes: Iterable[Change], affected: Affected | None, limit: int = 100) -> str:
    """Markdown for a comment. Nothing that stands in a record is markup there."""
    lines: list[str] = []
    changes = list(changes)
    for change in changes[:limit]:
        title, record_id = as_markdown(change.title), as_markdown(change.id)
        lines.append(f"- **{_noun(change.folder)}** {title}: **{change.kind}** ({record_id})")
        said = sentences(change) if change.kind != "added" else []
        lines += [f"    - {as_markdown(s)}" for s in said[:12]]
        if len(said) > 12:
            lines.append(f"    - and {len(said) - 12} more")
    if len(changes) > limit:
        lines.append(f"- and {len(changes) - limit} more records")
    return "\n".join([*lines, "", as_markdown(_footer(lines, affected))]) + "\n"


def as_json(changes: Iterable[Change], affected: Affected | None) -> str:
    rows = [asdict(change) | {"says": sentences(change)} for change in changes]
    named = asdict(affected) if affected else {"pages": None, "papers": None}
    return json.dumps({"changes": rows, **named}, ensure_ascii=False, indent=1)


def _footer(lines: list[str], affected: Affected | None) -> str:
    if not lines:
        return "No record changed."
    if affected is None:
        return "Which pages change cannot be told: one of the two versions has errors."
    pages, papers = len(affected.pages), len(affected.papers)
    said = f"{pages:,} page{'' if pages == 1 else 's'}"
    said += f" and {papers:,} PDF{'' if papers == 1 else 's'}" if papers else ""
    return f"{said} change{'s' if pages + papers == 1 else ''}."
