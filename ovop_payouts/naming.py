"""What things are called in a reader's language."""

from __future__ import annotations

from ovop_payouts.book import Book
from ovop_payouts.records import Member


def product_name(book: Book, ident: str | None, language: str) -> str:
    """A product's name, in English where it has none in the language."""
    if ident is None or ident not in book.products:
        return ident or ""
    product = book.products[ident]
    names = {"ru": product.name_ru, "ky": product.name_ky}
    return names.get(language) or product.name_en


def association_name(book: Book, ident: str, language: str) -> str:
    meta = book.associations.get(ident, {})
    return meta.get(f"name_{language}") or meta.get("name_en") or ident


def group_name(member: Member) -> str:
    return member.group_name or member.group
