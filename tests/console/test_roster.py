"""The roster's page: signing on and off, planning, the own number, capacity; and handing over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.console.times import local
from bot.db import transaction
from bot.desk import duty
from bot.models import DutyShift, Staff


def member(username: str) -> Staff:
    with transaction() as session:
        return session.scalars(select(Staff).where(Staff.username == username)).one()


def shifts() -> list[DutyShift]:
    with transaction() as session:
        return list(session.scalars(select(DutyShift).order_by(DutyShift.id)))


def test_one_goes_on_duty_and_off_again_and_the_queue_says_so(as_, ticket, the_ticket):
    ani = as_("ani")
    assert "Tidak ada petugas yang bertugas sekarang" in ani.get("/console/queue").text
    ani.post("/console/roster/on", {"hours": "4", "back": "/console/queue"})
    assert "Anda bertugas sampai" in ani.get("/console/queue").text
    number = ticket()
    ani.post(f"/console/tickets/{number}/take")
    assert the_ticket(number).holder_id == member("ani").id
    ani.post("/console/roster/off")
    assert the_ticket(number).holder_id is None
    assert "Tidak ada petugas yang bertugas sekarang" in ani.get("/console/queue").text


def test_before_the_end_one_is_warned_and_can_stay_an_hour_longer(as_, later):
    ani = as_("ani")
    ani.post("/console/roster/on", {"hours": "2"})
    assert "kembali ke antrean sesudah itu" not in ani.get("/console/queue").text
    later(timedelta(hours=1, minutes=50))
    assert "0 tiket Anda kembali ke antrean sesudah itu" in ani.get("/console/queue").text
    ani.post("/console/roster/on", {"longer": "1", "back": "/console/queue"})
    assert "kembali ke antrean sesudah itu" not in ani.get("/console/queue").text


def test_a_night_shift_ends_on_the_next_day(as_):
    ani = as_("ani")
    day = local(clock.now()).date() + timedelta(days=1)
    form = {
        "officer": str(member("ani").id),
        "day": day.isoformat(),
        "from": "17:00",
        "to": "07:30",
    }
    assert ani.post("/console/roster/plan", form).status_code == 303
    (shift,) = shifts()
    assert local(shift.starts_at).isoformat()[:16] == f"{day}T17:00"
    assert shift.ends_at - shift.starts_at == timedelta(hours=14, minutes=30)
    page = ani.get("/console/roster").text
    assert re.search(r"17\.00–07\.30</span> Ani Rahmawati", page)
    assert "tidak ada petugas" in page


@pytest.mark.parametrize(
    "form",
    [
        {"day": "x", "from": "17:00", "to": "18:00"},
        {"day": "2020-01-01", "from": "17:00", "to": "18:00"},
        {"day": "9999-12-31", "from": "17:00", "to": "07:00"},
        {"day": "", "from": "", "to": ""},
    ],
)
def test_a_shift_that_can_not_be_is_refused_with_what_to_do(as_, form):
    answer = as_("ani").post("/console/roster/plan", {"officer": str(member("ani").id), **form})
    assert answer.status_code == 422
    assert shifts() == []


def test_a_night_that_nobody_has_ends_at_24_in_each_languages_way(as_):
    ani = as_("ani")
    assert "–24.00 tidak ada petugas" in ani.get("/console/roster").text
    ani.post("/console/language", {"language": "en"})
    page = ani.get("/console/roster").text
    assert "–24:00 nobody" in page
    assert "24.00" not in page


def test_an_officer_plans_for_nobody_else_a_supervisor_for_all(as_):
    day = (local(clock.now()).date() + timedelta(days=1)).isoformat()
    form = {"officer": str(member("ali").id), "day": day, "from": "08:00", "to": "12:00"}
    assert as_("ani").post("/console/roster/plan", form).status_code == 422
    assert as_("eko").post("/console/roster/plan", form).status_code == 303
    (shift,) = shifts()
    assert as_("ani").post(f"/console/roster/shifts/{shift.id}/cancel").status_code == 404
    assert as_("ali").post(f"/console/roster/shifts/{shift.id}/cancel").status_code == 303
    assert shifts() == []


def test_a_section_can_not_be_planned(as_):
    day = (local(clock.now()).date() + timedelta(days=1)).isoformat()
    form = {"officer": str(member("budi").id), "day": day, "from": "08:00", "to": "12:00"}
    assert as_("eko").post("/console/roster/plan", form).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0811-4000-0001", "whatsapp:+6281140000001"),
        ("+62 811 400 0001", "whatsapp:+628114000001"),
        ("", None),
    ],
)
def test_the_own_number_is_kept_as_whatsapp_has_it(as_, typed, kept):
    ani = as_("ani")
    ani.post("/console/roster/whatsapp", {"whatsapp": "+628999999999"})
    ani.post("/console/roster/whatsapp", {"whatsapp": typed})
    assert member("ani").whatsapp == kept


@pytest.mark.parametrize("typed", ["abc", "12", "+62811x", "+" + "1" * 30])
def test_a_number_that_is_none_is_refused(as_, typed):
    assert as_("ani").post("/console/roster/whatsapp", {"whatsapp": typed}).status_code == 422
    assert member("ani").whatsapp is None


def test_only_a_supervisor_sets_how_much_an_officer_holds(as_, ticket):
    form = {"officer": str(member("ani").id), "capacity": "1"}
    ani = as_("ani")
    assert ani.post("/console/roster/capacity", form).status_code == 404
    assert as_("eko").post("/console/roster/capacity", form).status_code == 303
    first, second = ticket(name="Satu"), ticket(name="Dua")
    ani.post(f"/console/tickets/{first}/take")
    answer = ani.post(f"/console/tickets/{second}/take")
    assert answer.status_code == 409
    assert "Anda sudah memegang sebanyak batas Anda" in answer.text
    for wrong in ("0", "100", "x", "-1", "²"):
        answer = as_("eko").post("/console/roster/capacity", {**form, "capacity": wrong})
        assert answer.status_code == 422, wrong
    assert member("ani").capacity == 1


def test_a_ticket_is_transferred_to_who_is_on_duty_and_only_to_them(as_, ticket, the_ticket):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    ali = member("ali")
    page = ani.get(f"/console/tickets/{number}").text
    assert "Tidak ada petugas lain yang sedang bertugas" in page
    answer = ani.post(f"/console/tickets/{number}/transfer", {"receiver": str(ali.id)})
    assert "Ali Akbar sedang tidak bertugas" in answer.text
    as_("ali").post("/console/roster/on", {"hours": "2"})
    assert "Ali Akbar" in ani.get(f"/console/tickets/{number}").text
    ani.post(f"/console/tickets/{number}/transfer", {"receiver": str(ali.id)})
    assert the_ticket(number).holder_id == ali.id
    answer = ani.post(f"/console/tickets/{number}/release")
    assert "Tiket ini ditangani Ali Akbar" in answer.text
    assert (
        "Ani Rahmawati mengalihkan tiket ke Ali Akbar" in ani.get(f"/console/tickets/{number}").text
    )


@pytest.mark.parametrize("receiver", ["", "x", "999999", "-1"])
def test_a_receiver_who_is_nobody_is_refused(as_, ticket, receiver):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    answer = ani.post(f"/console/tickets/{number}/transfer", {"receiver": receiver})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["budi", "dewi"])
@pytest.mark.parametrize(
    "address", ["/console/roster", "/console/alerts", "/console/presence", "/console/search"]
)
def test_sections_and_editors_see_none_of_it(as_, who, address):
    assert as_(who).get(address).status_code == 404


def test_a_section_moves_and_tags_no_ticket(as_, consultation, the_consultation, the_ticket):
    number = the_consultation(consultation("P2", "boleh?")).ticket_id
    budi = as_("budi")
    for name in ("transfer", "release", "tag", "untag"):
        answer = budi.post(f"/console/tickets/{number}/{name}", {"tag": "x", "receiver": "1"})
        assert answer.status_code == 404, name
    assert the_ticket(number).holder_id == member("ani").id


# --- what calls in the browser ----------------------------------------------------------------


def test_who_is_not_on_duty_is_not_called(as_, ticket):
    ticket()
    assert as_("ani").get("/console/alerts").json() == {"on_duty": False, "alerts": []}


def test_a_waiting_ticket_calls_anew_only_when_it_gets_worse(as_, ticket, later):
    ani = as_("ani")
    ani.post("/console/roster/on", {"hours": "12"})
    number = ticket("rahasia saya", name="Fajar")

    def keys() -> list[str]:
        answer = ani.get("/console/alerts").json()
        assert "rahasia" not in str(answer) and "Fajar" not in str(answer)
        return [alert["key"] for alert in answer["alerts"]]

    first = keys()
    assert len(first) == 1 and keys() == first
    later(timedelta(minutes=58))  # urgent or late, whatever hour this test runs at
    assert len(keys()) == 1 and keys() != first
    with transaction() as session:
        duty.sign_on(session, session.get_one(Staff, member("ali").id), clock.now())
    as_("ali").post(f"/console/tickets/{number}/take")
    assert keys() == []


def test_the_console_can_be_installed(anybody):
    manifest = anybody.get("/console/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    for icon in manifest.json()["icons"]:
        assert anybody.get(icon["src"]).status_code == 200, icon
    worker = anybody.get("/console/worker.js")
    assert worker.status_code == 200 and "javascript" in worker.headers["content-type"]
    policy = anybody.get("/console/signin").headers["content-security-policy"]
    assert "manifest-src 'self'" in policy
