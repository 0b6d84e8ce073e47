"""The documents there are, and which of them somebody wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from generator.corpus import Corpus
from generator.model import Briefing, Country, Person, Summit, Topic
from generator.pdf import CannotMake, book, documents, lists
from generator.pdf.nodes import Tree
from generator.problems import did_you_mean
from generator.words import WORDS


@dataclass(frozen=True)
class Form:
    """One kind of document, of which there is one for each of `items`.

    `name` is the folder of its files, `option` and `help` are those of `brief pdf`, `label` is the
    key of its name in the words, `most` the pages it may have."""

    name: str
    option: str
    help: str
    label: str
    template: str
    items: Callable[[Corpus], Iterable[Any]]
    tree: Callable[[Corpus, Any], Tree]
    most: int | None = None
    standard: bool = True  # made with the site


#: Every kind of document that is about something with an id. A new one: a function in `documents`,
#: a template, a row here.
FORMS: tuple[Form, ...] = (
    Form(
        "glance",
        "glance",
        "A summit on one page.",
        "pdf_glance",
        "glance.typ",
        lambda corpus: corpus.all(Summit),
        documents.glance,
        most=1,
    ),
    Form(
        "brief",
        "summit",
        "A summit on two pages at most.",
        "pdf_brief",
        "brief.typ",
        lambda corpus: corpus.all(Summit),
        documents.brief,
        most=2,
    ),
    Form(
        "briefing",
        "briefing",
        "A briefing in full.",
        "pdf_briefing",
        "briefing.typ",
        lambda corpus: corpus.all(Briefing),
        documents.briefing,
    ),
    Form(
        "country",
        "country",
        "A country, such as kr.",
        "pdf_country",
        "list.typ",
        lambda corpus: _with_something(corpus, Country),
        lists.country,
    ),
    Form(
        "pair",
        "pair",
        "Two countries, such as jp-kr.",
        "pdf_pair",
        "list.typ",
        lambda corpus: corpus.pairs.values(),
        lists.pair,
    ),
    Form(
        "topic",
        "topic",
        "A topic.",
        "pdf_topic",
        "list.typ",
        lambda corpus: _with_something(corpus, Topic),
        lists.topic,
    ),
    Form(
        "person",
        "person",
        "A person.",
        "pdf_person",
        "list.typ",
        lambda corpus: _with_something(corpus, Person),
        lists.person,
        standard=False,
    ),
)
BY_OPTION = {form.option: form for form in FORMS}


def _with_something(corpus: Corpus, kind: type[Any]) -> list[Any]:
    """The records of a type that a meeting or a takeaway names."""
    return [r for r in corpus.all(kind) if corpus.summits_with(r) or corpus.takeaways_with(r)]


@dataclass(frozen=True)
class Document:
    """One document that can be made: its file, the page of the site it belongs to, its text.

    A `picture` is made as one, not as a PDF; its label is what it says in words."""

    path: str
    page: str
    label: str
    template: str
    tree: Callable[[], Tree]
    most: int | None = None
    large: bool = False
    picture: bool = False


# -- choosing -------------------------------------------------------------------------------------


def of_form(corpus: Corpus, form: Form) -> dict[str, Document]:
    """The documents of a form, by the id of what each is about."""
    return {
        item.id: Document(
            f"{form.name}/{item.id}-{form.name}.pdf",
            f"pairs/{item.id}/" if form.name == "pair" else corpus.url(item),
            WORDS[form.label],
            form.template,
            partial(form.tree, corpus, item),
            form.most,
        )
        for item in form.items(corpus)
    }


def open_items(corpus: Corpus) -> Document:
    """The list of everything that is open."""
    tree = partial(lists.open_items, corpus)
    return Document("open-items.pdf", "tracker/", WORDS["pdf_open_list"], "list.typ", tree)


def compendium(corpus: Corpus) -> list[Document]:
    """The book, in one volume or several."""
    books = book.volumes(corpus) if corpus.all(Summit) else []
    return [
        Document(
            f"compendium-{volume.number}.pdf" if volume.of > 1 else "compendium.pdf",
            "",
            f"{WORDS['pdf_compendium']} {volume.number}"
            if volume.of > 1
            else WORDS["pdf_compendium"],
            "compendium.typ",
            partial(book.compendium, corpus, volume),
            large=True,
        )
        for volume in books
    ]


def selection(corpus: Corpus, since: str, until: str) -> Document:
    """The meetings and steps of a time. Raises `CannotMake` if there are none."""
    if not lists.has_selection(corpus, since, until):
        raise CannotMake(f"Nothing is recorded between {since or '…'} and {until or '…'}.")
    name = "-".join(part for part in ("from", since, "to" if until else "", until) if part)
    return Document(
        f"selection/{name}.pdf",
        "",
        WORDS["pdf_selection"],
        "list.typ",
        partial(lists.selection, corpus, since, until),
    )


def standard(corpus: Corpus) -> list[Document]:
    """The documents that come with the site."""
    forms = (of_form(corpus, form) for form in FORMS if form.standard)
    found = [document for form in forms for document in form.values()]
    return [*found, open_items(corpus), *compendium(corpus)]


def chosen(corpus: Corpus, ids: Mapping[str, Sequence[str]]) -> list[Document]:
    """The documents of the ids named for each option, each once. Raises `CannotMake` for an id
    there is none of."""
    found = [
        _find(corpus, BY_OPTION[name], wanted) for name, names in ids.items() for wanted in names
    ]
    return list({document.path: document for document in found}.values())


def _find(corpus: Corpus, form: Form, wanted: str) -> Document:
    there = of_form(corpus, form)
    key = wanted.strip().casefold()
    former = corpus.former.get(key)
    key = former.id if former else key
    if form.name == "pair":
        key = "-".join(sorted(key.split("-")))  # either order will do
    if key in there:
        return there[key]
    raise CannotMake(
        f'There is no {form.option} "{wanted}".{_hint(corpus, there, wanted.strip().casefold())}'
    )


def _hint(corpus: Corpus, there: Mapping[str, Document], wanted: str) -> str:
    """What somebody who wrote `wanted` may have meant."""
    names = {corpus.title(i) or i: i for i in there} | {i: i for i in there}
    if guess := did_you_mean(wanted, names):
        return f" Did you mean {names[guess]}?"
    if close := [i for i in there if wanted and wanted in i]:
        return f" Did you mean {' or '.join(close[-3:])}?"
    if record := corpus.records.get(wanted):
        return f" There is a record of that id among the {record.nouns.lower()}."
    return ""
