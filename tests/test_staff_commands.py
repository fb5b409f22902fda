"""Accounts from the command line: checked, and written down as nobody's."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.launcher.places import LaunchError
from bot.models import AuditEntry, Staff
from bot.staff import has_password
from bot.staff_commands import main


def run(monkeypatch: pytest.MonkeyPatch, words: str, password: str = "hujan di losari") -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    main(words.split())


def entries() -> list[tuple[str, str, int | None, dict[str, object]]]:
    with transaction() as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.kind, one.subject, one.staff_id, one.data) for one in found]


def test_an_account_that_is_added_is_in_the_log(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "add Gita --name Gita --role section --section p2")
    [(kind, subject, who, data)] = entries()
    assert (kind, subject, who, data["role"]) == ("account_added", "gita", None, "section")


def test_a_new_password_is_in_the_log_but_not_the_password(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch, "password ani")
    assert entries() == [("password_reset", "ani", None, {})]
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        assert has_password(ani, "hujan di losari")
        assert not ani.password_is_temporary


@pytest.mark.parametrize(
    ("words", "password"),
    [
        ("add gita --name Gita --role section", "hujan di losari"),
        ("add gita --name Gita --role section --section XX", "hujan di losari"),
        ("add ani --name Ani --role pli", "hujan di losari"),
        ("password nobody", "hujan di losari"),
        ("password ani", "short"),
    ],
)
def test_what_is_refused_is_neither_done_nor_logged(
    database: None, monkeypatch: pytest.MonkeyPatch, words: str, password: str
) -> None:
    with pytest.raises(LaunchError):
        run(monkeypatch, words, password)
    assert entries() == []
