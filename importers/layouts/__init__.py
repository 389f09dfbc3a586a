"""Layouts: how sheets that other programs write are read as kinds of ours (contract §3)."""

from __future__ import annotations

from importers.layouts.apply import find_layout, nearest_layout
from importers.layouts.declare import BadLayout, Layout, read_layout, read_layouts, shipped

__all__ = [
    "BadLayout",
    "Layout",
    "find_layout",
    "nearest_layout",
    "read_layout",
    "read_layouts",
    "shipped",
]
