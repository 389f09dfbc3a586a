"""The demo's products, certificates, prices and policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from ledger import accounts
from ovop_payouts.demo import words
from ovop_payouts.demo.people import Group, Row

PRODUCTS = 2000
BEGIN = date(2025, 12, 1)


@dataclass(frozen=True, slots=True)
class Good:
    """A product, who makes it, and for how much it is bought and sold (KGS)."""

    product: str
    maker: Group
    buyback: Decimal
    retail: Decimal
    certified: bool


def goods(random: Random, groups: list[Group]) -> tuple[list[Good], list[Row]]:
    """The products and their rows; each is made by one group."""
    made: list[Good] = []
    rows: list[Row] = []
    for number in range(PRODUCTS):
        category, title, unit, low, high, kinds = random.choice(words.GOODS)
        en, ru, ky = random.choice(kinds.split("|")).split(" ")
        ident = f"{category}-{number + 1:04d}"
        maker = groups[number % len(groups)]
        price = Decimal(random.randint(low, high))
        retail = Decimal(int(price * Decimal("1.6")) // 5 * 5)
        made.append(Good(ident, maker, price, retail, random.random() > 0.03))
        category_ru, category_ky = words.CATEGORIES[category]
        row: Row = {
            "product": ident,
            "name_en": f"{title} {en} no. {number + 1}",
            "name_ru": f"{category_ru}, {ru} №{number + 1}",
            "name_ky": f"{category_ky}, {ky} №{number + 1}",
            "category": category,
            "unit": unit,
        }
        if number % 10 == 0:
            row["association"] = maker.association
        rows.append(row)
    return made, rows


def certificates(random: Random, made: list[Good]) -> list[Row]:
    """One decision for each product; some refused, some for one group, some with an award."""
    committees = dict(
        zip((ident for ident, *_ in words.ASSOCIATIONS), words.COMMITTEES, strict=True)
    )
    rows: list[Row] = []
    for number, good in enumerate(made, 1):
        row: Row = {
            "certificate_no": f"BC-25-{number:04d}",
            "product": good.product,
            "decision": "certified",
            "committee": committees[good.maker.association],
            "date": date(2025, random.randint(6, 11), random.randint(1, 28)),
            "valid_until": date(random.choice((2026, 2027)), random.randint(6, 12), 28),
            "quality_score": random.randint(70, 100),
            "hygiene_score": random.randint(70, 100),
        }
        if random.random() < 0.2:
            row["group"] = good.maker.group
        if random.random() < 0.03:
            row["award"] = random.choice(("gold", "silver", "bronze"))
        if not good.certified:
            row["decision"] = random.choice(("rejected", "suspended"))
        rows.append(row)
    return rows


def prices(made: list[Good]) -> list[Row]:
    """A price for each product, and a lower one for its second grade."""
    rows: list[Row] = []
    for good in made:
        base: Row = {"product": good.product, "valid_from": BEGIN, "retail_price": good.retail}
        rows.append({**base, "buyback_price": good.buyback})
        second = (good.buyback * Decimal("0.8")).quantize(Decimal("0.01"))
        rows.append({**base, "grade": "B", "buyback_price": second})
    return rows


def policy() -> list[Row]:
    """What is taken, floored and asked for."""

    def rule(name: str, value: str, **more: object) -> Row:
        return {"valid_from": BEGIN, "rule": name, "value": Decimal(value), **more}

    return [
        rule("withholding", "0.10", order=1, applies_to="individual"),
        rule("fee", "0.03", order=2),
        rule("fee", "0.02", order=2, association="naryn"),
        rule("fixed", "50", order=3, limit=Decimal(500)),
        rule("advance", "0.5", order=4),
        rule("social", "0.01", order=5, account=accounts.SOCIAL),
        rule("take_home_floor", "0.4"),
        rule("minimum", "100", applies_to="bank,wallet"),
        rule("cash_unit", "1", applies_to="cash"),
        rule("variance", "40"),
        rule("signature", "1", association="issyk-kul"),
        rule("commission", "0.15"),
        rule("commission", "0.12", association="talas"),
        rule("shrinkage", "0.5"),
        rule("vat", "0.12"),
        rule("sales_tax", "0.02"),
    ]
