"""The endpoints of ours: signing in and out, pages, their actions and files."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from markupsafe import Markup

from ledger.changes import AlreadyLanded
from ovop_payouts.links import PATH, read_link
from ovop_payouts.refusal import Refusal
from ovop_payouts.settings import LANGUAGES
from ovop_payouts.users import WrongPassword
from ovop_payouts.web import answers
from ovop_payouts.web.context import (
    LANGUAGE_COOKIE,
    must_be,
    my_shelf,
    my_slug,
    settings,
    signed_in,
    web,
    words,
)
from ovop_payouts.web.desk import Desk, File, NothingThere, Page
from ovop_payouts.web.guarding import csrf_field, masked, must_be_ours
from ovop_payouts.web.member_page import member_page
from ovop_payouts.web.pages import BY_NAME
from ovop_payouts.web.refusals import told, told_text
from ovop_payouts.web.words import NAMES

LOGIN_COOKIE = "ovop_login"
YEAR = 365 * 24 * 3600
ASSETS = Path(__file__).parent / "static"
MEMBER_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""A statement holds its style and pictures itself, and nothing else."""
Answer = Any


def blueprint() -> Blueprint:
    ours = Blueprint("ovop", __name__)
    rules: tuple[tuple[str, str, Callable[..., Answer], tuple[str, ...]], ...] = (
        ("/healthz", "health", health, ("GET",)),
        ("/assets/<path:filename>", "asset", asset, ("GET",)),
        (f"/{PATH}/<token>", "statement", statement, ("GET",)),
        ("/login", "login", login, ("GET", "POST")),
        ("/logout", "logout", logout, ("POST",)),
        ("/language", "language", choose_language, ("POST",)),
        ("/<bfile>/ovop/<view>/", "page", show, ("GET",)),
        ("/<bfile>/ovop/<view>/do/<action>", "act", act, ("POST",)),
        ("/<bfile>/ovop/<view>/get/<file>", "get", get, ("GET",)),
    )
    for rule, name, view, methods in rules:
        ours.add_url_rule(rule, name, view, methods=list(methods))
    return ours


def health() -> Answer:
    return Response("ok\n", mimetype="text/plain")


def asset(filename: str) -> Answer:
    return send_from_directory(ASSETS, filename)


def statement(token: str) -> Answer:
    """A member's link: whatever is wrong with it, there is nothing there."""
    here = web()
    link = read_link(here.secret, token, here.today())
    asked = request.args.get("language", "")
    tongue = asked if asked in LANGUAGES else None
    page = member_page(here.library, settings(), link, tongue) if link else None
    if page is None:
        return answers.not_found()
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = MEMBER_CSP
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def login() -> Answer:
    if request.args.get("language") in LANGUAGES:
        answer = redirect(url_for("ovop.login"))
        return _remember_language(answer, request.args["language"])
    if request.method == "POST":
        return _sign_in()
    if signed_in() is not None:
        return redirect(url_for("index"))
    return _login_page(None, _inside(request.args.get("next", "")))


def _login_page(complaint: str | None, next_: str) -> Answer:
    token = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
    page = render_template(
        "login.html",
        words=words(),
        payer=settings().payer,
        languages=NAMES,
        action=url_for("ovop.login"),
        csrf=masked(token),
        next=next_,
        complaint=complaint and words()(complaint),
    )
    answer = make_response(page, 403 if complaint else 200)
    answer.set_cookie(
        LOGIN_COOKIE, token, secure=web().secure, httponly=True, samesite="Strict", path="/"
    )
    return answer


def _sign_in() -> Answer:
    must_be_ours(request.cookies.get(LOGIN_COOKIE, ""))
    here, name = web(), request.form.get("user", "").strip()
    try:
        here.people.check(name, request.form.get("password", ""), here.now())
        stamp = here.people.stamp(name)
        if stamp is None:
            raise WrongPassword(name)
    except WrongPassword:
        return _login_page("wrong", _inside(request.form.get("next", "")))
    token = here.sessions.begin(name, stamp, here.now())
    answer = redirect(_inside(request.form.get("next", "")) or url_for("index"), 303)
    answer.set_cookie(
        here.cookie, token, secure=here.secure, httponly=True, samesite="Lax", path="/"
    )
    answer.delete_cookie(LOGIN_COOKIE, path="/")
    return answer


def _inside(next_: str) -> str:
    """An address of ours to go on to; anything else is none."""
    parts = urlsplit(next_)
    plain = next_.startswith("/") and not next_.startswith(("//", "/\\")) and "\\" not in next_
    return f"{request.script_root}{next_}" if plain and not parts.netloc else ""


def logout() -> Answer:
    here = web()
    here.sessions.end(must_be().token)
    answer = redirect(url_for("ovop.login"), 303)
    answer.delete_cookie(here.cookie, path="/", secure=here.secure, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def choose_language() -> Answer:
    back = urlsplit(request.referrer or "")
    same = back.netloc == request.host
    answer = redirect(
        back._replace(scheme="", netloc="").geturl() if same else url_for("index"), 303
    )
    chosen = request.form.get("language", "")
    return _remember_language(answer, chosen) if chosen in LANGUAGES else answer


def _remember_language(answer: Answer, chosen: str) -> Answer:
    answer.set_cookie(
        LANGUAGE_COOKIE, chosen, YEAR, secure=web().secure, httponly=True, samesite="Lax", path="/"
    )
    return answer


def _desk(asked: Mapping[str, str], files: tuple[File, ...] = ()) -> Desk:
    slug = my_slug()

    def address(page: str, **parameters: object) -> str:
        return _with(url_for("ovop.page", bfile=slug, view=page), parameters)

    return Desk(
        must_be().user,
        my_shelf().book.get(),
        web().books,
        settings(),
        web().today(),
        words(),
        {name: value for name, value in asked.items() if value and name != "csrf"},
        address,
        files,
        web().now().isoformat(timespec="seconds"),
    )


def _with(address: str, asked: Mapping[str, object]) -> str:
    given = {name: str(value) for name, value in asked.items() if value not in (None, "")}
    return f"{address}?{urlencode(given)}" if given else address


def _page(name: str) -> Page | None:
    page = BY_NAME.get(name)
    return page if page is not None and page.is_for(must_be().user.role) else None


def show(view: str) -> Answer:
    found = _page(view)
    if found is None:
        return answers.not_found()
    desk = _desk(request.args.to_dict())
    try:
        return _render(found, desk)
    except NothingThere:
        return answers.not_found()
    except Refusal as refusal:
        return _render_refusal(found, desk, refusal)


def act(view: str, action: str) -> Answer:
    found = _page(view)
    if found is None or action not in found.actions:
        return answers.not_found()
    uploads = (each for _, named in request.files.lists() for each in named if each.filename)
    files = tuple(File(str(each.filename), each.read()) for each in uploads)
    desk = _desk(request.form.to_dict(), files)
    try:
        done = found.actions[action](desk)
    except NothingThere:
        return answers.not_found()
    except (Refusal, AlreadyLanded) as error:
        refusal = error if isinstance(error, Refusal) else Refusal(desk.words("somebody_first"))
        kept = {name: text for name, text in request.form.items() if name != "password"}
        return _render_refusal(found, _desk(kept), refusal)
    _say(done.said)
    return redirect(desk.url(done.page, **done.asked), 303)


def get(view: str, file: str) -> Answer:
    found = _page(view)
    if found is None or file not in found.downloads:
        return answers.not_found()
    desk = _desk(request.args.to_dict())
    try:
        download = found.downloads[file](desk)
    except NothingThere:
        return answers.not_found()
    except Refusal as refusal:
        return _render_refusal(found, desk, refusal)
    answer = make_response(download.content)
    answer.headers["Content-Type"] = download.kind
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers.set("Content-Disposition", "attachment", filename=download.name)
    return answer


def _say(text: str) -> None:
    """Keep what is to be said on the next page, once."""
    who = must_be()
    kept = type(who.session)(
        who.session.user, who.session.stamp, who.session.csrf, who.session.since, text
    )
    web().sessions.keep(who.token, kept)


def _render(page: Page, desk: Desk, complaint: str | None = None, status: int = 200) -> Answer:
    inner = render_template(f"{page.name}.html", **_given(page, desk), **page.build(desk))
    return _frame(page, desk, Markup(inner), complaint, status)


def _render_refusal(page: Page, desk: Desk, refusal: Refusal) -> Answer:
    """The page as it was, with what was refused and why above it."""
    try:
        return _render(page, desk, told(refusal, desk.words), 409)
    except Refusal:
        return _frame(page, desk, Markup(), told(refusal, desk.words), 409)


def _frame(page: Page, desk: Desk, inner: Markup, complaint: str | None, status: int) -> Answer:
    said = must_be().session.said
    if said and complaint is None:
        _say("")
    content = render_template(
        "_page.html",
        page=page,
        inner=inner,
        said=said,
        complaint=complaint,
        printed=desk.words.day(desk.today),
    )
    title = desk.words(page.name)
    text = render_template("_layout.html", content=Markup(content), page_title=title)
    return make_response(text, status)


def _given(page: Page, desk: Desk) -> dict[str, object]:
    """What every template of a page knows."""
    slug = my_slug()

    def to_act(action: str) -> str:
        return url_for("ovop.act", bfile=slug, view=page.name, action=action)

    def to_get(file: str, **asked: object) -> str:
        return _with(url_for("ovop.get", bfile=slug, view=page.name, file=file), asked)

    return {
        "desk": desk,
        "words": desk.words,
        "tell": lambda text: told_text(text, desk.words),
        "page": page,
        "url": desk.url,
        "act": to_act,
        "get": to_get,
        "csrf": csrf_field(),
    }
