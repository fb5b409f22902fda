"""The gate in a real browser: it fills by itself, stops a theft, and opens reason by reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bot.console.trying import routes as trying
from bot.db import transaction
from bot.faq import gate
from bot.models import ArticleDraft, GateRun, GateState
from tests.console.browsing import PHONE, assert_readable
from tests.console.test_gate_screens import carry_out, draft

__all__ = ["draft"]

pytestmark = pytest.mark.browser


def be_at(asked: int, total: int) -> None:
    with transaction() as session:
        run = session.scalars(select(GateRun)).one()
        run.state, run.asked, run.total = GateState.RUNNING, asked, total


def test_the_bar_fills_by_itself_and_the_thief_is_named(open_as, draft, knowledge):
    dewi = open_as("dewi")
    dewi.goto(f"/console/drafts/{draft}/gate")
    dewi.click("text=Jalankan uji")
    expect(dewi.get_by_text("Menunggu giliran")).to_be_visible()
    be_at(500, 2000)
    expect(dewi.get_by_text("500 dari 2.000 pertanyaan")).to_be_visible()
    be_at(1500, 2000)
    expect(dewi.locator("progress")).to_have_js_property("value", 1500)
    carry_out(knowledge)
    expect(dewi.get_by_text("2 pertanyaan menjadi salah")).to_be_visible()
    assert dewi.locator(".live-word").inner_text() == "Langsung"
    reasons = dewi.locator(".accept input[name=because]")
    for left in (2, 1):
        expect(reasons).to_have_count(left)
        expect(dewi.get_by_text("Direbut oleh Imei biaya")).to_have_count(2)
        reasons.first.fill("Artikel lacak akan diganti.")
        reasons.first.press("Enter")
    expect(dewi.get_by_text("Boleh terbit")).to_be_visible()
    with transaction() as session:
        gate.require_clear(session, session.get_one(ArticleDraft, draft))


def test_the_result_is_read_on_a_phone(open_as, draft, knowledge):
    dewi = open_as("dewi", PHONE)
    dewi.goto(f"/console/drafts/{draft}/gate")
    dewi.click("text=Jalankan uji")
    expect(dewi.get_by_text("Menunggu giliran")).to_be_visible()
    carry_out(knowledge)
    expect(dewi.get_by_text("2 pertanyaan menjadi salah")).to_be_visible()
    assert_readable(dewi)


def test_what_is_alike_is_told_while_one_types(open_as, draft, monkeypatch):
    near = {"text": "x", "near": "lacak paket", "kind": "way", "article": "kiriman_lacak"}
    asked = []

    def ask(action, **values):
        asked.append(values["texts"])
        return {"near": [near] if "lacak paket saya" in values["texts"] else []}

    monkeypatch.setattr(trying, "ask", ask)
    dewi = open_as("dewi")
    dewi.goto("/console/articles/imei_biaya/edit")
    ways = dewi.locator("textarea[name=ways]")
    ways.fill("berapa biaya imei\n")
    ways.press_sequentially("lacak paket saya")
    told = dewi.locator("[data-near-list]")
    expect(told).to_contain_text("mirip “lacak paket” pada Kiriman lacak")
    ways.fill("berapa biaya imei")
    expect(told).to_be_hidden()
    assert len(asked) < 5, "not for each key"
