"""The colours of all pictures: each is lighter than the one before, so that grey print tells them.

The lightness (L* of CIELAB) of neighbours differs by 10 and more, and each stands out from paper.
"""

from __future__ import annotations

SERIES = ("#17324D", "#9C3D1F", "#3F8F8B", "#E0A03C", "#CBD5DE")
INK, FAINT, PAPER = "#1A1A1A", "#8A8F94", "#FFFFFF"
HEAD = "#E6EBF0"
LINE = "#C4CBD2"


def lightness(colour: str) -> float:
    """L* of a colour `#RRGGBB`: what is left of it in grey, 0 black to 100 white."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 116 * float(y ** (1 / 3)) - 16 if y > 216 / 24389 else float(y * 24389 / 27)
