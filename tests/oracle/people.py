"""Random master data of a small co-operative."""

from __future__ import annotations

import random
from datetime import date as Date
from decimal import Decimal

from .state import Row

ASSOCIATIONS = ("issyk-kul", "naryn", "chuy")
GROUPS = ("Akburun", "Kochkor", "Tyup", "Sokuluk")
PLACES = ("Karakol", "Bishkek-Tsum", "Osh-Bazar")
START = Date(2025, 12, 1)
TAXES = ("individual", "patent", "firm")
Rows = list[tuple[str, Row]]


def price_of(rng: random.Random, low: int, high: int) -> Decimal:
    """Mostly whole or with tyiyn, sometimes with up to six decimals, now and then tiny."""
    if rng.random() < 0.12:
        return Decimal(rng.randint(1, 300)) / 1000
    decimals = rng.choice((0, 0, 1, 2, 2, 3, 6))
    scale = int(10**decimals)
    return Decimal(rng.randint(low * scale, high * scale)) / scale


def amount_of(rng: random.Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randint(low * 100, high * 100)) / 100 if rng.random() < 0.6 else Decimal(
        rng.randint(low, high))  # fmt: skip


def associations(rng: random.Random) -> tuple[Rows, dict[str, list[str]]]:
    """Rows, and each association's groups."""
    names = list(ASSOCIATIONS[: rng.randint(1, 3)])
    groups = list(GROUPS[: max(len(names), rng.randint(2, 4))])
    owned: dict[str, list[str]] = {name: [] for name in names}
    for number, group in enumerate(groups):
        owner = names[number] if number < len(names) else rng.choice(names)
        owned[owner].append(group)
    return [("associations", {"association": n, "name_en": n.title()}) for n in names], owned


def members(rng: random.Random, owned: dict[str, list[str]]) -> Rows:
    pairs = [(name, group) for name, groups in owned.items() for group in groups]
    count = max(rng.randint(5, 15), len(pairs))
    numbers = rng.sample(range(1, 130), count)
    rows: Rows = []
    width = rng.choice((3, 3, 1))
    for index, number in enumerate(numbers):
        name, group = pairs[index] if index < len(pairs) else rng.choice(pairs)
        row: Row = {"association": name, "group": group, "member": f"M{number:0{width}d}",
                    "name": f"Member {number}", "tax_status": rng.choice((*TAXES, None)),
                    **details(rng, number)}  # fmt: skip
        if rng.random() < 0.05:
            row["hold"] = True
        if rng.random() < 0.06:
            row["left"] = Date(2026, 1, rng.randint(1, 31))
        rows.append(("members", row))
    return rows


def details(rng: random.Random, number: int) -> Row:
    """A rail with its details, which are now and then missing."""
    rail = rng.choice(("cash", "cash", "bank", "wallet"))
    if rng.random() < 0.07:
        return {"rail": rail}
    if rail == "bank":
        return {"rail": rail, "account_no": f"12899{rng.randint(10**9, 10**10)}",
                "bic": rng.choice(("DEMIKG22", "KICBKG22"))}  # fmt: skip
    if rail == "wallet":
        return {"rail": rail, "phone": f"+996700{rng.randint(100000, 999999)}"}
    return {"rail": rail}


def products(rng: random.Random, groups: list[str]) -> Rows:
    rows: Rows = []
    for number in range(rng.randint(5, 10)):
        product = f"{rng.choice(('felt', 'jam', 'honey'))}-{number}"
        unit = rng.choice(("piece", "piece", "kg"))
        rows.append(("products", {"product": product, "name_en": product.title(), "unit": unit}))
        rows += certificates(rng, product, groups) + prices(rng, product)
    return rows


def certificates(rng: random.Random, product: str, groups: list[str]) -> Rows:
    """Certified for all, and sometimes decided otherwise for a group or later on."""

    def row(number: int, day: Date, decision: str = "certified", **more: object) -> tuple[str, Row]:
        name = f"BC-{product}-{number}"
        return ("certificates", {"certificate_no": name, "product": product, "date": day,
                                 "decision": decision, **more})  # fmt: skip

    rows = [row(1, START, valid_until=Date(2027, 12, 31))]
    luck = rng.random()
    day = Date(2026, 1, rng.randint(1, 31))
    if luck < 0.08:
        rows.append(row(2, day, rng.choice(("revoked", "suspended")), group=rng.choice(groups)))
    elif luck < 0.14:
        rows.append(row(2, START, "rejected", group=rng.choice(groups)))
    elif luck < 0.2:
        rows.append(row(2, day, "revoked"))
        rows.append(row(3, day, group=rng.choice(groups)))
    elif luck < 0.26:
        rows[0] = row(1, START, valid_until=day)
        rows.append(row(2, Date(2026, 1, 31), valid_until=Date(2026, 12, 31)))
    return rows


def prices(rng: random.Random, product: str) -> Rows:
    retail = price_of(rng, 50, 900)
    base = {"product": product, "valid_from": START}
    rows: Rows = [("prices", {**base, "retail_price": retail,
                              "buyback_price": price_of(rng, 30, 600)})]  # fmt: skip
    if rng.random() < 0.4:
        rows.append(("prices", {**base, "grade": "A", "buyback_price": price_of(rng, 30, 600)}))
    if rng.random() < 0.3:
        rows.append(("prices", {**base, "grade": "A", "order_no": "O-1",
                                "buyback_price": price_of(rng, 30, 600)}))  # fmt: skip
    if rng.random() < 0.4:
        day = Date(2026, 1, rng.randint(2, 15))
        rows.append(("prices", {**base, "valid_from": day,
                                "buyback_price": price_of(rng, 30, 600)}))  # fmt: skip
    return rows


def policy(rng: random.Random, names: list[str]) -> Rows:
    rows: Rows = []
    rails = rng.choice(("bank", "bank,wallet"))
    for name in (None, *names):
        for row in rules_of(rng, rails):
            if name is None or rng.random() < 0.35:
                rows.append(("policy", {"valid_from": START, "association": name, **row}))
    return [(kind, {k: v for k, v in row.items() if v is not None}) for kind, row in rows]


def rules_of(rng: random.Random, rails: str) -> list[Row]:
    """Every rule, most of them present; orders drawn so that ties occur."""

    def ratio(*values: str) -> Decimal:
        return Decimal(rng.choice(values))

    def order() -> int:
        return rng.randint(1, 5)

    ring = "Liabilities:Funds:Health"
    found: list[tuple[float, Row]] = [
        (0.5, {"rule": "withholding", "value": ratio("0.1", "0.02", "0.125"), "order": order(),
               "applies_to": rng.choice(("individual", "individual,firm"))}),
        (0.8, {"rule": "fee", "value": ratio("0.03", "0.025", "0.1"), "order": order()}),
        (0.3, {"rule": "fee", "value": ratio("0.01", "0.3"), "order": order(),
               "account": "Liabilities:Funds:Training"}),
        (0.6, {"rule": "fixed", "value": Decimal(rng.choice(("50", "99.99", "400"))),
               "limit": rng.choice((None, Decimal(100), Decimal(650))), "order": order()}),
        (0.3, {"rule": "fixed", "value": Decimal("20.5"), "order": order(),
               "account": "Liabilities:Funds:Membership",
               "limit": rng.choice((None, Decimal(30)))}),
        (0.8, {"rule": "advance", "value": ratio("0.5", "0.333", "1"), "order": order()}),
        (0.5, {"rule": "social", "value": ratio("0.01", "0.0175"), "order": order(),
               "account": "Liabilities:Funds:Social"}),
        (0.3, {"rule": "social", "value": ratio("0.02"), "order": order(), "account": ring}),
        (0.4, {"rule": "take_home_floor", "value": ratio("0.4", "0.75", "0.9")}),
        (0.5, {"rule": "minimum", "value": Decimal(rng.choice((100, 500)))}),
        (0.4, {"rule": "minimum", "value": Decimal(rng.choice((50, 1000))),
               "applies_to": rails}),
        (0.5, {"rule": "cash_unit", "value": Decimal(rng.choice((1, 5, 10))),
               "applies_to": "cash"}),
        (0.2, {"rule": "cash_unit", "value": ratio("0.5", "1")}),
        (0.8, {"rule": "commission", "value": ratio("0.15", "0.3", "0.175")}),
        (0.7, {"rule": "shrinkage", "value": ratio("0.5", "0.333")}),
        (0.3, {"rule": "vat", "value": ratio("0.12"), "account": "Liabilities:Tax:Vat"}),
        (0.3, {"rule": "sales_tax", "value": ratio("0.02"), "account": "Liabilities:Tax:Sales"}),
        (0.12, {"rule": "variance", "value": ratio("0.5", "2")}),
        (0.15, {"rule": "signature", "value": Decimal(1)}),
    ]  # fmt: skip
    return [row for likely, row in found if rng.random() < likely]
