"""What may be asked, by whom: each endpoint of the application stands here, or is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

READ = frozenset(("GET", "HEAD"))
WRITE = frozenset(("POST",))
REPORTS = frozenset(
    "balance_sheet commodities errors events holdings income_statement journal options query"
    " statistics trial_balance".split()
)
"""Fava's reports; its editor, import and documents are closed."""


@dataclass(frozen=True, slots=True)
class Open:
    """An endpoint that may be asked. `public` needs no sign-in; `only` bounds its parameters."""

    methods: frozenset[str] = READ
    public: bool = False
    only: Mapping[str, frozenset[str]] | None = None


_API = (
    "account_report balance_sheet changed commodities context documents errors events help"
    " income_statement journal journal_page ledger_data narration_transaction narrations options"
    " payee_accounts payee_transaction query statistics trial_balance"
)
ALLOWED: Mapping[str, Open] = {
    "static": Open(public=True),
    "ovop.asset": Open(public=True),
    "ovop.health": Open(public=True),
    "ovop.statement": Open(public=True),
    "ovop.login": Open(methods=READ | WRITE, public=True),
    "ovop.logout": Open(methods=WRITE),
    "ovop.language": Open(methods=WRITE),
    "ovop.page": Open(),
    "ovop.act": Open(methods=WRITE),
    "ovop.get": Open(),
    "index": Open(),
    "account": Open(),
    "report": Open(only={"report_name": REPORTS}),
    "holdings_by": Open(),
    "help_page": Open(),
    "download_query": Open(only={"result_format": frozenset(("csv",))}),
    "download_journal": Open(),
    **{f"json_api.get_{name}": Open() for name in _API.split()},
}

CLOSED = frozenset(
    (
        "document",  # reads a file, and would show HTML and SVG as pages of ours
        "statement",
        "extension_endpoint",  # runs what extensions offer
        "extension_js_module",
        "extension_report",
        "jump",  # goes wherever the Referer says
        "json_api.get_extract",  # any path of the server, any importer
        "json_api.get_imports",
        "json_api.get_source",
        "json_api.get_source_slice",
        "json_api.put_add_document",
        "json_api.put_add_entries",
        "json_api.put_attach_document",
        "json_api.put_format_source",
        "json_api.put_move",
        "json_api.put_source",
        "json_api.put_source_slice",
        "json_api.put_upload_import_file",
        "json_api.delete_document",
        "json_api.delete_source_slice",
    )
)
"""What is known and closed. An endpoint that stands in neither table is closed too; a test asks
that somebody decides."""


def is_open(endpoint: str | None, method: str, values: Mapping[str, object]) -> Open | None:
    """How an endpoint may be asked, or None where it is closed for this method or parameters."""
    rule = ALLOWED.get(endpoint or "")
    if rule is None or method not in rule.methods:
        return None
    for name, allowed in (rule.only or {}).items():
        if values.get(name) not in allowed:
            return None
    return rule
