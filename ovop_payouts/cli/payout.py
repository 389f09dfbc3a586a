"""`ovop payout …`: the life of payout runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ovop_payouts.cli.correcting import correct
from ovop_payouts.cli.session import Session, echo_json
from ovop_payouts.cli.settling import resolve, settle, unmatched

if TYPE_CHECKING:
    from ovop_payouts.book import Book
    from ovop_payouts.payout.life import Actor, Drafted
    from ovop_payouts.payout.periods import RunId


@click.group()
def payout() -> None:
    """Draft, show, approve, export and settle payout runs.

    \b
    Example: ovop payout draft 2026-03 -a issyk-kul
    """


def _actor(session: Session, action: str, run: RunId) -> Actor:
    """Who acts on a run: allowed to, and signed in."""
    return _actor_of(session, action, [str(run)])


def _actor_of(session: Session, action: str, names: list[str]) -> Actor:
    """Who acts on runs: allowed to on each, and signed in."""
    from ovop_payouts.payout.life import Actor

    people = session.people()
    users = [session.allowed(people, action, _run(name).association) for name in names]
    session.sign_in(users[0])
    return Actor(users[0], session.today, session.at)


def _names(chosen: tuple[str, ...]) -> list[str]:
    """Runs as they are named in the books, each once."""
    return list(dict.fromkeys(str(_run(name)) for name in chosen))


def _run(text: str) -> RunId:
    from ovop_payouts.payout.periods import run_id

    return run_id(text)


@payout.command()
@click.argument("period")
@click.option("-a", "--association", "chosen", multiple=True, help="Only these associations.")
@click.option("--scheduler", help="A Dask cluster that computes (tcp://HOST:PORT).")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@click.pass_obj
def draft(
    session: Session, period: str, chosen: tuple[str, ...], scheduler: str | None, as_json: bool
) -> None:
    """Compute the month's run of each association and keep its snapshot. Books nothing.

    \b
    Example: ovop payout draft 2026-03 -a issyk-kul -a naryn
    """
    from ovop_payouts.payout.life import Actor, draft
    from ovop_payouts.payout.periods import check_period
    from ovop_payouts.payout.views import run_json
    from ovop_payouts.shards import load_associations

    check_period(period)
    people = session.people()
    names = chosen or load_associations(session.books)
    users = [session.allowed(people, "draft", name) for name in names] or [session.user(people)]
    session.sign_in(users[0])
    actor = Actor(users[0], session.today, session.at)
    drafted = draft(session.books, period, names, actor, scheduler)
    results = list(zip(names, drafted, strict=True))
    if as_json:
        book = session.book()
        echo_json([run_json(book, done.run.id) for _, done in results if done])
        return
    if not names:
        click.echo("There are no associations yet: import some first")
    for name, done in results:
        _say_drafted(session, period, name, done)


def _say_drafted(session: Session, period: str, name: str, done: Drafted | None) -> None:
    from ovop_payouts.payout.gates import unusual
    from ovop_payouts.payout.line import som
    from ovop_payouts.payout.views import difference

    if done is None:
        click.echo(f"{period}/{name}: nothing is left for a supplement")
        return
    run, sums = done.run, done.run.totals
    word = "drafted" if done.changed else "unchanged"
    click.echo(
        f"{run.id}: {word}, {len(run.lines)} payees, gross {som(sums['gross'])},"
        f" deductions {som(sums['deductions'])}, to pay {som(sums['payout'])},"
        f" carried {som(sums['carried'])}, held {som(sums['held'])}  {run.hash}"
    )
    if done.before is not None and done.changed:
        for text in difference(done.before, run.lines):
            click.echo(f"  {text}")
    if not run.proof.holds:
        click.echo(f"  does not meet the ledger's {som(run.proof.ledger)}", err=True)
    if odd := unusual(run):
        click.echo(f"  {len(odd)} unusual amounts need a written reason: {', '.join(odd[:8])}")


@payout.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@click.option("--member", help="Explain one payee's line.")
@click.option("--diff", is_flag=True, help="Show what changed since the snapshot.")
@click.pass_obj
def show(session: Session, run: str, as_json: bool, member: str | None, diff: bool) -> None:
    """Show a run, or explain one payee's amount down to file, sheet and row.

    \b
    Example: ovop payout show 2026-03/issyk-kul/1 --member M0345
    """
    from ovop_payouts.payout.life import find
    from ovop_payouts.payout.views import run_json, table

    book = session.of_run(_run(run))
    wanted = find(book, _run(run))
    session.reader(session.people(), wanted.association)
    if member is not None:
        _explain(session, book, wanted, member, as_json)
    elif diff:
        _show_diff(session, book, wanted, as_json)
    elif as_json:
        echo_json(run_json(book, wanted))
    else:
        for text in table(book, wanted):
            click.echo(text)


def _explain(session: Session, book: Book, run: RunId, member: str, as_json: bool) -> None:
    from ovop_payouts.payout.compute import compute
    from ovop_payouts.payout.decided import as_decided
    from ovop_payouts.payout.explain import explain
    from ovop_payouts.payout.history import approval, lines_of
    from ovop_payouts.payout.line import line_json
    from ovop_payouts.private import latest_details
    from ovop_payouts.refusal import Refusal

    lines = lines_of(book, run)
    if member not in lines:
        raise Refusal(f"{member} has no line in {run}")
    fresh = approval(book, run) is None
    computed = compute(book, run, latest_details(session.books, book)) if fresh else None
    texts = list(explain(as_decided(session.books, book, run), run, member, computed))
    if as_json:
        echo_json({**line_json(lines[member]), "explanation": texts})
        return
    for text in texts:
        click.echo(text)


def _show_diff(session: Session, book: Book, run: RunId, as_json: bool) -> None:
    from ovop_payouts.payout.compute import compute
    from ovop_payouts.payout.history import approval, lines_of
    from ovop_payouts.payout.views import difference
    from ovop_payouts.private import latest_details

    texts, nothing = [], f"{run} is approved: it does not change any more"
    if approval(book, run) is None:
        computed = compute(book, run, latest_details(session.books, book))
        texts = list(difference(lines_of(book, run), computed.lines))
        nothing = "nothing changed since the snapshot"
    if as_json:
        echo_json({"run": str(run), "changes": texts})
        return
    for text in texts or [nothing]:
        click.echo(text)


def _say_hash(action: str, run: RunId, member: str, hash_: str) -> None:
    click.echo(f"{run}: {member} {action}; new snapshot {hash_}")


@payout.command()
@click.argument("run")
@click.argument("member")
@click.option("--reason", required=True, help="Why, in words for the member.")
@click.pass_obj
def hold(session: Session, run: str, member: str, reason: str) -> None:
    """Hold a payee: nothing is paid until it is released."""
    from ovop_payouts.payout.life import hold

    actor = _actor(session, "hold", _run(run))
    done = hold(session.books, _run(run), member, "hold", reason, actor)
    _say_hash("held", done.id, member, done.hash)


@payout.command()
@click.argument("run")
@click.argument("member")
@click.option("--reason", required=True, help="What is disputed.")
@click.pass_obj
def dispute(session: Session, run: str, member: str, reason: str) -> None:
    """Dispute a payee's line: nothing is paid until it is released."""
    from ovop_payouts.payout.life import hold

    actor = _actor(session, "dispute", _run(run))
    done = hold(session.books, _run(run), member, "dispute", reason, actor)
    _say_hash("disputed", done.id, member, done.hash)


@payout.command()
@click.argument("run")
@click.argument("member")
@click.option("--reason", required=True, help="How it was resolved.")
@click.pass_obj
def release(session: Session, run: str, member: str, reason: str) -> None:
    """Release a payee's holds and disputes: one's own, an approver all."""
    from ovop_payouts.payout.life import release

    actor = _actor(session, "release", _run(run))
    done = release(session.books, _run(run), member, reason, actor)
    _say_hash("released", done.id, member, done.hash)


@payout.command()
@click.argument("run")
@click.argument("member")
@click.argument("text")
@click.pass_obj
def reason(session: Session, run: str, member: str, text: str) -> None:
    """Write down why a payee's amount is unusual.

    \b
    Example: ovop payout reason 2026-03/issyk-kul/1 M0345 "two months' honey came at once"
    """
    from ovop_payouts.payout.life import give_reason

    actor = _actor(session, "reason", _run(run))
    done = give_reason(session.books, _run(run), member, text, actor)
    _say_hash("explained", done.id, member, done.hash)


@payout.command()
@click.argument("run")
@click.pass_obj
def sign(session: Session, run: str) -> None:
    """Sign a run as the association's treasurer; the signature holds for this snapshot."""
    from ovop_payouts.payout.life import sign

    hash_ = sign(session.books, _run(run), _actor(session, "sign", _run(run)))
    click.echo(f"{run}: signed {hash_}")


@payout.command()
@click.argument("chosen", metavar="RUN...", nargs=-1, required=True)
@click.option("--scheduler", help="A Dask cluster that computes (tcp://HOST:PORT).")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@click.pass_obj
def approve(
    session: Session, chosen: tuple[str, ...], scheduler: str | None, as_json: bool
) -> None:
    """Approve runs that somebody else drafted: books deductions and payouts, once.

    \b
    Example: ovop payout approve 2026-03/issyk-kul/1
    Of several runs, all are booked or none.
    """
    from ovop_payouts.payout.funds import covered
    from ovop_payouts.payout.line import som
    from ovop_payouts.payout.together import approve
    from ovop_payouts.payout.views import run_json

    names = _names(chosen)
    actor = _actor_of(session, "approve", names)
    approved = approve(session.books, names, actor, scheduler)
    if as_json:
        book = session.book()
        echo_json([run_json(book, _run(name)) for name in names])
        return
    for name, done in zip(names, approved, strict=True):
        click.echo(f"{name}: approved, {som(done.totals['payout'])} to pay  {done.hash}")
    for cover in covered(session.books, session.today):
        click.echo(f"  {cover}")


@payout.command()
@click.argument("run")
@click.pass_obj
def cancel(session: Session, run: str) -> None:
    """Give up a run before it is approved."""
    from ovop_payouts.payout.life import cancel

    cancel(session.books, _run(run), _actor(session, "cancel", _run(run)))
    click.echo(f"{run}: cancelled")


@payout.command()
@click.argument("chosen", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="Where to write."
)
@click.option("--scheduler", help="A Dask cluster that writes (tcp://HOST:PORT).")
@click.option("--json", "as_json", is_flag=True, help="Print the files of each run as JSON.")
@click.pass_obj
def export(
    session: Session,
    chosen: tuple[str, ...],
    out: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Write the payment files of approved runs, the same bytes each time.

    \b
    Example: ovop payout export 2026-03/issyk-kul/1 --out payments
    The files of several runs go into a folder each.
    """
    from ovop_payouts.payout.together import export

    names = _names(chosen)
    actor = _actor_of(session, "export", names)
    root = out or Path("payments")
    apart = {name: root / name.replace("/", "_") for name in names}
    folders = {names[0]: out} if out and len(names) == 1 else apart
    files = export(session.books, folders, actor, scheduler)
    if as_json:
        echo_json([{"run": name, "files": list(map(str, files[name]))} for name in names])
        return
    for name, written in files.items():
        for path in written:
            click.echo(f"Written: {path}")
        if not written:
            click.echo(f"{name} pays nobody: there are no files to write")


for command in (correct, settle, unmatched, resolve):
    payout.add_command(command)
