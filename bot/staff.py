"""Accounts: passwords (argon2) and signed-in browsers."""

from __future__ import annotations

from argon2 import PasswordHasher


def hash_password(password: str) -> str:
    """An argon2id hash with the library's recommended costs."""
    return PasswordHasher().hash(password)
