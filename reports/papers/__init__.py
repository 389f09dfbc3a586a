"""Papers for payees and groups, in every form: one record, one writer for each form."""

from __future__ import annotations

from collections.abc import Sequence

from reports.papers.model import Paper
from reports.statement.model import Statement

FORMS = ("pdf", "html", "xlsx", "txt")
Record = Statement | Paper


def write(record: Record, form: str) -> bytes:
    """The content of a file of that form."""
    if isinstance(record, Statement):
        return _statement(record, form)
    match form:
        case "pdf":
            return merge([record])
        case "html":
            from reports.papers.html import paper_html

            return paper_html(record).encode()
        case "xlsx":
            from reports.papers.xlsx import paper_xlsx

            return paper_xlsx(record)
    return (record.sms + "\n").encode()


def merge(records: Sequence[Record]) -> bytes:
    """Papers of one kind one after the other, each on pages of its own, as PDF."""
    statements = [each for each in records if isinstance(each, Statement)]
    if statements:
        from reports.statement.pdf import statements_pdf

        return statements_pdf(statements)
    from reports.papers.pdf import papers_pdf

    return papers_pdf([each for each in records if isinstance(each, Paper)])


def _statement(statement: Statement, form: str) -> bytes:
    match form:
        case "pdf":
            return merge([statement])
        case "html":
            from reports.statement.html import statement_html

            return statement_html(statement).encode()
        case "xlsx":
            from reports.statement.xlsx import statement_xlsx

            return statement_xlsx(statement)
    from reports.statement.txt import statement_txt

    return (statement_txt(statement) + "\n").encode()
