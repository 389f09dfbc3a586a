"""Writes the tables of docs/parquet.md from their declarations, below its prose: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from ovop_payouts.parquet import TABLES, described


def write(path: Path) -> None:
    """Keep what stands above the first table."""
    prose = path.read_text(encoding="utf-8").split(f"## {next(iter(TABLES))}.parquet", 1)[0]
    path.write_text(prose + described(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
