"""How long a command takes before it does anything, and `ovop payout show` beside bean-query.

    bench_start.py [--demo FOLDER] [--rounds N]

The demo's books are made where no folder of them is named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from measuring import ENVIRONMENT, OVOP, Runner, measure, table

QUERY = "SELECT account, sum(position) GROUP BY account"
RUN = "2026-03/issyk-kul/1"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--demo", type=Path)
    words.add_argument("--rounds", type=int, default=3)
    chosen = words.parse_args()
    helped = measure([Runner("ovop --help", [*OVOP, "--help"])], 10)["ovop --help"]
    print(f"ovop --help: {median(helped.wall):.2f} s, {median(helped.busy):.2f} s of processor")
    with tempfile.TemporaryDirectory() as name:
        demo = chosen.demo
        if demo is None:
            demo = Path(name) / "demo"
            subprocess.run([*OVOP, "demo", str(demo)], check=True, env=ENVIRONMENT)
        books = demo / "books"
        query = str(Path(sys.executable).parent / "bean-query")
        found = measure(
            [
                Runner("ovop payout show", [*OVOP, "--books", str(books), "payout", "show", RUN]),
                Runner("bean-query", [query, str(books / "main.beancount"), QUERY]),
            ],
            chosen.rounds,
        )
    table("A run of the demo, shown", found, "ovop payout show")


if __name__ == "__main__":
    main()
