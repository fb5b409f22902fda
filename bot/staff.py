"""Accounts and sign-in: who a browser belongs to, for how long, and how it is found out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from bot.models import SignIn, Staff
from bot.settings import settings

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=1)

_hasher = PasswordHasher()


class SignInRefused(Exception):
    """No session is given. `locked_until` is set while the account takes no attempt at all.

    The failure is counted in the caller's session: commit it, though nobody was signed in.
    """

    def __init__(self, locked_until: datetime | None = None) -> None:
        super().__init__("locked" if locked_until else "wrong username or password")
        self.locked_until = locked_until


def hash_password(password: str) -> str:
    """The password as it is stored: argon2id with its salt and cost."""
    return _hasher.hash(password)


def has_password(member: Staff, password: str) -> bool:
    """Whether this is the account's password."""
    return _matches(member.password_hash, password)


def sign_in(session: Session, username: str, password: str, now: datetime) -> str:
    """A token for the browser's cookie; raises SignInRefused.

    Attempts on one account are taken one after another, so that parallel guesses are counted.
    """
    member = session.scalars(
        select(Staff)
        .where(Staff.username == username.strip().lower(), Staff.active)
        .with_for_update()
    ).one_or_none()
    if member is None:
        _matches(_nobodys_hash(), password)  # an unknown name takes as long as a known one
        raise SignInRefused
    if member.locked_until is not None and member.locked_until > now:
        raise SignInRefused(member.locked_until)
    if not _matches(member.password_hash, password):
        _count_failure(member, now)
        raise SignInRefused(member.locked_until)
    member.failed_sign_ins = 0
    member.locked_until = None
    if _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = hash_password(password)
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            staff_id=member.id,
            token_hash=fingerprint(token),
            csrf_token=secrets.token_urlsafe(32),
            expires_at=now + timedelta(hours=settings().session_hours),
        )
    )
    return token


def signed_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """The sign-in, with its person, that a cookie's token stands for; None if it is over."""
    if not token:
        return None
    return session.scalars(
        select(SignIn)
        .join(SignIn.staff)
        .where(SignIn.token_hash == fingerprint(token), SignIn.expires_at > now, Staff.active)
        .options(joinedload(SignIn.staff).joinedload(Staff.section))
    ).one_or_none()


def sign_out(session: Session, token: str) -> None:
    """The token stands for nobody from here on."""
    session.execute(delete(SignIn).where(SignIn.token_hash == fingerprint(token)))


def _count_failure(member: Staff, now: datetime) -> None:
    member.locked_until = None
    member.failed_sign_ins += 1
    if member.failed_sign_ins >= FAILURES_ALLOWED:
        member.failed_sign_ins = 0
        member.locked_until = now + LOCKED_FOR


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(16))


def fingerprint(token: str) -> str:
    """Tokens are random, so a plain hash is enough to make a stolen table useless."""
    return hashlib.sha256(token.encode()).hexdigest()
