"""Sealed months: a chain of hashes over files and balances, for each association (contract §2).

A seal covers every file of its scope that no earlier seal of the chain covers. Common data has a
chain of its own, which grows with whoever closes first; everybody's seal names where it ended then:

    2026-04-05 custom "seal" "issyk-kul"
      until: "2026-03-31"
      number: "1"
      user: "anna"
      common: "e2a4…"
      previous: ""
      chain: "7c1f…"
    2026-04-05 custom "sealed-file" "issyk-kul" "2026-04-02-import-93…/issyk-kul.2026.beancount"
      sha256: "0f3b…"
    2026-04-05 custom "sealed-balance" "issyk-kul" "Liabilities:Payable:IssykKul:…:M0345" "KGS"
      until: "2026-03-31"
      amount: "-12.40"

Beancount's own `balance` would say the same, but looks at every account for each of them.
`chain` is the hash of the seal before, of this seal's words, files and balances; so whoever changes
one of them has to change all that follow. The head office has a chain of its own. A seal without
`common` covers common data itself, as all seals once did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger import accounts
from ledger.directives import Directive, Fact
from ledger.store import LandedFile
from ledger.text import write

SEAL, SEALED_FILE, SEALED_BALANCE = "seal", "sealed-file", "sealed-balance"
SEAL_BROUGHT = "brought-seal"
"""The last seal of a closed year, as its successor's books know it."""


@dataclass(slots=True)
class Seal:
    """One seal as it stands in the books."""

    scope: str
    until: date
    number: int
    user: str
    previous: str
    chain: str
    change: str
    common: str = ""
    """`chain` of the seal of common data that it goes with; none where it covers that itself."""
    files: dict[str, str] = field(default_factory=dict)
    """`change/file` -> SHA-256."""
    proof: str = ""
    """What `chain` must be, by what the seal says now."""

    def __str__(self) -> str:
        return f"seal {self.number} of {self.scope} (up to {self.until})"


def name_of(file: LandedFile) -> str:
    return f"{file.change}/{file.scope}.{file.year}.beancount"


def seals_in(files: Iterable[LandedFile]) -> dict[str, list[Seal]]:
    """Scope -> its chain of seals, in order."""
    chains: dict[str, list[Seal]] = {}
    for file in files:
        for seal in _seals(file):
            chains.setdefault(seal.scope, []).append(seal)
    for chain in chains.values():
        chain.sort(key=lambda seal: seal.number)
    return chains


def _seals(file: LandedFile) -> Iterator[Seal]:
    found: dict[str, Seal] = {}
    for directive in file.directives:
        match directive:
            case Fact(type="seal"):
                found[directive.values[0]] = _seal(file.change, directive)
            case Fact(type="sealed-file"):
                scope, name = directive.values
                if scope in found:
                    found[scope].files[name] = directive.meta["sha256"]
    for seal in found.values():
        seal.proof = chain_hash(file.directives)
        yield seal


def _seal(change: str, fact: Fact) -> Seal:
    meta = fact.meta
    until = date.fromisoformat(meta["until"])
    number, user = int(meta["number"]), meta["user"]
    previous, chain = meta["previous"], meta["chain"]
    common = meta.get("common", "")
    return Seal(fact.values[0], until, number, user, previous, chain, change, common)


def new_seal(
    files: Iterable[LandedFile],
    scope: str,
    until: date,
    balances: Mapping[tuple[str, str], Decimal],
    user: str,
    on: date,
    common: str = "",
) -> list[Directive]:
    """The directives of the next seal of a chain; `files` are those of its scope.

    `balances` are (account, currency) -> amount at the end of `until`; `common` is where the chain
    of common data ends, for everybody's seal but its own.
    """
    landed = list(files)
    chain = seals_in(landed).get(scope, [])
    number, previous = _ends_brought(landed).get(scope, (0, ""))
    covered = {name for seal in chain for name in seal.files}
    mine = {name_of(f): f.sha256 for f in landed if name_of(f) not in covered}
    proofs = {key: format(amount, "f") for key, amount in sorted(balances.items()) if amount}
    day = {"until": until.isoformat()}
    meta = {
        **day,
        "number": str(number + len(chain) + 1),
        "user": user,
        **({"common": common} if common else {}),
        "previous": chain[-1].chain if chain else previous,
    }
    said: list[Directive] = [
        Fact(on, SEAL, (scope,), meta),
        *(Fact(on, SEALED_FILE, (scope, n), {"sha256": sha}) for n, sha in sorted(mine.items())),
        *(
            Fact(on, SEALED_BALANCE, (scope, account, currency), {**day, "amount": amount})
            for (account, currency), amount in proofs.items()
        ),
    ]
    return [Fact(on, SEAL, (scope,), {**meta, "chain": chain_hash(said)}), *said[1:]]


def seal_of_common(
    files: Iterable[LandedFile], until: date, user: str, on: date
) -> tuple[list[Directive], str]:
    """The next seal of common data, where its files have grown; and the hash that ends the chain.

    The last seal's own file, which it cannot cover itself, is no growth.
    """
    landed = list(files)
    chain = seals_in(landed).get(accounts.COMMON)
    said = new_seal(landed, accounts.COMMON, until, {}, user, on)
    sealed = (each.values[1] for each in said[1:] if isinstance(each, Fact))
    if chain and all(name.startswith(f"{chain[-1].change}/") for name in sealed):
        return [], chain[-1].chain
    return said, said[0].meta["chain"]


def _ends_brought(files: Iterable[LandedFile]) -> dict[str, tuple[int, str]]:
    """Scope -> number and hash of the seal with which its chain ended in the year before."""
    return {
        directive.values[0]: (int(directive.meta["number"]), directive.meta["chain"])
        for file in files
        for directive in file.directives
        if isinstance(directive, Fact) and directive.type == SEAL_BROUGHT
    }


def chain_hash(directives: Iterable[Directive]) -> str:
    """SHA-256 over everything that a seal says, the hash of the seal before among it."""
    said = (each for each in directives if not _is_record(each))
    return hashlib.sha256(write(_without_chain(each) for each in said).encode()).hexdigest()


def _is_record(directive: Directive) -> bool:
    """The log's record of a file is no part of what a seal in it says."""
    return isinstance(directive, Fact) and directive.type == "log"


def _without_chain(directive: Directive) -> Directive:
    if isinstance(directive, Fact) and directive.type == SEAL:
        meta = {key: value for key, value in directive.meta.items() if key != "chain"}
        return Fact(directive.date, directive.type, directive.values, meta)
    return directive


def verify(changes: Path, files: Iterable[LandedFile]) -> Iterator[str]:
    """What was altered in a folder of changes since it was sealed, the first thing first."""
    landed = list(files)
    by_name = {name_of(f): f for f in landed}
    ends = _ends_brought(landed)
    chains = seals_in(landed)
    _, brought = ends.get(accounts.COMMON, (0, ""))
    known = {"", brought, *(seal.chain for seal in chains.get(accounts.COMMON, ()))}
    for scope, chain in sorted(chains.items(), key=_common_first):
        yield from _verify_chain(chain, *ends.get(scope, (0, "")))
        yield from _verify_common(chain, known)
        for seal in chain:
            yield from _verify_files(changes, seal)
            yield from _verify_form(changes, seal, by_name)


def _verify_chain(chain: list[Seal], before: int, previous: str) -> Iterator[str]:
    for number, seal in enumerate(chain, before + 1):
        if seal.number != number:
            yield f"{seal}: seal {number} is missing"
            return
        if seal.previous != previous:
            yield f"{seal}: does not follow the seal before"
        elif seal.proof != seal.chain:
            yield f"{seal}: was altered"
        previous = seal.chain


def _common_first(chain: tuple[str, list[Seal]]) -> tuple[bool, str]:
    scope = chain[0]
    return scope != accounts.COMMON, scope


def _verify_common(chain: list[Seal], known: set[str]) -> Iterator[str]:
    for seal in chain:
        if seal.common not in known:
            yield f"{seal}: the seal of common data that it goes with is missing"


def _verify_files(changes: Path, seal: Seal) -> Iterator[str]:
    for name, sha256 in sorted(seal.files.items()):
        problem = altered(changes / name, sha256)
        if problem:
            yield f"changes/{name}: {problem} after {seal.until} was sealed for {seal.scope}"


def altered(path: Path, sha256: str) -> str | None:
    """How a sealed file differs from what was sealed."""
    try:
        content = path.read_bytes()
    except OSError:
        return "is missing"
    return None if hashlib.sha256(content).hexdigest() == sha256 else "was altered"


def _verify_form(changes: Path, seal: Seal, by_name: dict[str, LandedFile]) -> Iterator[str]:
    """A seal's own file is written in one way only: a stray byte in it is found too."""
    for name, file in by_name.items():
        if file.change == seal.change:
            text = (changes / name).read_bytes()
            if text != write(file.directives).encode():
                yield f"changes/{name}: was altered"
