"""A paper as one small HTML page; nothing in it is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from reports.papers.model import DATE, TEXT, Paper, Table
from reports.papers.pdf import shown_row
from reports.statement.html import STYLE, row_html
from reports.words import Words, words


def paper_html(paper: Paper) -> str:
    """The page; every text from outside is escaped."""
    return "".join(_parts(paper))


def _parts(paper: Paper) -> Iterator[str]:
    say = words(paper.language)
    yield f'<!doctype html><html lang="{paper.language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(paper.heading)}</title><style>{STYLE}</style></head><body>"
    if paper.watermark:
        yield f'<p class="draft">{escape(paper.watermark)}</p>'
    yield f"<p>{escape(paper.payer)}</p><h1>{escape(paper.heading)}</h1>"
    yield (f"<p>{escape(paper.subtitle)}</p>" if paper.subtitle else "") + "<dl>"
    for label, text in paper.who:
        yield f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>"
    yield "</dl>"
    if paper.lead or paper.plain:
        yield f'<div class="box"><strong>{escape(paper.lead)}</strong> '
        yield escape(" ".join(paper.plain)) + "</div>"
    for table in paper.tables:
        yield from _table(table, say)
    for text in (*paper.notes, *(f"{name}: __________" for name in paper.signatures)):
        yield f"<p>{escape(text)}</p>"
    yield "</body></html>\n"


def _table(table: Table, say: Words) -> Iterator[str]:
    numbers = tuple(column.kind not in (TEXT, DATE) for column in table.columns)
    titles = tuple(column.title for column in table.columns)
    if table.title:
        yield f"<h2>{escape(table.title)}</h2>"
    yield f'<div class="wide"><table><thead>{row_html(titles, numbers, "th")}</thead><tbody>'
    for row in table.rows:
        yield row_html(shown_row(row, table.columns, say), numbers, "td")
    yield "</tbody>"
    if table.totals:
        total = shown_row(table.totals, table.columns, say)
        yield f"<tfoot>{row_html(total, numbers, 'td')}</tfoot>"
    yield "</table></div>"
