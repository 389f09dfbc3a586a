"""The demo's associations, groups and members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from ovop_payouts.demo import words

Row = dict[str, object]
MEMBERS_OF_A_GROUP = 25
MEMBERS = 1500


@dataclass(frozen=True, slots=True)
class Group:
    """A village's producers."""

    association: str
    group: str
    name: str
    members: tuple[str, ...]


def associations() -> list[Row]:
    return [
        {"association": ident, "name_en": en, "name_ru": ru, "name_ky": ky, "province": en}
        for ident, en, ru, ky in words.ASSOCIATIONS
    ]


def groups() -> list[Group]:
    """Sixty groups, with the ids of their members."""
    found: list[Group] = []
    number = 0
    for (association, *_), villages in zip(words.ASSOCIATIONS, words.VILLAGES, strict=True):
        for village in villages.split("|"):
            ident, name = village.split(" ", 1)
            count = min(MEMBERS_OF_A_GROUP, MEMBERS - number)
            members = tuple(f"M{n:04d}" for n in range(number + 1, number + count + 1))
            number += count
            found.append(Group(association, ident, name, members))
    return found


def members(random: Random) -> list[Row]:
    """Mostly women, mostly paid in cash; some with wallets and bank accounts."""
    return [_member(random, group, ident) for group in groups() for ident in group.members]


def _member(random: Random, group: Group, ident: str) -> Row:
    woman = random.random() < 0.86
    russian = woman and random.random() < 0.12
    row: Row = {
        "association": group.association,
        "group": group.group,
        "group_name": group.name,
        "member": ident,
        "name": _name(random, woman, russian),
        "gender": "f" if woman else "m",
        "birth_year": random.randint(1948, 2006),
        "joined": date(random.randint(2012, 2025), random.randint(1, 12), random.randint(1, 28)),
        "language": "ru" if russian else random.choice(("ky", "ky", "ky", "ru")),
        "tax_status": random.choice(("patent", "patent", "patent", "individual")),
        **_rail(random),
    }
    if random.random() < 0.004:
        row["hold"] = "yes"
    return row


def _name(random: Random, woman: bool, russian: bool) -> str:
    if russian:
        return random.choice(words.RUSSIAN_WOMEN)
    first = random.choice(words.WOMEN if woman else words.MEN)
    father = random.choice(words.FATHERS)
    return f"{first} {father} {'кызы' if woman else 'уулу'}"


def _rail(random: Random) -> Row:
    rail = random.choice(("cash",) * 6 + ("wallet",) * 3 + ("bank",))
    if rail == "bank":
        number = "".join(random.choice("0123456789") for _ in range(13))
        return {"rail": rail, "account_no": f"128{number}", "bic": "DEMIKG22"}
    if rail == "wallet":
        prefix = random.choice(("555", "700", "770", "501", "999"))
        return {"rail": rail, "phone": f"+996{prefix}{random.randint(100000, 999999)}"}
    return {"rail": rail}


def changes(random: Random, rows: list[Row], on: date, number: int) -> list[Row]:
    """Members who are paid by wallet, or to another one, from a day on."""
    changed: list[Row] = []
    for row in random.sample(rows, number):
        row |= {"changed": on, "rail": "wallet", "account_no": None, "bic": None}
        row["phone"] = f"+996555{random.randint(100000, 999999)}"
        changed.append(dict(row))
    return changed


def moves(random: Random, rows: list[Row], on: date, number: int) -> list[Row]:
    """Members who go to another group of their association on a day."""
    changed: list[Row] = []
    for row in random.sample(rows, number):
        others = [g for g in groups() if g.association == row["association"]]
        group = random.choice([g for g in others if g.group != row["group"]])
        row |= {"changed": on, "group": group.group, "group_name": group.name}
        changed.append(dict(row))
    return changed
