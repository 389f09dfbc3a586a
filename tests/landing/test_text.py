"""What is written reads back as the same directive, whatever the texts hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from ledger import accounts
from ledger.directives import Commodity, Cost, Directive, Entry, Fact, Leg, Open
from ledger.text import read, write

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
META = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_-]{1,12}", fullmatch=True), WORDS, max_size=4)
DAYS = st.dates(date(1970, 1, 1), date(2099, 12, 31))
NUMBERS = st.decimals(-(10**9), 10**9, places=6, allow_nan=False, allow_infinity=False)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,12}", fullmatch=True)
RESERVED = {"filename", "lineno"}


def clean(meta: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in meta.items() if key not in RESERVED}


@st.composite
def legs(draw: st.DrawFn) -> Leg:
    account = accounts.stock(draw(IDS), draw(IDS), draw(IDS))
    cost = None
    if draw(st.booleans()):
        number = draw(st.decimals(0, 10**6, places=6, allow_nan=False))
        cost = Cost(number, "KGS", draw(DAYS), draw(WORDS.filter(bool)))
    return Leg(account, draw(NUMBERS), "FELT", cost, clean(draw(META)))


@st.composite
def directives(draw: st.DrawFn) -> Directive:
    meta = clean(draw(META))
    match draw(st.integers(0, 3)):
        case 0:
            return Open(draw(DAYS), accounts.payable(draw(IDS), draw(IDS), draw(IDS)), True, meta)
        case 1:
            return Commodity(draw(DAYS), accounts.commodity(draw(IDS)), meta)
        case 2:
            values = tuple(draw(st.lists(WORDS, min_size=1, max_size=3)))
            return Fact(draw(DAYS), "note", values, meta)
        case _:
            moves = tuple(draw(st.lists(legs(), min_size=1, max_size=4)))
            words = draw(WORDS), draw(WORDS)
            return Entry(draw(DAYS), "sales", *words, moves, meta)


def plain(directive: Directive) -> str:
    """Compared as text: Beancount reads carriage returns as line ends."""
    return write([directive]).replace("\\r\\n", "\\n").replace("\\r", "\\n")


@given(st.lists(directives(), min_size=1, max_size=3))
def test_round_trip(written: list[Directive]) -> None:
    text = write(written)
    assert [plain(each) for each in read(text, "test")] == [plain(each) for each in written]


@given(WORDS)
def test_no_text_becomes_a_directive(text: str) -> None:
    hostile = f'{text}"\n2026-01-01 open Assets:Stolen\n  x: "'
    entries, errors, _ = parser.parse_string(write([Fact(date(2026, 1, 1), "n", (hostile,))]))
    assert not errors
    assert len(entries) == 1


@given(IDS, IDS)
def test_ids_that_differ_beyond_case_have_accounts_that_differ(one: str, other: str) -> None:
    """What would share a name is refused when it is imported; nothing else shares one."""
    if accounts.component(one) == accounts.component(other):
        assert one.replace("-", "").lower() == other.replace("-", "").lower()


def test_numbers_are_written_in_full() -> None:
    entry = Entry(date(2026, 1, 1), "t", "", "", (Leg("Assets:Cash", Decimal("1E+3"), "KGS"),))
    assert " 1000 KGS" in write([entry])
