"""The server: cheroot, which ships as a wheel and holds up under many people."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from threading import Thread
from types import FrameType

from cheroot.wsgi import Server
from flask import Flask

from ovop_payouts.web.application import create_app
from ovop_payouts.web.context import Web

QUEUE = 128
"""Connections that may wait for a thread."""


def serve(books: Path, host: str, port: int, threads: int) -> None:
    """Serve until a signal to stop; what is being answered is answered first."""
    logging.getLogger("ovop").setLevel(logging.INFO)
    app = create_app(books, hosts=(host,))
    server = Server((host, port), app, numthreads=threads, request_queue_size=QUEUE)
    server.server_name = "ovop"

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    Thread(target=_warm, args=(app,), daemon=True).start()
    try:
        server.start()
    except KeyboardInterrupt:
        server.stop()


def _warm(app: Flask) -> None:
    """Read the books before the first of the office asks for them."""
    web: Web = app.extensions["ovop"]
    shelf = web.library.shelf(None)
    shelf.book.get()
    shelf.ledger.get()
