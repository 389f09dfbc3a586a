"""Deliveries and sales name the certificate that they relied on; it must have allowed them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from beancount.core.data import Custom, Transaction

from ledger.checks.problem import Problem, at

_CERTIFICATE = re.compile(r"certificate(-\d+)?\Z")
"""A sale of several groups' lots relied on several: `certificate`, `certificate-2`, …"""
GATED = frozenset(("deliveries", "sales"))


def uncertified(entries: list[Any]) -> Iterator[Problem]:
    """A decision recorded later never makes landed entries wrong (contract §2)."""
    certificates = {
        e.meta["certificate_no"]: e.meta
        for e in entries
        if isinstance(e, Custom) and e.type == "certificates"
    }
    for entry in entries:
        if isinstance(entry, Transaction) and entry.tags & GATED:
            reason = _reason(entry, certificates)
            if reason:
                yield at(entry, f"Uncertified: {entry.meta.get('product')} {reason}")


def _reason(entry: Any, certificates: dict[str, dict[str, str]]) -> str | None:
    named = [text for key, text in entry.meta.items() if _CERTIFICATE.match(key)]
    if not named:
        return "names no certificate"
    for number in named:
        certificate = certificates.get(number)
        if certificate is None:
            return f"names certificate {number}, which is not recorded"
        problem = _problem(entry, certificate)
        if problem:
            return f"names certificate {number}, which {problem}"
    return None


def _problem(entry: Any, certificate: dict[str, str]) -> str | None:
    if certificate["product"] != entry.meta.get("product"):
        return f"is for {certificate['product']}"
    if certificate["decision"] != "certified":
        return f"is {certificate['decision']}"
    on = entry.date.isoformat()
    if on < certificate["date"]:
        return f"was given only on {certificate['date']}"
    if on > certificate.get("valid_until", on):
        return f"was valid until {certificate['valid_until']}"
    group = certificate.get("group")
    if group and entry.meta.get("group", group) != group:
        return f"is for group {group}"
    return None
