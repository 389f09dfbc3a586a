"""The demo's orders, distributions and cashbook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ovop_payouts.demo import words
from ovop_payouts.demo.catalogue import Good
from ovop_payouts.demo.months import Sheets, World
from ovop_payouts.demo.people import Row


def orders(world: World, month: int) -> Sheets:
    """In January clients abroad order, in February it is delivered and invoiced, in March paid."""
    chosen = [g for g in world.goods if g.certified][: len(words.CLIENTS)]
    match month:
        case 1:
            return {"orders": [_order(n, good) for n, good in enumerate(chosen)]}
        case 2:
            delivered = [_delivery(n, good) for n, good in enumerate(chosen)]
            sold = [_invoice(n, good) for n, good in enumerate(chosen)]
            return {"deliveries": delivered, "sales": sold}
        case _:
            return {"cashbook": [_receipt(n, good) for n, good in enumerate(chosen)]}


def _number(index: int) -> str:
    return f"EXP-26-{index + 1:02d}"


def _price(index: int, good: Good) -> Decimal:
    """In the client's currency, at about the retail price."""
    _, currency, rate = words.CLIENTS[index]
    places = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return (good.retail / Decimal(rate)).quantize(places)


def _order(index: int, good: Good) -> Row:
    client, currency, _ = words.CLIENTS[index]
    return {
        "order_no": _number(index),
        "client": client,
        "date": date(2026, 1, 12),
        "due": date(2026, 2, 28),
        "product": good.product,
        "quantity": 200,
        "unit_price": _price(index, good),
        "currency": currency,
        "group": good.maker.group,
        "quota": 200,
    }


def _delivery(index: int, good: Good) -> Row:
    return {
        "note_no": f"X-{index + 1:03d}",
        "line_no": 1,
        "date": date(2026, 2, 16),
        "association": good.maker.association,
        "group": good.maker.group,
        "member": good.maker.members[index],
        "product": good.product,
        "terms": "order",
        "order_no": _number(index),
        "delivered": 202,
        "rejected": 2,
        "reject_reason": words.REJECTS[index],
        "unit_price": (good.buyback * Decimal("1.1")).quantize(Decimal("0.01")),
        "location": "Export",
    }


def _invoice(index: int, good: Good) -> Row:
    _, currency, rate = words.CLIENTS[index]
    return {
        "receipt_no": f"INV-{index + 1:03d}",
        "line_no": 1,
        "date": date(2026, 2, 24),
        "store": "Export",
        "product": good.product,
        "quantity": 200,
        "unit_price": _price(index, good),
        "payment": "invoice",
        "order_no": _number(index),
        "currency": currency,
        "rate": Decimal(rate),
    }


def _receipt(index: int, good: Good) -> Row:
    _, currency, rate = words.CLIENTS[index]
    return {
        "entry_no": f"CB-EXP-{index + 1}",
        "date": date(2026, 3, 18),
        "kind": "client-receipt",
        "amount": 200 * _price(index, good),
        "currency": currency,
        "rate": Decimal(rate) * Decimal("1.01"),
        "order_no": _number(index),
        "rail": "bank",
    }


def distributions(world: World, month: int) -> list[Row]:
    """A premium for honey in February; a second payment over everybody in March."""
    if month == 2:
        return [
            {
                "distribution_no": "DIS-26-01",
                "date": date(2026, 2, 27),
                "kind": "premium",
                "amount": Decimal("25000"),
                "association": "chuy",
                "from": date(2026, 1, 1),
                "to": date(2026, 1, 31),
                "basis": "value",
            },
            {
                "distribution_no": "DIS-26-02",
                "date": date(2026, 2, 27),
                "kind": "award",
                "amount": Decimal("5000"),
                "member": world.groups[3].members[2],
            },
        ]
    if month == 3:
        return [
            {
                "distribution_no": "DIS-26-03",
                "date": date(2026, 3, 30),
                "kind": "second-payment",
                "amount": Decimal("150000.01"),
                "from": date(2026, 1, 1),
                "to": date(2026, 1, 31),
                "basis": "quantity",
            }
        ]
    return []


def cashbook(world: World, month: int) -> list[Row]:
    """Takings go to the bank; taxes are paid."""
    day = date(2026, month, 26)
    rows: list[Row] = [
        {
            "entry_no": f"CB-{month:02d}-{index + 1:02d}",
            "date": day,
            "kind": "deposit",
            "amount": Decimal(world.random.randint(20, 60) * 1000),
            "account": store,
            "rail": "bank",
        }
        for index, store in enumerate(words.STORES)
        if store in world.known
    ]
    tax: Row = {"entry_no": f"CB-{month:02d}-TAX", "date": day, "kind": "tax-paid"}
    return [*rows, {**tax, "amount": Decimal(30_000), "rail": "bank"}]
