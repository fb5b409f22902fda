"""Editors write, review, publish and withdraw articles; nobody else does, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from bot import clock
from bot.console.action_server import ActionServerAway
from bot.console.articles import review
from bot.db import transaction
from bot.faq import editing
from bot.faq.fields import NAMES, fields_of
from bot.faq.gate import GateClosed
from bot.models import ArticleDraft, ArticleRevision, ArticleStatus, DraftState, Staff
from tests.faq.editors_texts import text_of
from tests.knowledge_base.hash_encoder import hash_encoder

pytestmark = pytest.mark.usefixtures("open_gate")

FILLED = {
    "title": "Cara ikut lelang",
    "group": "umum",
    "section": "PLI",
    "confidence": "tinggi",
    "answer": "Lelang diumumkan di *lelang.go.id*.",
    "ways": "cara ikut lelang barang sitaan\r\nlelang bea cukai bagaimana\r\n",
    "legal_basis": "PMK 213/2020",
    "valid_from": "2025-03-05",
    "review_by": "2027-02-28",
}


def member(username: str) -> Staff:
    with transaction() as session:
        return session.scalars(select(Staff).where(Staff.username == username)).one()


def draft_now(article_id: str = "cara_ikut_lelang") -> ArticleDraft | None:
    with transaction() as session:
        return editing.draft_of(session, article_id)


def text_now(article_id: str = "cara_ikut_lelang") -> str:
    """What was saved last."""
    with transaction() as session:
        draft = editing.draft_of(session, article_id)
        assert draft is not None
        return editing.last_edition(session, draft).source


def status_now(article_id: str) -> ArticleStatus:
    with transaction() as session:
        revision = editing.latest(session, article_id)
        assert revision is not None
        return revision.status


def filled_in(page: str) -> dict[str, str]:
    """The form's fields as a browser would send them again."""
    form = re.search(r'<form [^>]*class="article-form".*?</form>', page, re.S)[0]
    inputs = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form)
    }
    areas = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S))
    chosen = dict(
        re.findall(
            r'<select[^>]* name="(\w+)"(?:(?!</select>).)*?value="(\w*)" selected', form, re.S
        )
    )
    inputs.pop("csrf")
    return inputs | {name: unescape(text) for name, text in areas.items()} | chosen


@pytest.fixture
def draft(database: None) -> ArticleDraft:
    """Dewi's draft of a new article, not yet in review."""
    with transaction() as session:
        source = text_of("lelang_ikut")
        return editing.save(session, source, member("dewi"), clock.now(), began_from=None)


@pytest.fixture
def in_review(draft: ArticleDraft) -> ArticleDraft:
    with transaction() as session:
        found = session.get_one(ArticleDraft, draft.id)
        editing.submit(session, found, member("dewi"), clock.now())
        return found


@pytest.fixture
def published(in_review: ArticleDraft) -> str:
    """An article that Dewi wrote and Eko published; gives its id."""
    with transaction() as session:
        editing.publish(
            session, in_review.id, in_review.edition, member("eko"), hash_encoder(), clock.now()
        )
    return in_review.article_id


@pytest.fixture
def action_server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    """Publishes in this process, as actions/publishing.py does."""

    def answer(action: str, *, patience: float, **asked: int) -> dict[str, object]:
        assert action == "action_publish"
        try:
            with transaction() as session:
                reviewer = session.get_one(Staff, asked["staff"])
                revision = editing.publish(
                    session,
                    asked["draft"],
                    asked["edition"],
                    reviewer,
                    hash_encoder(),
                    clock.now(),
                )
                return {"revision": revision.number}
        except editing.EditingRefused as refused:
            return {"refused": str(refused.reason)}
        except GateClosed:
            return {"refused": "gate_closed"}

    monkeypatch.setattr(review, "ask", answer)
    return answer


# --- writing ---


def test_a_new_article_is_saved_as_a_draft_named_by_its_title(as_):
    dewi = as_("dewi")
    answer = dewi.post("/console/articles/new", FILLED)
    assert answer.headers["location"] == "/console/articles/cara_ikut_lelang/edit?saved=1"
    saved = fields_of(text_now())
    assert saved.ways == "cara ikut lelang barang sitaan\nlelang bea cukai bagaimana"
    assert saved.title == "Cara ikut lelang"
    assert "Tersimpan sebagai draf" in dewi.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": " "}, "Isi dulu bagian ini."),
        ({"answer": ""}, "Isi dulu bagian ini."),
        ({"ways": "\r\n \r\n"}, "Isi dulu bagian ini."),
        ({"review_by": "besok"}, "Ini bukan tanggal."),
        ({"valid_until": "2026-02-30"}, "Ini bukan tanggal."),
        ({"section": "XX"}, "Pilih salah satu."),
        ({"confidence": "pasti"}, "Pilih salah satu."),
        ({"answer": "a\r\n## Cara bertanya\r\n- b"}, "Baris tidak boleh diawali"),
        ({"title": "x" * 1001}, "lebih panjang dari 1.000 huruf"),
        ({"id": "new"}, "sudah dipakai artikel lain"),
    ],
)
def test_what_makes_no_article_is_told_beside_its_field_and_stays_typed(as_, wrong, told):
    answer = as_("dewi").post("/console/articles/new", FILLED | {"link": "unik"} | wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="unik"' in answer.text
    [name] = wrong
    assert f'id="{name}-fault"' in answer.text
    assert draft_now() is None


def test_an_id_that_somebody_has_is_refused(as_, draft):
    answer = as_("eko").post("/console/articles/new", FILLED | {"id": "Lelang ikut"})
    assert answer.status_code == 422
    assert "sudah dipakai artikel lain" in answer.text
    assert text_now("lelang_ikut") == text_of("lelang_ikut")


def test_what_lint_says_is_beside_the_fields_and_keeps_the_draft_from_review(as_):
    dewi = as_("dewi")
    faulty = FILLED | {"answer": "Lihat https://contoh.com", "related": "tidak_ada"}
    answer = dewi.post("/console/articles/new", faulty | {"then": "submit"})
    page = dewi.get(answer.headers["location"]).text
    assert "Tersimpan, tetapi belum dikirim." in page
    assert "https://contoh.com bukan alamat resmi (.go.id)." in page
    assert "Tidak ada artikel tidak_ada yang terbit." in page
    assert draft_now().state == DraftState.DRAFT


def test_saving_and_asking_for_a_review_is_one_step(as_):
    answer = as_("dewi").post("/console/articles/new", FILLED | {"then": "submit"})
    assert answer.headers["location"] == "/console/articles/cara_ikut_lelang/review"
    assert draft_now().state == DraftState.IN_REVIEW


def test_the_form_of_a_published_article_sent_back_as_it_is_changes_nothing(as_, published):
    dewi = as_("dewi")
    form = filled_in(dewi.get(f"/console/articles/{published}/edit").text)
    assert set(NAMES) - {"id"} <= set(form)
    dewi.post(f"/console/articles/{published}/edit", form)
    assert text_now(published) == text_of("lelang_ikut")


def test_of_two_editors_the_second_is_shown_both_texts_and_nothing_is_overwritten(as_, draft):
    dewi, eko = as_("dewi"), as_("eko")
    path = "/console/articles/lelang_ikut/edit"
    form = filled_in(dewi.get(path).text)
    eko.post(path, form | {"answer": "Kata Eko."})
    answer = dewi.post(path, form | {"answer": "Kata Dewi.", "title": "Judul Dewi"})
    assert answer.status_code == 409
    assert fields_of(text_now("lelang_ikut")).answer == "Kata Eko."
    again = filled_in(answer.text)
    assert (again["answer"], again["title"]) == ("Kata Dewi.", "Judul Dewi")
    shown = re.sub(r"<[^>]+>", "", answer.text)
    assert "Kata Eko." in shown
    dewi.post(path, again | {"answer": "Kata Eko dan Dewi."})
    with transaction() as session:
        editions = session.get_one(ArticleDraft, draft.id).editions
        assert [fields_of(one.source).answer for one in editions][1:] == [
            "Kata Eko.",
            "Kata Eko dan Dewi.",
        ]


def test_what_was_published_meanwhile_is_not_overwritten_by_an_old_form(
    as_, published, action_server
):
    dewi, eko, admin = as_("dewi"), as_("eko"), as_("admin")
    path = f"/console/articles/{published}/edit"
    form = filled_in(dewi.get(path).text)
    eko.post(path, form | {"answer": "Kata Eko.", "then": "submit"})
    admin.post(f"/console/articles/{published}/publish", {"edition": "1"})
    answer = dewi.post(path, form | {"title": "Judul Dewi"})
    assert answer.status_code == 409
    assert filled_in(answer.text)["title"] == "Judul Dewi"
    assert draft_now(published) is None


def test_the_preview_is_what_whatsapp_would_get(as_):
    dewi = as_("dewi")
    asked = {**FILLED, "answer": "*Tebal.* " * 300, "language": "id"}
    parts = dewi.post("/console/articles/preview", asked).json()["parts"]
    assert len(parts) == 2
    assert "<strong>Tebal.</strong>" in parts[0]
    assert "Dasar hukum: PMK 213/2020 (per 5 Maret 2025)" in parts[1]
    assert dewi.post("/console/articles/preview", asked | {"language": "en"}).json()["parts"] == []


# --- reviewing ---


def test_a_review_shows_what_changes_beside_what_is_published(as_, published):
    dewi = as_("dewi")
    form = filled_in(dewi.get(f"/console/articles/{published}/edit").text)
    changed = form | {"answer": "Lelang diumumkan tiap Senin.", "then": "submit"}
    dewi.post(f"/console/articles/{published}/edit", changed)
    page = as_("eko").get(f"/console/articles/{published}/review").text
    assert re.search(r'data-side="gone">.*?<mark>di</mark>', page, re.S)
    assert re.search(r'data-side="come">.*?<mark>tiap</mark>', page, re.S)
    assert "<caption>Jawaban</caption>" in page
    assert "<caption>Judul</caption>" not in page


def test_who_wrote_it_can_not_publish_it(as_, in_review, action_server):
    dewi = as_("dewi")
    assert 'data-opens="publish"' not in dewi.get("/console/articles/lelang_ikut/review").text
    answer = dewi.post("/console/articles/lelang_ikut/publish", {"edition": "1"})
    assert answer.status_code == 409
    assert "Yang menerbitkan harus orang lain" in answer.text


def test_another_person_publishes(as_, in_review, action_server):
    eko = as_("eko")
    assert 'data-opens="publish"' in eko.get("/console/articles/lelang_ikut/review").text
    answer = eko.post("/console/articles/lelang_ikut/publish", {"edition": "1"})
    assert answer.headers["location"] == "/console/articles/lelang_ikut"
    assert status_now("lelang_ikut") == ArticleStatus.PUBLISHED
    assert "diterbitkan Eko" in as_("ani").get("/console/articles/lelang_ikut").text


def test_who_reviews_what_was_published_meanwhile_comes_to_the_article(as_, published):
    admin, review_page = as_("admin"), f"/console/articles/{published}/review"
    answer = admin.get(review_page)
    assert answer.headers["location"] == f"/console/articles/{published}"
    fresh = admin.get(review_page, **{"X-Fragment": "1"})
    assert fresh.json() == {"goto": f"/console/articles/{published}"}
    assert admin.get("/console/articles/no_such_article/review").status_code == 404


def test_an_edition_that_the_reviewer_has_not_seen_is_not_published(as_, in_review, action_server):
    answer = as_("eko").post("/console/articles/lelang_ikut/publish", {"edition": "7"})
    assert answer.status_code == 409
    assert draft_now("lelang_ikut").state == DraftState.IN_REVIEW


def test_an_action_server_that_is_away_is_told(as_, in_review, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise ActionServerAway

    monkeypatch.setattr(review, "ask", away)
    answer = as_("eko").post("/console/articles/lelang_ikut/publish", {"edition": "1"})
    assert answer.status_code == 503
    assert "Layanan penerbitan tidak menjawab" in answer.text


def test_sending_back_takes_a_reason_that_the_writer_sees(as_, in_review):
    eko = as_("eko")
    path = "/console/articles/lelang_ikut/send-back"
    assert eko.post(path, {"edition": "1", "because": " "}).status_code == 409
    eko.post(path, {"edition": "1", "because": "Sebut jadwalnya."})
    for page in ("edit", "review"):
        shown = as_("dewi").get(f"/console/articles/lelang_ikut/{page}").text
        assert "Sebut jadwalnya." in shown


def test_a_draft_is_thrown_away(as_, draft):
    answer = as_("dewi").post("/console/articles/lelang_ikut/discard", {"edition": "1"})
    assert answer.headers["location"] == "/console/articles"
    assert draft_now("lelang_ikut") is None


# --- what is published ---


def test_withdrawing_is_one_step_with_a_reason_and_can_be_undone(as_, published):
    dewi = as_("dewi")
    path = f"/console/articles/{published}"
    assert dewi.post(f"{path}/withdraw", {"because": ""}).status_code == 409
    dewi.post(f"{path}/withdraw", {"because": "Jadwalnya berubah."})
    assert status_now(published) == ArticleStatus.SUSPENDED
    assert "Jadwalnya berubah." in dewi.get(path).text
    dewi.post(f"{path}/bring-back")
    assert status_now(published) == ArticleStatus.PUBLISHED


def test_an_archived_article_is_shown_to_editors_alone(as_, published):
    as_("dewi").post(f"/console/articles/{published}/archive", {"because": "Tidak dipakai."})
    assert as_("eko").get(f"/console/articles/{published}").status_code == 200
    assert as_("ani").get(f"/console/articles/{published}").status_code == 404


def test_two_revisions_are_compared_and_an_old_one_becomes_a_draft(as_, published, action_server):
    dewi, eko = as_("dewi"), as_("eko")
    path = f"/console/articles/{published}"
    form = filled_in(dewi.get(f"{path}/edit").text)
    dewi.post(f"{path}/edit", form | {"title": "Lelang baru", "then": "submit"})
    eko.post(f"{path}/publish", {"edition": "1"})
    page = dewi.get(f"{path}/history?older=1&newer=2").text
    assert re.search(r'data-side="come">.*?baru', page, re.S)
    answer = dewi.post(f"{path}/restore", {"revision": "1"})
    assert answer.headers["location"] == f"{path}/edit"
    assert text_now(published) == text_of("lelang_ikut")
    assert dewi.post(f"{path}/restore", {"revision": "1"}).status_code == 409
    assert dewi.post(f"{path}/restore", {"revision": "9"}).status_code == 404


# --- the list ---


def test_what_waits_comes_first_and_words_narrow_the_list(as_, published, draft_of_another):
    dewi = as_("dewi")
    page = dewi.get("/console/articles").text
    assert page.index("draft-imei_baru") < page.index("published-lelang_ikut")
    assert "published-lelang_ikut" in dewi.get("/console/articles?q=sitaan").text
    found = dewi.get("/console/articles?q=imei").text
    assert "draft-imei_baru" in found
    assert "published-lelang_ikut" not in found
    assert "published-lelang_ikut" not in dewi.get("/console/articles?state=draft").text
    assert "Tidak ada artikel yang cocok" in dewi.get("/console/articles?q=kereta").text


@pytest.fixture
def draft_of_another(database: None) -> None:
    with transaction() as session:
        source = text_of("imei_baru", title="IMEI baru", ways=("imei apa",))
        editing.save(session, source, member("dewi"), clock.now(), began_from=None)


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ({"review_by": "2020-01-01"}, "tinjauan lewat sejak 1 Jan 2020"),
        ({"valid_until": "2020-01-01"}, "habis berlaku 1 Jan 2020"),
    ],
)
def test_what_should_be_looked_at_is_marked(as_, published, dates, told):
    with transaction() as session:
        revision = session.scalars(select(ArticleRevision)).one()
        for name, day in dates.items():
            setattr(revision, name, day)
    assert told in as_("dewi").get("/console/articles").text


# --- who may ---

STEPS = ["edit", "submit", "send-back", "discard", "publish", "withdraw", "archive", "bring-back"]


@pytest.mark.parametrize("username", ["ani", "budi"])
@pytest.mark.parametrize("action", [*STEPS, "restore"])
def test_nobody_else_changes_an_article(as_, in_review, action_server, username, action):
    form = {"edition": "1", "because": "x", "revision": "1", **FILLED}
    answer = as_(username).post(f"/console/articles/lelang_ikut/{action}", form)
    assert answer.status_code == 404
    assert draft_now("lelang_ikut").state == DraftState.IN_REVIEW
    assert text_now("lelang_ikut") == text_of("lelang_ikut")


@pytest.mark.parametrize("action", STEPS)
def test_without_its_token_no_form_changes_an_article(as_, in_review, action_server, action):
    form = {"edition": "1", "because": "x", **FILLED}
    answer = as_("eko").post(f"/console/articles/lelang_ikut/{action}", form, csrf="guessed")
    assert answer.status_code == 403
    assert draft_now("lelang_ikut").state == DraftState.IN_REVIEW


@pytest.mark.parametrize("page", ["", "/edit", "/review", "/history", "/edition"])
@pytest.mark.parametrize("username", ["ani", "budi"])
def test_nobody_else_reads_what_is_in_the_making(as_, in_review, username, page):
    answer = as_(username).get(f"/console/articles/lelang_ikut{page}")
    assert answer.status_code == 404
    assert "Lelang diumumkan" not in answer.text
    assert "Cara ikut lelang" not in as_(username).get("/console/articles").text


@pytest.mark.parametrize("page", ["", "/edit", "/review", "/history"])
def test_an_article_that_there_is_not_is_not_there(as_, page):
    assert as_("dewi").get(f"/console/articles/tidak_ada{page}").status_code == 404
