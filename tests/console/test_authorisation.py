"""Each of the cast sees what is theirs, and guessing addresses changes nothing."""

from __future__ import annotations

import pytest

from bot.console.access import (
    visible_consultations,
    visible_conversations,
    visible_tickets,
)
from bot.db import transaction
from bot.models import Regulation, RegulationState, Telling, TellingState, TicketState
from tests.console.screens import fill_the_office


@pytest.mark.parametrize("username", ["ani", "eko", "admin"])
def test_the_desk_sees_queue_and_tickets(as_, ticket, username):
    number = ticket()
    member = as_(username)
    assert member.get("/console/queue").status_code == 200
    assert member.get(f"/console/tickets/{number}").status_code == 200


@pytest.mark.parametrize("username", ["budi", "citra", "dewi"])
def test_nobody_else_sees_queue_tickets_or_conversations(as_, ticket, the_ticket, username):
    number = ticket("nomor rekening saya 123")
    member = as_(username)
    conversation = the_ticket(number).conversation_id
    for path in (
        "/console/queue",
        f"/console/tickets/{number}",
        f"/console/conversations/{conversation}",
    ):
        answer = member.get(path)
        assert answer.status_code == 404, path
        assert "123" not in answer.text


@pytest.mark.parametrize("username", ["budi", "dewi"])
@pytest.mark.parametrize("action", ["take", "reply", "consult", "hand-back", "close"])
def test_nobody_else_moves_a_ticket(as_, ticket, the_ticket, username, action):
    number = ticket()
    form = {"text": "x", "client_key": "k", "outcome": "answered", "section": "P2", "question": "?"}
    assert as_(username).post(f"/console/tickets/{number}/{action}", form).status_code == 404
    assert the_ticket(number).state == TicketState.WAITING


def test_a_section_cannot_open_another_sections_question(as_, consultation):
    asked = consultation("P2", "Rokok tanpa pita cukai, rahasia")
    assert "rahasia" in as_("budi").get(f"/console/section/{asked}").text
    citra = as_("citra")
    answer = citra.get(f"/console/section/{asked}")
    assert answer.status_code == 404
    assert "rahasia" not in answer.text
    assert "rahasia" not in citra.get("/console/section").text


def test_a_section_cannot_answer_another_sections_question(as_, consultation, the_consultation):
    asked = consultation("P2", "boleh?")
    answer = as_("citra").post(f"/console/section/{asked}/answer", {"text": "boleh"})
    assert answer.status_code == 404
    assert the_consultation(asked).answer is None


def test_a_section_sees_the_question_but_neither_applicant_nor_messages(as_, ticket, consultation):
    ticket("pesan pribadi pemohon", name="Fajar Nugroho")
    asked = consultation("P2", "Apakah boleh?", name="Fajar Nugroho")
    budi = as_("budi")
    for path in ("/console/section", f"/console/section/{asked}"):
        page = budi.get(path).text
        assert "Apakah boleh?" in page
        assert "pesan pribadi" not in page
        assert "Fajar" not in page
        assert "+62" not in page


@pytest.mark.parametrize("username", ["ani", "eko", "dewi"])
def test_who_is_of_no_section_has_no_section_list(as_, consultation, username):
    asked = consultation("P2", "boleh?")
    member = as_(username)
    assert member.get("/console/section").status_code == 404
    assert member.get(f"/console/section/{asked}").status_code == 404


def test_dewi_reads_articles_and_starts_there(as_):
    dewi = as_("dewi")
    assert dewi.get("/console/").headers["location"] == "/console/articles"
    assert dewi.get("/console/articles").status_code == 200


def test_a_section_reads_no_articles_list(as_):
    assert as_("budi").get("/console/articles").status_code == 404


@pytest.mark.parametrize("path", ["regulations", "regulations/1"])
def test_officers_read_the_register_and_sections_do_not(as_, ticket, consultation, path):
    fill_the_office(ticket, consultation)
    assert as_("ani").get(f"/console/{path}").status_code == 200
    assert as_("budi").get(f"/console/{path}").status_code == 404


@pytest.mark.parametrize("username", ["ani", "budi"])
def test_only_who_edits_marks_regulations_and_sees_who_was_given_answers(
    as_, ticket, consultation, username
):
    fill_the_office(ticket, consultation)
    member = as_(username)
    form = {"state": "in_force", "about": "x", "text": "x", "because": "x", "article": "contoh"}
    assert member.get("/console/regulations/1/given").status_code == 404
    for action in ("regulations/1/mark", "regulations/1/about", "regulations/1/right"):
        assert member.post(f"/console/{action}", form).status_code == 404, action
    for action in ("regulations/1/given", "tellings/1/agree", "tellings/1/decline"):
        assert member.post(f"/console/{action}", form).status_code == 404, action
    with transaction() as session:
        assert session.get_one(Regulation, 1).state == RegulationState.REPLACED
        assert session.get_one(Telling, 1).state == TellingState.WAITING


def test_an_editor_cannot_agree_to_telling(as_, ticket, consultation):
    fill_the_office(ticket, consultation)
    assert as_("dewi").post("/console/tellings/1/agree").status_code == 404
    assert as_("eko").post("/console/tellings/1/agree", csrf="guessed").status_code == 403
    with transaction() as session:
        assert session.get_one(Telling, 1).state == TellingState.WAITING


@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/console/queue",
        "/console/tickets/1",
        "/console/conversations/1",
        "/console/section",
        "/console/section/1",
        "/console/articles",
        "/console/articles/x",
        "/console/attachments/x/x.pdf",
        "/console/drafts/1/gate",
        "/console/questions",
        "/console/try",
        "/console/try/turns/1",
        "/console/regulations",
        "/console/regulations/1/given",
        "/console/import",
        "/console/import/1",
        "/console/no/such/page",
    ],
)
def test_who_is_unknown_sees_no_screen(anybody, path):
    answer = anybody.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/signin?next=")


def test_who_is_unknown_hears_no_events(anybody):
    assert anybody.get("/console/events").status_code == 401


@pytest.mark.parametrize("token", ["", "guessed", "é"])
@pytest.mark.parametrize("action", ["take", "reply", "consult", "hand-back", "close"])
def test_without_its_csrf_token_a_form_does_nothing(as_, ticket, the_ticket, action, token):
    number = ticket()
    ani = as_("ani")
    assert ani.post(f"/console/tickets/{number}/{action}", csrf=token).status_code == 403
    assert the_ticket(number).state == TicketState.WAITING


@pytest.mark.parametrize("path", ["language", "signout", "parts", "conversations/1/step-in"])
def test_every_other_form_needs_the_token_too(as_, path):
    ani = as_("ani")
    assert ani.post(f"/console/{path}", {"language": "en"}, csrf="guessed").status_code == 403
    assert ani.get("/console/queue").status_code == 200


def test_another_persons_token_is_no_token(as_, ticket, the_ticket):
    number = ticket()
    ani, eko = as_("ani"), as_("eko")
    assert ani.post(f"/console/tickets/{number}/take", csrf=eko.csrf).status_code == 403
    assert the_ticket(number).holder_id is None


def test_no_change_is_made_by_following_a_link(as_, ticket, the_ticket):
    number = ticket()
    ani = as_("ani")
    for action in ("take", "reply", "consult", "hand-back", "close"):
        assert ani.get(f"/console/tickets/{number}/{action}").status_code in (404, 405)
    assert the_ticket(number).state == TicketState.WAITING


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999"])
def test_a_ticket_that_does_not_exist_is_not_there(as_, number):
    assert as_("ani").get(f"/console/tickets/{number}").status_code == 404


@pytest.mark.parametrize("path", ["/console/signin", "/console/queue", "/console/nothing"])
def test_a_page_runs_no_foreign_script_and_is_framed_and_kept_by_nobody(as_, path):
    headers = as_("ani").get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_no_page_holds_an_inline_script_or_style(as_, consultation, anybody):
    asked = consultation("P2", "boleh?")
    ani, budi = as_("ani"), as_("budi")
    pages = [
        anybody.get("/console/signin"),
        ani.get("/console/queue?tab=all"),
        ani.get("/console/tickets/1"),
        budi.get(f"/console/section/{asked}"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<style" not in page.text
        assert " style=" not in page.text
        assert " onclick=" not in page.text
        assert page.text.count("<script") == page.text.count('<script src="/console/static/')


@pytest.mark.parametrize("username", ["budi", "dewi"])
def test_records_are_looked_up_through_the_person(staff, consultation, username):
    consultation("P2", "boleh?")
    member = staff(username)
    with transaction() as session:
        assert session.scalars(visible_tickets(member)).all() == []
        assert session.scalars(visible_conversations(member)).all() == []
        assert len(session.scalars(visible_consultations(member)).all()) == (username == "budi")
