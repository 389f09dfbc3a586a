"""What is written reads back as the same directive, whatever the texts hold."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from ledger import accounts, lines, parsed, shapes
from ledger.atoms import NotOurs
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


def learn(text: str) -> None:
    """Let the reader of our own layout know the shapes of a text, and no others."""
    shapes.forget()
    with contextlib.suppress(NotOurs):
        for _ in range(shapes._OFTEN):
            lines.directives(text)


@given(st.lists(directives(), min_size=1, max_size=3))
def test_both_readers_agree(written: list[Directive]) -> None:
    """What the reader of our own layout does not leave to Beancount's, it reads as that does."""
    text = write(written)
    learn(text)
    with contextlib.suppress(NotOurs):
        assert lines.directives(text) == parsed.directives(text, "test")


@given(directives(), st.data())
def test_both_readers_agree_on_altered_text(written: Directive, data: st.DataObject) -> None:
    """One character more, less or other: read alike, or left to Beancount's parser."""
    text = write([written])
    learn(text)
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from(['"', "\\", "\n", " ", "0", "-", "A", "a", "{", ";", "#", ""]))
    altered = text[:at] + put + text[at + data.draw(st.integers(0, 1)) :]
    try:
        mine = lines.directives(altered)
    except NotOurs:
        return
    assert mine == parsed.directives(altered, "test")


def test_what_we_write_is_not_left_to_beancount() -> None:
    meta = {"name": 'a "quoted" \\ name\n'}
    legs = (
        Leg("Assets:Cash", Decimal("-1.50"), "KGS", None, meta),
        Leg("Assets:S:A", Decimal(2), "FELT", Cost(Decimal("0.1"), "KGS", date(2026, 1, 2), "a/1")),
    )
    written: list[Directive] = [
        Open(date(1970, 1, 1), "Assets:S:A", True, meta),
        Commodity(date(1970, 1, 1), "FELT"),
        Fact(date(2026, 1, 1), "note", ("a", "б"), meta),
        Entry(date(2026, 1, 1), "sales", "Ош", "", legs, meta),
    ]
    assert lines.directives(write(written)) == written


def test_entries_of_a_shape_that_is_known_are_found_by_it() -> None:
    lots = (Cost(Decimal("0.1"), "KGS", date(2026, 1, 2), "a/1"), None)
    legs = tuple(Leg("Assets:S:A", Decimal(2), "FELT", lot, {"a-b": "Ош"}) for lot in lots)
    entry = Entry(date(2026, 1, 1), "sales", "Ош", "1", legs, {"row": "1"})
    learn(write([entry]))
    other = Entry(date(2026, 1, 2), "sales", "Osh", "2", legs, {"row": "a\\b"})
    assert shapes.read(write([entry]).removesuffix("\n")) == entry
    assert shapes.read(write([other]).removesuffix("\n")) is None
    assert lines.directives(write([entry, other, entry])) == [entry, other, entry]


@given(directives())
def test_what_is_proved_by_its_shape_is_what_is_written(planned: Directive) -> None:
    """A shape's form writes an entry as `write` does, or leaves it."""
    text = write([planned])
    learn(text)
    if isinstance(planned, Entry):
        assert shapes.proved(planned) in (None, text)


@pytest.mark.parametrize("wrong", ['a "b"', "a\\b", "a\nb", "a\tb", "a\rb"])
def test_a_text_that_is_not_written_as_meant_is_proved_line_by_line(wrong: str) -> None:
    leg = Leg("Assets:Cash", Decimal("1.50"), "KGS")
    entry = Entry(date(2026, 1, 1), "sales", "Ош", "1", (leg,), {"row": "1"})
    learn(write([entry]))
    assert shapes.proved(entry) == write([entry])
    for other in (
        msgspec.structs.replace(entry, meta={"row": wrong}),
        msgspec.structs.replace(entry, narration=wrong),
        msgspec.structs.replace(entry, tag="Sales"),
        msgspec.structs.replace(entry, legs=(msgspec.structs.replace(leg, account="Cash"),)),
        msgspec.structs.replace(entry, legs=(msgspec.structs.replace(leg, currency="TRUE"),)),
        msgspec.structs.replace(entry, legs=(msgspec.structs.replace(leg, number=Decimal("NaN")),)),
    ):
        assert shapes.proved(other) is None
