"""Being signed in without the form, which has tests of its own."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import insert, literal, select

from bot import clock
from bot.db import transaction
from bot.models import SignIn, Staff
from bot.settings import settings
from bot.staff import fingerprint


def sign_in_of(username: str) -> tuple[str, str]:
    """The cookie's value and the CSRF token of somebody who signed in before."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = clock.now() + timedelta(hours=settings().session_hours)
    row = select(Staff.id, literal(fingerprint(token)), literal(csrf), literal(expires_at)).where(
        Staff.username == username, Staff.active
    )
    columns = ["staff_id", "token_hash", "csrf_token", "expires_at"]
    with transaction() as session:
        made = session.scalars(insert(SignIn).from_select(columns, row).returning(SignIn.staff_id))
        assert made.one()
    return token, csrf
