"""How fast PDFs are made, and a book of a thousand sections beside WeasyPrint, in one run.

    python tests/bench/pdf.py --weasyprint OTHER/bin/python

OTHER is an environment with WeasyPrint in it; the project itself does not need it. Both set the
same book, from the same data, with contents, page references, notes and index: Typst as tagged
PDF/A and PDF/UA, WeasyPrint as plain PDF, the quickest it can do. Each runs in a process of its
own; time is that of the whole process, by the clock and of all cores together, memory its peak.
Prints tables in Markdown. Of the two ratios the first is that of the clock; the second, of the work
of all cores, hardly changes where something else runs beside.
"""

from __future__ import annotations

import argparse
import datetime as dt
import html
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pikepdf

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator.corpus import Corpus  # noqa: E402 - the path above comes first
from generator.load import load  # noqa: E402
from generator.model import Record, Summit, Takeaway  # noqa: E402
from generator.pdf import book, shelf  # noqa: E402
from generator.pdf.fonts import Rack  # noqa: E402
from generator.pdf.nodes import Tree, finish  # noqa: E402
from generator.pdf.typeset import Job, typeset, typeset_all  # noqa: E402
from tests.bench.measuring import Failed, Run, measured, middle  # noqa: E402

SITE = "https://example.org/summits/"


# -- a library of any size ------------------------------------------------------------------------


def grown(records: dict[str, Record], takeaways: int) -> dict[str, Record]:
    """The records with their summits copied until there are so many takeaways."""
    found = dict(records)
    summits = [r for r in records.values() if isinstance(r, Summit)]
    originals = [r for r in records.values() if isinstance(r, Takeaway)]
    count, copy = len(originals), 0
    while count < takeaways:
        copy += 1
        found |= {f"{s.id}-{copy}": s.model_copy(update={"id": f"{s.id}-{copy}"}) for s in summits}
        for original in originals[: takeaways - count]:
            key = f"{original.id}-{copy}"
            homes = tuple(f"{summit}-{copy}" for summit in original.summits)
            found[key] = original.model_copy(update={"id": key, "summits": homes, "restates": ()})
            count += 1
    return found


# -- the same book as HTML ------------------------------------------------------------------------

CSS = """
@page { size: A4; margin: 22mm 23mm 20mm; @top-left { content: string(part) }
  @top-right { content: string(chapter) } @bottom-right { content: counter(page) } }
body { font: 10.5pt/1.35 serif } table { border-collapse: collapse; width: 100%; font-size: 9.5pt }
td, th { border-top: .5pt solid #ccc; padding: 3pt; text-align: left; vertical-align: top }
h1 { string-set: part content(); break-before: page } h2 { string-set: chapter content() }
.chapter { break-before: page } .facts { background: #f6f4ef } .index { columns: 2 }
.ref::after { content: " (p. " target-counter(attr(href), page) ")" }
.toc::after { content: leader(".") target-counter(attr(href), page) }
.page::after { content: target-counter(attr(href), page) }
.bar { height: 7pt; background: #173a63 } .notes { font-size: 9.5pt; columns: 2 }
"""


def line(nodes: Any) -> str:
    if isinstance(nodes, str):
        return html.escape(nodes)
    return "".join(html.escape(n) if isinstance(n, str) else _node(n) for n in nodes)


def _node(node: Any) -> str:
    inner = line(node.get("c", ""))
    match node["k"]:
        case "em" | "strong":
            return f"<{node['k']}>{inner}</{node['k']}>"
        case "link":
            return f'<a href="{html.escape(node["href"])}">{inner}</a>'
        case "ref":
            return f'<a class="ref" href="#{node["to"]}">{inner}</a>'
        case "notes":
            links = (f'<a href="#n-{node["in"]}-{n}">{n}</a>' for n in node["to"])
            return f"<sup>{', '.join(links)}</sup>"
        case "native":
            return f'<span lang="{node["lang"]}">{html.escape(node["text"])}</span>'
        case "natives":
            return " (" + ", ".join(_node(name) for name in node["c"]) + ")"
        case "chip":
            return f"<b>{html.escape(node['label'])}</b>"
        case "br":
            return "<br>"
    return inner


def blocks(nodes: Any) -> str:
    found = []
    for node in nodes:
        match node["k"]:
            case "p":
                found.append(f"<p>{line(node['c'])}</p>")
            case "ul" | "ol" as kind:
                items = "".join(f"<li>{blocks(item)}</li>" for item in node["c"])
                found.append(f"<{kind}>{items}</{kind}>")
            case "quote":
                found.append(f"<blockquote>{blocks(node['c'])}</blockquote>")
            case "heading":
                found.append(f"<h4>{line(node['c'])}</h4>")
            case "table":
                rows = "".join(
                    "<tr>" + "".join(f"<td>{line(cell)}</td>" for cell in row) + "</tr>"
                    for row in (node["head"], *node["rows"])
                )
                found.append(f"<table>{rows}</table>")
    return "".join(found)


def facts(rows: Any) -> str:
    cells = (
        f"<tr><th>{line(row['label'])}</th><td>{'<br>'.join(map(line, row['lines']))}</td></tr>"
        for row in rows
    )
    return f'<table class="facts">{"".join(cells)}</table>'


def notes(rows: Any) -> str:
    items = (
        f'<li id="n-{row["in"]}-{row["number"]}">{line(row["title"])}, {line(row["publisher"])}, '
        f"{line(row['date'])} {line(row['locator'])} {line(row['quote'])}</li>"
        for row in rows
    )
    return f'<ol class="notes">{"".join(items)}</ol>'


def items(rows: Any) -> str:
    cells = (
        f"<tr><td>{_node(row['chip'])}</td><td>{line(row['headline'])}"
        f"{blocks(row['step']['c'])}</td><td>{row['since']}</td><td>{line(row['next'])}</td></tr>"
        for row in rows
    )
    return f"<table>{''.join(cells)}</table>"


def entry(item: Any) -> Iterator[str]:
    yield f'<h3 id="{item["id"]}">{line(item["headline"])}</h3><p>'
    yield f"{_node(item['chip']) if item['chip'] else ''} {item['kind']} {line(item['basis'])}</p>"
    yield blocks(item["body"]) + facts(item["facts"])
    yield "<ul>" + "".join(f"<li>{line(row)}</li>" for row in item["accounts"]) + "</ul><table>"
    for step in item["history"]:
        yield f"<tr><td>{step['date']} {_node(step['chip'])}</td>"
        yield f"<td>{blocks(step['text'])}</td></tr>"
    yield "</table>" + line(item["follows"]) + facts(item["related"])


def as_html(tree: Tree) -> Iterator[str]:
    """The compendium as one page of HTML."""
    yield f"<!doctype html><html lang=en><title>{line(tree['title'])}</title><style>{CSS}</style>"
    yield f"<h1>{line(tree['site'])}</h1><p>{line(tree['tagline'])}</p>"
    yield "".join(f"<p>{line(row)}</p>" for row in tree["imprint"]) + "<h1>Contents</h1>"
    for part in tree["parts"]:
        yield f"<p><b>{part['title']}</b></p>"
        for chapter in part["chapters"]:
            yield f'<p><a class="toc" href="#{chapter["id"]}">{line(chapter["title"])}</a></p>'
    yield "<h1>Statuses</h1>"
    yield "".join(f"<p>{_node(row['chip'])} {line(row['about'])}</p>" for row in tree["scale"])
    for name in ("pairs", "status"):
        rows = tree["figures"][name]["rows"]
        most = max([row["number"] for row in rows], default=1)
        yield "".join(
            f'<div class="bar" style="width: {100 * row["number"] / most}%"></div>' for row in rows
        )
    for part in tree["parts"]:
        yield f"<h1>{part['title']}</h1>"
        for chapter in part["chapters"]:
            yield f'<section class="chapter"><h2 id="{chapter["id"]}">{line(chapter["title"])}</h2>'
            yield f"<p>{line(chapter['bottom_line'])}</p>" + facts(chapter["facts"])
            yield blocks(chapter["summary"])
            for item in chapter["takeaways"]:
                yield from entry(item)
            for dispute in chapter["disputed"]:
                rows = "".join(f"<li>{line(row)}</li>" for row in dispute["accounts"])
                yield f"<p><b>{line(dispute['question'])}</b></p><ul>{rows}</ul>"
            yield notes(chapter["notes"]) + "</section>"
    yield "<h1>Tracked</h1>" + "".join(items(group["items"]) for group in tree["tracked"])
    yield "<h1>Glossary</h1>"
    for term in tree["glossary"]["terms"]:
        yield f'<p id="{term["id"]}"><b>{line(term["name"])}</b></p>{blocks(term["definition"])}'
    yield notes(tree["glossary"]["notes"]) + "<h1>Sources</h1>"
    for row in tree["bibliography"]:
        yield f"<p>{line(row['authors'])} {line(row['title'])}, {line(row['publisher'])}, "
        yield f"{row['date']}. {line(row['url'])}</p>"
    yield '<h1>Index</h1><div class="index">'
    for group in tree["index"]:
        for row in group["entries"]:
            links = (f'<a class="page" href="#{to}"></a>' for to in row["to"])
            yield f"<p>{line(row['name'])} {', '.join(links)}</p>"
    yield "</div>"


# -- measuring ------------------------------------------------------------------------------------


def table_row(run: Run, size: int, engine: str, pages: int, beside: Run) -> str:
    return (
        f"| {size:,} | {engine} | {pages} | {run.seconds:.1f} s | {run.cores:.1f} s | "
        f"{run.megabytes:,.0f} MB | {run.seconds / beside.seconds:.1f} | "
        f"{run.cores / beside.cores:.1f} |"
    )


def pages_of(path: Path) -> int:
    with pikepdf.open(path) as file:
        return len(file.pages)


def job_for(document: shelf.Document, rack: Rack) -> Job:
    fit = rack.fitted({**document.tree(), "paper": "a4"})
    folders = tuple(sorted({str(path.parent) for path in rack.files(fit.families)}))
    return Job(document.path, document.template, fit.tree, document.most, folders, document.large)


def documents_per_second(corpus: Corpus, rack: Rack) -> Iterator[str]:
    """Everything that comes with the site but the book, in one process and in all."""
    jobs = [job_for(d, rack) for d in shelf.standard(corpus) if not d.large]
    for processes in sorted({1, os.cpu_count() or 1}):
        start = time.perf_counter()
        made = list(typeset_all(jobs, processes))
        seconds = time.perf_counter() - start
        pages = sum(sheets.pages for sheets in made)
        name = "1 process" if processes == 1 else f"{processes} processes"
        yield f"| {name} | {len(made)} | {pages} | {seconds:.1f} s | {len(made) / seconds:.1f} |"


def compare(records: dict[str, Record], size: int, weasyprint: str, runs: int) -> Iterator[str]:
    """The book of so many takeaways, by Typst and by WeasyPrint."""
    corpus = Corpus(grown(records, size), dt.date(2026, 11, 23), SITE)
    volume = book.volumes(corpus, size + 1)[0]
    fit = Rack().fitted({**book.compendium(corpus, volume), "paper": "a4"})
    folders = sorted({str(path.parent) for path in Rack().files(fit.families)})
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "job.json").write_text(json.dumps([fit.tree, folders]), encoding="utf-8")
        page = "".join(as_html(finish(fit.tree)))
        (here / "book.html").write_text(page, encoding="utf-8")
        own = [sys.executable, __file__, "--set", str(here / "job.json"), str(here / "typst.pdf")]
        typst = middle([measured(own) for _ in range(runs)])
        yield table_row(typst, size, "Typst", pages_of(here / "typst.pdf"), typst)
        if weasyprint:
            files = [str(here / "book.html"), str(here / "weasyprint.pdf")]
            other = measured([weasyprint, "-m", "weasyprint", *files])
            pages = pages_of(here / "weasyprint.pdf")
            yield table_row(other, size, "WeasyPrint", pages, typst)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--weasyprint", default="", metavar="PYTHON")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--set", nargs=2, metavar=("JOB", "PDF"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.set:
        tree, folders = json.loads(Path(options.set[0]).read_text(encoding="utf-8"))
        sheets = typeset(Job("book", "compendium.typ", tree, None, tuple(folders)))
        Path(options.set[1]).write_bytes(sheets.data)
        return
    records = load(ROOT).records
    own = f"Typst wheel {version('typst')}, Python {sys.version.split()[0]}"
    print(f"{own}, {os.cpu_count()} cores\n")
    print("| | documents | pages | time | documents a second |\n|---|---|---|---|---|")
    for row in documents_per_second(Corpus(records, dt.date(2026, 11, 23), SITE), Rack()):
        print(row, flush=True)
    print("\n| takeaways | engine | pages | time | all cores | memory | times | work |")
    print("|---|---|---|---|---|---|---|---|")
    try:
        for size in options.sizes:
            for row in compare(records, size, options.weasyprint, options.runs):
                print(row, flush=True)
    except Failed as error:
        raise SystemExit(f"pdf: {error}") from None


if __name__ == "__main__":
    main()
