"""Rows that move goods: deliveries, transfers, sales, returns, stocktakes (contract §4)."""

from __future__ import annotations

from datetime import date as Date
from fractions import Fraction

from .arithmetic import allocate, digits_of, exact, last_day, money, month_of, rounded
from .master import certified, price, rate
from .partners import belongs, fine_enough, opening_of_member
from .state import Books, Earning, Lot, Portion, Row
from .stock import (
    DELIVERY,
    OPENING,
    RETURN,
    SALE,
    STOCKTAKE,
    TRANSFER,
    Taken,
    candidates,
    first_in_first_out,
    for_sale,
    lying,
    move,
)

TAXES = ("vat", "sales_tax")
LotId = tuple[str, Fraction]
Taxes = dict[LotId, dict[str, int]]
Refusal = tuple[str, str] | None


def opening(books: Books, row: Row) -> Refusal:
    if row["kind"] in ("payable", "advance", "taken"):
        return opening_of_member(books, row)
    if row.get("product") not in books.products:
        return ("product", "unknown product")
    own = row["kind"] == "stock"
    if not own or row.get("group"):
        refusal = belongs(books, row)
        if refusal:
            return refusal
    lot = Lot(
        row["ref"], Fraction(0), row["ref"], row["date"], row["product"],
        row.get("association") or "", row.get("group"), row.get("member"), own,
    )  # fmt: skip
    return settle_in(books, lot, OPENING, row["location"], exact(row["quantity"]))


def settle_in(books: Books, lot: Lot, turn: int, place: str, quantity: Fraction) -> Refusal:
    """A new lot comes to a place, which is known from now on."""
    books.places.add(place)
    if quantity:
        books.lots[lot.name] = lot
        move(books, place, lot, (lot.date, turn), quantity)
    return None


def delivery(books: Books, row: Row) -> Refusal:
    refusal = belongs(books, row)
    if refusal:
        return refusal
    if row["product"] not in books.products:
        return ("product", "unknown product")
    accepted = exact(row["delivered"]) - exact(row.get("rejected"))
    if accepted < 0:
        return ("rejected", "more than was delivered")
    if not certified(books, row["product"], row["group"], row["date"]):
        return ("product", "no certificate valid on that date")
    if row["terms"] != "consignment":
        unit = unit_price(books, row)
        if unit is None:
            return ("unit_price", "no price")
        earn(books, delivered(row), row["date"], row["terms"], money(accepted * unit), accepted)
    return settle_in(books, delivered(row), DELIVERY, row["location"], accepted)


def unit_price(books: Books, row: Row) -> Fraction | None:
    if row.get("unit_price") is not None:
        return exact(row["unit_price"])
    grade, order_no = row.get("grade"), row.get("order_no")
    return price(books, "buyback_price", row["product"], grade, order_no, row["date"])


def delivered(row: Row) -> Lot:
    return Lot(
        row["note_no"], exact(row["line_no"]), f"{row['note_no']}/{row['line_no']}", row["date"],
        row["product"], row["association"], row["group"], row.get("member"),
        row["terms"] != "consignment",
        row.get("order_no") if row["terms"] == "order" else None, row.get("grade"),
    )  # fmt: skip


def earn(
    books: Books, lot: Lot, day: Date, kind: str, amount: int, quantity: Fraction,
    weighs: bool = True,
) -> None:  # fmt: skip
    """The producer of the lot earns: a member, or the group's pool."""
    books.earnings.append(
        Earning(lot.association, lot.group or "", lot.member, lot.product, day, kind, amount,
                quantity, weighs)
    )  # fmt: skip
    who = lot.member or f"pool {lot.group}"
    books.balances[who] = books.balances.get(who, 0) + amount


def transfer(books: Books, row: Row) -> Refusal:
    if row["product"] not in books.products:
        return ("product", "unknown product")
    if row["from"] not in books.places:
        return ("from", "unknown place")
    found = candidates(books, row["from"], row["product"], (row["date"], TRANSFER))
    taken = first_in_first_out(found, exact(row["quantity"]))
    if taken is None:
        return ("quantity", "more than is there")
    books.places.add(row["to"])
    for lot, quantity in taken:
        move(books, row["from"], lot, (row["date"], TRANSFER), -quantity)
        move(books, row["to"], lot, (row["date"], TRANSFER), quantity)
    return None


def sale(books: Books, row: Row) -> Refusal:
    if row["product"] not in books.products:
        return ("product", "unknown product")
    if row["store"] not in books.places:
        return ("store", "unknown store")
    if row["quantity"] < 0:
        return give_back(books, row)
    currency = row.get("currency") or "KGS"
    if not fine_enough(row.get("discount"), currency):
        return ("discount", "more decimals than the currency has")
    quantity, day = exact(row["quantity"]), row["date"]
    named, order_no = row.get("lot"), row.get("order_no")
    taken = for_sale(books, row["store"], row["product"], quantity, day, named, order_no)
    if taken is None:
        return ("lot" if named else "quantity", "more than is there")
    if not all(certified(books, row["product"], lot.group, day) for lot, _ in taken):
        return ("product", "no certificate valid on that date")
    value = line_value(row)
    if value < 0:
        return ("discount", "more than the line's value")
    parts = allocate(value, {lot.id: part for lot, part in taken})
    taxes = taxes_within(books, row, taken, parts)
    for lot, part in taken:
        sell(books, row, lot, part, parts[lot.id], taxes[lot.id])
    return None


def line_value(row: Row) -> int:
    """In tyiyn; foreign money is rounded in its own currency first."""
    currency = row.get("currency") or "KGS"
    unit = 10 ** digits_of(currency)
    discount = rounded(exact(row.get("discount")) * unit)
    value = money(exact(row["quantity"]) * exact(row["unit_price"]), currency) - discount
    return value if currency == "KGS" else money(Fraction(value, unit) * exact(row["rate"]))


def sell(
    books: Books, row: Row, lot: Lot, quantity: Fraction, value: int, taxes: dict[str, int]
) -> None:
    """One portion leaves its lot; a consigned one earns its value less commission."""
    day, earning = row["date"], 0
    move(books, row["store"], lot, (day, SALE), -quantity)
    if not lot.own:
        commission = rounded(value * rate(books, "commission", lot.association, day))
        earning = value - commission
        take_commission(books, lot, commission)
        earn(books, lot, day, "consignment", earning, quantity)
    books.portions.append(
        Portion(
            row["store"],
            row["receipt_no"],
            row["product"],
            day,
            lot.name,
            quantity,
            earning,
            value - earning,
            row.get("currency") is not None,
            taxes,
        )
    )


def taxes_within(books: Books, row: Row, taken: Taken, parts: dict[LotId, int]) -> Taxes:
    """Tax inside the price of a line's own goods, dealt over its lots; not on foreign invoices."""
    found: Taxes = {lot.id: {} for lot, _ in taken}
    for association in {lot.association for lot, _ in taken}:
        own = {lot.id: part for lot, part in taken if lot.own and lot.association == association}
        if own and row.get("currency") is None:
            value = sum(parts[lot] for lot in own)
            rates = {name: rate(books, name, association, row["date"]) for name in TAXES}
            for name, r in rates.items():
                tax = rounded(value * r / (1 + sum(rates.values())))
                books.balances[name] = books.balances.get(name, 0) + tax
                worth = {lot: Fraction(parts[lot]) for lot in own}
                for lot, part in allocate(tax, worth if value else own).items():
                    found[lot][name] = part
    return found


def take_commission(books: Books, lot: Lot, amount: int) -> None:
    name = f"commission {lot.association}"
    books.balances[name] = books.balances.get(name, 0) + amount


def give_back(books: Books, row: Row) -> Refusal:
    """Portions taken last come back first."""
    sold = [
        (portion.date if row.get("return_of") is None else Date.min, number, portion)
        for number, portion in enumerate(books.portions)
        if (portion.store, portion.product) == (row["store"], row["product"])
        and row.get("return_of") in (None, portion.receipt)
        and portion.left > 0
        and portion.date <= row["date"]
    ]
    left = -exact(row["quantity"])
    if sum((portion.left for _, _, portion in sold), Fraction(0)) < left:
        return ("quantity" if row.get("return_of") is None else "return_of", "more than was sold")
    for _, _, portion in sorted(sold, key=lambda found: found[:2], reverse=True):
        part = min(left, portion.left)
        left -= part
        if part:
            take_back(books, row["date"], portion, part)
    return None


def take_back(books: Books, day: Date, portion: Portion, quantity: Fraction) -> None:
    """When k of n came back, money(earning * k / n) has been reversed in all."""
    lot = books.lots[portion.lot]
    before = portion.back / portion.quantity
    portion.back += quantity
    now = portion.back / portion.quantity
    reversed_ = rounded(portion.earning * now)
    move(books, portion.store, lot, (day, RETURN), quantity)
    for name, tax in portion.taxes.items():
        books.balances[name] -= rounded(tax * now) - rounded(tax * before)
    if not lot.own:
        earn(books, lot, day, "consignment", portion.reversed - reversed_, -quantity)
        value = portion.earning + portion.commission
        kept = rounded(value * before) - rounded(portion.earning * before)
        commission = rounded(value * now) - reversed_ - kept
        take_commission(books, lot, -commission)
        if portion.foreign and portion.left:
            books.unsure.add(f"commission {lot.association}")
    portion.reversed = reversed_


def stocktake(books: Books, row: Row) -> Refusal:
    place, product, day = row["location"], row["product"], row["date"]
    if product not in books.products:
        return ("product", "unknown product")
    if place not in books.places:
        return ("location", "unknown place")
    lots = [lot for lot in books.lots.values() if lot.product == product]
    there = sum((lying(books, place, lot.name, day) for lot in lots), Fraction(0))
    missing = there - exact(row["counted"])
    if missing < 0:
        return surplus(books, row, -missing)
    taken = first_in_first_out(candidates(books, place, product, (day, STOCKTAKE)), missing)
    if taken is None:
        return ("counted", "goods that have left since")
    for lot, quantity in taken:
        lose(books, place, lot, day, quantity)
    return None


def surplus(books: Books, row: Row, quantity: Fraction) -> Refusal:
    if not row.get("explanation"):
        return ("explanation", "a surplus needs an explanation")
    name = f"{row['count_no']}"
    lot = Lot(name, Fraction(0), name, row["date"], row["product"], "", None, None, True)
    return settle_in(books, lot, STOCKTAKE, row["location"], quantity)


def lose(books: Books, place: str, lot: Lot, day: Date, quantity: Fraction) -> None:
    """Consigned goods that went missing are made good at a share of the retail price."""
    move(books, place, lot, (day, STOCKTAKE), -quantity)
    if lot.own:
        return
    retail = price(books, "retail_price", lot.product, lot.grade, None, day) or Fraction(0)
    share = rate(books, "shrinkage", lot.association, last_day(month_of(day)))
    amount = money(quantity * retail * share)
    earn(books, lot, day, "correction", amount, quantity, weighs=False)
