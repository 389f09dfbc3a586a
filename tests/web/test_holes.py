"""Each hole of stock Fava: shown to be there in Fava, and closed here."""

from __future__ import annotations

import json
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import fava.application
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from ovop_payouts.web.application import create_app
from ovop_payouts.web.patterns import is_costly
from web.books import EVIL, OTHERS, OURS
from web.conftest import SignIn, home, signed_in, token_in


@pytest.fixture(scope="module")
def stock(shared: Path) -> FlaskClient:
    """Fava as it comes, over one association's book."""
    books = [shared / "associations" / name / "book.beancount" for name in (OURS, OTHERS)]
    return fava.application.create_app(books, load=True).test_client()


def stock_home(stock: FlaskClient) -> str:
    return str(stock.get("/").headers["Location"]).partition("income")[0]


def ask(client: FlaskClient, query: str, **more: str) -> dict[str, object]:
    asked = {"query_string": query, **more}
    answer = client.get(f"{home(client)}api/query", query_string=asked)
    return dict(json.loads(answer.text))


def test_a_query_writes_no_file(stock: FlaskClient, sign_in: SignIn, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    stock.get(f"{stock_home(stock)}api/query", query_string={"query_string": f".output {target}"})
    assert target.read_text() == ""
    target.write_text("precious")
    client = sign_in("anna")
    for command in (".output", "output", ".OUTPUT", " .output", "..output", ".Output"):
        for query in (f"{command} {target}", f"{command}\t{target}", f"{command} '{target}'"):
            ask(client, query)
            client.get(f"{home(client)}download-query/query_result.csv?query_string={quote(query)}")
    assert target.read_text() == "precious"


@pytest.mark.parametrize(
    "command",
    [".set", ".format", ".history", ".errors", ".parse", ".clear", ".reload", ".exit", ".quit"],
)
def test_commands_of_the_query_shell_are_closed(sign_in: SignIn, command: str) -> None:
    said = json.dumps(ask(sign_in("anna"), f"{command} x"))
    assert "closed here" in said


def test_queries_are_answered(sign_in: SignIn) -> None:
    client = sign_in("talgat")
    table = ask(client, "select account, sum(position) where account ~ 'Payable' group by account")
    assert "Liabilities:Payable:AlatooOne:Akburun:M0001" in json.dumps(table)
    for command in (".help", ".tables", ".describe postings", ".explain select account"):
        assert "contents" in json.dumps(ask(client, command)), command
    csv = client.get(f"{home(client)}download-query/query_result.csv?query_string=select account")
    assert csv.mimetype == "text/csv"
    assert csv.headers["Content-Disposition"].startswith("attachment")


def test_every_query_is_answered_for_its_own_filter(app: Flask) -> None:
    """500 queries at once; stock Fava's shared shell mixes them up."""
    client = signed_in(app, "anna")
    cookie, slug = client.get_cookie("ovop"), home(client)
    assert cookie is not None
    filters = {
        member: f"{slug}api/query?account={account}&query_string="
        + quote("select distinct account where account ~ 'Payable'")
        for member, account in (
            ("M0001", "Liabilities:Payable:AlatooOne:Akburun:M0001"),
            ("M0002", "Liabilities:Payable:AlatooOne:Akburun:M0002"),
            ("XQ001", "Liabilities:Payable:XqvozTwo:Xqgrp:XQ001"),
            ("XQ002", "Liabilities:Payable:XqvozTwo:Xqgrp:XQ002"),
        )
    }

    def one(number: int) -> tuple[str, str]:
        member = list(filters)[number % len(filters)]
        browser = app.test_client()
        browser.set_cookie("ovop", cookie.value)
        return member, browser.get(filters[member]).text

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(500)))
    wrong = [member for member, text in answers if member not in text]
    wrong += [m for m, text in answers for other in filters if other != m and other in text]
    assert wrong == []


def test_a_query_is_never_another_associations(sign_in: SignIn) -> None:
    client = sign_in("talgat")
    for query in ("select *", "select * from #accounts", "select * from #entries", "print"):
        assert "qvoz" not in json.dumps(ask(client, query))


@pytest.mark.parametrize(
    "path",
    [
        "api/extract?filename=/etc/passwd&importer=x",
        "api/imports",
        "api/source?filename=/etc/passwd",
        "api/source",
        "document/?filename=/etc/passwd",
        "statement/?entry_hash=x&key=filename",
        "extension/X/",
        "extension/X/y",
        "extension_js_module/X.js",
        "editor/",
        "import/",
        "documents/",
        "api/source_slice?entry_hash=x",
    ],
)
def test_what_reads_paths_is_closed(sign_in: SignIn, path: str) -> None:
    client = sign_in("admin")
    answer = client.get(home(client) + path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_what_writes_is_closed(sign_in: SignIn, shared: Path) -> None:
    before = {p: p.read_bytes() for p in shared.rglob("*.beancount")}
    client = sign_in("admin")
    token = token_in(client.get("/", follow_redirects=True).text)
    main = str(shared / "main.beancount")
    bodies = {
        "source": {"file_path": main, "source": "", "sha256sum": "x"},
        "source_slice": {"entry_hash": "x", "source": "", "sha256sum": "x"},
        "add_entries": {"entries": []},
        "format_source": {"source": "x"},
        "move": {"filename": main, "account": "Assets:Bank", "new_name": "x"},
        "attach_document": {"filename": main, "entry_hash": "x"},
    }
    for name, body in bodies.items():
        answer = client.put(f"{home(client)}api/{name}", json=body, headers={"X-CSRF-Token": token})
        assert answer.status_code == 404, name
    for name in ("document", "source_slice"):
        answer = client.delete(
            f"{home(client)}api/{name}?filename={main}", headers={"X-CSRF-Token": token}
        )
        assert answer.status_code == 404
    assert {p: p.read_bytes() for p in shared.rglob("*.beancount")} == before


def test_python_that_the_books_name_is_not_run(own: Path) -> None:
    """Fava imports extensions and importers named in the books, from beside the books."""
    marker = own / "was-run"
    (own / "evil.py").write_text(f"open({str(marker)!r}, 'w').close()\n")
    with (own / "main.beancount").open("a") as main:
        main.write('\n2026-01-01 custom "fava-extension" "evil"\n')
        main.write('2026-01-01 custom "fava-option" "import-config" "evil.py"\n')
    client = signed_in(create_app(own), "anna")
    assert client.get(f"{home(client)}api/trial_balance").status_code == 200
    assert not marker.exists()
    stock = fava.application.create_app([own / "main.beancount"], load=True)
    stock.test_client().get("/")
    assert marker.exists()


def test_the_books_say_nothing_of_the_web(shared: Path) -> None:
    """Our pages are put in when a book is served: stock Fava opens the books."""
    for path in shared.rglob("*.beancount"):
        assert "fava" not in path.read_text()


def test_no_other_book_is_named(stock: FlaskClient, sign_in: SignIn) -> None:
    assert "Xqvoz" in stock.get(f"{stock_home(stock)}income_statement/").text
    client = sign_in("talgat")
    assert "qvoz" not in client.get(f"{home(client)}income_statement/").text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:5000", "localhost.evil.example"])
def test_only_our_own_host_is_answered(app: Flask, stock: FlaskClient, host: str) -> None:
    assert stock.get("/", headers={"Host": host}).status_code == 302
    for path in ("/", "/login", "/healthz", "/s/x"):
        answer = app.test_client().get(path, headers={"Host": host})
        assert (answer.status_code, answer.text) == (400, "no such host\n")
    spoofed = app.test_client().get("/", headers={"X-Forwarded-Host": host})
    assert host not in str(spoofed.headers)


def test_every_answer_has_the_headers(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("anna")
    for path in ("/", "/login", "/nowhere", "/healthz", "/static/app.js", f"{home(client)}query/"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self' 'wasm-unsafe-eval';" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        cached = path.startswith("/static")
        assert (headers["Cache-Control"] == "no-store") is not cached


def test_nobody_is_sent_elsewhere(app: Flask, sign_in: SignIn) -> None:
    """Fava's /jump goes wherever the Referer says; the login goes on to pages of ours alone."""
    client = sign_in("anna")
    answer = client.get("/jump?time=1", headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 404
    for next_ in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\e",
        "javascript:1",
    ):
        page = app.test_client().get("/login", query_string={"next": next_}).text
        assert 'name="next" value=""' in page, next_


def test_texts_of_the_books_are_inert(stock: FlaskClient, sign_in: SignIn) -> None:
    """Fava writes narrations and metadata into its journal as they are."""
    raw = stock.get(f"{stock_home(stock)}api/journal_page?page=1&order=asc").json
    assert raw is not None
    assert "<img src=x" in raw["data"]["journal"]
    client = sign_in("talgat")
    pages = ["api/journal_page?page=1&order=asc", "journal/", "income_statement/", "query/"]
    pages += ["api/account_report?a=Liabilities:Payable:AlatooOne:Akburun:M0001", "ovop/overview/"]
    for page in pages:
        answer = client.get(home(client) + page)
        text = answer.json["data"]["journal"] if "api/" in page else answer.text  # type: ignore[index]
        assert "<img" not in text, page
        assert "<script>document" not in text, page
    assert EVIL not in client.get(f"{home(client)}api/journal_page?page=1&order=asc").text


def test_documents_are_not_served(own: Path) -> None:
    """Stock Fava shows an HTML document inline, with its scripts running as the visitor."""
    page = own / "page.html"
    page.write_text("<script>steal()</script>")
    with (own / "main.beancount").open("a") as main:
        main.write(f'\n2026-01-01 document Assets:Bank "{page}"\n')
    stock = fava.application.create_app([own / "main.beancount"], load=True).test_client()
    shown = stock.get(f"{stock_home(stock)}document/", query_string={"filename": str(page)})
    assert shown.mimetype == "text/html"
    client = signed_in(create_app(own), "anna")
    answer = client.get(f"{home(client)}document/", query_string={"filename": str(page)})
    assert answer.status_code == 404


def test_applications_do_not_serve_each_others_addresses(own: Path, tmp_path: Path) -> None:
    """Fava keeps addresses in a cache of the process; each application has its own here."""
    other = Path(shutil.copytree(own, tmp_path / "other"))
    (other / "ovop.toml").write_text('[web]\nurl = "http://localhost/prefix"\n')
    (other / "private" / "web.key").unlink(missing_ok=True)
    first = signed_in(create_app(own), "anna")
    second = create_app(other).test_client()
    token = token_in(second.get("/prefix/login").text)
    form = {"csrf": token, "user": "anna", "password": "felt and honey"}
    assert second.post("/prefix/login", data=form).headers["Location"] == "/prefix/"
    for _ in range(2):
        for client, path in ((first, "/"), (second, "/prefix/")):
            page = client.get(path, follow_redirects=True).text
            addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
            assert addresses
            assert all(a.startswith("/prefix/") is (client is second) for a in addresses)


@pytest.mark.parametrize(
    ("name", "text", "costly"),
    [
        ("account", "(a+)+$", True),
        ("filter", "(x|x)*y", True),
        ("filter", ".*.*.*z", True),
        ("query_string", "select account where narration ~ '(a+){9,}'", True),
        ("query_string", "select count(*), sum(position) * 2, (1 + 2) * 3 + 4 * 5", False),
        ("query_string", "select account where account ~ 'Payable.*M0345'", False),
        ("account", "Liabilities:Payable:.*:M0345", False),
        ("filter", 'payee:"Айгүл" #deliveries', False),
        ("filter", "x" * 3000, True),
    ],
)
def test_costly_patterns_are_known(name: str, text: str, costly: bool) -> None:
    assert is_costly(name, text) is costly


def test_a_costly_pattern_keeps_nobody_waiting(sign_in: SignIn) -> None:
    client = sign_in("talgat")
    started = time.process_time()
    answer = client.get(f"{home(client)}api/journal_page?page=1&order=asc&filter=(.%2B)%2B$!")
    assert answer.status_code == 400
    assert time.process_time() - started < 2


DOTS = st.sampled_from(
    ["..", "%2e%2e", ".%2e", "%252e%252e", "..;", "....", "%c0%ae%c0%ae", "..%00", "．．", "."]
)
SLASHES = st.sampled_from(["/", "%2f", "\\", "%5c", "%252f", "//", "/./", "%c0%af", "%00/", "∕"])
TARGETS = ["etc/passwd", "private/web.key", "main.beancount", "private/users/admin.json", "canary"]
TRAVERSALS = st.builds(
    lambda steps, target: "".join(dots + slash for dots, slash in steps) + target,
    st.lists(st.tuples(DOTS, SLASHES), min_size=1, max_size=9),
    st.sampled_from([*TARGETS, *(quote(t, safe="") for t in TARGETS)]),
)
ASKED = (
    "/{slug}/api/help?page_slug={}",
    "/{slug}/api/source?filename={}",
    "/{slug}/document/?filename={}",
    "/{slug}/statement/?entry_hash=0&key={}",
)
"""Parameters of Fava's that name files; all others are path parameters, found in the URL map."""
OTHERWISE = {"view": "overview", "extension_name": "X"}
Place = tuple[str, str]


def places(app: Flask) -> list[Place]:
    """(method, address) for each path parameter of each route, the parameter left as `{}`."""
    found = {("GET", address) for address in ASKED}
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        for name in re.findall(r"<(?:[^<>]*:)?(\w+)>", rule.rule):
            words = {"bfile": "{slug}", **OTHERWISE, name: "{}"}
            address = re.sub(
                r"<(?:[^<>]*:)?(\w+)>", lambda m, words=words: words.get(m[1], "x"), rule.rule
            )
            found.add((method, address))
    return sorted(found)


def try_traversals(places: list[Place], path: str, client: FlaskClient) -> None:
    slug, csrf = client.environ_base["slug"], client.environ_base["csrf"]
    for method, place in places:
        form = {"csrf": csrf} if method == "POST" else None
        answer = client.open(place.format(path, slug=slug), method=method, data=form)
        assert answer.status_code != 500, place
        for secret in (b"root:", b"canary sings", b"argon2", b'plugin "ledger'):
            assert secret not in answer.data, place


@pytest.fixture(scope="module")
def thief(app: Flask, shared: Path) -> FlaskClient:
    for folder in (shared, shared.parent, shared / "private"):
        (folder / "canary").write_text("canary sings")
    client = signed_in(app, "admin")
    client.environ_base["slug"] = home(client).strip("/")
    client.environ_base["csrf"] = token_in(client.get("/", follow_redirects=True).text)
    return client


@pytest.fixture(scope="module")
def all_places(app: Flask) -> list[Place]:
    found = places(app)
    assert ("POST", "/{slug}/ovop/overview/do/{}") in found
    assert len(found) > 40
    return found


@settings(max_examples=50)
@given(path=TRAVERSALS)
def test_no_path_leads_out(all_places: list[Place], thief: FlaskClient, path: str) -> None:
    try_traversals(all_places, path, thief)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None)
@given(path=TRAVERSALS)
def test_none_of_ten_thousand_paths_leads_out(
    all_places: list[Place], thief: FlaskClient, path: str
) -> None:
    try_traversals(all_places, path, thief)
