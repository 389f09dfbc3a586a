"""A statement as one small HTML page, readable on a small phone; nothing in it is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from reports.statement.model import Statement
from reports.statement.page import Page, Section, page_of
from reports.words import words

STYLE = """
body{font:16px/1.45 system-ui,sans-serif;margin:0 auto;max-width:46rem;padding:1rem;color:#111}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.2rem 0 .3rem}
.box{border:1px solid #333;border-radius:.4rem;padding:.7rem}.box strong{display:block}
dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .8rem;margin:.6rem 0}dt{color:#555}
dd{margin:0;font-weight:600}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th{text-align:left;vertical-align:bottom;border-bottom:1px solid #333}td,th{padding:.2rem .35rem}
td{border-bottom:1px solid #ddd}.n{text-align:right;font-variant-numeric:tabular-nums}
td.n,td:first-child{white-space:nowrap}.s td:first-child{white-space:normal}
tfoot td,.b td{font-weight:700}.bars{display:flex;gap:.3rem;align-items:flex-end;height:7rem}
.bars div{flex:1;text-align:center;font-size:.65rem}.bars i{display:block;background:#333}
.band{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center;margin:.8rem 0}
.band div{flex:1 1 6rem;border:1px solid #333;border-radius:.4rem;padding:.35rem;text-align:center}
.band div:last-child{background:#222;color:#fff}.band small,.band strong{display:block}
.bars i.g{background:#fff;border:1px solid #333;border-bottom:0}.bars span{display:flex;gap:2px;
align-items:flex-end}.bars span i{flex:1}
.draft{background:#eee;padding:.4rem;text-align:center;font-weight:700}
@media print{body{padding:0}}
"""


def statement_html(statement: Statement) -> str:
    """The page; every text from outside is escaped."""
    return "".join(_parts(page_of(statement), statement))


def _parts(page: Page, statement: Statement) -> Iterator[str]:
    say = words(statement.language)
    yield f'<!doctype html><html lang="{page.language}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(page.heading)}</title><style>{STYLE}</style></head><body>"
    if page.watermark:
        yield f'<p class="draft">{escape(page.watermark)}</p>'
    yield f"<p>{escape(page.payer)}</p><h1>{escape(page.heading)}</h1><dl>"
    for label, text in page.who:
        yield f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>"
    yield f'</dl><div class="box"><strong>{escape(page.outcome)}</strong> '
    yield (f"{escape(say('reason'))}: {escape(page.why)}. " if page.why else "")
    yield escape(" ".join(page.plain)) + '</div><div class="band">'
    for sign, label, amount in page.band:
        yield f"{escape(sign)}<div><small>{escape(label)}</small>"
        yield f"<strong>{escape(amount)}</strong></div>"
    yield "</div>"
    for section in page.sections:
        yield from _section(section)
    yield f'<h2>{escape(say("sums"))}</h2><div class="wide"><table class="s">'
    for label, amount, bold in page.sums:
        kind = ' class="b"' if bold else ""
        yield f'<tr{kind}><td>{escape(label)}</td><td class="n">{escape(amount)}</td></tr>'
    yield "</table></div>"
    yield f"<p>{escape(' '.join(page.more))}</p>" if page.more else ""
    yield from _picture(page, statement)
    for note in page.notes:
        yield f"<p>{escape(note)}</p>"
    yield "</body></html>\n"


def _picture(page: Page, statement: Statement) -> Iterator[str]:
    """Two bars a month: what was earned, light, and what was paid, dark."""
    if not page.bars:
        return
    say = words(statement.language)
    yield f"<h2>{escape(page.history_title)}</h2>"
    yield f"<p>□ {escape(say('gross'))} &nbsp; ■ {escape(say('payout'))}</p>"
    yield '<div class="bars">'
    for bar in page.bars:
        pair = f'<i class="g" style="height:{bar.gross * 5:.2f}rem"></i>'
        pair += f'<i style="height:{bar.payout * 5:.2f}rem"></i>'
        yield f"<div>{escape(bar.shown)}<span>{pair}</span>{escape(bar.label)}</div>"
    yield "</div>"


def _section(section: Section) -> Iterator[str]:
    yield f'<h2>{escape(section.title)}</h2><div class="wide"><table><thead>'
    yield row_html(section.columns, section.numbers, "th") + "</thead><tbody>"
    for row in section.rows:
        yield row_html(row, section.numbers, "td")
    yield f"</tbody><tfoot>{row_html(section.total, section.numbers, 'td')}</tfoot></table></div>"
    for remark in section.remarks:
        yield f"<p>{escape(remark)}</p>"


def row_html(cells: Sequence[str], numbers: tuple[bool, ...], tag: str) -> str:
    shown = (
        f"<{tag}{' class=n' if number else ''}>{escape(cell)}</{tag}>"
        for cell, number in zip(cells, numbers, strict=True)
    )
    return f"<tr>{''.join(shown)}</tr>"
