"""Marks for the editors in a real browser: by the keyboard, with a thumb, and to a draft."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.models import FaqMark
from tests.console.browsing import PHONE
from tests.open_questions import article, asked, handed_over, officer

pytestmark = pytest.mark.browser


QUESTION = "boleh kirim bibit tanaman hias ke jepang?"
LONG_TITLE = (
    "Benih, bibit, dan bahan tanam lain ke luar negeri: syarat karantina dan surat-suratnya"
)
REPLY = "Bibit tanaman perlu sertifikat fitosanitari dari Badan Karantina sebelum dikirim."


@pytest.fixture
def answered(database) -> None:
    """Ani answered what the bot could not."""
    with transaction() as session:
        article(session, "kirim_bibit", "Kirim bibit tanaman")
        article(session, "karantina", LONG_TITLE)
        at = clock.now() - timedelta(minutes=20)
        decision = asked(session, QUESTION, at, near={"karantina": 0.3})
        handed_over(session, decision, officer(session), REPLY)


def notes() -> list[tuple[str, str | None]]:
    with transaction() as session:
        found = session.scalars(select(FaqMark).order_by(FaqMark.id)).all()
        return [(one.note, one.right_article_id) for one in found]


def test_a_reply_is_marked_by_the_keyboard_and_the_page_stays(open_as, answered):
    page: Page = open_as("ani")
    page.goto("/console/tickets/1")
    page.get_by_role("link", name="Jadikan FAQ").focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading")).to_have_text("Jadikan FAQ?")
    sheet.get_by_role("textbox").fill("sering ditanyakan")
    page.keyboard.press("Control+Enter")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("link", name="Ditandai untuk FAQ")).to_be_visible()
    assert page.url.endswith("/console/tickets/1")
    assert notes() == [("sering ditanyakan", None)]


def test_typing_a_title_chooses_the_other_article(open_as, answered):
    page: Page = open_as("ani", PHONE)
    page.goto("/console/tickets/1")
    page.get_by_text("Dasar jawaban bot").tap()
    page.get_by_role("link", name="Bot keliru di sini").tap()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Judul artikel").fill("Tidak ada")
    expect(sheet.get_by_label("Artikel lain", exact=True)).to_be_checked()
    sheet.get_by_role("button", name="Kirim ke editor").tap()
    expect(sheet.get_by_role("alert")).to_contain_text("Pilih judul dari daftar")
    sheet.get_by_label("Judul artikel").fill("Kirim bibit tanaman")
    sheet.get_by_role("button", name="Kirim ke editor").tap()
    expect(sheet).to_be_hidden()
    assert notes() == [("", "kirim_bibit")]


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_the_time_ends_where_the_bubble_does_whatever_else_its_foot_has(open_as, answered, size):
    page: Page = open_as("ani", size)
    page.goto("/console/tickets/1")
    foot = page.locator(".bubble[data-speaker=officer] .bubble-foot").bounding_box()
    time = page.locator(".bubble[data-speaker=officer] .ticks").bounding_box()
    link = page.get_by_role("link", name="Jadikan FAQ").bounding_box()
    assert time["x"] + time["width"] == pytest.approx(foot["x"] + foot["width"], abs=1)
    middles = [box["y"] + box["height"] / 2 for box in (time, link)]
    assert middles[0] == pytest.approx(middles[1], abs=2)


def test_a_choice_keeps_its_size_beside_a_long_title(open_as, answered):
    page: Page = open_as("ani", PHONE)
    page.goto("/console/tickets/1")
    page.get_by_text("Dasar jawaban bot").tap()
    page.get_by_role("link", name="Bot keliru di sini").tap()
    choices = page.get_by_role("dialog").get_by_role("radio")
    expect(choices).to_have_count(4)
    sizes = {(box["width"], box["height"]) for box in (c.bounding_box() for c in choices.all())}
    assert sizes == {(20, 20)}


def test_an_editor_goes_from_a_mark_to_the_drafts_form(open_as, answered):
    ani: Page = open_as("ani")
    ani.goto("/console/tickets/1")
    ani.get_by_role("link", name="Jadikan FAQ").click()
    ani.get_by_role("button", name="Kirim ke editor").click()
    expect(ani.get_by_role("link", name="Ditandai untuk FAQ")).to_be_visible()
    dewi: Page = open_as("dewi")
    dewi.goto("/console/inbox")
    dewi.get_by_role("link", name=re.compile("Jadikan FAQ")).click()
    dewi.get_by_role("button", name="Mulai draf artikel").click()
    dewi.wait_for_url(re.compile(r"/console/articles/\w+/edit"))
    expect(dewi.locator("[name=answer]")).to_have_value(REPLY)
    expect(dewi.locator("[name=ways]")).to_have_value(QUESTION)
