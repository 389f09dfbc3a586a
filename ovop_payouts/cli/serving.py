"""`ovop serve`: the web pages."""

from __future__ import annotations

import click

from ovop_payouts.cli.session import Session


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, help="The port to listen on.")
@click.option("--threads", default=32, show_default=True, help="Requests served at the same time.")
@click.pass_obj
def serve(session: Session, host: str, port: int, threads: int) -> None:
    """Serve the web pages, until it is stopped.

    \b
    Example: ovop --books books serve --port 5000
    Beyond this machine it belongs behind a proxy that speaks TLS: name the address that people
    use in ovop.toml, as url under [web]. Only that host is answered, besides this machine's own.
    """
    from ovop_payouts.settings import read_settings
    from ovop_payouts.web.server import serve

    url = read_settings(session.books).web.url
    click.echo(f"Serving {session.books} at {url or f'http://{host}:{port}'}", err=True)
    serve(session.books, host, port, threads)
