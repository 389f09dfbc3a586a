"""Fava's frontend with our layout, words and sidebar; Fava's templates made safe."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache, wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

import fava
import jinja2
from fava.application import _inject_filters
from fava.context import g
from fava.helpers import FavaAPIError
from fava.internal_api import get_ledger_data
from fava.json_api import json_err
from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from ovop_payouts.web.context import in_my_year, language, must_be, my_slug, my_year, words
from ovop_payouts.web.guarding import csrf_field
from ovop_payouts.web.ledgers import Ledger
from ovop_payouts.web.pages import PAGES, charts
from ovop_payouts.web.translations import compiled
from ovop_payouts.web.words import NAMES

HERE = Path(__file__).parent
FAVA = Path(fava.__file__).parent
OURS = frozenset(("base_url", "sidebar_links", "other_ledgers", "fava_options", "extensions"))
REMEMBERED = (
    "account_report balance_sheet commodities events income_statement journal_page statistics"
    " trial_balance"
).split()
KEPT = 32
LARGEST = 4 * 1024 * 1024
"""Answers of one ledger that are kept, and bytes of each."""
DETAILS = ("balance_string", "close_date", "currencies", "last_entry", "uptodate_status")
"""Of an account, what the frontend reads; not where it was opened."""


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
        draw=charts,
    )
    app.context_processor(lambda: {"ovop": Corner()})
    app.extensions["ovop_words"] = folder = compiled()
    app.extensions["babel"].locale_selector = language
    app.extensions["babel"].translation_directories.append(folder.name)
    app.url_default_functions[None] = [_filters]
    app.view_functions["index"] = _index
    app.register_error_handler(FavaAPIError, _wrong_page)
    app.error_handler_spec["json_api"][None][FavaAPIError] = _wrong_question
    app.view_functions["json_api.get_ledger_data"] = _ledger_data
    for name in REMEMBERED:
        endpoint = f"json_api.get_{name}"
        app.view_functions[endpoint] = _remembered(app.view_functions[endpoint])


def _remembered(view: Callable[[], Any]) -> Callable[[], Any]:
    """A ledger here never changes, so neither does what it answers: the last answers are kept."""

    @wraps(view)
    def answer() -> Any:
        ledger = cast(Ledger, g.ledger)
        key = (request.endpoint, request.query_string, language())
        if (text := ledger.answers.get(key)) is None:
            said = current_app.make_response(view())
            if said.status_code != HTTPStatus.OK:
                return said
            text = said.get_data()
            if len(text) <= LARGEST:
                ledger.answers[key] = text
                while len(ledger.answers) > KEPT:
                    ledger.answers.pop(next(iter(ledger.answers)), None)
        return Response(text, mimetype="application/json")

    return answer


def _filters(endpoint: str, values: dict[str, Any]) -> None:
    """Fava's filters go from page to page, but not into addresses of ours."""
    if not endpoint.startswith("ovop."):
        _inject_filters(endpoint, values)


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
    def whole(self) -> bool:
        """Whether the book is the one with every entry."""
        return in_my_year()

    @property
    def other_book(self) -> str:
        """Where the same book stands the other way: in sums, or with every entry."""
        return url_for("index", bfile=my_slug() if in_my_year() else my_year())

    @property
    def logout_url(self) -> str:
        return url_for("ovop.logout")

    @property
    def language_url(self) -> str:
        return url_for("ovop.language")


def _wrong_question(error: FavaAPIError) -> Response:
    """What cannot be asked so is the asker's mistake; Fava calls it the server's, and logs it."""
    return json_err(error.message, HTTPStatus.BAD_REQUEST)


def _wrong_page(error: FavaAPIError) -> tuple[str, int]:
    return render_template("_layout.html", page_title="", content=error.message), 400


def _index() -> Any:
    if in_my_year():
        return redirect(url_for("report", bfile=my_year(), report_name="income_statement"))
    return redirect(url_for("ovop.page", bfile=my_slug(), view="overview"))


def _ours() -> dict[str, Any]:
    """What the frontend is told of the user: one book alone, our pages first in the sidebar."""
    say, role, slug, whole = words(), must_be().user.role, my_slug(), in_my_year()
    menu = [
        (say(page.name), url_for("ovop.page", bfile=slug, view=page.name))
        for page in PAGES
        if page.menu and page.is_for(role)
    ]
    here, other = (my_year(), slug) if whole else (slug, my_year())
    to_other = url_for("report", bfile=other, report_name="income_statement")
    menu.append((say("months_in_sums" if whole else "every_entry"), to_other))
    return {
        "base_url": url_for("index", bfile=here),
        "sidebar_links": menu,
        "other_ledgers": [],
        "extensions": [],
        "fava_options": dataclasses.replace(g.ledger.fava_options, locale=language()),
    }


def _of_the_book() -> str:
    """What the frontend is told of a book, as JSON: the same for all who read it, made once."""
    ledger = cast(Ledger, g.ledger)
    if ledger.told is None:
        told = get_ledger_data()
        data = {each.name: getattr(told, each.name) for each in dataclasses.fields(told)}
        data = {name: value for name, value in data.items() if name not in OURS}
        data["account_details"] = {
            name: {each: said for each in DETAILS if (said := getattr(details, each)) is not None}
            for name, details in ledger.accounts.items()
            if any(getattr(details, each) is not None for each in DETAILS)
        }
        ledger.told = current_app.json.dumps(data)
    return str(ledger.told)


def ledger_json() -> Markup:
    ours = current_app.json.dumps(_ours())
    return htmlsafe_json_dumps(None, dumps=lambda _: f"{ours[:-1]},{_of_the_book()[1:]}")


def _ledger_data() -> Response:
    text = f'{{"data":{ledger_json()},"mtime":"{g.ledger.mtime}"}}'
    return Response(text, mimetype="application/json")
