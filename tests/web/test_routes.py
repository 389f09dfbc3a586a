"""Every route of the application, for every role, method and association: nothing leaks.

The routes come from the application's own map, so a new one is asked too; one that nobody decided
about fails the first test.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from fava.application import CLIENT_SIDE_REPORTS
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from worked.books import invoke, write_sheets

from ovop_payouts.web.application import create_app
from ovop_payouts.web.context import Web
from ovop_payouts.web.guard import ALLOWED, CLOSED
from ovop_payouts.web.pages import BY_NAME, PAGES
from web.books import EVERYBODY, FORBIDDEN, OTHERS, OURS, TODAY
from web.conftest import home, signed_in, token_in

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
OURS_ALONE = ("alatoo", "Ala-Too", "Akburun", "M0001", "M0002", "Айгүл", "talgat", "D-1/1")
Ids = Mapping[str, str]
OUR_IDS: Ids = {
    "run": f"2026-03/{OURS}/1",
    "association": OURS,
    "group": "Akburun",
    "member": "M0001",
    "product": "felt-1",
    "note": "D-1/1",
    "certificate": "C-felt-1",
    "account": "Liabilities:Payable:AlatooOne:Akburun:M0001",
}
OTHER_IDS: Ids = {
    "run": f"2026-03/{OTHERS}/1",
    "association": OTHERS,
    "group": "Xqgrp",
    "member": "XQ001",
    "product": "xq-jam",
    "note": "XQD-9/1",
    "certificate": "C-xq-jam",
    "account": "Liabilities:Payable:XqvozTwo:Xqgrp:XQ001",
}
MISSING: Ids = {
    "run": "2026-03/nowhere-2/1",
    "association": "nowhere-2",
    "group": "Nogrp",
    "member": "NO001",
    "product": "no-jam",
    "note": "NOD-9/1",
    "certificate": "C-no-jam",
    "account": "Liabilities:Payable:NowhereN:Nogrp:NO001",
}
OURS_TO_HER: Ids = {**OUR_IDS, "product": "no-jam", "certificate": "C-no-jam"}
"""Felt is everybody's."""
QUERIES = {
    "query_string": "select account, narration, payee, sum(position) group by 1, 2, 3",
    "page": "1",
    "order": "asc",
    "page_slug": "_index",
    "payee": "",
    "narration": "",
    "entry_hash": "0",
    "filename": "/etc/passwd",
    "importer": "x",
}


def test_somebody_decided_about_every_route(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert known == set(ALLOWED) | CLOSED
    assert not set(ALLOWED) & CLOSED


def values_of(app: Flask, name: str, slug: str, ids: Ids) -> list[str]:
    match name:
        case "bfile":
            return [slug]
        case "view":
            return [page.name for page in PAGES] + ["nowhere"]
        case "action":
            return [action for page in PAGES for action in page.actions] + ["nowhere"]
        case "file":
            return [file for page in PAGES for file in page.downloads] + ["nowhere"]
        case "report_name":
            return [*CLIENT_SIDE_REPORTS, "nowhere"]
        case "name":
            return [ids["account"], ids["account"].rpartition(":")[0]]
        case "aggregation_key":
            return ["account"]
        case "result_format":
            return ["csv", "xlsx"]
        case "page_slug":
            return ["_index", "nowhere"]
        case "filename":
            return ["app.css", "ovop.css", "../secret"]
        case "token":
            return [f"2026-03.{ids['member']}.ffff.AAAAAAAAAAAAAAAAAAAAAA"]
        case "extension_name" | "endpoint":
            return ["Nowhere"]
    raise AssertionError(f"say what to try for <{name}>")


def paths(app: Flask, rule: Rule, slug: str, ids: Ids) -> Iterator[str]:
    """Every address of a route for a book, with ids of one side."""
    names = sorted(rule.arguments)
    for values in product(*(values_of(app, name, slug, ids) for name in names)):
        if strangers(dict(zip(names, values, strict=True))):
            continue
        path = rule.rule
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"<(?:[^<>]*:)?{name}>", quote(value, safe="/:"), path)
        yield path


def strangers(values: Mapping[str, str]) -> bool:
    """An action or file of one page asked of another: `nowhere` stands for all of those."""
    page = BY_NAME.get(values.get("view", ""))
    known = {**page.actions, **page.downloads} if page else {}
    asked = {values[name] for name in ("action", "file") if name in values}
    return bool(asked - set(known) - {"nowhere"})


def everything(app: Flask, slug: str, ids: Ids) -> list[str]:
    """All addresses, bare and with every parameter that anything reads."""
    asked = urlencode({**QUERIES, **ids, "a": ids["account"], "period": "2026-03"})
    found = [p for rule in app.url_map.iter_rules() for p in paths(app, rule, slug, ids)]
    plain = [path for path in found if "<" not in path]
    return [*plain, *(f"{path}?{asked}" for path in plain)]


def said(client: FlaskClient, path: str, method: str = "GET", ids: Ids | None = None) -> str:
    """All that an answer says, without what is another each time or was sent by who asks."""
    if path.startswith("/login") or path == "/logout":
        return ""
    answer = client.open(path, method=method)
    text = f"{answer.status_code}\n{answer.headers}\n" + answer.get_data().decode("latin-1")
    assert answer.status_code != 500, (path, method, text[:500])
    text = re.sub(r'name="csrf" value="[^"]+"', "", text)
    text = re.sub(r"(Content-Length|Date|Expires): [^\r\n]+|journal_\d{4}[^\s\"]*", "", text)
    text = re.sub(r"0x[0-9a-f]+", "", text)
    for value in sorted((ids or {}).values(), key=len, reverse=True):
        for form in (value, quote(value, safe=""), quote(value), quote(value, safe="/:")):
            text = text.replace(form, "*")
    return text


def must_not_tell(path: str, text: str, hidden: tuple[str, ...]) -> None:
    latin = [word.encode().decode("latin-1") for word in hidden]
    escaped = [word.encode("unicode_escape").decode() for word in hidden]
    told = [word for word in [*latin, *escaped] if word in text]
    assert not told, (path, told, text[max(0, text.find(told[0]) - 200) :][:400])


@pytest.mark.parametrize(
    ("user", "other", "ids", "foreign", "hidden"),
    [
        ("talgat", OTHERS, OUR_IDS, OTHER_IDS, FORBIDDEN),
        ("veronika", OURS, OTHER_IDS, OURS_TO_HER, OURS_ALONE),
    ],
)
def test_nothing_of_another_association_in_any_byte(
    app: Flask, user: str, other: str, ids: Ids, foreign: Ids, hidden: tuple[str, ...]
) -> None:
    client = signed_in(app, user)
    web: Web = app.extensions["ovop"]
    mine = home(client).strip("/")
    own = OURS if other == OTHERS else OTHERS
    for book in (mine, web.slug(own, whole=True)):
        for path in everything(app, book, ids):
            must_not_tell(path, said(client, path), hidden)
    pairs = zip(everything(app, mine, foreign), everything(app, mine, MISSING), strict=True)
    for theirs, nowhere in pairs:
        text = said(client, theirs, ids=foreign)
        must_not_tell(theirs, text, hidden)
        assert text == said(client, nowhere, ids=MISSING), theirs
    for slug in (web.slug(each, whole) for each in (other, None) for whole in (False, True)):
        for path, nowhere in zip(
            everything(app, slug, foreign), everything(app, "nowhere00000", foreign), strict=True
        ):
            if path.startswith(f"/{slug}/"):
                text = said(client, path, ids=foreign)
                must_not_tell(path, text, hidden)
                alike = said(client, nowhere, ids=foreign).replace("nowhere00000", slug)
                assert text == alike, path


def test_an_approval_that_reaches_others_tells_them_nothing_of_whose_it_was(own: Path) -> None:
    """It freezes parts of theirs in their files; they read these, the names of the changes too."""
    premium = {"distribution_no": "P-1", "date": "2026-03-31", "kind": "premium", "amount": 50}
    sheet = write_sheets(own.with_suffix(".premium.xlsx"), {"distributions": [premium]})
    run, theirs = OUR_IDS["run"], OTHER_IDS["run"]
    for words in (
        ("anna", "import", str(sheet)),
        ("anna", "payout", "draft", "2026-03"),
        ("talgat", "payout", "sign", run),
        ("bermet", "payout", "approve", run),
        ("anna", "payout", "draft", "2026-03", "-a", OTHERS),
        ("veronika", "payout", "sign", theirs),
        ("bermet", "payout", "approve", theirs),
    ):
        result = invoke(own, words[0], TODAY, *words[1:])
        assert result.exit_code == 0, result.output
    shown = json.loads(invoke(own, "anna", TODAY, "payout", "show", run, "--json").output)
    hidden = (*OURS_ALONE, "AlatooOne", run, shown["hash"])
    scopes = (OTHERS, "common")
    files = [p for p in own.glob("changes/*/*") if p.name.partition(".")[0] in scopes]
    files += [p for p in (own / "associations" / OTHERS).rglob("*") if p.is_file()]
    for path in files:
        must_not_tell(path.name, f"{path.relative_to(own)}\n{path.read_text()}", hidden)
    frozen = [p for p in files if "distribution-part" in p.read_text()]
    assert frozen, "no part of theirs was frozen: this would prove nothing"
    app = create_app(own, today=lambda: date(2026, 4, 5))
    client = signed_in(app, "veronika")
    told = [said(client, path) for path in everything(app, home(client).strip("/"), OTHER_IDS)]
    assert any(frozen[0].parent.name in text for text in told), "its name stands nowhere"
    for text in told:
        must_not_tell(text[:80], text, hidden)
    assert invoke(own, "anna", TODAY, "verify").exit_code == 0
    assert invoke(own, "anna", TODAY, "check").exit_code == 0


@pytest.mark.parametrize("user", EVERYBODY)
def test_every_method_of_every_route_for_every_role(app: Flask, user: str) -> None:
    """What is not in the table is answered as what is not there; writes need a token."""
    client = signed_in(app, user)
    slug = home(client).strip("/")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "ovop.login"]
    for rule in rules:
        path = next((p for p in paths(app, rule, slug, OUR_IDS) if "<" not in p), None)
        if path is None:
            continue
        for method in METHODS:
            answer = client.open(path, method=method)
            entry = ALLOWED.get(rule.endpoint)
            if entry is None or method not in entry.methods:
                assert (answer.status_code, method) == (404, method), (path, answer.text[:200])
            elif method == "POST":
                assert answer.status_code == 403, path
            else:
                assert answer.status_code < 500, path


def test_who_is_not_signed_in_gets_the_same_for_all(app: Flask) -> None:
    client, web = app.test_client(), app.extensions["ovop"]
    public = {name for name, entry in ALLOWED.items() if entry.public}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in public:
            continue
        for slug in (web.slug(OURS), "nowhere"):
            for path in paths(app, rule, slug, OUR_IDS):
                for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
                    answer = client.open(path, method=method)
                    if method in ("GET", "HEAD") and "/api/" not in path:
                        assert answer.status_code == 302, path
                        assert answer.headers["Location"].startswith("/login?next=")
                    else:
                        assert answer.status_code == 401, (path, method)


def test_actions_on_another_association_answer_like_on_none(app: Flask) -> None:
    client = signed_in(app, "talgat")
    slug = home(client)
    token = token_in(client.get("/", follow_redirects=True).text)
    for page in PAGES:
        for action in page.actions:
            answers = [
                client.post(
                    f"{slug}ovop/{page.name}/do/{action}",
                    data={"csrf": token, "reason": "x", "text": "x", "period": "2026-03", **ids},
                )
                for ids in (OTHER_IDS, MISSING)
            ]
            texts = []
            for answer, ids in zip(answers, (OTHER_IDS, MISSING), strict=True):
                text = re.sub(r'name="csrf" value="[^"]+"', "", answer.text)
                for value in sorted(ids.values(), key=len, reverse=True):
                    text = text.replace(value, "*").replace(quote(value, safe=""), "*")
                texts.append((answer.status_code, text))
            assert texts[0] == texts[1], (page.name, action)


def test_the_folder_of_the_books_is_named_nowhere(app: Flask, shared: Path) -> None:
    client = signed_in(app, "anna")
    for path in everything(app, home(client).strip("/"), OUR_IDS):
        assert str(shared) not in said(client, path), path


@pytest.mark.parametrize("user", ["aida", "veronika"])
def test_who_may_not_changes_nothing_by_any_form(own: Path, user: str) -> None:
    """An auditor, and the treasurer of another association, try every action on our ids."""
    client = signed_in(create_app(own, today=lambda: date(2026, 4, 5)), user)
    slug = home(client)
    token = token_in(client.get("/", follow_redirects=True).text)
    before = sorted(path.name for path in (own / "changes").iterdir())
    files = {p: p.read_bytes() for p in own.rglob("*.beancount")}
    more = {"reason": "because", "text": "because", "period": "2026-03", "rail": "cash"}
    tried = 0
    for page in PAGES:
        for action in page.actions:
            upload = {"file": (io.BytesIO(b"advance_no,date\n1,2026-03-01\n"), "advances.csv")}
            answer = client.post(
                f"{slug}ovop/{page.name}/do/{action}",
                data={"csrf": token, **more, **OUR_IDS, **upload},
            )
            assert answer.status_code in (303, 404, 409), (page.name, action, answer.status_code)
            tried += 1
    assert tried
    assert sorted(path.name for path in (own / "changes").iterdir()) == before
    assert {p: p.read_bytes() for p in own.rglob("*.beancount")} == files
