"""An article's whole way in a browser: written, sent back, mended, published, withdrawn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from bot.console.trying import routes as trying
from bot.db import transaction
from bot.faq.fields import fields_of
from bot.models import GateRun, GateState
from tests.console.browsing import PHONE
from tests.console.test_articles import action_server, draft, draft_now, text_now

__all__ = ["action_server", "draft"]

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ARTICLE = "/console/articles/cara_ikut_lelang"


@pytest.fixture(autouse=True)
def nothing_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who pauses in typing gets an answer of what is alike; the action server isn't there."""
    monkeypatch.setattr(trying, "ask", lambda *_, **__: {"near": []})


def write_new_article(page: Page) -> None:
    page.goto("/console/articles")
    page.get_by_role("link", name="Artikel baru").click()
    page.get_by_label("Judul").fill("Cara ikut lelang")
    page.get_by_label("Jawaban", exact=True).fill("Lelang diumumkan di *lelang.go.id*.")
    page.get_by_label("Cara bertanya").fill("cara ikut lelang\nlelang barang sitaan kapan")
    page.get_by_label("Dasar hukum").fill("PMK 213/2020")
    page.get_by_label("Kelompok topik").fill("umum")
    page.get_by_label("Seksi pemilik").select_option("PLI")


@pytest.mark.usefixtures("action_server", "open_gate")
def test_an_article_is_written_sent_back_mended_published_and_withdrawn(open_as: Open) -> None:
    dewi, eko = open_as("dewi"), open_as("eko")
    write_new_article(dewi)
    expect(dewi.locator("[data-counts] output")).to_have_text("2")
    bubble = dewi.locator('[data-preview="id"] .bubble')
    expect(bubble).to_contain_text("Dasar hukum: PMK 213/2020")
    expect(bubble.locator("strong")).to_have_text("lelang.go.id")
    dewi.get_by_role("button", name="Simpan dan minta tinjauan").click()
    expect(dewi.get_by_text("Menunggu tinjauan")).to_be_visible()
    expect(dewi.get_by_role("button", name="Terbitkan")).to_have_count(0)

    eko.goto("/console/articles")
    eko.get_by_role("link", name="Cara ikut lelang").click()
    eko.get_by_role("button", name="Kembalikan").click()
    eko.get_by_label("Yang perlu diubah").fill("Sebut jadwalnya.")
    eko.locator("#send-back").get_by_role("button", name="Kembalikan").click()
    expect(eko.get_by_text("Sebut jadwalnya.")).to_be_visible()

    dewi.goto(f"{ARTICLE}/edit")
    expect(dewi.get_by_text("Sebut jadwalnya.")).to_be_visible()
    dewi.get_by_label("Jawaban", exact=True).fill("Lelang diumumkan tiap Senin di lelang.go.id.")
    dewi.get_by_role("button", name="Simpan dan minta tinjauan").click()
    expect(dewi.get_by_text("Menunggu tinjauan")).to_be_visible()

    eko.goto(f"{ARTICLE}/review")
    eko.get_by_role("button", name="Terbitkan").click()
    eko.locator("#publish").get_by_role("button", name="Terbitkan").click()
    eko.wait_for_url(f"**{ARTICLE}")
    expect(eko.locator(".phone-side .bubble")).to_contain_text("tiap Senin")

    eko.get_by_role("button", name="Tarik jawaban").click()
    eko.get_by_label("Alasan").first.fill("Jadwalnya berubah.")
    eko.get_by_role("button", name="Tarik sekarang").click()
    expect(eko.get_by_text("Jadwalnya berubah.")).to_be_visible()
    eko.get_by_role("button", name="Terbitkan kembali").click()
    expect(eko.get_by_text("Jadwalnya berubah.")).to_have_count(0)


def test_the_review_tells_by_itself_when_the_questions_were_asked(open_as: Open) -> None:
    dewi = open_as("dewi")
    write_new_article(dewi)
    dewi.get_by_role("button", name="Simpan dan minta tinjauan").click()
    line = dewi.locator(".gate-line")
    expect(line).to_contain_text("sedang berjalan")
    with transaction() as session:
        session.scalars(select(GateRun)).one().state = GateState.FAILED
    expect(line).to_contain_text("tidak selesai")


def test_who_throws_a_draft_away_comes_to_the_articles_however_late_that_is_answered(
    open_as: Open,
) -> None:
    def answer_late(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        time.sleep(2)  # the page looks again meanwhile, as the questions are being asked
        route.fulfill(response=answer)

    eko = open_as("eko").context.new_page()  # a draft that is gone is no fault of this page
    dewi = open_as("dewi")
    write_new_article(dewi)
    dewi.get_by_role("button", name="Simpan dan minta tinjauan").click()
    expect(dewi.locator(".gate-line")).to_contain_text("sedang berjalan")
    eko.goto(f"{ARTICLE}/review")
    eko.route("**/discard", answer_late)
    eko.get_by_role("button", name="Buang draf").click()
    eko.locator("#discard").get_by_role("button", name="Buang").click()
    eko.wait_for_url(re.compile("/console/(articles|queue)$"))
    assert eko.url.endswith("/console/articles")


def test_two_editors_of_one_article_overwrite_nothing(open_as: Open, draft: object) -> None:
    dewi, eko = open_as("dewi"), open_as("eko", PHONE)
    for page in (dewi, eko):
        page.goto("/console/articles/lelang_ikut/edit")
    eko.get_by_label("Jawaban", exact=True).fill("Kata Eko.")
    eko.get_by_role("button", name="Simpan draf").click()
    expect(eko.get_by_text("Tersimpan sebagai draf")).to_be_visible()
    dewi.get_by_label("Jawaban", exact=True).fill("Kata Dewi.")
    dewi.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(dewi.locator("[data-meanwhile]")).to_contain_text("menyimpan edisi 2")
    dewi.get_by_role("button", name="Simpan draf").click()
    expect(dewi.get_by_role("alert").first).to_contain_text("menyimpan artikel ini sementara")
    expect(dewi.get_by_label("Jawaban", exact=True)).to_have_value("Kata Dewi.")
    theirs = dewi.locator('.diff [data-side="gone"]').first
    expect(theirs).to_contain_text("Kata Eko.")
    assert fields_of(text_now("lelang_ikut")).answer == "Kata Eko."


def test_what_was_typed_survives_leaving_the_page_and_being_signed_out(open_as: Open) -> None:
    dewi = open_as("dewi")
    write_new_article(dewi)
    expect(dewi.locator('[data-preview="id"] .bubble')).to_contain_text("PMK 213/2020")
    dewi.goto("/console/articles")
    dewi.goto("/console/articles/new")
    expect(dewi.get_by_text("dikembalikan ke kolom")).to_be_visible()
    expect(dewi.get_by_label("Judul")).to_have_value("Cara ikut lelang")
    dewi.context.clear_cookies()
    dewi.get_by_role("button", name="Simpan draf").click()
    dewi.wait_for_url("**/signin?**")
    assert draft_now() is None
    dewi.go_back()
    assert "Cara ikut lelang" in str(dewi.evaluate("JSON.stringify(localStorage)"))


def test_what_was_saved_is_not_brought_back(open_as: Open) -> None:
    dewi = open_as("dewi")
    write_new_article(dewi)
    dewi.get_by_role("button", name="Simpan draf").click()
    expect(dewi.get_by_text("Tersimpan sebagai draf")).to_be_visible()
    dewi.goto("/console/articles/new")
    expect(dewi.get_by_label("Judul")).to_have_value("")
    expect(dewi.get_by_text("dikembalikan ke kolom")).to_be_hidden()
