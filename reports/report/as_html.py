"""A report as one page of its own: tables, pictures, print rules; nothing is fetched, no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from reports.colours import FAINT, HEAD, INK, LINE, PAPER
from reports.report.cells import PAPER_ROWS, shown
from reports.report.model import Column, Report, Table, Value, shortened
from reports.report.svg import svg
from reports.words import Words, words

STYLE = f"""
:root{{color-scheme:light}}
body{{font:15px/1.45 "Noto Sans",system-ui,sans-serif;margin:0 auto;max-width:75rem;padding:1.2rem;
color:{INK};background:{PAPER}}}
h1{{font-size:1.5rem;margin:.1rem 0}}h2{{font-size:1.1rem;margin:1.6rem 0 .4rem}}
header p{{margin:0;color:#444}}
.figures{{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.6rem;
margin:1rem 0;padding:0}}
.figures div{{border:1px solid {LINE};border-radius:.4rem;padding:.5rem .7rem}}
.figures dt{{font-size:.8rem;color:#444}}
.figures dd{{margin:0;font-size:1.2rem;font-weight:700;font-variant-numeric:tabular-nums}}
figure{{margin:.8rem 0;break-inside:avoid;overflow-x:auto}}
figcaption{{font-size:.85rem;font-weight:600}}
figure svg{{width:100%;height:auto;min-width:30rem;max-width:46rem}}
.wide{{overflow-x:auto}}table{{border-collapse:collapse;font-size:.85rem;min-width:50%}}
th{{text-align:left;vertical-align:bottom;background:{HEAD};border-bottom:2px solid {INK}}}
td,th{{padding:.22rem .5rem}}td:first-child{{white-space:nowrap}}
tbody td{{border-bottom:1px solid {LINE}}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}td.n{{white-space:nowrap}}
.d{{white-space:nowrap}}tbody tr:hover td{{background:#f6f8fa}}
tfoot td{{font-weight:700;border-top:2px solid {INK}}}
.note{{font-size:.85rem;color:#444;margin:.4rem 0}}footer{{margin-top:1.5rem;color:{FAINT}}}
@media print{{@page{{size:A4 landscape;margin:12mm}}body{{font-size:11px;max-width:none;padding:0}}
.wide{{overflow:visible}}thead{{display:table-header-group}}tfoot{{display:table-row-group}}
tr,.figures div{{break-inside:avoid}}h2{{break-after:avoid}}
th{{background:none}}tbody tr:hover td{{background:none}}}}
"""


def write(report: Report) -> bytes:
    """The page; every text from outside is escaped."""
    return "".join(_page(report, words(report.language))).encode()


def _page(report: Report, say: Words) -> Iterator[str]:
    title = escape(f"{report.title}, {report.span}")
    yield f'<!doctype html>\n<html lang="{report.language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
    yield from body(report, say)
    yield "</body></html>\n"


def body(report: Report, say: Words) -> Iterator[str]:
    """What stands in the page, for pages of others too."""
    yield f"<header><p>{escape(report.payer)}</p><h1>{escape(report.title)}</h1>"
    yield f"<p><strong>{escape(report.scope)}</strong> · {escape(report.span)}</p></header>"
    if report.figures:
        yield '<dl class="figures">'
        for figure in report.figures:
            value = escape(shown(figure.value, figure.kind, say))
            yield f"<div><dt>{escape(figure.label)}</dt><dd>{value}</dd></div>"
        yield "</dl>"
    for table in report.tables:
        yield from _section(table, say)
    for note in report.notes:
        yield f'<p class="note">{escape(note)}</p>'


def _section(table: Table, say: Words) -> Iterator[str]:
    yield f'<section><h2 id="{escape(table.name)}">{escape(table.title)}</h2>'
    for chart in table.charts:
        drawn = svg(table, chart, say)
        if drawn:
            yield f"<figure><figcaption>{escape(chart.title)}</figcaption>{drawn}</figure>"
    yield from _table(shortened(table, PAPER_ROWS, say.other_rows), say)
    if table.note:
        yield f'<p class="note">{escape(table.note)}</p>'
    yield "</section>"


def _table(table: Table, say: Words) -> Iterator[str]:
    yield f'<div class="wide"><table aria-labelledby="{escape(table.name)}"><thead><tr>'
    for column in table.columns:
        yield f'<th scope="col"{_class(column)}>{escape(column.title)}</th>'
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield _row(table, row, say)
    if not table.rows:
        yield f'<tr><td colspan="{len(table.columns)}">{escape(say("nothing_here"))}</td></tr>'
    yield "</tbody>"
    if table.total:
        yield f"<tfoot>{_row(table, table.total, say)}</tfoot>"
    yield "</table></div>"


def _class(column: Column) -> str:
    return ' class="n"' if column.number else ' class="d"' if column.kind == "date" else ""


def _row(table: Table, row: tuple[Value, ...], say: Words) -> str:
    cells = (
        f"<td{_class(column)}>{escape(shown(value, column.kind, say))}</td>"
        for column, value in zip(table.columns, row, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
