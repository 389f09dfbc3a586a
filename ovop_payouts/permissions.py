"""Who may do what: one table of actions and roles (contract §1, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledger import accounts
from ovop_payouts.refusal import Refusal
from ovop_payouts.users import User

_READ = "accountant approver treasurer secretary auditor admin"
ALLOWED: dict[str, frozenset[str]] = {
    action: frozenset(roles.split())
    for action, roles in {
        "import": "accountant secretary admin",
        "reverse": "accountant",
        "draft": "accountant",
        "hold": "accountant treasurer",
        "dispute": "accountant treasurer",
        "release": "accountant treasurer approver",
        "reason": "accountant approver",
        "correct": "accountant",
        "sign": "treasurer",
        "approve": "approver",
        "cancel": "accountant approver",
        "export": "accountant approver",
        "settle": "accountant",
        "resolve": "accountant approver",
        "close": "accountant approver",
        "confirm": "accountant approver",
        "users": "admin",
        "backup": "accountant admin",
        "restore": "admin",
        "show": _READ,
        "statement": _READ,
        "report": _READ,
        "log": _READ,
        "check": _READ,
        "verify": _READ,
    }.items()
}
SECRETARY_KINDS = frozenset(("certificates",))


class NotAllowed(Refusal):
    """This user's role does not allow it."""


def may(user: User, action: str, association: str | None = None) -> bool:
    """Whether a user may do something (to an association's books)."""
    if user.role not in ALLOWED[action]:
        return False
    own = user.association
    return own is None or association is None or own == association


def require(user: User, action: str, association: str | None = None) -> None:
    """Raises NotAllowed with the reason."""
    if may(user, action, association):
        return
    if user.role in ALLOWED[action]:
        raise NotAllowed(
            "{user} is treasurer of {association} alone",
            user=user.name,
            association=user.association,
        )
    raise NotAllowed(
        "{user} is {role} and may not {action}; this is for: {who}",
        user=user.name,
        role=user.role,
        action=action,
        who=", ".join(sorted(ALLOWED[action])),
    )


def kinds_allowed(user: User) -> frozenset[str] | None:
    """The kinds of rows that a user may import; None: all."""
    return SECRETARY_KINDS if user.role == "secretary" else None


def shown_to(user: User | None, associations: Iterable[str], texts: Iterable[str]) -> list[str]:
    """What a reader may see of texts about all books: a treasurer, none that names another."""
    if user is None or user.association is None:
        return list(texts)
    others = set(associations) - {user.association}
    names = others | {accounts.component(other) for other in others}
    if not names:
        return list(texts)
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w-])")
    return [text for text in texts if not named.search(text)]
