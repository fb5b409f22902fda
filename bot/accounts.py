"""Accounts and sections as administrators keep them. Every change is in the audit log.

There is always an active administrator: whoever changes an account first locks all of them, so
of two who would take the last ones' rights away at once, the second finds only themselves.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import audit
from bot.desk.returning import return_tickets
from bot.models import Role, Section, SignIn, Staff
from bot.staff import has_password, hash_password

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 80
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
HOLDS_TICKETS = (Role.PLI, Role.SUPERVISOR, Role.ADMIN)


class AccountError(Exception):
    """The change is not made."""


class NotAnAdministrator(AccountError):
    """Who asks for it is no active administrator (any more)."""


class LastAdministrator(AccountError):
    """Then nobody would be left who can keep the accounts."""


class UsernameTaken(AccountError):
    """There is an account of this name."""


class BadUsername(AccountError):
    """2 to 32 small letters, digits, dots, dashes or underscores, a letter first."""


class BadName(AccountError):
    """A person has a name of at most LONGEST_NAME letters."""


class SectionNeeded(AccountError):
    """A section's member belongs to a section."""


class BadPassword(AccountError):
    """Too short or too long, the old one again, or not the present one."""


def add(
    session: Session,
    admin: Staff,
    *,
    username: str,
    name: str,
    role: Role,
    section: Section | None,
    now: datetime,
) -> Staff:
    """A new account. Nobody can sign in to it until `give_temporary_password`."""
    _lock_administrators(session, admin)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise BadUsername
    if session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise UsernameTaken
    member = Staff(
        username=username,
        name=_checked_name(name),
        role=role,
        section_id=_section_id(role, section),
        password_hash=hash_password(secrets.token_urlsafe(32)),
        password_is_temporary=True,
    )
    session.add(member)
    session.flush()
    facts = {
        "role": role,
        **({"section": section.code} if role is Role.SECTION and section else {}),
    }
    audit.record(session, "account_added", username, now, admin.id, **facts)
    return member


def change(
    session: Session,
    admin: Staff,
    member_id: int,
    *,
    name: str,
    role: Role,
    section: Section | None,
    now: datetime,
) -> Staff:
    """Another name, role or section. Who can't hold tickets any more leaves theirs to the queue."""
    administrators = _lock_administrators(session, admin)
    member = _locked(session, member_id)
    if role is not Role.ADMIN:
        _spare_the_last(administrators, member)
    wanted = {
        "name": _checked_name(name),
        "role": role,
        "section_id": _section_id(role, section),
    }
    before = {field: getattr(member, field) for field in wanted}
    changed: dict[str, object] = {
        field: [before[field], value] for field, value in wanted.items() if before[field] != value
    }
    if not changed:
        return member
    if "section_id" in changed:
        codes: dict[object, str] = {s.id: s.code for s in session.scalars(select(Section))}
        del changed["section_id"]
        pair = before["section_id"], wanted["section_id"]
        changed["section"] = [codes.get(number) for number in pair]
    for field, value in wanted.items():
        setattr(member, field, value)
    if role not in HOLDS_TICKETS:
        changed |= _returned(session, member, admin, now)
    audit.record(session, "account_changed", member.username, now, admin.id, **changed)
    return member


def give_temporary_password(session: Session, admin: Staff, member_id: int, now: datetime) -> str:
    """A new random password, shown once; it has to be changed at the next sign-in.

    Who is signed in with the old one is signed out.
    """
    _lock_administrators(session, admin)
    member = _locked(session, member_id)
    password = _made_up_password()
    _set_password(session, member, password, temporary=True)
    audit.record(session, "password_reset", member.username, now, admin.id)
    return password


def deactivate(session: Session, admin: Staff, member_id: int, now: datetime) -> Staff:
    """Nobody signs in to the account any more; its open tickets go back to the queue."""
    administrators = _lock_administrators(session, admin)
    member = _locked(session, member_id)
    _spare_the_last(administrators, member)
    if not member.active:
        return member
    member.active = False
    session.execute(delete(SignIn).where(SignIn.staff_id == member.id))
    facts = _returned(session, member, admin, now)
    audit.record(session, "account_deactivated", member.username, now, admin.id, **facts)
    return member


def reactivate(session: Session, admin: Staff, member_id: int, now: datetime) -> Staff:
    """The account may be used again, with its old password until that is reset."""
    _lock_administrators(session, admin)
    member = _locked(session, member_id)
    if not member.active:
        member.active = True
        member.failed_sign_ins, member.locked_until = 0, None
        audit.record(session, "account_reactivated", member.username, now, admin.id)
    return member


def change_own_password(
    session: Session, member: Staff, sign_in_id: int, old: str, new: str, now: datetime
) -> None:
    """The member's own new password; every other browser of theirs is signed out."""
    member = _locked(session, member.id)
    if not has_password(member, old) or new == old:
        raise BadPassword
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise BadPassword
    _set_password(session, member, new, temporary=False, keep=sign_in_id)
    audit.record(session, "password_changed", member.username, now, member.id)


def change_section(
    session: Session, admin: Staff, section: Section, *, name: str, minutes: int, now: datetime
) -> None:
    """Another name or clock for a section; clocks that run keep their deadline."""
    _lock_administrators(session, admin)
    wanted = {"name": _checked_name(name), "clock_minutes": minutes}
    changed = {
        field: [getattr(section, field), value]
        for field, value in wanted.items()
        if getattr(section, field) != value
    }
    if changed:
        section.name, section.clock_minutes = _checked_name(name), minutes
        audit.record(session, "section_changed", section.code, now, admin.id, **changed)


def _lock_administrators(session: Session, admin: Staff) -> list[Staff]:
    """All active administrators, locked; `admin` has to be one of them."""
    found = session.scalars(
        select(Staff)
        .where(Staff.role == Role.ADMIN, Staff.active)
        .order_by(Staff.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if admin.id not in {one.id for one in found}:
        raise NotAnAdministrator
    return list(found)


def _locked(session: Session, member_id: int) -> Staff:
    return session.get_one(
        Staff, member_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _spare_the_last(administrators: list[Staff], member: Staff) -> None:
    if [one.id for one in administrators] == [member.id]:
        raise LastAdministrator


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadName
    return name


def _section_id(role: Role, section: Section | None) -> int | None:
    if role is not Role.SECTION:
        return None
    if section is None:
        raise SectionNeeded
    return section.id


def _returned(session: Session, member: Staff, admin: Staff, now: datetime) -> dict[str, object]:
    count = return_tickets(session, member, admin, now)
    return {"tickets_returned": count} if count else {}


def _set_password(
    session: Session, member: Staff, password: str, *, temporary: bool, keep: int | None = None
) -> None:
    member.password_hash = hash_password(password)
    member.password_is_temporary = temporary
    member.failed_sign_ins, member.locked_until = 0, None
    others = delete(SignIn).where(SignIn.staff_id == member.id)
    session.execute(others if keep is None else others.where(SignIn.id != keep))


def _made_up_password() -> str:
    """Four words of two syllables each that can be read out: 49 random bits."""
    syllables = [a + b for a in "bdgjklmnprstwy" for b in "aeiou"]
    return "-".join("".join(secrets.choice(syllables) for _ in range(2)) for _ in range(4))
