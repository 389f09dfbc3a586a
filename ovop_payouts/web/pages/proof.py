"""A password asked again, before what a session alone may not do (contract §6)."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger.books import PRIVATE
from ovop_payouts.users import check_password
from ovop_payouts.web.desk import Desk


def prove(desk: Desk) -> None:
    """Raises users.WrongPassword: wrong, or locked out after five."""
    password = desk.asked.get("password", "")
    check_password(desk.books / PRIVATE, desk.user.name, password, datetime.now(UTC))
