"""The server: cheroot, which ships as a wheel and holds up under many people."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

from cheroot.wsgi import Server

from ovop_payouts.web.application import create_app


def serve(books: Path, host: str, port: int, threads: int) -> None:
    """Serve until a signal to stop; what is being answered is answered first."""
    server = Server((host, port), create_app(books, hosts=(host,)), numthreads=threads)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    try:
        server.start()
    finally:
        server.stop()
