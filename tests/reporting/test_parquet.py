"""Parquet: read by DuckDB, tied to the ledger as Beancount reads it, without names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from worked.books import Books

from ovop_payouts.parquet import TABLES, described, export

ROOT = Path(__file__).parents[2]
PRIVATE = ("1280010020040012", "DEMIKG22", "+996700123456", "Айгүл", "Нурлан", "Ёлкина", "SUM(1+1)")


@pytest.fixture(scope="module")
def written(small: Books, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet") / "all"
    export(small.folder, folder, None)
    return folder


def ask(folder: Path, question: str) -> list[tuple[object, ...]]:
    """One query by DuckDB; `{legs}` and so on are the tables."""
    places = {name: f"'{folder / name}.parquet'" for name in TABLES}
    return duckdb.sql(question.format(**places)).fetchall()


def test_balances_are_those_that_beancount_reads(small: Books, written: Path) -> None:
    found = ask(
        written, "SELECT account, sum(number) FROM {legs} WHERE currency = 'KGS' GROUP BY 1"
    )
    assert len(found) > 20
    for account, amount in found:
        # Below an account that sums others up there are only others: each stands for itself.
        below = sum(n for name, n in found if str(name).startswith(f"{account}:"))
        assert small.balance(str(account)) == amount + below, account


def test_every_entry_balances_and_has_its_legs(written: Path) -> None:
    assert ask(written, "SELECT entry FROM {legs} GROUP BY 1 HAVING sum(kgs) <> 0") == []
    orphans = "SELECT count(*) FROM {legs} WHERE entry NOT IN (SELECT entry FROM {entries})"
    assert ask(written, orphans) == [(0,)]


def test_earnings_and_runs_tie_to_the_legs(written: Path) -> None:
    earned = "SELECT sum(amount) FROM {earnings} WHERE kind <> 'pool'"
    credited = """SELECT -sum(kgs) FROM {legs} WHERE family = 'payables' AND tag IN
        ('deliveries', 'sales', 'returns', 'stocktakes', 'distribution')"""
    assert ask(written, earned) == ask(written, credited)
    paid = "SELECT sum(payout) FROM {runs} WHERE approved IS NOT NULL"
    left = "SELECT sum(kgs) FROM {legs} WHERE family = 'payables' AND tag = 'payout'"
    assert ask(written, paid) == ask(written, left)
    taken = "SELECT sum(d.amount) FROM (SELECT unnest(deductions) AS d FROM {runs})"
    assert ask(written, taken) == ask(written, "SELECT sum(deducted) FROM {runs}")


def test_money_is_decimal_and_the_schema_is_the_documented_one(written: Path) -> None:
    for name, fields in TABLES.items():
        schema = pq.read_schema(written / f"{name}.parquet")
        assert schema.names == [field.name for field in fields]
        assert [schema.field(field.name).type for field in fields] == [f.type for f in fields]
        assert not [field.name for field in schema if str(field.type) in ("double", "float")]
    document = (ROOT / "docs/parquet.md").read_text(encoding="utf-8")
    assert document.endswith(described())


def test_nothing_private_and_no_name_is_in_it(written: Path) -> None:
    for name in TABLES:
        text = str(ask(written, f"SELECT * FROM {{{name}}}"))  # noqa: S608 (names of our own tables)
        assert not [word for word in PRIVATE if word in text], name


def test_the_same_books_give_the_same_bytes_and_one_association_its_own(
    small: Books, written: Path, tmp_path: Path
) -> None:
    export(small.folder, tmp_path / "again", None)
    for name in TABLES:
        again = (tmp_path / "again" / f"{name}.parquet").read_bytes()
        assert again == (written / f"{name}.parquet").read_bytes()
    said = small.done("talgat", "export", "parquet", str(tmp_path / "own"))
    assert "members.parquet" in said
    for name, column in (("legs", "scope"), ("members", "association"), ("runs", "association")):
        own = ask(tmp_path / "own", f"SELECT DISTINCT {column} FROM {{{name}}}")  # noqa: S608 (names of our own tables)
        assert own == [("issyk-kul",)]
    sums = "SELECT sum(amount) FROM {earnings}"
    whole = ask(written, f"{sums} WHERE association = 'issyk-kul'")
    assert ask(tmp_path / "own", sums) == whole
    assert isinstance(whole[0][0], Decimal)


def test_a_treasurer_gets_no_other_association(small: Books, tmp_path: Path) -> None:
    result = small.ovop("talgat", "export", "parquet", str(tmp_path / "x"), "-a", "naryn")
    assert result.exit_code == 1
    assert not (tmp_path / "x").exists()
