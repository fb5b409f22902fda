"""The register as editors and supervisors meet it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk.telling_next import tell_next
from bot.faq import editing, regulations
from bot.models import (
    AuditEntry,
    Message,
    Regulation,
    RegulationState,
    Speaker,
    Telling,
    TellingState,
    Template,
)
from tests.cited import answer_with, publish_citing, register_id
from tests.console.conftest import Console
from tests.console.screens import fill_the_writers_desk
from tests.console.test_live import stream
from tests.faq.editors_texts import text_of as article_text

REPLACED = {"state": "replaced", "since": "2026-01-01", "other": "PMK 7/2025", "note": ""}


def the_regulation(number: int) -> Regulation:
    with transaction() as session:
        return session.get_one(Regulation, number)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def carry_out() -> None:
    with transaction() as session:
        regulations.carry_out_due(session, clock.now())


@pytest.fixture
def regulation(database: None) -> int:
    """PMK 96/2023, on which two articles rest."""
    publish_citing("satu", "PMK 96/2023 Pasal 29")
    publish_citing("dua", "PMK 96/PMK.04/2023 jo. PMK 4/2025")
    return register_id("PMK 96/2023")


@pytest.fixture
def answered(regulation: int, writes: Callable[..., int]) -> int:
    """A conversation in which the bot gave an answer that rests on it, an hour ago."""
    conversation_id = writes("berapa batasnya?", name="Fajar")
    revision = publish_citing("satu", "PMK 96/2023 Pasal 29")
    answer_with(conversation_id, revision, clock.now() - timedelta(hours=1))
    return conversation_id


def test_an_empty_register_says_how_it_fills(as_) -> None:
    page = as_("dewi").get("/console/regulations").text
    assert "Belum ada peraturan" in page


def test_the_register_counts_articles_and_finds_in_whichever_way_it_is_written(
    as_, regulation
) -> None:
    dewi = as_("dewi")
    page = text_of(dewi.get("/console/regulations").text)
    assert "PMK 96/2023 Berlaku 2 artikel" in page
    assert "PMK 4/2025 Berlaku 1 artikel" in page
    for query in (
        "96/2023",
        "PMK 96/PMK.04/2023",
        "Peraturan Menteri Keuangan Nomor 96 Tahun 2023",
    ):
        found = dewi.get(f"/console/regulations?q={query}").text
        assert f'id="regulation-{regulation}"' in found, query
        assert found.count('id="regulation-') == 1
    assert "Tidak ada peraturan yang cocok" in dewi.get("/console/regulations?q=zebra").text


def test_the_higher_law_comes_first_and_the_newest_of_a_kind(as_) -> None:
    publish_citing("satu", "PER-1/BC/2024", "PMK 1/2020", "UU 17/2006", "PMK 2/2020", "PMK 1/2023")
    page = as_("dewi").get("/console/regulations").text
    names = re.findall(r"<strong>(.+?)</strong>", page)
    assert names[-5:] == ["UU 17/2006", "PMK 1/2023", "PMK 2/2020", "PMK 1/2020", "PER-1/BC/2024"]


def test_300_regulations_are_one_page_and_more_are_counted(as_) -> None:
    publish_citing("banyak", *(f"PMK {number}/2020" for number in range(1, 306)))
    page = as_("dewi").get("/console/regulations").text
    assert page.count('id="regulation-') == 300
    assert "5 lagi tidak ditampilkan" in page


def test_only_those_in_a_state_are_listed(as_, regulation) -> None:
    dewi = as_("dewi")
    dewi.post(f"/console/regulations/{regulation}/mark", REPLACED)
    page = dewi.get("/console/regulations?state=replaced").text
    assert page.count('id="regulation-') == 1
    assert "Diganti sejak 1 Jan 2026" in page


def test_a_marked_regulation_flags_one_article_and_suspends_the_other(as_, regulation) -> None:
    dewi = as_("dewi")
    address = f"/console/regulations/{regulation}"
    answer = dewi.post(f"{address}/mark", {**REPLACED, "suspend-dua": "on"})
    assert answer.headers["location"] == address
    page = text_of(dewi.get(address).text)
    assert "Diganti dengan PMK 7/2025 sejak 1 Jan 2026" in page
    assert "Akan ditarik" in page
    assert "Akan ditandai untuk diperiksa" in page
    carry_out()
    page = text_of(dewi.get(address).text)
    assert "Perlu diperiksa Masih benar" in page
    assert "Ditarik karena perubahan ini Judul dua" in page
    dewi.post(f"{address}/right", {"article": "satu"})
    assert "Perlu diperiksa" not in text_of(dewi.get(address).text)
    with transaction() as session:
        kinds = set(session.scalars(select(AuditEntry.kind)))
        assert {"regulation_marked", "article_still_right"} <= kinds
    log = text_of(as_("eko").get("/console/audit").text)
    assert "menandai peraturan: PMK 96/2023" in log
    assert "Keadaan: Berlaku → Diganti" in log


def test_a_flagged_article_says_so_on_its_page_and_in_the_lists(as_, regulation) -> None:
    dewi, ani = as_("dewi"), as_("ani")
    dewi.post(f"/console/regulations/{regulation}/mark", {**REPLACED, "suspend-dua": "on"})
    assert "perlu diperiksa" not in dewi.get("/console/articles").text
    carry_out()
    why = "PMK 96/2023 : Diganti dengan PMK 7/2025 sejak 1 Jan 2026"
    assert f"Perlu diperiksa. {why}" in text_of(ani.get("/console/articles/satu").text)
    assert ani.get("/console/articles").text.count("perlu diperiksa") == 1
    register = text_of(dewi.get("/console/regulations").text)
    assert "1 artikel perlu diperiksa karena peraturannya berubah" in register
    assert f"Judul satu {why}" in register


def test_a_draft_that_names_a_changed_regulation_says_so_to_its_reviewer(as_, staff) -> None:
    with transaction() as session:
        editing.save(session, article_text(), staff("dewi"), clock.now(), began_from=None)
    dewi = as_("dewi")
    cited = "PMK 213/2020"  # what the draft names
    page = dewi.get("/console/articles/lelang_ikut/review").text
    assert "Dasar hukumnya berubah" not in page
    dewi.post(f"/console/regulations/{register_id(cited)}/mark", REPLACED)
    page = text_of(dewi.get("/console/articles/lelang_ikut/review").text)
    assert f"Dasar hukumnya berubah. {cited} : Diganti dengan PMK 7/2025" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"since": ""}, "Isi tanggal mulai berlakunya perubahan ini."),
        ({"since": "besok"}, "Tulis tanggalnya seperti 2027-01-31."),
        ({"other": ""}, "Tulis peraturan yang mengubah atau menggantinya."),
        ({"other": "aturan baru"}, "Tulis satu peraturan lain seperti dikutip"),
        ({"other": "PMK 96/PMK.04/2023"}, "ini peraturan yang sama"),
        ({"state": "forgotten"}, "Pilih keadaannya."),
        ({"note": "x" * 1001}, "lebih panjang dari 1000 huruf"),
    ],
)
def test_a_mark_that_lacks_something_says_what(as_, regulation, changed, sentence) -> None:
    answer = as_("dewi").post(f"/console/regulations/{regulation}/mark", {**REPLACED, **changed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert the_regulation(regulation).state is RegulationState.IN_FORCE


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("https://jdih.kemenkeu.go.id/dok/pmk-96-tahun-2023", 303),
        ("https://peraturan.go.id", 303),
        ("", 303),
        ("http://jdih.kemenkeu.go.id/x", 422),
        ("https://contoh.com/.go.id", 422),
        ("https://go.id.contoh.com/", 422),
        ("javascript:alert(1)//.go.id", 422),
    ],
)
def test_an_official_link_is_the_governments(as_, regulation, link, status) -> None:
    form = {"about": "Impor barang kiriman", "link": link}
    answer = as_("dewi").post(f"/console/regulations/{regulation}/about", form)
    assert answer.status_code == status
    assert the_regulation(regulation).link == (link or None if status == 303 else None)


def test_who_was_given_answers_is_seen_without_names_and_whole_numbers(
    as_, regulation, answered
) -> None:
    page = as_("dewi").get(f"/console/regulations/{regulation}/given").text
    assert "1 orang" in text_of(page)
    assert "••••" in page
    assert "Judul satu" in page
    assert "Fajar" not in page
    assert "whatsapp:" not in page


def test_an_editor_asks_a_supervisor_agrees_and_it_is_sent(as_, regulation, answered) -> None:
    dewi, eko = as_("dewi"), as_("eko")
    address = f"/console/regulations/{regulation}/given"
    form = {"text": "Halo {nama}, aturannya berubah.", "days": "30", "template": ""}
    assert dewi.post(address, form).status_code == 303
    assert "minta persetujuan memberi tahu pemohon tentang PMK 96/2023" in text_of(
        eko.get("/console/regulations").text
    )
    assert "Setuju, beri tahu 1 orang" in eko.get(address).text
    assert "Setuju, beri tahu" not in dewi.get(address).text
    assert eko.post("/console/tellings/1/agree").status_code == 303
    with transaction() as session:
        assert tell_next(session, clock.now())
    with transaction() as session:
        said = select(Message.body).where(Message.speaker == Speaker.DESK)
        assert session.scalars(said).all() == ["Halo Fajar, aturannya berubah."]
    assert "1 dari 1 orang" in text_of(dewi.get(address).text)


def badge(page: str) -> str:
    """What the navigation says beside the articles, read aloud as well."""
    return text_of(re.search(r'<span id="to-agree" data-live>(.*?)</span></a>', page)[1])


@pytest.mark.parametrize("address", ["/console/queue", "/console/calendar", "/console/regulations"])
def test_who_may_agree_sees_on_every_page_how_many_requests_wait(
    as_, regulation, answered, address
) -> None:
    eko = as_("eko")
    assert badge(eko.get(address).text) == ""
    form = {"text": "Aturannya berubah.", "days": "30", "template": ""}
    as_("dewi").post(f"/console/regulations/{regulation}/given", form)
    assert badge(eko.get(address).text) == " 1 , 1 permintaan menunggu persetujuan Anda "
    eko.post("/console/tellings/1/agree")
    assert badge(eko.get(address).text) == ""


def test_nobody_elses_and_no_own_request_is_counted(as_, regulation, answered) -> None:
    eko = as_("eko")
    form = {"text": "Aturannya berubah.", "days": "30", "template": ""}
    eko.post(f"/console/regulations/{regulation}/given", form)
    for member, address in ((eko, "queue"), (as_("ani"), "queue"), (as_("dewi"), "articles")):
        assert badge(member.get(f"/console/{address}").text) == ""
    admin = as_("admin").get("/console/regulations").text
    assert "1 permintaan" in badge(admin)
    assert admin.count("1 permintaan menunggu persetujuan Anda</span>") == 2  # on the tab as well


def test_an_open_page_is_told_to_count_anew(signed_in_at, as_, regulation, answered) -> None:
    eko, form = signed_in_at("eko"), {"text": "Aturannya berubah.", "days": "30", "template": ""}
    with stream(eko, "?watch=queue") as changes:
        as_("dewi").post(f"/console/regulations/{regulation}/given", form)
        assert next(changes) == {"all": True}
        part = eko.get("/console/queue", headers={"X-Fragment": "1"}).text
        assert "1 permintaan menunggu persetujuan Anda" in part
        as_("admin").post("/console/tellings/1/decline", {"because": "Salah."})
        assert next(changes) == {"all": True}
        part = eko.get("/console/queue", headers={"X-Fragment": "1"}).text
        assert "menunggu persetujuan" not in part


def test_a_supervisors_own_request_needs_another(as_, regulation, answered) -> None:
    eko = as_("eko")
    form = {"text": "Aturannya berubah.", "days": "30", "template": ""}
    eko.post(f"/console/regulations/{regulation}/given", form)
    answer = eko.post("/console/tellings/1/agree")
    assert "disetujui oleh orang lain" in answer.text
    assert as_("admin").post("/console/tellings/1/agree").status_code == 303


def test_who_asked_may_take_it_back_and_other_editors_may_not(as_, regulation, answered) -> None:
    dewi, other = as_("dewi"), as_("admin")
    form = {"text": "Aturannya berubah.", "days": "30", "template": ""}
    other.post(f"/console/regulations/{regulation}/given", form)
    refused = dewi.post("/console/tellings/1/decline", {"because": "x"})
    assert refused.status_code == 404
    assert "Tulis alasannya." in other.post("/console/tellings/1/decline", {"because": " "}).text
    assert other.post("/console/tellings/1/decline", {"because": "Salah."}).status_code == 303
    with transaction() as session:
        assert session.get_one(Telling, 1).state is TellingState.DECLINED


def test_a_template_needs_its_variables(as_, regulation, answered, staff) -> None:
    with transaction() as session:
        fill_the_writers_desk(session, staff("eko"))
        number = session.scalars(select(Template.id)).one()
    dewi: Console = as_("dewi")
    address = f"/console/regulations/{regulation}/given"
    form = {"text": "Halo.", "days": "30", "template": str(number), f"v{number}-1": "{nama}"}
    assert "Isi dulu bagian 2" in dewi.post(address, form).text
    assert dewi.post(address, {**form, f"v{number}-2": "MC-1"}).status_code == 303
    assert "Isi dulu" not in dewi.get(address).text
    gone = dewi.post(address, {**form, "template": "99"})
    assert "Templat ini tidak dipakai lagi" in gone.text


def test_nobody_to_tell_is_said(as_, regulation) -> None:
    dewi = as_("dewi")
    address = f"/console/regulations/{regulation}/given"
    assert "Tidak seorang pun dalam rentang ini" in dewi.get(address).text
    form = {"text": "Halo.", "days": "30", "template": ""}
    assert "sudah diberi tahu" in dewi.post(address, form).text


@pytest.mark.parametrize("path", ["999", "99999999999999999999", "999/given"])
def test_a_regulation_that_does_not_exist_is_not_there(as_, path) -> None:
    assert as_("dewi").get(f"/console/regulations/{path}").status_code == 404
