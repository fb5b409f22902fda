"""`python -m bot staff`: accounts of the console, from the command line; logged like the others."""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import audit, clock
from bot.db import transaction
from bot.launcher.places import LaunchError
from bot.models import Role, Section, SignIn, Staff
from bot.staff import hash_password

SHORTEST_PASSWORD = 10


def main(words: list[str]) -> None:
    """Do what the words after `staff` say; raises LaunchError with what to do instead."""
    asked = _parser().parse_args(words)
    password = _read_password()
    with transaction() as session:
        if asked.step == "add":
            member = add(
                session, asked.username, asked.name, Role(asked.role), asked.section, password
            )
            audit.record(
                session,
                "account_added",
                member.username,
                clock.now(),
                role=member.role,
                section=asked.section,
            )
        else:
            set_password(session, asked.username, password)
            audit.record(session, "password_reset", asked.username.lower(), clock.now())
    print(f"{asked.username}: done.")


def add(
    session: Session, username: str, name: str, role: Role, section: str | None, password: str
) -> Staff:
    """A new account. A section's member needs the section's code, the others have none."""
    if (role is Role.SECTION) != (section is not None):
        raise LaunchError("--section CODE goes with --role section, and only with it.")
    if _find(session, username) is not None:
        raise LaunchError(f"There is an account {username} already; `staff password` changes it.")
    member = Staff(
        username=username.lower(),
        name=name,
        role=role,
        section_id=_section(session, section).id if section else None,
        password_hash=hash_password(password),
    )
    session.add(member)
    return member


def set_password(session: Session, username: str, password: str) -> None:
    """A new password; who is signed in with the old one is signed out."""
    member = _find(session, username)
    if member is None:
        raise LaunchError(f"There is no account {username}.")
    member.password_hash = hash_password(password)
    member.failed_sign_ins, member.locked_until = 0, None
    for sign_in in session.scalars(select(SignIn).where(SignIn.staff_id == member.id)):
        session.delete(sign_in)


def _find(session: Session, username: str) -> Staff | None:
    return session.scalars(select(Staff).where(Staff.username == username.lower())).one_or_none()


def _section(session: Session, code: str) -> Section:
    found = session.scalars(select(Section).where(Section.code == code.upper())).one_or_none()
    if found is None:
        known = ", ".join(session.scalars(select(Section.code).order_by(Section.code)))
        raise LaunchError(f"There is no section {code}; there are {known}.")
    return found


def _read_password() -> str:
    """Asked for twice on a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise LaunchError("The two differ; nothing was changed.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise LaunchError(f"A password has {SHORTEST_PASSWORD} characters or more.")
    return password


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot staff")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    adding = steps.add_parser("add", help="a new account")
    adding.add_argument("username")
    adding.add_argument("--name", required=True)
    adding.add_argument("--role", required=True, choices=[role.value for role in Role])
    adding.add_argument("--section", help="the section's code, for --role section")
    changing = steps.add_parser("password", help="a new password for an account")
    changing.add_argument("username")
    return parser
