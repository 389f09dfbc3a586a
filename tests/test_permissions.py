"""Who may do what: the whole table, every role by every action, and whose books."""

from __future__ import annotations

import itertools

import pytest

from ovop_payouts.permissions import (
    ALLOWED,
    SECRETARY_KINDS,
    NotAllowed,
    kinds_allowed,
    may,
    require,
)
from ovop_payouts.users import ROLES, User

# One row an action, one letter a role that may: [a]ccountant, a[p]prover, [t]reasurer,
# [s]ecretary, a[u]ditor, a[d]min. Written out, so that a change of the rules is a change here.
LETTERS = dict(zip("aptsud", ROLES, strict=True))
TABLE = {
    "import": "asd",
    "reverse": "a",
    "draft": "a",
    "hold": "at",
    "dispute": "at",
    "release": "atp",
    "reason": "ap",
    "correct": "a",
    "sign": "t",
    "approve": "p",
    "cancel": "ap",
    "export": "ap",
    "settle": "a",
    "resolve": "ap",
    "close": "ap",
    "confirm": "ap",
    "users": "d",
    "backup": "ad",
    "restore": "d",
    "show": "aptsud",
    "statement": "aptsud",
    "report": "aptsud",
    "log": "aptsud",
    "check": "aptsud",
    "verify": "aptsud",
}
READS = frozenset(("show", "statement", "report", "log", "check", "verify"))
EXPECTED = {
    (role, action): role in {LETTERS[letter] for letter in letters}
    for action, letters in TABLE.items()
    for role in ROLES
}


def user(role: str) -> User:
    return User("nurgul", role, "issyk-kul" if role == "treasurer" else None)


def test_the_table_is_about_all_actions_there_are() -> None:
    assert TABLE.keys() == ALLOWED.keys()


@pytest.mark.parametrize(("role", "action"), list(itertools.product(ROLES, sorted(TABLE))))
def test_every_role_by_every_action(role: str, action: str) -> None:
    allowed = EXPECTED[role, action]
    assert may(user(role), action) is allowed
    assert may(user(role), action, "issyk-kul") is allowed
    if allowed:
        require(user(role), action, "issyk-kul")
    else:
        with pytest.raises(NotAllowed, match=rf"nurgul is {role} and may not {action}"):
            require(user(role), action, "issyk-kul")


@pytest.mark.parametrize("action", sorted(TABLE))
def test_a_treasurer_has_no_say_elsewhere(action: str) -> None:
    treasurer = user("treasurer")
    assert not may(treasurer, action, "naryn")
    with pytest.raises(NotAllowed) as refused:
        require(treasurer, action, "naryn")
    assert "naryn" not in str(refused.value)


def test_an_auditor_only_reads() -> None:
    assert {action for action in TABLE if may(user("auditor"), action)} == READS


def test_nobody_can_both_draft_and_approve() -> None:
    assert not [r for r in ROLES if may(user(r), "draft") and may(user(r), "approve")]


def test_a_role_that_nobody_knows_may_nothing() -> None:
    assert not any(may(User("x", "owner"), action) for action in TABLE)


def test_an_action_that_nobody_knows_is_a_bug() -> None:
    with pytest.raises(KeyError):
        may(user("admin"), "launder")


def test_a_secretary_imports_certificates_alone() -> None:
    assert kinds_allowed(user("secretary")) == SECRETARY_KINDS == {"certificates"}
    for role in set(ROLES) - {"secretary"}:
        assert kinds_allowed(user(role)) is None
