"""Commands that make records: new, add-source; and stats, which counts them."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click

from generator import bibliography, edit, editors, forms, scaffold
from generator import stats as counting
from generator.corpus import Corpus
from generator.edit import Edit
from generator.load import load
from generator.model import RECORD_TYPES, Record, Source
from generator.problems import as_markdown
from generator.scaffold import Question, WrongAnswer
from generator.splice import CannotEdit
from generator.terminal import (
    CONTENT,
    FINE,
    dry_run_option,
    err,
    out,
    print_diff,
    print_problems,
    say,
    this_day,
    today_option,
)

KINDS = scaffold.kinds_by_noun(RECORD_TYPES)
no_input_option = click.option(
    "--no-input", is_flag=True, help="Ask nothing; what is missing is an error."
)


@click.command()
@click.argument("kind", metavar="TYPE", type=click.Choice(list(KINDS)))
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--id", "record_id", help="The id; otherwise one is suggested.")
@no_input_option
@dry_run_option
@today_option
@click.pass_obj
def new(
    root: Path,
    kind: str,
    values: tuple[str, ...],
    record_id: str | None,
    no_input: bool,
    dry_run: bool,
    today: dt.date | None,
) -> None:
    """Write a new record of a TYPE: summit, takeaway, person, source …

    Asks for every field that is required and not given as FIELD=VALUE. Several values are
    separated by commas, those of plain text by semicolons; records may be named by id or by name:

    \b
      brief new source kind=readout publisher="Blue House" issued=2025-08-23 \\
          title="Readout of the summit" language=ko url=https://…
    """
    shape = KINDS[kind]
    corpus = Corpus(load(root).records, today or this_day())
    data: dict[str, Any] = {}
    for value in values:
        way, sign, text = value.partition("=")
        if not sign:
            raise click.BadParameter(f"{value}: write FIELD=VALUE.", param_hint="FIELD=VALUE")
        try:
            scaffold.put(data, shape, way.strip(), text, corpus)
        except WrongAnswer as error:
            raise click.BadParameter(str(error), param_hint="FIELD=VALUE") from None
    scaffold.derive(shape, data, corpus)
    for question in scaffold.questions(shape):
        if _has(data, question.way):
            continue
        if no_input:
            raise click.UsageError(f"{question.way} is missing: {question.about}")
        _ask(data, shape, question, corpus)
        scaffold.derive(shape, data, corpus)
    record_id = record_id or scaffold.suggested_id(shape, data, corpus)
    if not no_input:
        record_id = click.prompt("Id (the file's name)", default=record_id or None, err=True)
    if not record_id:
        raise click.UsageError("--id is missing: this type has no id that could be suggested.")
    _write(root, shape, {record_id: data}, corpus, dry_run)


def _has(data: Any, way: str) -> bool:
    for part in way.split("."):
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True


def _ask(data: dict[str, Any], shape: type[Record], question: Question, corpus: Corpus) -> None:
    say("")
    say(f"{question.way}: {question.about}")
    for choice in question.choices:
        say(f"    {choice.value:<20} {choice.about}")
    if question.many:
        say("    Several are separated by commas.")
    while True:
        text = click.prompt(question.way, err=True, prompt_suffix=" > ")
        try:
            scaffold.put(data, shape, question.way, text, corpus)
        except WrongAnswer as error:
            say(f"    {error}")
        else:
            return


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["bibtex", "ris", "csl-json"]),
    help="If the file's name does not say.",
)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field for every source: kind=readout.",
)
@dry_run_option
@today_option
@click.pass_obj
def add_source(
    root: Path,
    file: Any,
    form: str | None,
    values: tuple[str, ...],
    dry_run: bool,
    today: dt.date | None,
) -> None:
    """Add sources from FILE, as exported by Zotero and others (BibTeX, RIS or CSL-JSON; - reads
    what is piped in). A source whose address is there already is left out."""
    corpus = Corpus(load(root).records, today or this_day())
    try:
        text = file.read()
        form = form or bibliography.guessed_format(file.name, text)
        rows = bibliography.sources_in(text, form)
    except (bibliography.CannotRead, UnicodeDecodeError) as error:
        raise CannotEdit(f"{file.name}: {error}") from None
    urls = {s.url.rstrip("/"): s.id for s in corpus.everything(Source) if s.url}
    found: dict[str, dict[str, Any]] = {}
    lacking = 0
    for row in rows:
        if known := urls.get(str(row.get("url", "")).rstrip("/")):
            say(f'"{row.get("title", "")}" is there already: {known}.')
            continue
        for value in values:
            way, _, given = value.partition("=")
            try:
                scaffold.put(row, Source, way.strip(), given, corpus)
            except WrongAnswer as error:
                raise click.BadParameter(str(error), param_hint="--set") from None
        scaffold.derive(Source, row, corpus)
        missing = [q.way for q in scaffold.questions(Source) if not _has(row, q.way)]
        if missing:
            lacking += 1
            say(f'"{row.get("title", "?")}" lacks {", ".join(missing)}; give them with --set.')
            continue
        record_id = scaffold.suggested_id(Source, row, corpus)
        while record_id in found:
            record_id += "-b"
        found[record_id] = row
        if row.get("url"):
            urls[row["url"].rstrip("/")] = record_id
    if found:
        _write(root, Source, found, corpus, dry_run)
    sys.exit(CONTENT if lacking else FINE)


def _write(
    root: Path, shape: type[Record], found: dict[str, dict[str, Any]], corpus: Corpus, dry_run: bool
) -> None:
    library = load(root)
    edits = []
    for record_id, data in found.items():
        edit.free(library, record_id)
        path = f"content/{shape.folder}/{record_id}.yml"
        edits.append(Edit(path, None, scaffold.text_of(shape, data)))
    own, others = edit.problems_after(library, edits, corpus.today)
    if own or others:
        print_problems([*own, *others], err)
        raise CannotEdit("Nothing was written: it would bring in what stands above.")
    if dry_run:
        print_diff(edit.shown(edits))
        return
    edit.apply(root, edits)
    for change in edits:
        click.echo(change.path)
    say("Written. Look through it, add what else is known, and run brief check.")


@click.command()
@today_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def stats(root: Path, today: dt.date | None, as_json: bool) -> None:
    """Count the records: by type, kind, status and tier, and what is lacking."""
    corpus = Corpus(load(root).records, today or this_day())
    if as_json:
        click.echo(counting.as_json(corpus))
        return
    for title, rows in counting.tables(corpus):
        out.print(title, style="bold")
        for label, count in rows:
            out.print(f"  {label:<34}{count:>8,}", markup=False)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@dry_run_option
@click.pass_obj
def schemas(root: Path, check: bool, dry_run: bool) -> None:
    """Write what follows from the model: the schemas and settings of editors, the issue forms."""
    edits = []
    for name, text in {**editors.files(), **forms.files()}.items():
        path = root / name
        before = path.read_bytes() if path.is_file() else None
        if before != text.encode():
            edits.append(Edit(name, before, text.encode()))
    if dry_run:
        print_diff(edit.shown(edits))
    else:
        for change in edits:
            click.echo(change.path)
    if not (check or dry_run):
        edit.apply(root, edits)
    say(f"{len(edits)} files {'out of date' if check or dry_run else 'written'}.")
    sys.exit(CONTENT if check and edits else FINE)


@click.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@dry_run_option
@today_option
@click.pass_obj
def intake(root: Path, file: Any, dry_run: bool, today: dt.date | None) -> None:
    """Turn the text of an issue that came from a form, in FILE, into a record or a step.

    What is wrong with it is printed as a Markdown list for the person who wrote it; then nothing
    is written, and the exit code is 1.
    """
    library = load(root)
    corpus = Corpus(library.records, today or this_day())
    answer = forms.read(file.read(forms.MAX_BODY + 1), corpus)
    said = list(answer.problems)
    edits: list[Edit] = []
    if not said and answer.step:
        try:
            edits = edit.add_step(root, answer.record_id, answer.step, corpus.today.isoformat())
        except CannotEdit as error:
            said.append(str(error))
    elif not said and answer.kind and answer.data:
        try:
            edit.free(library, answer.record_id)
            path = f"content/{answer.kind.folder}/{answer.record_id}.yml"
            edits = [Edit(path, None, scaffold.text_of(answer.kind, answer.data))]
        except CannotEdit as error:
            said.append(str(error))
    if edits:
        own, others = edit.problems_after(library, edits, corpus.today)
        said += [f"{p.message}. {p.hint}".strip() for p in (*own, *others)]
    if said:
        for text in said:
            click.echo(f"- {as_markdown(text)}")
        sys.exit(CONTENT)
    if not edits:
        click.echo("- A person will look at this.")
    elif dry_run:
        print_diff(edit.shown(edits))
    else:
        edit.apply(root, edits)
        for change in edits:
            click.echo(change.path)
    sys.exit(FINE)


COMMANDS = (new, add_source, stats, schemas, intake)
