"""Help for editors: what is committed follows from the model, and agrees with the loader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator import editors, load, tree
from generator.model import BY_FOLDER, RECORD_TYPES, SHAPES, field_order
from tests.conftest import MINI, ROOT, Run
from tests.test_bad import CASES, EXPECTED, write_case

REAL = sorted((ROOT / "content").glob("*/*.yml")) + sorted((MINI / "content").glob("*/*.yml"))
SCHEMAS = {k.folder: jsonschema.Draft7Validator(editors.schema(k)) for k in RECORD_TYPES}


def as_an_editor_reads(node: tree.Node) -> Any:
    """The data as a YAML 1.2 reader resolves it: plain 3 is a number, true is a truth value."""
    if isinstance(node, tree.Items):
        return [as_an_editor_reads(item) for item in node.items]
    if isinstance(node, tree.Fields):
        return {key: as_an_editor_reads(value) for key, (_, value) in node.entries.items()}
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    if node.plain and re.fullmatch(r"[-+]?[0-9]+", node.text):
        return int(node.text)
    if node.plain and re.fullmatch(r"[-+]?[0-9]*\.[0-9]+", node.text):
        return float(node.text)
    return None if node.plain and node.text in ("", "~", "null") else node.text


@pytest.mark.parametrize("name", sorted(editors.files()))
def test_committed_files_follow_the_model(name: str) -> None:
    path = ROOT / name
    assert path.is_file(), "run: brief schemas"
    assert path.read_text(encoding="utf-8") == editors.files()[name], "run: brief schemas"


@pytest.mark.parametrize("folder", sorted(SCHEMAS))
def test_schema(folder: str) -> None:
    """It is one, and has every field, each with a text to hover over."""
    schema = SCHEMAS[folder].schema
    jsonschema.Draft7Validator.check_schema(schema)
    assert list(schema["properties"]) == field_order(BY_FOLDER[folder])
    for body in (schema, *schema["definitions"].values()):
        for field in body["properties"].values():
            assert len(field["description"]) > 5
            assert field["description"] in field["markdownDescription"]


def test_every_shape_is_in_a_schema() -> None:
    found = {n for s in SCHEMAS.values() for n in s.schema["definitions"]}
    assert {s.__name__.lstrip("_") for s in SHAPES} - found == {k.__name__ for k in RECORD_TYPES}


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_real_records_are_fine_in_an_editor(path: Path) -> None:
    node, _ = tree.parse(path.read_bytes(), "x")
    assert node is not None
    errors = [e.message for e in SCHEMAS[path.parent.name].iter_errors(as_an_editor_reads(node))]
    assert errors == []


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_schemas_are_no_stricter_than_the_loader(case: Path, tmp_path: Path) -> None:
    """What an editor marks is a problem for `brief check`, too."""
    write_case(case.read_text(encoding="utf-8").partition(EXPECTED)[0], tmp_path)
    for path in load.record_paths(tmp_path):
        data = (tmp_path / path).read_bytes()
        node, problems = tree.parse(data, path)
        if node is None or problems:
            continue
        if list(SCHEMAS[path.split("/")[1]].iter_errors(as_an_editor_reads(node))):
            assert load.record_from(data, path)[1], path


def test_ids_of_the_day(run: Run, root: Path) -> None:
    """After a check an editor can offer the ids that exist."""
    run("check", "--today", "2026-01-01")
    schema = json.loads((root / ".build/schemas/takeaways.json").read_text(encoding="utf-8"))
    topics = schema["properties"]["topics"]["items"]["enum"]
    assert "trade" in topics
    assert "press" not in topics


def test_command(run: Run, root: Path) -> None:
    assert run("schemas", "--check").code == 1
    assert "+++ b/.vscode/settings.json" in run("schemas", "--dry-run").out
    assert not (root / ".vscode").exists()
    assert run("schemas").code == 0
    assert run("schemas", "--check").code == 0
    assert (root / ".vscode/settings.json").exists()
