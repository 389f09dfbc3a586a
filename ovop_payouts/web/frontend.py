"""Fava's frontend with our layout, words and sidebar; Fava's templates made safe."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fava
import jinja2
from fava.internal_api import get_ledger_data
from fava.json_api import json_success
from flask import Flask, Response, current_app, redirect, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from ovop_payouts.web.context import language, must_be, my_slug, words
from ovop_payouts.web.guarding import csrf_field
from ovop_payouts.web.pages import PAGES
from ovop_payouts.web.words import NAMES

HERE = Path(__file__).parent
FAVA = Path(fava.__file__).parent


def install(app: Flask) -> None:
    ours = jinja2.FileSystemLoader(HERE / "templates")
    app.jinja_loader = jinja2.ChoiceLoader(
        [ours, jinja2.FunctionLoader(_escaping), jinja2.FileSystemLoader(FAVA / "templates")]
    )
    app.jinja_env.globals.update(
        url_for=url_for,
        static_url=lambda filename: _versioned("static", FAVA / "static", filename),
        asset_url=lambda filename: _versioned("ovop.asset", HERE / "static", filename),
        ledger_json=ledger_json,
        csrf_field=csrf_field,
    )
    app.context_processor(lambda: {"ovop": Corner()})
    app.extensions["babel"].locale_selector = language
    app.view_functions["index"] = _index
    app.view_functions["json_api.get_ledger_data"] = _ledger_data


def _escaping(name: str) -> str | None:
    """Fava's journal writes texts of the books into its page unescaped; here they are escaped."""
    if name != "_journal_table.html":
        return None
    text = (FAVA / "templates" / name).read_text(encoding="utf-8")
    return text.replace("{% autoescape false %}", "{% autoescape true %}")


@cache
def _version(path: Path) -> str:
    return str(int(path.stat().st_mtime)) if path.is_file() else "0"


def _versioned(endpoint: str, folder: Path, filename: str) -> str:
    return url_for(endpoint, filename=filename, mtime=_version(folder / filename))


class Corner:
    """What the layout shows of the user; asked only where somebody is signed in."""

    @property
    def user(self) -> object:
        return must_be().user

    @property
    def language(self) -> str:
        return language()

    @property
    def languages(self) -> dict[str, str]:
        return NAMES

    @property
    def words(self) -> Callable[..., str]:
        return words()

    @property
    def csrf(self) -> Markup:
        return csrf_field()

    @property
    def logout_url(self) -> str:
        return url_for("ovop.logout")

    @property
    def language_url(self) -> str:
        return url_for("ovop.language")


def _index() -> Any:
    return redirect(url_for("ovop.page", bfile=my_slug(), view="overview"))


def _ours() -> Any:
    """What the frontend is told of the book: one book alone, our pages first in the sidebar."""
    say, role, slug = words(), must_be().user.role, my_slug()
    menu = [
        (say(page.name), url_for("ovop.page", bfile=slug, view=page.name))
        for page in PAGES
        if page.menu and page.is_for(role)
    ]
    return dataclasses.replace(get_ledger_data(), sidebar_links=menu, other_ledgers=[])


def _ledger_data() -> Response:
    return json_success(_ours())


def ledger_json() -> Markup:
    return htmlsafe_json_dumps(_ours(), dumps=current_app.json.dumps)
