"""Accounts, sections, passwords and retention as an administrator meets them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.models import RetentionKind, Role, Section, Staff
from bot.retention import retention_days
from tests.console.conftest import Console

ADMIN_ONLY = ["/accounts", "/accounts/new", "/accounts/1", "/sections", "/retention"]
FORMS = ["/accounts", "/accounts/1", "/accounts/1/password", "/accounts/1/deactivate"]
FORMS += ["/accounts/1/reactivate", "/sections/1", "/retention"]


def account(username: str) -> Staff:
    with transaction() as session:
        return session.scalars(select(Staff).where(Staff.username == username)).one()


def test_a_new_colleague_is_added_signs_in_and_chooses_a_password(as_, anybody):
    admin = as_("admin")
    form = {"username": "gita", "name": "Gita Sari", "role": "section", "section": "P2"}
    address = admin.post("/console/accounts", form).headers["location"]
    assert "Gita Sari" in admin.get(address).text
    shown = admin.post(f"{address}/password").text
    [password] = re.findall(r"<code>([^<]+)</code>", shown)
    assert password not in admin.get(address).text

    gita = anybody
    assert gita.sign_in("gita", password).status_code == 303
    for path in ("/console/section", "/console/calendar", "/console/"):
        assert gita.get(path).headers["location"] == "/console/password"
    assert gita.post("/console/section/1/answer").headers["location"] == "/console/password"
    new = {"old": password, "new": "hujan di losari", "again": "hujan di losari"}
    assert gita.post("/console/password", new).headers["location"] == "/console/"
    assert gita.get("/console/section").status_code == 200
    assert not account("gita").password_is_temporary


def test_who_has_a_temporary_password_may_switch_language_and_leave(as_, anybody):
    admin, ani = as_("admin"), account("ani")
    [password] = re.findall(
        r"<code>([^<]+)</code>", admin.post(f"/console/accounts/{ani.id}/password").text
    )
    anybody.sign_in("ani", password)
    assert anybody.post("/console/language", {"language": "en"}).status_code == 303
    assert "Choose" in anybody.get("/console/password").text
    assert anybody.post("/console/signout").headers["location"] == "/console/signin"


@pytest.mark.parametrize(
    "form",
    [
        {"old": "wrong", "new": "hujan di losari", "again": "hujan di losari"},
        {"old": "maraga-demo", "new": "pendek", "again": "pendek"},
        {"old": "maraga-demo", "new": "hujan di losari", "again": "hujan di lossari"},
    ],
)
def test_an_own_password_that_is_no_good_is_refused_on_the_page(as_, form):
    ani = as_("ani")
    page = ani.post("/console/password", form)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert Console().sign_in("ani").status_code == 303


def test_a_role_is_changed_and_holds_at_once(as_):
    admin, ali = as_("admin"), as_("ali")
    assert ali.get("/console/audit").status_code == 404
    form = {"name": "Ali Akbar", "role": "supervisor"}
    admin.post(f"/console/accounts/{account('ali').id}", form)
    assert ali.get("/console/audit").status_code == 200


@pytest.mark.parametrize("path", ["", "/deactivate"])
def test_the_last_administrator_is_told_why_not(as_, path):
    admin, number = as_("admin"), account("admin").id
    answer = admin.post(f"/console/accounts/{number}{path}", {"name": "A", "role": "pli"})
    assert answer.status_code == 409
    assert "administrator terakhir" in answer.text
    assert account("admin").role is Role.ADMIN
    assert account("admin").active


def test_who_is_deactivated_is_out_at_once_and_can_come_back(as_, anybody):
    admin, ani, number = as_("admin"), as_("ani"), account("ani").id
    admin.post(f"/console/accounts/{number}/deactivate")
    assert ani.get("/console/queue").headers["location"].startswith("/console/signin")
    assert anybody.sign_in("ani").status_code == 403
    admin.post(f"/console/accounts/{number}/reactivate")
    assert anybody.sign_in("ani").status_code == 303


@pytest.mark.parametrize("form", [{"role": "boss", "name": "x"}, {"role": "section", "name": "x"}])
def test_a_role_that_is_none_or_lacks_its_section_is_refused(as_, form):
    answer = as_("admin").post(f"/console/accounts/{account('ani').id}", form)
    assert answer.status_code == 422
    assert account("ani").role is Role.PLI


def test_a_sections_clock_is_changed(as_):
    admin = as_("admin")
    with transaction() as session:
        p2 = session.scalars(select(Section).where(Section.code == "P2")).one()
    answer = admin.post(f"/console/sections/{p2.id}", {"name": "Seksi P2", "minutes": "45"})
    page = admin.get(answer.headers["location"]).text
    assert "Tersimpan" in page
    assert 'value="45"' in page


@pytest.mark.parametrize("minutes", ["0", "-5", "2401", "x", "", "1e3"])
def test_a_clock_that_could_not_be_kept_is_refused(as_, minutes):
    form = {"name": "x", "minutes": minutes}
    assert as_("admin").post("/console/sections/1", form).status_code == 422


def test_a_shorter_retention_is_asked_about_once(as_, ticket):
    admin = as_("admin")
    form = {"people": "30", "raw_forms": "30"}
    page = admin.post("/console/retention", form)
    assert "0 pemohon terhapus" in page.text
    with transaction() as session:
        assert retention_days(session)[RetentionKind.PEOPLE] == 365
    answer = admin.post("/console/retention", {**form, "sure": "on"})
    assert "Tersimpan" in admin.get(answer.headers["location"]).text
    with transaction() as session:
        assert retention_days(session)[RetentionKind.PEOPLE] == 30


def test_a_longer_retention_is_not_asked_about(as_):
    form = {"people": "400", "raw_forms": "30"}
    assert as_("admin").post("/console/retention", form).status_code == 303


@pytest.mark.parametrize("days", ["0", "3651", "", "lama"])
def test_a_retention_that_is_none_is_refused_and_stays_written(as_, days):
    page = as_("admin").post("/console/retention", {"people": days, "raw_forms": "30"})
    assert page.status_code == 422
    assert "Isi antara 1 dan 3650 hari." in page.text


@pytest.mark.parametrize("username", ["ani", "eko", "budi", "dewi"])
def test_nobody_but_an_administrator_comes_here(as_, username):
    member = as_(username)
    for path in ADMIN_ONLY:
        assert member.get(f"/console{path}").status_code == 404, path
    for path in FORMS:
        assert member.post(f"/console{path}", {"name": "x", "role": "pli"}).status_code == 404
    assert account("ani").name == "Ani Rahmawati"


@pytest.mark.parametrize("path", [*FORMS, "/password"])
def test_without_its_token_a_form_changes_nothing(as_, path):
    form = {"name": "x", "role": "pli", "minutes": "5", "people": "1", "raw_forms": "1"}
    assert as_("admin").post(f"/console{path}", form, csrf="guessed").status_code == 403
