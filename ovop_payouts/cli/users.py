"""`ovop user …`: who works with the books."""

from __future__ import annotations

import click

from ovop_payouts.cli.session import Session, echo_json, new_password


@click.group()
def user() -> None:
    """Add, list and remove users; change passwords."""


def _land(session: Session, action: str, name: str, role: str | None) -> None:
    """One change of one user, by an administrator."""
    from ledger import accounts
    from ledger.log import Note
    from ovop_payouts.book import load
    from ovop_payouts.refusal import Refusal
    from ovop_payouts.users import removal_fact, user_fact, users
    from ovop_payouts.writing import land, writing

    with writing(session.books):
        book = load(session.books)
        by = session.user(book).name
        if role is not None:
            fact = user_fact(book, name, role, by, session.today)
        elif name not in users(book):
            raise Refusal(f"{name} is no user of these books")
        elif _last_admin(book, name):
            raise Refusal(f"{name} is the last administrator; add another one first")
        else:
            fact = removal_fact(book, name, by, session.today)
        revision = int(fact.meta["revision"])
        change = f"user-{name}-{revision:03d}-{action}"
        note = Note(by, session.today, f"user-{action}", name, "", session.at)
        land(session.books, change, [(accounts.HEAD_OFFICE, fact)], note)


def _last_admin(book: object, name: str) -> bool:
    from ovop_payouts.book import Book
    from ovop_payouts.users import users

    assert isinstance(book, Book)
    admins = [u.name for u in users(book).values() if u.role == "admin"]
    return admins == [name]


@user.command()
@click.argument("name")
@click.option("--role", required=True, help="accountant, approver, treasurer:ASSOC, secretary, …")
@click.pass_obj
def add(session: Session, name: str, role: str) -> None:
    """Add a user, or give a known one another role.

    \b
    Example: ovop --as admin user add aizada --role treasurer:issyk-kul
    The new user's password is asked for, or taken from OVOP_NEW_PASSWORD.
    """
    from ledger.books import PRIVATE
    from ovop_payouts.users import check_name, check_role, set_password

    book = session.book()
    session.sign_in(session.allowed(book, "users"))
    check_name(name)
    check_role(role, set(book.associations))
    set_password(session.books / PRIVATE, name, new_password(name))
    _land(session, "add", name, role)
    click.echo(f"{name} is {role}")


@user.command()
@click.argument("name")
@click.pass_obj
def remove(session: Session, name: str) -> None:
    """Remove a user; what they did stays in the books."""
    session.sign_in(session.allowed(session.book(), "users"))
    _land(session, "remove", name, None)
    click.echo(f"{name} is removed")


@user.command()
@click.argument("name")
@click.pass_obj
def passwd(session: Session, name: str) -> None:
    """Set a new password: one's own, or as administrator anybody's."""
    from ledger.books import PRIVATE
    from ovop_payouts.refusal import Refusal
    from ovop_payouts.users import set_password, users

    book = session.book()
    me = session.user(book)
    if me.name != name:
        session.allowed(book, "users")
    session.sign_in(me)
    if name not in users(book):
        raise Refusal(f"{name} is no user of these books")
    set_password(session.books / PRIVATE, name, new_password(name))
    click.echo(f"{name} has a new password")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the users as JSON.")
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List users and their roles."""
    from ovop_payouts.users import users

    book = session.people()
    reader = session.reader(book)
    own = reader.association if reader else None
    found = [u for u in users(book).values() if own is None or u.association in (None, own)]
    roles = {u.name: u.role + (f":{u.association}" if u.association else "") for u in found}
    if as_json:
        echo_json([{"name": name, "role": role} for name, role in roles.items()])
        return
    for name, role in roles.items():
        click.echo(f"{name}  {role}")
