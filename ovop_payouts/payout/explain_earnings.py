"""Where an earning comes from: its row, prices, rates and rounding, in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, money
from ovop_payouts.payout.corrections import arithmetic
from ovop_payouts.payout.distributions import all_parts
from ovop_payouts.payout.history import approval
from ovop_payouts.payout.line import Run, som
from ovop_payouts.payout.periods import RunId, month_of
from ovop_payouts.records import Contribution, Earning


def source_of(earning: Earning) -> str:
    return f"[{earning.meta['source']}]" if "source" in earning.meta else ""


def explain_earning(
    book: Book, run: RunId, earning: Earning, computed: Run | None
) -> Iterator[str]:
    match earning.tag:
        case "deliveries":
            yield _delivery(earning)
        case "sales" | "returns":
            yield _sale(book, earning)
        case "stocktakes":
            yield _stocktake(earning)
        case "pool":
            yield from _pool(book, run, earning, computed)
        case "distribution":
            yield from _distribution(book, earning)
        case _:
            yield f"{earning.date}  {som(earning.amount)}  {source_of(earning)}"


def _delivery(earning: Earning) -> str:
    meta = earning.meta
    rejected = meta.get("rejected", "0")
    why = f" ({meta['reject_reason']})" if meta.get("reject_reason") else ""
    accepted = Decimal(meta["delivered"]) - Decimal(rejected)
    own = "own price" if "unit_price" in meta else "price list"
    return (
        f"{earning.date}  note {meta['note_no']}/{meta['line_no']}  {meta['product']}"
        f"{_grade(meta)}: {meta['delivered']} delivered - {rejected} rejected{why}"
        f" = {accepted:f} × {meta['price']} ({own}) = {som(earning.amount)}  {source_of(earning)}"
    )


def _grade(meta: dict[str, str]) -> str:
    return f" grade {meta['grade']}" if meta.get("grade") else ""


def _sale(book: Book, earning: Earning) -> str:
    meta, quantity = earning.meta, earning.quantity
    word = "sale" if earning.tag == "sales" else "return"
    price = f" at {meta['unit_price']}" if "unit_price" in meta else ""
    if "currency" in meta:
        price += f" {meta['currency']} × {meta.get('rate', '')}"
    discount = f", discount {meta['discount']}" if meta.get("discount") else ""
    lot = f" of lot {earning.lot}" if earning.lot else ""
    line = f", of {meta['quantity']} in the line" if meta["quantity"] != f"{quantity:f}" else ""
    goods = f"{meta['product']} × {quantity.normalize():f}{lot}{line}{price}{discount}"
    return (
        f"{earning.date}  {word} {meta['store']} {meta['receipt_no']}/{meta['line_no']}"
        f"{_returned(meta)}  {goods}: value {som(earning.value)}"
        f" - commission {_commission(book, earning)} = {som(earning.amount)}  {source_of(earning)}"
    )


def _returned(meta: dict[str, str]) -> str:
    """Which receipt comes back, and how much of it has come back in all."""
    if "back" not in meta:
        return ""
    return f" of {meta['receipt']} ({meta['back']} of {meta['sold']} in all are back)"


def _commission(book: Book, earning: Earning) -> str:
    """With its rate where the sale's day gives it; a return reverses what was kept then."""
    kept = earning.value - earning.amount
    rules = book.policy("commission", earning.association, earning.date)
    if len(rules) == 1 and money(earning.value * rules[0].value) == kept:
        return f"{som(kept)} ({rules[0].value:f} × {som(earning.value)})"
    return som(kept)


def _stocktake(earning: Earning) -> str:
    meta = earning.meta
    sums = (
        f"{earning.quantity.normalize():f} not found × {meta['retail']} retail × {meta['rate']} ="
        if "retail" in meta
        else "not found,"
    )
    return (
        f"{earning.date}  count {meta['count_no']} at {meta['location']}: {meta['product']}"
        f" {sums} {som(earning.amount)}  {source_of(earning)}"
    )


def _pool(book: Book, run: RunId, earning: Earning, computed: Run | None) -> Iterator[str]:
    meta, product = earning.meta, earning.product
    group, period = meta["pool"], meta["period"]
    of = f" of {product}" if product else ""
    chosen = _contributions(book, group, period, product)
    whole = sum((c.quantity for c in chosen), ZERO)
    mine = next((c.quantity for c in chosen if c.member == earning.member), ZERO)
    measure = (chosen[0].measure if chosen else None) or "shares"
    yield (
        f"pool of {group} for {period}{of}: {som(_pool_total(book, run, earning, computed))}"
        f" × {mine.normalize():f} of {whole.normalize():f} {measure} = {som(earning.amount)}"
        " (largest remainder)"
    )
    for each in chosen:
        yield (
            f"    contribution: {each.member} {each.quantity.normalize():f} {measure}"
            f"  [{each.source}]"
        )
    for e in book.earnings.get(run.association, ()):
        if e.member is None and (e.group, e.period, e.product) == (group, period, product):
            yield f"    in the pool: {_in_pool(book, e)}"
    if computed is not None and approval(book, run) is None:
        for part in computed.parts:
            mine_too = (part.group, month_of(part.date), part.product) == (group, period, product)
            if part.pool and mine_too:
                text = f"part of distribution {part.distribution}: {som(part.amount)}"
                yield f"    in the pool: {part.date}  {text}"


def _contributions(book: Book, group: str, period: str, product: str | None) -> list[Contribution]:
    """Those for the product where there are any, else those without product."""
    of_period = [c for c in book.contributions if (c.group, c.period) == (group, period)]
    own = [c for c in of_period if c.product == product]
    return sorted(own or [c for c in of_period if c.product is None], key=lambda c: c.member)


def _pool_total(book: Book, run: RunId, earning: Earning, computed: Run | None) -> Decimal:
    meta = earning.meta
    wanted = (meta["pool"], meta["period"], earning.product)
    if computed is not None and approval(book, run) is None:
        pools = {(p.group, p.period, p.product): p.amount for p in computed.pools}
        return pools[wanted]
    same = (
        e
        for e in book.earnings.get(run.association, ())
        if e.tag == "pool" and e.held_by == earning.held_by
        if (e.meta["pool"], e.meta["period"], e.product) == wanted
    )
    return sum((e.amount for e in same), ZERO)


def _in_pool(book: Book, earning: Earning) -> str:
    match earning.tag:
        case "deliveries":
            return _delivery(earning)
        case "sales" | "returns":
            return _sale(book, earning)
        case "distribution":
            part = f"part of distribution {earning.meta['distribution']}"
            return f"{earning.date}  {part}: {som(earning.amount)}"
    return f"{earning.date}  {som(earning.amount)}  {source_of(earning)}"


def _distribution(book: Book, earning: Earning) -> Iterator[str]:
    number = earning.meta["distribution"]
    distribution = book.distributions[number]
    shown = arithmetic(book, number)
    if shown is not None:
        yield f"{earning.date}  {distribution.kind} {shown}  [{distribution.source}]"
        return
    for part in all_parts(book, distribution):
        if part.payee == earning.member and not part.pool:
            basis = "earned" if distribution.basis == "value" else "pieces"
            share = (
                "to this member alone"
                if distribution.member
                else f"× {part.weight.normalize():f} of {part.whole.normalize():f} {basis}"
                " (largest remainder)"
            )
            yield (
                f"{earning.date}  {distribution.kind} {number}: {som(part.total)} {share}"
                f" = {som(part.amount)}  [{distribution.source}]"
            )
