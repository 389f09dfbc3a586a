"""The kinds of rows: one declaration reads them, writes templates, documents them.

Columns stand in the order of contract §3; `!` marks what is required.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RULES = tuple(
    "withholding fee fixed advance social take_home_floor minimum cash_unit variance signature"
    " commission shrinkage vat sales_tax".split()
)
"""The rules of policy (contract §5)."""
ASSOCIATION, GROUP, MEMBER, PRODUCT = 14, 14, 8, 24
"""The longest ids, in characters."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its cells hold.

    `type` is one of text, id, date, period, number, money, integer, bool, choice, set.
    `longest` counts characters without blanks; 0 where any number will do.
    `sign` says which numbers are right: any, positive (> 0) or natural (>= 0).
    """

    name: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 0
    sign: str = "natural"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows and its business key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def required(self) -> frozenset[str]:
        return frozenset(c.name for c in self.columns if c.required)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


def _text(name: str, longest: int = 0) -> Column:
    return Column(name.rstrip("!"), "text", name.endswith("!"), longest=longest)


def _id(name: str, longest: int) -> Column:
    return Column(name.rstrip("!"), "id", name.endswith("!"), longest=longest)


def _date(name: str) -> Column:
    return Column(name.rstrip("!"), "date", name.endswith("!"))


def _number(name: str, sign: str = "natural") -> Column:
    return Column(name.rstrip("!"), "number", name.endswith("!"), sign=sign)


def _money(name: str, sign: str = "natural") -> Column:
    return Column(name.rstrip("!"), "money", name.endswith("!"), sign=sign)


def _choice(name: str, *choices: str) -> Column:
    return Column(name.rstrip("!"), "choice", name.endswith("!"), choices)


def _of(name: str, type_: str) -> Column:
    return Column(name.rstrip("!"), type_, name.endswith("!"))


def _kind(name: str, key: str, *columns: Column) -> Kind:
    return Kind(name, columns, tuple(key.split()))


def _by_name(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


KINDS: dict[str, Kind] = _by_name(
    (
        _kind(
            "associations",
            "association",
            _id("association!", ASSOCIATION),
            _text("name_en!"),
            _text("name_ru"),
            _text("name_ky"),
            _text("province"),
        ),
        _kind(
            "members",
            "member changed",
            _id("association!", ASSOCIATION),
            _id("group!", GROUP),
            _text("group_name"),
            _id("member!", MEMBER),
            _text("name!"),
            _text("gender"),
            _of("birth_year", "integer"),
            _date("joined"),
            _date("left"),
            _choice("language", "ky", "ru", "en"),
            _text("tax_status"),
            _choice("rail!", "cash", "bank", "wallet"),
            _text("account_no", 34),  # ISO 20022's Max34Text, and Max35Text
            _text("bic", 35),
            _text("phone", 35),
            _of("hold", "bool"),
            _date("changed"),
        ),
        _kind(
            "products",
            "product",
            _id("product!", PRODUCT),
            _text("name_en!"),
            _text("name_ru"),
            _text("name_ky"),
            _text("category"),
            _text("unit"),
            _id("association", ASSOCIATION),
        ),
        _kind(
            "certificates",
            "certificate_no",
            _text("certificate_no!"),
            _id("product!", PRODUCT),
            _id("group", GROUP),
            _choice("decision!", "certified", "rejected", "suspended", "revoked"),
            _text("committee"),
            _date("date!"),
            _date("valid_until"),
            _number("quality_score", "any"),
            _number("hygiene_score", "any"),
            _text("award"),
        ),
        _kind(
            "prices",
            "product grade order_no valid_from",
            _id("product!", PRODUCT),
            _text("grade"),
            _text("order_no"),
            _date("valid_from!"),
            _number("buyback_price"),
            _number("retail_price"),
        ),
        _kind(
            "policy",
            "valid_from association rule account order applies_to",
            _date("valid_from!"),
            _id("association", ASSOCIATION),
            _choice("rule!", *RULES),
            _number("value!"),
            _number("limit"),
            _text("account"),
            _number("order", "any"),
            _of("applies_to", "set"),
        ),
        _kind(
            "deliveries",
            "note_no line_no",
            _text("note_no!"),
            _number("line_no!"),
            _date("date!"),
            _id("association!", ASSOCIATION),
            _id("group!", GROUP),
            _id("member", MEMBER),
            _id("product!", PRODUCT),
            _choice("terms!", "buyback", "consignment", "order"),
            _text("order_no"),
            _text("grade"),
            _number("delivered!"),
            _number("rejected"),
            _text("reject_reason"),
            _number("unit_price"),
            _text("location!"),
        ),
        _kind(
            "contributions",
            "period group member product",
            _of("period!", "period"),
            _id("group!", GROUP),
            _id("member!", MEMBER),
            _id("product", PRODUCT),
            _number("quantity!"),
            _choice("measure", "pieces", "hours", "kg", "share"),
        ),
        _kind(
            "sales",
            "store receipt_no line_no",
            _text("receipt_no!"),
            _number("line_no!"),
            _date("date!"),
            _text("store!"),
            _id("product!", PRODUCT),
            _number("quantity!", "any"),
            _number("unit_price!"),
            _money("discount"),
            _choice("payment!", "cash", "card", "qr", "invoice"),
            _text("lot"),
            _text("return_of"),
            _text("order_no"),
            _text("currency"),
            _number("rate"),
        ),
        _kind(
            "advances",
            "advance_no",
            _text("advance_no!"),
            _date("date!"),
            _id("member!", MEMBER),
            _money("amount!", "positive"),
            _text("purpose"),
            _text("order_no"),
        ),
        _kind(
            "orders",
            "order_no product group",
            _text("order_no!"),
            _text("client!"),
            _date("date!"),
            _date("due!"),
            _id("product!", PRODUCT),
            _number("quantity!", "positive"),
            _number("unit_price!"),
            _text("currency!"),
            _id("group", GROUP),
            _number("quota"),
        ),
        _kind(
            "distributions",
            "distribution_no",
            _text("distribution_no!"),
            _date("date!"),
            _choice("kind!", "second-payment", "premium", "award", "correction"),
            _money("amount!", "any"),
            _id("association", ASSOCIATION),
            _id("group", GROUP),
            _id("member", MEMBER),
            _id("product", PRODUCT),
            _date("from"),
            _date("to"),
            _choice("basis", "value", "quantity"),
        ),
        _kind(
            "transfers",
            "transfer_no line_no",
            _text("transfer_no!"),
            _number("line_no!"),
            _date("date!"),
            _id("product!", PRODUCT),
            _number("quantity!", "positive"),
            _text("from!"),
            _text("to!"),
        ),
        _kind(
            "stocktakes",
            "count_no location product",
            _text("count_no!"),
            _date("date!"),
            _text("location!"),
            _id("product!", PRODUCT),
            _number("counted!"),
            _text("explanation"),
        ),
        _kind(
            "bank",
            "reference status",
            _date("date!"),
            _money("amount!", "positive"),
            _text("reference!"),
            _choice("status!", "settled", "returned"),
            _text("reason"),
        ),
        _kind(
            "openings",
            "kind group member product location ref",
            _date("date!"),
            _choice("kind!", "payable", "advance", "stock", "consigned", "taken"),
            _id("association", ASSOCIATION),
            _id("group", GROUP),
            _id("member", MEMBER),
            _id("product", PRODUCT),
            _text("location"),
            _number("quantity"),
            _money("amount!", "any"),
            _text("ref"),
        ),
        _kind(
            "cashbook",
            "entry_no",
            _text("entry_no!"),
            _date("date!"),
            _choice(
                "kind!",
                "client-receipt",
                "tax-paid",
                "fee-paid",
                "fund-paid",
                "advance-repaid",
                "deposit",
                "expense",
            ),
            _money("amount!", "positive"),
            _text("currency"),
            _number("rate"),
            _text("order_no"),
            _id("member", MEMBER),
            _id("association", ASSOCIATION),
            _text("account"),
            _choice("rail", "cash", "bank", "wallet"),
        ),
    )
)
