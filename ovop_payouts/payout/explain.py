"""Where an amount comes from: every source row, price, rate, rule and rounding (contract §6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ovop_payouts.book import Book
from ovop_payouts.money import ZERO, money
from ovop_payouts.payout.distributions import all_parts
from ovop_payouts.payout.history import approval, before, earnings_by_run, lines_of
from ovop_payouts.payout.line import Deduction, Line, Run, som
from ovop_payouts.payout.periods import RunId
from ovop_payouts.records import Earning, Returned


def explain(book: Book, run: RunId, member: str, computed: Run | None) -> Iterator[str]:
    """One payee's line, sentence by sentence.

    `computed` is the run as drafted now; an approved run is explained from what it booked.
    """
    line = lines_of(book, run)[member]
    record = book.member(member, run.cutoff)
    yield f"{member}  {record.name}, group {line.group}, run {run}"
    yield ""
    yield from _opening(book, run, line)
    earnings = _earnings_of(book, run, member, computed)
    for kind in sorted({e.kind for e in earnings}):
        yield f"{kind}: {som(line.earnings.get(kind, ZERO))}"
        for earning in sorted(
            (e for e in earnings if e.kind == kind),
            key=lambda e: (e.date, e.meta.get("source", "")),
        ):
            for text in _earning(book, run, earning, computed):
                yield f"    {text}"
    yield f"gross: {som(line.gross)}"
    for returned in _returns_of(book, run, member, computed):
        yield (
            f"returned: {som(returned.amount)}  payment {returned.reference} came back on"
            f" {returned.date}: {returned.reason or 'no reason given'}"
        )
    yield (
        f"available: {som(line.opening)} + {som(line.gross)} + {som(line.returned)}"
        f" = {som(line.available)}"
    )
    yield from _deductions(line)
    yield f"net: {som(line.available)} - {som(line.deducted)} = {som(line.net)}"
    yield from _outcome(line)


def _opening(book: Book, run: RunId, line: Line) -> Iterator[str]:
    previous = before(book, run)
    if previous is not None and line.member in lines_of(book, previous):
        carried = lines_of(book, previous)[line.member].carried
        yield f"opening: {som(line.opening)}  carried out of {previous}: {som(carried)}"
    else:
        yield f"opening: {som(line.opening)}"
    for opening in book.openings.get(run.association, ()):
        if opening.member == line.member:
            yield f"    {opening.date}  opening payable {som(opening.amount)}  {_source(opening)}"


def _earnings_of(book: Book, run: RunId, member: str, computed: Run | None) -> list[Earning]:
    if computed is not None and approval(book, run) is None:
        return computed.earnings.get(member, [])
    return earnings_by_run(book, run.association).get(run, {}).get(member, [])


def _returns_of(book: Book, run: RunId, member: str, computed: Run | None) -> list[Returned]:
    if computed is not None and approval(book, run) is None:
        return [r for r in computed.returns if r.member == member]
    step = approval(book, run)
    seen = step.seen if step else ()
    return [r for r in book.returned_of.get(member, ()) if r.change in seen]


def _source(earning: Earning) -> str:
    return f"[{earning.meta['source']}]" if "source" in earning.meta else ""


def _earning(book: Book, run: RunId, earning: Earning, computed: Run | None) -> Iterator[str]:
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
            yield f"{earning.date}  {som(earning.amount)}  {_source(earning)}"


def _delivery(earning: Earning) -> str:
    meta = earning.meta
    rejected = meta.get("rejected", "0")
    why = f" ({meta['reject_reason']})" if meta.get("reject_reason") else ""
    accepted = Decimal(meta["delivered"]) - Decimal(rejected)
    own = "own price" if "unit_price" in meta else "price list"
    return (
        f"{earning.date}  note {meta['note_no']}/{meta['line_no']}  {meta['product']}"
        f"{_grade(meta)}: {meta['delivered']} delivered - {rejected} rejected{why}"
        f" = {accepted:f} × {meta['price']} ({own}) = {som(earning.amount)}  {_source(earning)}"
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
    return (
        f"{earning.date}  {word} {meta['store']} {meta['receipt_no']}/{meta['line_no']}"
        f"  {meta['product']} × {quantity.normalize():f}{lot}{line}{price}{discount}:"
        f" value {som(earning.value)} - commission {_commission(book, earning)}"
        f" = {som(earning.amount)}  {_source(earning)}"
    )


def _commission(book: Book, earning: Earning) -> str:
    """With its rate where the sale's day gives it; a return reverses what was kept then."""
    kept = earning.value - earning.amount
    rules = book.policy("commission", earning.association, earning.date)
    if len(rules) == 1 and money(earning.value * rules[0].value) == kept:
        return f"{som(kept)} ({rules[0].value:f} × {som(earning.value)})"
    return som(kept)


def _stocktake(earning: Earning) -> str:
    meta = earning.meta
    return (
        f"{earning.date}  count {meta['count_no']} at {meta['location']}: {meta['product']}"
        f" not found, {som(earning.amount)}  {_source(earning)}"
    )


def _pool(book: Book, run: RunId, earning: Earning, computed: Run | None) -> Iterator[str]:
    meta = earning.meta
    group, period, product = meta["pool"], meta["period"], earning.product
    of = f" of {product}" if product else ""
    chosen = [
        c
        for wanted in (product, None)
        for c in book.contributions
        if (c.group, c.period, c.product) == (group, period, wanted)
    ]
    weights = {c.member: c.quantity for c in chosen if c.product == chosen[0].product}
    total = _pool_total(book, run, earning, computed)
    whole = sum(weights.values(), ZERO)
    mine = weights.get(earning.member or "", ZERO)
    measure = chosen[0].measure or "shares" if chosen else "shares"
    yield (
        f"pool of {group} for {period}{of}: {som(total)} × {mine.normalize():f} of"
        f" {whole.normalize():f} {measure} = {som(earning.amount)} (largest remainder)"
    )
    for e in book.earnings.get(run.association, ()):
        if e.member is None and (e.group, e.period, e.product) == (group, period, product):
            yield f"    in the pool: {_in_pool(book, e)}"


def _in_pool(book: Book, earning: Earning) -> str:
    match earning.tag:
        case "deliveries":
            return _delivery(earning)
        case "sales" | "returns":
            return _sale(book, earning)
        case "distribution":
            part = f"part of distribution {earning.meta['distribution']}"
            return f"{earning.date}  {part}: {som(earning.amount)}"
    return f"{earning.date}  {som(earning.amount)}  {_source(earning)}"


def _pool_total(book: Book, run: RunId, earning: Earning, computed: Run | None) -> Decimal:
    meta = earning.meta
    if computed is not None and approval(book, run) is None:
        for pool in computed.pools:
            if (pool.group, pool.period, pool.product) == (
                meta["pool"],
                meta["period"],
                earning.product,
            ):
                return pool.amount
    same = (
        e
        for e in book.earnings.get(run.association, ())
        if e.tag == "pool" and e.held_by == earning.held_by and e.meta == meta
    )
    return sum((e.amount for e in same), ZERO)


def _distribution(book: Book, earning: Earning) -> Iterator[str]:
    number = earning.meta["distribution"]
    distribution = book.distributions[number]
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


def _deductions(line: Line) -> Iterator[str]:
    base = max(ZERO, line.gross)
    for each in line.deductions:
        yield f"{each.rule}: {som(each.amount)}  {_why(each, base)}  to {each.account}"


def _why(each: Deduction, base: Decimal) -> str:
    if each.rule == "fixed":
        text = f"fixed {each.rate:f} a month"
    else:
        text = f"{each.rate:f} × {som(base)} = {som(money(each.rate * base))}"
    if each.rule == "advance":
        text += f", outstanding advances allow {som(each.wanted)}"
    if each.amount != each.wanted:
        text += f", cut from {som(each.wanted)} to what was left to take"
    return text


def _outcome(line: Line) -> Iterator[str]:
    match line.state:
        case "pay":
            yield f"payout: {som(line.payout)} by {line.rail}"
        case state:
            yield f"{state}: nothing is paid ({line.reason})"
    yield f"carried: {som(line.net)} - {som(line.payout)} = {som(line.carried)}"
