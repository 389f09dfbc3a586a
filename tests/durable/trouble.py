"""Real processes that die, or whose disk fails, at any one of their calls to the system.

A command runs in a process of its own (forked from a clean one, so that it starts quickly). Every
call that it makes to the system on files of the sandbox is a point: opening, writing, syncing,
renaming, making and removing, locking. `calls` traces them; `run` lets one of them be the last
(SIGKILL before it, after it, or with half of a write done), or fail once with an error number.
"""

from __future__ import annotations

import fcntl
import io
import json
import multiprocessing
import os
import shutil
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ovop_payouts.cli import main

BY_PATH = tuple("open rename replace mkdir unlink remove rmdir truncate scandir listdir".split())
BY_DESCRIPTOR = ("write", "pwrite", "fsync", "ftruncate", "close")
CLEAN = multiprocessing.get_context("forkserver")
"""Processes are forked from one that has no threads: a fork keeps the locks that others hold."""
CLEAN.set_forkserver_preload(
    [
        "durable.trouble",
        "durable.test_races",
        "openpyxl",
        "lxml.etree",
        "ovop_payouts.closing",
        "ovop_payouts.importing",
        "ovop_payouts.payout.together",
        "ovop_payouts.proving",
        "ovop_payouts.statements",
    ]
)
Step = tuple[str, ...]
"""User, day, words of the command."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong, at which call (from 1): `before`, `after`, `half`, or an error number.

    At 0 an error number is what every call says that would write: a disk that may only be read.
    """

    at: int
    what: str | int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: killed, or its exit code and what it said. `calls` were its points."""

    killed: bool
    code: int
    said: str
    calls: list[str]


class _Points:
    """Counts the calls that concern the sandbox, and makes one of them go wrong."""

    def __init__(self, sandbox: Path, trouble: Trouble | None) -> None:
        self.sandbox = str(sandbox.resolve())
        self.trouble = trouble
        self.process = os.getpid()
        self.calls: list[str] = []
        self.descriptors: set[int] = set()

    def install(self) -> None:
        for name in BY_PATH:
            setattr(os, name, self._around(name, getattr(os, name), self._of_path))
        for name in BY_DESCRIPTOR:
            setattr(os, name, self._around(name, getattr(os, name), self._of_descriptor))
        fcntl.flock = self._around("flock", fcntl.flock, self._of_descriptor)
        io.open = self._around("io.open", io.open, self._of_path)

    def _of_path(self, path: Any, *_: Any, **more: Any) -> bool:
        if isinstance(path, int) or more.get("dir_fd") is not None:
            folder = path if isinstance(path, int) else more["dir_fd"]
            return os.readlink(f"/proc/self/fd/{folder}").startswith(self.sandbox)
        return os.path.abspath(os.fspath(path)).startswith(self.sandbox)

    def _of_descriptor(self, descriptor: Any, *_: Any, **__: Any) -> bool:
        return descriptor in self.descriptors

    def _around(
        self, name: str, real: Callable[..., Any], concerns: Callable[..., bool]
    ) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if os.getpid() != self.process or not concerns(*args, **more):
                return real(*args, **more)
            self.calls.append(f"{name} {self._tell(args[0])}")
            wrong = self.trouble if self._is_now(name, args) else None
            if wrong:
                self._before(wrong, name, real, args)
            done = real(*args, **more)
            if wrong and wrong.what == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            if name == "open" and isinstance(done, int):
                self.descriptors.add(done)
            elif name == "close":
                self.descriptors.discard(args[0])
            return done

        return call

    def _is_now(self, name: str, args: Any) -> bool:
        if self.trouble is None:
            return False
        if self.trouble.at:
            return self.trouble.at == len(self.calls)
        if name == "open":
            return bool(args[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if name == "io.open":
            return len(args) > 1 and any(letter in args[1] for letter in "wax+")
        return name not in ("scandir", "listdir", "close", "flock", "fsync")

    def _before(self, wrong: Trouble, name: str, real: Callable[..., Any], args: Any) -> None:
        if isinstance(wrong.what, int):
            if name == "close":  # a disk that is full may say so as late as this; it is closed
                real(*args)
                self.descriptors.discard(args[0])
            path = None if isinstance(args[0], int) else os.fspath(args[0])
            raise OSError(wrong.what, os.strerror(wrong.what), path)
        if wrong.what == "half" and name in ("write", "pwrite"):
            real(args[0], bytes(args[1])[: len(args[1]) // 2], *args[2:])
        if wrong.what in ("before", "half"):
            os.kill(os.getpid(), signal.SIGKILL)

    def _tell(self, what: Any) -> str:
        text = str(what)
        return text.removeprefix(f"{self.sandbox}/")


def run(folder: Path, sandbox: Path, step: Step, trouble: Trouble | None = None) -> Ended:
    """One command in a process of its own, in the sandbox that holds its books and papers."""
    answer, reply = CLEAN.Pipe(duplex=False)
    child = CLEAN.Process(target=_child, args=(folder, sandbox, step, trouble, reply))
    child.start()
    reply.close()
    with os.fdopen(os.dup(answer.fileno())) as pipe:
        text = pipe.read()
    answer.close()
    child.join()
    assert child.exitcode is not None
    if child.exitcode < 0:
        return Ended(True, child.exitcode, "", [])
    code, said, calls = json.loads(text)
    return Ended(False, code, said, calls)


def _child(
    folder: Path, sandbox: Path, step: Step, trouble: Trouble | None, pipe: Connection
) -> None:
    """Never returns."""
    reply = os.dup(pipe.fileno())
    try:
        os.chdir(sandbox)
        user, today, *words = step
        points = _Points(sandbox, trouble)
        write, end = os.write, os._exit
        points.install()
        options = ["--books", str(folder), "--as", user, "--today", today]
        secrets = {"OVOP_PASSWORD": "felt and honey", "OVOP_NEW_PASSWORD": "felt and honey"}
        result = CliRunner().invoke(main, [*options, *words], env=secrets)
        code, said = result.exit_code, result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            code, said = 70, said + "".join(traceback.format_exception(result.exception))
        rest = json.dumps([code, said, points.calls]).encode()
        while rest:
            rest = rest[write(reply, rest) :]
    finally:
        end(0)


def run_all(folder: Path, sandbox: Path, steps: Sequence[Step]) -> list[Ended]:
    return [run(folder, sandbox, step) for step in steps]


def contents(sandbox: Path) -> dict[str, bytes]:
    """Everything that the books and the payment files are; what is hidden is left over, or a cache.

    Users' password hashes are salted, and counts of wrong passwords are no books.
    """
    return {
        str(path.relative_to(sandbox)): path.read_bytes()
        for part in ("books", "payments")
        for path in sorted((sandbox / part).rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(sandbox).parts)
        and "users" not in path.parts
    }


def restore(sandbox: Path, source: Path) -> None:
    shutil.rmtree(sandbox, ignore_errors=True)
    shutil.copytree(source, sandbox)
