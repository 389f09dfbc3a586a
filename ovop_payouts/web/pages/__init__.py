"""Our pages, in the order of the sidebar: a new one is a module here, and its PAGE in PAGES."""

from __future__ import annotations

from ovop_payouts.web.desk import Page
from ovop_payouts.web.pages import (
    certificates,
    decide,
    files,
    imports,
    log,
    member,
    members,
    orders,
    overview,
    payee,
    run,
    runs,
    settlement,
    stock,
)

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    runs.PAGE,
    members.PAGE,
    certificates.PAGE,
    stock.PAGE,
    orders.PAGE,
    imports.PAGE,
    settlement.PAGE,
    log.PAGE,
    run.PAGE,
    payee.PAGE,
    decide.PAGE,
    files.PAGE,
    member.PAGE,
)
BY_NAME = {page.name: page for page in PAGES}
