"""Fava's own words: Kyrgyz, which Fava lacks, and Russian, of which it has half."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent


def compiled() -> TemporaryDirectory[str]:
    """A folder of catalogs as gettext reads them; it goes when nobody holds it any more."""
    folder = TemporaryDirectory(prefix="ovop-words-")
    for source in HERE.glob("*.po"):
        target = Path(folder.name) / source.stem / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True)
        with source.open("rb") as text, target.open("wb") as catalog:
            write_mo(catalog, read_po(text, locale=source.stem))
    return folder
