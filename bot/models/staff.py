"""The people behind the service: accounts, sections, signed-in sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column


class Role(StrEnum):
    PLI = "pli"
    SECTION = "section"
    EDITOR = "editor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Section(Base):
    """A section of the office that PLI may consult."""

    __tablename__ = "section"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    clock_minutes: Mapped[int] = mapped_column(default=30, server_default="30")


class Staff(Base):
    """An account of the console."""

    __tablename__ = "staff"

    id: Mapped[Key]
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_column(Role))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    password_hash: Mapped[str]
    # Made up by an administrator; the next sign-in leads to choosing an own one.
    password_is_temporary: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    language: Mapped[str] = mapped_column(default="id", server_default="id")
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    failed_sign_ins: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    # How many tickets the person holds at most; None: as many as there are.
    capacity: Mapped[int | None]
    # The person's own address for alerts, such as whatsapp:+62811...; None: no alerts.
    whatsapp: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    section: Mapped[Section | None] = relationship()


class SignIn(Base):
    """A signed-in browser. Only a hash of the cookie's token is stored."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf_token: Mapped[str]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()
