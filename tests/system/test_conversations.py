"""Conversations that take more than one message: language, complaints, a rating."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.system.service import Chat, Service

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]

COMPLAINT = "kuitansi tidak diberikan di loket kemarin sore"
DOCUMENT = "PIB 000123 tanggal 20 November"


def test_who_asks_for_english_is_answered_in_english_until_asking_for_indonesian(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    assert "English" in fajar.ask("english please")
    assert "Legal basis" in fajar.ask("how many cigarettes can I bring?")
    assert "welcome to *Maraga Care*" in fajar.ask("hello")
    assert "bahasa Indonesia" in fajar.ask("bahasa indonesia saja")
    assert "selamat datang" in fajar.ask("halo")


def test_a_whole_complaint_is_filed_with_what_it_is_about_and_its_document(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    assert "Apa yang ingin Anda adukan" in fajar.ask("saya mau komplain")
    assert "Nomor atau dokumen apa" in fajar.ask(COMPLAINT)
    filed = fajar.ask(DOCUMENT)
    ticket = service.tickets(fajar.person)[0]
    assert ticket["number"] in filed
    assert ticket["reason"] == "complaint"
    assert ticket["details"] == {"about": COMPLAINT, "document": DOCUMENT}


def test_a_complaint_left_half_way_is_not_filed_and_the_bot_goes_on(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    fajar.ask("saya mau komplain")
    fajar.ask("barang saya rusak waktu diperiksa di gudang")
    assert "dibatalkan" in fajar.ask("batal")
    assert "USD 3" in fajar.ask("berapa batas bebas bea masuk barang kiriman?")
    assert service.tickets(fajar.person) == []


def test_who_wants_a_person_in_the_middle_of_a_complaint_gets_one_who_knows_what_was_said(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    fajar.ask("saya mau komplain")
    fajar.ask("barang saya rusak waktu diperiksa di gudang")
    handed_over = fajar.ask("petugas")
    ticket = service.tickets(fajar.person)[0]
    assert ticket["number"] in handed_over
    assert ticket["details"] == {"about": "barang saya rusak waktu diperiksa di gudang"}


def test_who_rejects_the_answer_and_what_else_it_may_be_gets_a_person(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    fajar.ask("berapa batas bebas bea masuk barang kiriman?")
    told = fajar.ask("tidak")
    if "1. " in told:
        told = fajar.ask("tidak")
    ticket = service.tickets(fajar.person)[0]
    assert ticket["number"] in told
    assert ticket["reason"] == "not_helpful"
    assert ticket["subject"] == "berapa batas bebas bea masuk barang kiriman?"


def test_a_question_within_thanks_is_answered(chat: Callable[[], Chat]) -> None:
    fajar = chat()
    assert "Sama-sama" in fajar.ask("makasih ya min")
    reply = fajar.ask("makasih min, tapi paketku kok belum keluar?")
    assert "Sama-sama" not in reply
