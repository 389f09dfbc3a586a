"""Changed payment details, confirmed by another person than who entered them (contract §3)."""

from __future__ import annotations

from pathlib import Path

from ledger.directives import Fact
from ledger.log import Note
from ovop_payouts.payout.life import Actor
from ovop_payouts.refusal import Refusal
from ovop_payouts.shards import load_everybody
from ovop_payouts.writing import land, writing


def confirm_details(books: Path, member: str, actor: Actor) -> None:
    """Let the member be paid by the details as last changed. Raises Refusal."""
    user = actor.user.name
    with writing(books):
        book = load_everybody(books)
        if member not in book.members:
            raise Refusal(f"{member} is not known")
        latest = book.member(member)
        if latest.details <= book.confirmed.get(member, 1):
            raise Refusal(f"the payment details of {member} are confirmed")
        if latest.entered_by == user:
            raise Refusal(f"{user} entered these details; another person must confirm them")
        meta = {"details": str(latest.details), "user": user}
        fact = Fact(actor.today, "details-confirmed", (member,), meta)
        name = f"confirm-{member}-{latest.details:03d}"
        note = Note(user, actor.today, "confirm", member, "", actor.at)
        land(books, name, [(latest.association, fact)], note)
