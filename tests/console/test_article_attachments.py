"""PDFs of articles in the console: checked when uploaded, carried by the draft, shown, opened."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.faq.fields import fields_of
from bot.models import Attachment
from knowledge_base.attachments import sum_of
from tests.console.test_articles import (
    FILLED,
    action_server,
    draft,
    draft_now,
    filled_in,
    in_review,
    published,
    text_now,
)

__all__ = ["action_server", "draft", "in_review", "published"]

pytestmark = pytest.mark.usefixtures("open_gate")

PDF, NEWER = b"%PDF-1.7 formulir", b"%PDF-1.7 formulir baru"
ARTICLE = "/console/articles/lelang_ikut"


def upload(console, name: str, content: bytes, csrf: str | None = None):
    """Send one file as the page's script does."""
    return console.client.post(
        "/console/attachments",
        data={"csrf": console.csrf if csrf is None else csrf},
        files=[("files", (name, content, "application/pdf"))],
        headers={"X-Console": "1"},
    )


def line(name: str, content: bytes) -> str:
    return f"{name} {sum_of(content)}"


def kept() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Attachment.sha256)))


def save(console, **changed: str):
    form = filled_in(console.get(f"{ARTICLE}/edit").text)
    return console.post(f"{ARTICLE}/edit", form | changed)


def publish_with(as_, attachments: str) -> None:
    """Dewi changes the published article's PDFs, Eko publishes that."""
    save(as_("dewi"), attachments=attachments, then="submit")
    answer = as_("eko").post(f"{ARTICLE}/publish", {"edition": "1"})
    assert answer.headers["location"] == ARTICLE


def test_a_pdf_is_kept_under_a_plain_name_and_opens(as_):
    dewi = as_("dewi")
    answer = upload(dewi, "Formulir Keberatan (2).PDF", PDF)
    assert answer.json() == {"name": "Formulir-Keberatan-2.pdf", "sha256": sum_of(PDF)}
    address = f"/console/attachments/{sum_of(PDF)}/Formulir-Keberatan-2.pdf"
    opened = as_("ani").get(address)
    assert (opened.content, opened.headers["content-type"]) == (PDF, "application/pdf")
    disposition = 'inline; filename="Formulir-Keberatan-2.pdf"'
    assert opened.headers["content-disposition"] == disposition
    for wrong in (address.replace("Formulir", "a%22b"), address.replace(sum_of(PDF), "0" * 64)):
        assert dewi.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus {0}.pdf", b"MZ\x90\0", "virus {0}.pdf tidak dilampirkan: hanya PDF"),
        ("foto.jpg", b"\xff\xd8\xff", "foto.jpg tidak dilampirkan: hanya PDF"),
        (
            "besar.pdf",
            PDF.ljust(16 * 2**20 + 1),
            "besar.pdf tidak dilampirkan: PDF paling besar 16 MB.",
        ),
    ],
)
def test_what_whatsapp_would_not_take_is_refused_with_the_reason(as_, name, content, sentence):
    answer = upload(as_("dewi"), name, content)
    assert answer.status_code == 422
    assert answer.json()["refused"].startswith(sentence)
    assert kept() == []


def test_an_upload_without_a_file_is_refused(as_):
    dewi = as_("dewi")
    headers = {"X-Console": "1"}
    form = {"csrf": dewi.csrf}
    answer = dewi.client.post("/console/attachments", data=form, headers=headers)
    assert (answer.status_code, answer.json()) == (422, {"refused": "Pilih dulu berkasnya."})


def test_only_who_edits_uploads_and_only_who_reads_articles_opens(as_, anybody):
    for username in ("ani", "budi"):
        assert upload(as_(username), "a.pdf", PDF).status_code == 404
    assert upload(as_("dewi"), "a.pdf", PDF, csrf="guessed").status_code == 403
    anybody.csrf = "x"
    assert upload(anybody, "a.pdf", PDF).status_code == 401
    assert kept() == []
    upload(as_("dewi"), "a.pdf", PDF)
    address = f"/console/attachments/{sum_of(PDF)}/a.pdf"
    assert as_("budi").get(address).status_code == 404
    assert as_("ani").get(address).status_code == 200


def test_a_draft_names_its_pdfs_and_its_form_and_review_show_them(as_, draft):
    dewi = as_("dewi")
    upload(dewi, "formulir.pdf", PDF.ljust(150_000))
    content = PDF.ljust(150_000)
    save(dewi, attachments=line("formulir.pdf", content))
    assert f"attachments:\n  formulir.pdf: {sum_of(content)}\n" in text_now("lelang_ikut")
    page = dewi.get(f"{ARTICLE}/edit").text
    assert 'data-detaches="formulir.pdf"' in page
    assert "146,5 KiB" in page
    review = dewi.get(f"{ARTICLE}/review").text
    assert f'href="/console/attachments/{sum_of(content)}/formulir.pdf"' in review
    assert "dikirim sebagai 2 pesan" in review


def test_the_preview_shows_the_pdf_as_a_message_after_the_answer(as_):
    dewi = as_("dewi")
    upload(dewi, "formulir.pdf", PDF)
    asked = {**FILLED, "attachments": line("formulir.pdf", PDF)}
    told = dewi.post("/console/articles/preview", asked).json()
    assert len(told["parts"]) == 2
    assert "formulir.pdf" in told["parts"][1]
    assert 'data-detaches="formulir.pdf"' in told["attached"]


def test_a_pdf_that_is_gone_is_told_and_keeps_the_draft_from_review(as_, draft):
    dewi = as_("dewi")
    answer = save(dewi, attachments=line("formulir.pdf", PDF), then="submit")
    page = dewi.get(answer.headers["location"]).text
    assert "Tersimpan, tetapi belum dikirim." in page
    assert "Berkas formulir.pdf tidak ada lagi. Buang, lalu unggah lagi." in page
    assert "berkasnya tidak ada lagi" in page


def test_what_names_no_pdf_is_refused_beside_the_field_and_nothing_typed_is_lost(as_, draft):
    answer = save(as_("dewi"), attachments="formulir.pdf ../../etc", title="Judul Dewi")
    assert answer.status_code == 422
    assert 'id="attachments-fault"' in answer.text
    assert filled_in(answer.text)["title"] == "Judul Dewi"


def test_revisions_keep_their_pdfs_are_compared_and_brought_back(as_, published, action_server):
    dewi = as_("dewi")
    for content in (PDF, NEWER):
        upload(dewi, "formulir.pdf", content)
        publish_with(as_, line("formulir.pdf", content))
    page = as_("ani").get(ARTICLE).text
    assert f"/console/attachments/{sum_of(NEWER)}/formulir.pdf" in page
    history = dewi.get(f"{ARTICLE}/history?older=2&newer=3").text
    assert "<caption>Lampiran</caption>" in history
    told = re.sub(r"<[^>]+>", "", history)
    assert f"formulir.pdf ({sum_of(PDF)[:8]})" in told
    assert f"formulir.pdf ({sum_of(NEWER)[:8]})" in told
    dewi.post(f"{ARTICLE}/restore", {"revision": "2"})
    assert fields_of(text_now("lelang_ikut")).attachments == line("formulir.pdf", PDF)


def test_of_two_editors_the_second_keeps_the_pdf_and_sees_that_of_the_first(as_, draft):
    dewi, eko = as_("dewi"), as_("eko")
    for content in (PDF, NEWER):
        upload(dewi, "formulir.pdf", content)
    form = filled_in(dewi.get(f"{ARTICLE}/edit").text)
    save(eko, attachments=line("formulir.pdf", PDF))
    mine = line("formulir.pdf", NEWER)
    answer = dewi.post(f"{ARTICLE}/edit", form | {"attachments": mine})
    assert answer.status_code == 409
    assert filled_in(answer.text)["attachments"] == mine
    assert f"({sum_of(PDF)[:8]})" in re.sub(r"<[^>]+>", "", answer.text)
    assert draft_now("lelang_ikut").edition == 2
