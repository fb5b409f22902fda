"""The editors' inbox: what it shows of people's words, and what its steps do."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.db import transaction
from bot.faq import editing
from bot.faq.published import published
from bot.faq.regrouping import regroup
from bot.models import (
    ArticleDraft,
    FaqMark,
    Grouping,
    GroupVerdict,
    MarkEnd,
    Message,
    QuestionGroup,
    RememberedQuestion,
    Speaker,
)
from knowledge_base.articles import parse_text
from tests.open_questions import article, asked, handed_over, officer, somebody

SEEDS = "boleh kirim bibit tanaman hias ke jepang?"
OTHER = "bolehkah mengirim bibit tanaman hias ke jepang"
REPLY = (
    "Selamat siang Bapak Fajar, bibit perlu sertifikat fitosanitari; hubungi 081234567890 bila "
    "ragu."
)
CLEANED = (
    "Selamat siang Bapak [nama dihapus], bibit perlu sertifikat fitosanitari; hubungi "
    "[nomor dihapus] bila ragu."
)


@pytest.fixture
def group(database) -> int:
    """Two questions alike, one answered by an officer; gives the group."""
    now = clock.now()
    with transaction() as session:
        article(session, "imei_daftar", "Daftar IMEI")
        first = asked(session, SEEDS, now - timedelta(hours=3))
        handed_over(session, first, officer(session), REPLY)
        asked(session, OTHER, now - timedelta(hours=1))
        regroup(session, now)
        return session.scalars(select(QuestionGroup.id)).one()


def questions_in(page: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r'name="(q\d+)"', page), "on")


def draft() -> tuple[ArticleDraft, str]:
    with transaction() as session:
        found = session.scalars(select(ArticleDraft)).one()
        return found, editing.last_edition(session, found).source


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# --- groups ------------------------------------------------------------------------------------


def test_the_inbox_lists_groups_with_what_they_cost(as_, group):
    page = plain(as_("dewi").get("/console/inbox").text)
    assert "Pertanyaan terbuka 1" in page
    assert "4 menit 1 tiket" in page
    assert "2 tidak terjawab" in page


def test_an_editor_sees_questions_and_answers_without_personal_data(as_, group):
    page = as_("dewi").get(f"/console/inbox/groups/{group}").text
    assert "fitosanitari" in page
    assert '<span class="removed">nomor dihapus</span>' in page
    assert "0812" not in page
    assert "Fajar" not in page
    assert "/console/tickets/" not in page  # which an editor may not open


def test_the_desk_is_led_to_the_tickets(as_, group):
    assert 'href="/console/tickets/1"' in as_("ani").get(f"/console/inbox/groups/{group}").text


def test_one_click_begins_a_draft_with_the_questions_and_the_best_answer(as_, group):
    dewi = as_("dewi")
    address = f"/console/inbox/groups/{group}"
    page = dewi.get(address).text
    checked = re.search(r'name="answer" value="(m\d+)" checked', page)[1]
    form = {**questions_in(page), "answer": checked, "into": "new"}
    answer = dewi.post(f"{address}/draft", form)
    made, source = draft()
    assert answer.headers["location"] == f"/console/articles/{made.article_id}/edit"
    begun = parse_text(source)
    assert begun.id in ("lainnya_kirim_bibit_tanaman", "lainnya_mengirim_bibit_tanaman")
    assert set(begun.ways) == {SEEDS, OTHER}
    assert begun.answer == CLEANED
    assert begun.legal_basis == ()
    assert (begun.group, begun.section) == ("lainnya", "PLI")
    assert dewi.get(answer.headers["location"]).status_code == 200
    assert "Tidak ada pertanyaan terbuka" in dewi.get("/console/inbox").text
    assert made.article_id in dewi.get("/console/inbox/decided").text


def test_only_the_questions_that_were_ticked_become_ways(as_, group):
    dewi = as_("dewi")
    address = f"/console/inbox/groups/{group}"
    first, *_ = questions_in(dewi.get(address).text)
    dewi.post(f"{address}/draft", {first: "on", "answer": "none", "into": "new"})
    _, source = draft()
    assert parse_text(source).answer == "[jawaban belum ditulis]"
    assert len(parse_text(source).ways) == 1
    review = dewi.get("/console/articles/" + parse_text(source).id + "/review").text
    assert "Masih ada [jawaban belum ditulis]" in review


def test_without_a_question_no_draft_is_begun(as_, group):
    answer = as_("dewi").post(f"/console/inbox/groups/{group}/draft", {"into": "new"})
    assert answer.status_code == 422
    assert "Pilih paling sedikit satu pertanyaan." in answer.text


@pytest.fixture
def near(database) -> int:
    """A group that lies near an article; gives the group."""
    now = clock.now()
    with transaction() as session:
        article(session, "imei_daftar", "Daftar IMEI")
        asked(session, "cara daftar imei turis", now, kind="choices", near={"imei_daftar": 0.4})
        regroup(session, now)
        return session.scalars(select(QuestionGroup.id)).one()


def test_questions_near_an_article_are_offered_to_it(as_, near):
    dewi = as_("dewi")
    address = f"/console/inbox/groups/{near}"
    page = dewi.get(address).text
    assert "Daftar IMEI" in page
    assert "Tambahkan ke artikel itu" in page
    form = {**questions_in(page), "into": "near"}
    answer = dewi.post(f"{address}/draft", form)
    assert answer.headers["location"] == "/console/articles/imei_daftar/edit"
    _, source = draft()
    assert parse_text(source).ways[-1] == "cara daftar imei turis"
    assert len(parse_text(source).ways) == 3
    assert parse_text(source).answer == "Jawaban tentang Daftar IMEI."


def test_a_draft_that_somebody_writes_gets_them_as_an_edition_more(as_, near, staff):
    with transaction() as session:
        source = published(session, "imei_daftar").source
        changed = source.replace("Jawaban tentang", "Lebih baik tentang")
        editing.save(session, changed, staff("eko"), clock.now(), began_from=None)
    dewi = as_("dewi")
    page = dewi.get(f"/console/inbox/groups/{near}").text
    dewi.post(f"/console/inbox/groups/{near}/draft", {**questions_in(page), "into": "near"})
    made, source = draft()
    assert made.edition == 2
    assert "Lebih baik tentang" in source
    assert "cara daftar imei turis" in source


def test_a_new_article_near_another_takes_its_place_from_it(as_, near):
    dewi = as_("dewi")
    page = dewi.get(f"/console/inbox/groups/{near}").text
    dewi.post(f"/console/inbox/groups/{near}/draft", {**questions_in(page), "into": "new"})
    _, source = draft()
    begun = parse_text(source)
    assert (begun.group, begun.section) == ("imei", "PKC")
    assert begun.front_matter["related"] == ["imei_daftar"]
    assert begun.front_matter["handover_data"] == ["Nomor IMEI"]


def test_a_group_is_set_aside_with_a_reason_and_opened_again(as_, group):
    dewi = as_("dewi")
    address = f"/console/inbox/groups/{group}"
    assert dewi.post(f"{address}/dismiss", {"because": " "}).status_code == 422
    dewi.post(f"{address}/dismiss", {"because": "bukan urusan kami"})
    assert "Tidak ada pertanyaan terbuka" in dewi.get("/console/inbox").text
    assert "bukan urusan kami" in dewi.get("/console/inbox/decided").text
    assert "bukan urusan kami" in dewi.get(address).text
    dewi.post(f"{address}/take-back")
    assert "Tidak ada pertanyaan terbuka" not in dewi.get("/console/inbox").text


def test_grouping_anew_is_asked_for(as_, group):
    dewi = as_("dewi")
    dewi.post("/console/inbox/group-anew")
    with transaction() as session:
        assert session.scalars(select(Grouping)).one().wanted_at is not None
    assert "Sedang dikelompokkan lagi" in dewi.get("/console/inbox").text


def test_a_group_that_is_gone_is_not_there(as_, database):
    assert as_("dewi").get("/console/inbox/groups/99").status_code == 404
    assert as_("dewi").get("/console/inbox/marks/99").status_code == 404


def test_two_thousand_groups_show_within_a_tenth_of_a_second(as_, database):
    now = clock.now()
    with transaction() as session:
        session.add_all(
            QuestionGroup(
                seed=f"pertanyaan nomor {n}",
                asked=3,
                unanswered=3,
                unsure=0,
                rejected=0,
                asked_again=0,
                tickets=1,
                seconds=n,
                last_asked_at=now,
            )
            for n in range(2000)
        )
    dewi = as_("dewi")
    dewi.get("/console/inbox")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        page = dewi.get("/console/inbox").text
        times.append(time.perf_counter() - began)
    assert "2.000" in page
    assert min(times) < 0.1


# --- marks -------------------------------------------------------------------------------------


@pytest.fixture
def conversation(database) -> tuple[int, int]:
    """The bot gave an article in vain and an officer answered: the messages of both."""
    now = clock.now()
    with transaction() as session:
        given = article(session, "imei_daftar", "Daftar IMEI")
        article(session, "kirim_bibit", "Kirim bibit tanaman")
        fajar = somebody(session, now, "Fajar Nugroho")
        decision = asked(
            session,
            SEEDS,
            now - timedelta(hours=1),
            kind="answer",
            conversation=fajar,
            revision=given,
            helpful=False,
            near={"imei_daftar": 0.6, "kirim_bibit": 0.3},
        )
        handed_over(session, decision, officer(session), REPLY)
        bots, officers = (
            session.scalars(select(Message.id).where(Message.speaker == speaker)).one()
            for speaker in (Speaker.BOT, Speaker.OFFICER)
        )
        return bots, officers


def the_mark() -> FaqMark:
    with transaction() as session:
        return session.scalars(select(FaqMark)).one()


def test_a_reply_marked_by_an_officer_waits_in_the_inbox_without_personal_data(as_, conversation):
    _, reply = conversation
    ani = as_("ani")
    assert f'href="/console/messages/{reply}/mark"' in ani.get("/console/tickets/1").text
    answer = ani.post(f"/console/messages/{reply}/mark", {"note": "sering ditanyakan"})
    assert answer.headers["location"] == "/console/tickets/1"
    assert "Ditandai untuk FAQ" in ani.get("/console/tickets/1").text
    dewi = as_("dewi")
    inbox = plain(dewi.get("/console/inbox").text)
    assert "Jadikan FAQ" in inbox
    assert "sering ditanyakan" in inbox
    page = dewi.get(f"/console/inbox/marks/{the_mark().id}").text
    assert SEEDS in page
    assert "fitosanitari" in page
    assert "Fajar" not in page
    assert "0812" not in page


def test_a_marked_reply_becomes_a_draft_in_one_click(as_, conversation):
    _, reply = conversation
    as_("ani").post(f"/console/messages/{reply}/mark")
    dewi = as_("dewi")
    answer = dewi.post(f"/console/inbox/marks/{the_mark().id}/draft", {"into": "new"})
    made, source = draft()
    assert answer.headers["location"] == f"/console/articles/{made.article_id}/edit"
    assert parse_text(source).answer == CLEANED
    assert parse_text(source).ways == (SEEDS,)
    assert the_mark().became == MarkEnd.DRAFTED
    assert the_mark().article_id == made.article_id
    assert "Ditandai petugas" not in dewi.get("/console/inbox").text


def test_what_would_have_been_right_is_remembered(as_, conversation):
    bots, _ = conversation
    ani = as_("ani")
    page = ani.get(f"/console/messages/{bots}/mark").text
    assert 'value="article:kirim_bibit"' in page
    assert 'value="article:imei_daftar"' not in page  # which the bot gave
    ani.post(f"/console/messages/{bots}/mark", {"right": "article:kirim_bibit"})
    assert remembered() == [(SEEDS, "kirim_bibit", "corrected")]
    dewi = as_("dewi")
    dewi.post(f"/console/inbox/marks/{the_mark().id}/draft", {"into": "near"})
    made, source = draft()
    assert made.article_id == "kirim_bibit"
    assert SEEDS in source


def remembered() -> list[tuple[str, str | None, str]]:
    with transaction() as session:
        found = session.scalars(select(RememberedQuestion)).all()
        return [(one.text, one.article_id, one.origin.value) for one in found]


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"right": "person"}, [(SEEDS, None, "corrected")]),
        (
            {"right": "other", "other": " Kirim  bibit tanaman "},
            [(SEEDS, "kirim_bibit", "corrected")],
        ),
        ({"right": ""}, []),
        ({}, []),
    ],
)
def test_a_person_or_another_article_may_have_been_right(as_, conversation, form, kept):
    bots, _ = conversation
    assert as_("ani").post(f"/console/messages/{bots}/mark", form).status_code == 303
    assert remembered() == kept


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"right": "other", "other": "tidak ada"}, "Artikel dengan judul itu tidak ada."),
        ({"right": "article:tidak_ada"}, "Artikel itu tidak ada."),
        ({"note": "x" * 501}, "Catatannya terlalu panjang."),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused_with_a_reason(as_, conversation, form, sentence):
    bots, _ = conversation
    answer = as_("ani").post(f"/console/messages/{bots}/mark", form)
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert remembered() == []


def test_a_message_is_marked_once_and_the_mark_can_be_removed(as_, conversation):
    _, reply = conversation
    ani, ali = as_("ani"), as_("ali")
    ani.post(f"/console/messages/{reply}/mark")
    assert "sudah ditandai" in ali.post(f"/console/messages/{reply}/mark").text
    assert "Cabut tanda" in ali.get(f"/console/messages/{reply}/mark").text
    ali.post(f"/console/messages/{reply}/unmark")
    assert the_mark().became == MarkEnd.WITHDRAWN
    assert "Ditandai petugas" not in as_("dewi").get("/console/inbox").text
    assert ani.post(f"/console/messages/{reply}/mark").status_code == 303


def test_a_mark_is_set_aside_with_a_reason(as_, conversation):
    bots, _ = conversation
    as_("ani").post(f"/console/messages/{bots}/mark")
    dewi = as_("dewi")
    address = f"/console/inbox/marks/{the_mark().id}"
    assert "Tulis alasannya dulu." in dewi.post(f"{address}/dismiss", {"because": ""}).text
    dewi.post(f"{address}/dismiss", {"because": "sudah benar"})
    assert "sudah benar" in dewi.get(address).text
    again = dewi.post(f"{address}/dismiss", {"because": "lagi"})
    assert "sudah diselesaikan orang lain" in again.text
    assert the_mark().because == "sudah benar"


def test_what_an_applicant_wrote_cannot_be_marked(as_, writes):
    writes("halo")
    ani = as_("ani")
    assert ani.get("/console/messages/1/mark").status_code == 404
    assert "tidak bisa ditandai" in ani.post("/console/messages/1/mark").text


def test_a_mark_goes_with_the_conversation(as_, conversation):
    _, reply = conversation
    as_("ani").post(f"/console/messages/{reply}/mark")
    with transaction() as session:
        session.connection().exec_driver_sql("SET LOCAL maraga.retention = 'on'")
        session.connection().exec_driver_sql("DELETE FROM person")
        assert session.scalars(select(FaqMark)).all() == []


# --- who may -----------------------------------------------------------------------------------

SCREENS = ["/console/inbox", "/console/inbox/decided", "/console/insights"]


@pytest.mark.parametrize("path", SCREENS)
def test_who_keeps_or_reads_the_faq_sees_the_inbox_and_a_section_does_not(as_, group, path):
    for username in ("ani", "dewi", "eko", "admin"):
        assert as_(username).get(path).status_code == 200
    assert as_("budi").get(path).status_code == 404


@pytest.mark.parametrize("username", ["ani", "budi"])
@pytest.mark.parametrize("step", ["draft", "dismiss", "take-back"])
def test_nobody_else_decides_about_a_group(as_, group, username, step):
    form = {"because": "x", "into": "new", "q1": "on", "q2": "on"}
    answer = as_(username).post(f"/console/inbox/groups/{group}/{step}", form)
    assert answer.status_code == 404
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(GroupVerdict)) == 0
        assert session.scalar(select(func.count()).select_from(ArticleDraft)) == 0


@pytest.mark.parametrize("username", ["ani", "budi"])
@pytest.mark.parametrize("step", ["draft", "dismiss"])
def test_nobody_else_settles_a_mark(as_, conversation, username, step):
    _, reply = conversation
    as_("eko").post(f"/console/messages/{reply}/mark")
    form = {"because": "x", "into": "new"}
    answer = as_(username).post(f"/console/inbox/marks/{the_mark().id}/{step}", form)
    assert answer.status_code == 404
    assert the_mark().done_at is None


@pytest.mark.parametrize("username", ["budi", "dewi"])
@pytest.mark.parametrize("step", ["mark", "unmark"])
def test_who_may_not_read_the_conversation_marks_nothing(as_, conversation, username, step):
    _, reply = conversation
    member = as_(username)
    assert member.get(f"/console/messages/{reply}/mark").status_code == 404
    assert member.post(f"/console/messages/{reply}/{step}").status_code == 404


@pytest.mark.parametrize("path", ["inbox/group-anew", "inbox/groups/1/dismiss", "messages/1/mark"])
def test_without_the_token_nothing_happens(as_, group, path):
    assert as_("eko").post(f"/console/{path}", {"because": "x"}, csrf="guessed").status_code == 403
