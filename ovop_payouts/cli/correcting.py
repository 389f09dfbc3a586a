"""`ovop payout correct`: what a changed price list means for a month that was paid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.session import Session, echo_json, one_line

if TYPE_CHECKING:
    from ovop_payouts.payout.corrections import Correction


@click.command()
@click.argument("period")
@click.option("-a", "--association", "chosen", multiple=True, help="Only these associations.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The workbook.")
@click.option("--json", "as_json", is_flag=True, help="Print the corrections as JSON.")
@click.pass_obj
def correct(
    session: Session, period: str, chosen: tuple[str, ...], out: Path | None, as_json: bool
) -> None:
    """Compute what the price list as it is now changes of a month that was paid already.

    \b
    Example: ovop payout correct 2026-03 -a issyk-kul --out corrections.xlsx
    Import the new prices first. The workbook holds distributions of kind correction, with the sum
    behind each; look at it, then import it. Nothing is booked here.
    """
    from ledger.changes import replace
    from ovop_payouts.book import load
    from ovop_payouts.money import ZERO
    from ovop_payouts.payout.corrections import corrections, workbook
    from ovop_payouts.payout.line import som
    from ovop_payouts.payout.periods import check_period
    from ovop_payouts.refusal import Refusal

    check_period(period)
    people = session.people()
    for name in chosen or (None,):
        session.allowed(people, "correct", name)
    book = load(session.books)
    found, left = [], []
    for name in chosen or sorted(book.associations):
        if name not in book.associations:
            raise Refusal(f"association {name} is not known")
        done = corrections(book, name, period)
        found += done.found
        left += done.left
    if out is not None and found:
        replace(out, workbook(found, session.today))
    if as_json:
        echo_json({"corrections": [_as_json(each) for each in found], "left": left})
        return
    for each in found:
        click.echo(_line(each))
    for text in left:
        click.echo(f"not corrected: {one_line(text)}")
    total = sum((each.amount for each in found), ZERO)
    payees = len({each.member for each in found})
    click.echo(f"{len(found)} corrections of {payees} payees: {som(total)}")
    if out is not None and found:
        click.echo(f"Written: {out}; look at it, then import it")


def _line(each: Correction) -> str:
    from ovop_payouts.payout.corrections import equation

    return one_line(f"{each.member}  {each.amount:.2f}  {equation(each)}")


def _as_json(each: Correction) -> dict[str, str]:
    return {
        "distribution_no": each.number,
        "member": each.member,
        "delivery": each.label,
        "date": each.date.isoformat(),
        "product": each.product,
        "accepted": format(each.accepted.normalize(), "f"),
        "price_then": format(each.then.normalize(), "f"),
        "price_now": format(each.now.normalize(), "f"),
        "corrected_before": f"{each.before:.2f}",
        "amount": f"{each.amount:.2f}",
        "share": each.share,
        "source": each.source,
    }
