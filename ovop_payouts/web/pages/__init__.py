"""Our pages, in the order of the sidebar: a new one is a module here, and its PAGE in PAGES."""

from __future__ import annotations

from ovop_payouts.web.desk import Page
from ovop_payouts.web.pages import overview

PAGES: tuple[Page, ...] = (overview.PAGE,)
BY_NAME = {page.name: page for page in PAGES}
