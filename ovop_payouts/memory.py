"""What Python does with memory while much is read and little is thrown away."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def leave_alone_what_is_loaded() -> None:
    """What lives as long as the process is no garbage, and long to search: it is passed over."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for circular garbage meanwhile: among a million records it finds none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
