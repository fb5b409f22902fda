"""The gate, test questions and trying a question, as editors use them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.console.trying import routes as trying
from bot.db import transaction
from bot.faq import attachments, editing, gate, remembered
from bot.faq.gate_run import Trial
from bot.faq.published import published
from bot.faq.publishing import publish
from bot.models import (
    ArticleDraft,
    AuditEntry,
    BotDecision,
    Direction,
    GateState,
    Message,
    QuestionOrigin,
    RememberedQuestion,
    Speaker,
    Turn,
    TurnOutcome,
)
from tests.faq.editors_texts import text_of
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import WAYS, article

GREEDY = (*WAYS["imei_biaya"], *WAYS["kiriman_lacak"], "paket sampai mana", "lacak resi paket")
LACAK = [f"mau tanya {way}" for way in WAYS["kiriman_lacak"][:2]]
XSS = "<script>alert(1)</script>"


@pytest.fixture
def draft(knowledge, staff) -> int:
    """A draft that steals the two questions that are remembered."""
    with transaction() as session:
        for text in LACAK:
            remembered.add(session, text, "kiriman_lacak", staff("dewi"), clock.now())
        source = text_of("imei_biaya", title="Biaya IMEI", ways=GREEDY)
        return editing.save(session, source, staff("dewi"), clock.now(), began_from=None).id


def carry_out(knowledge) -> None:
    assert Trial(knowledge).carry_out_next()


def latest(draft_id: int):
    with transaction() as session:
        return gate.latest_run(session, session.get_one(ArticleDraft, draft_id))


def test_dewi_runs_the_gate_watches_it_and_accepts_what_may_pass(as_, draft, knowledge):
    dewi, here = as_("dewi"), f"/console/drafts/{draft}/gate"
    assert "Belum diuji" in dewi.get(here).text
    assert dewi.post(here).headers["location"] == here
    waiting = dewi.get(here).text
    assert "data-gate-running" in waiting
    assert "<progress" in waiting
    carry_out(knowledge)
    done = dewi.get(here).text
    assert "data-gate-running" not in done
    assert "2 pertanyaan menjadi salah" in done
    assert done.count("Direbut oleh Imei biaya") == 2
    for number in re.findall(r'name="question" value="(\d+)"', done):
        form = {"question": number, "because": f"sudah tidak dipakai {XSS}"}
        assert dewi.post(f"{here}/accept", form).headers["location"] == here
    settled = dewi.get(here).text
    assert "Boleh terbit" in settled
    assert XSS not in settled
    assert XSS in unescape(settled)
    with transaction() as session:
        gate.require_clear(session, session.get_one(ArticleDraft, draft))


def test_progress_is_shown_as_it_is_written(as_, draft):
    dewi, here = as_("dewi"), f"/console/drafts/{draft}/gate"
    dewi.post(here)
    with transaction() as session:
        run = gate.latest_run(session, session.get_one(ArticleDraft, draft))
        run.state, run.asked, run.total = GateState.RUNNING, 300, 2000
    page = dewi.get(here, **{"x-fragment": "1"}).text
    assert '<progress max="2000" value="300"' in page
    assert "300 dari 2.000 pertanyaan" in page


def test_a_failure_and_a_new_edition_are_said(as_, draft, staff):
    dewi, here = as_("dewi"), f"/console/drafts/{draft}/gate"
    dewi.post(here)
    with transaction() as session:
        run = gate.latest_run(session, session.get_one(ArticleDraft, draft))
        run.state, run.fault = GateState.FAILED, "MemoryError: "
    assert "Uji tidak selesai" in dewi.get(here).text
    with transaction() as session:
        source = text_of("imei_biaya", title="Lain", ways=GREEDY)
        editing.save(session, source, staff("dewi"), clock.now(), began_from=1)
    assert "Edisi ini belum diuji" in dewi.get(here).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"because": " "}, "Tulis alasannya dulu."),
        ({"question": "999999", "because": "x"}, "Pertanyaan ini sudah diterima"),
        ({"question": "9" * 30, "because": "x"}, "Pertanyaan ini sudah diterima"),
        ({"question": "satu", "because": "x"}, "Pertanyaan ini sudah diterima"),
    ],
)
def test_accepting_nothing_in_particular_is_refused(as_, draft, knowledge, form, sentence):
    dewi, here = as_("dewi"), f"/console/drafts/{draft}/gate"
    dewi.post(here)
    carry_out(knowledge)
    assert sentence in dewi.post(f"{here}/accept", form).text
    assert latest(draft).accepted == {}


def test_what_another_publication_overtook_is_not_accepted(as_, draft, knowledge):
    dewi, here = as_("dewi"), f"/console/drafts/{draft}/gate"
    dewi.post(here)
    carry_out(knowledge)
    with transaction() as session:
        publish(session, article("imei_daftar", content_hash="2"), hash_encoder())
    assert "Hasil ini sudah lama" in dewi.get(here).text
    form = {"question": "1", "because": "boleh"}
    assert dewi.post(f"{here}/accept", form).status_code == 409
    assert latest(draft).accepted == {}


@pytest.mark.parametrize("username", ["ani", "budi"])
def test_only_who_keeps_the_faq_sees_or_moves_its_gate(as_, draft, username):
    member = as_(username)
    for path in (f"/console/drafts/{draft}/gate", "/console/questions"):
        assert member.get(path).status_code == 404, path
        assert member.post(path).status_code == 404, path
    assert member.post(f"/console/drafts/{draft}/gate/accept").status_code == 404
    assert member.post("/console/questions/1/remove").status_code == 404
    assert member.post("/console/near", {"texts": "x"}).status_code == 404
    assert latest(draft) is None


def test_a_draft_that_is_gone_has_no_gate(as_, database):
    for number in ("999999", "99999999999999999999999"):
        assert as_("dewi").get(f"/console/drafts/{number}/gate").status_code == 404


# --- test questions --------------------------------------------------------------------------


def kept() -> list[tuple[str, str | None]]:
    with transaction() as session:
        rows = session.scalars(select(RememberedQuestion).order_by(RememberedQuestion.id))
        return [(row.text, row.article_id) for row in rows]


def test_dewi_adds_and_removes_test_questions(as_, knowledge):
    dewi = as_("dewi")
    assert "Belum ada pertanyaan uji" in dewi.get("/console/questions").text
    dewi.post("/console/questions", {"text": f"apa {XSS}", "article": "imei_biaya"})
    dewi.post("/console/questions", {"text": "marah marah", "article": "-"})
    assert kept() == [(f"apa {XSS}", "imei_biaya"), ("marah marah", None)]
    page = dewi.get("/console/questions").text
    assert XSS not in page
    assert "Imei biaya" in page
    assert dewi.post("/console/questions/1/remove").headers["location"] == "/console/questions"
    assert kept() == [("marah marah", None)]
    assert dewi.post("/console/questions/1/remove").status_code == 404
    with transaction() as session:
        kinds = session.scalars(select(AuditEntry.kind).order_by(AuditEntry.id)).all()
    assert list(kinds) == ["question_added", "question_added", "question_removed"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": "apa", "article": ""}, "Pilih artikel yang harus dicapai, atau petugas."),
        ({"text": "apa", "article": "tidak_ada"}, "Artikel ini tidak ada."),
        ({"text": " ", "article": "-"}, "Tulis pertanyaannya dulu."),
        ({"text": "x" * 601, "article": "-"}, "paling banyak 600 huruf"),
    ],
)
def test_a_question_that_cannot_be_kept_is_refused_with_what_to_do(as_, knowledge, form, sentence):
    answer = as_("dewi").post("/console/questions", form)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert kept() == []


def test_two_thousand_questions_are_looked_through_page_by_page(as_, knowledge):
    with transaction() as session:
        session.add_all(
            RememberedQuestion(
                text=f"pertanyaan {n} 100%",
                article_id="imei_biaya" if n % 2 else None,
                origin=QuestionOrigin.CONFIRMED if n % 4 == 1 else QuestionOrigin.WRITTEN,
            )
            for n in range(2000)
        )
    dewi, seen, address = as_("dewi"), set(), "/console/questions?origin=confirmed"
    assert "500 dari 2.000 pertanyaan" in dewi.get(address).text
    while address:
        page = dewi.get(address).text
        shown = set(re.findall(r"<p lang=\"id\">(pertanyaan \d+ 100%)</p>", page))
        assert len(shown) == 50
        assert not shown & seen
        seen |= shown
        following = re.search(r'href="(/console/questions\?[^"]*before=\d+)"', page)
        address = unescape(following[1]) if following else ""
    assert len(seen) == 500
    assert "2.000 dari 2.000" in dewi.get("/console/questions?q=100%25").text
    assert "Tidak ada pertanyaan yang cocok" in dewi.get("/console/questions?q=_________").text
    assert "1.000 dari 2.000" in dewi.get("/console/questions?q=Imei+biaya").text
    assert dewi.get("/console/questions?before=" + "9" * 40).status_code == 200


# --- trying a question -----------------------------------------------------------------------


@pytest.fixture
def answered(monkeypatch):
    """What the console asked of the action server, which answers with `told`."""

    class Server:
        def __init__(self):
            self.asked, self.told = [], None

        def ask(self, action, **values):
            self.asked.append({"action": action, **values})
            if self.told is None:
                raise trying.ActionServerAway
            return self.told

    server = Server()
    monkeypatch.setattr(trying, "ask", server.ask)
    return server


def tried(title: str, kind: str = "answer") -> dict[str, object]:
    return {
        "outcome": kind,
        "articles": ["imei_biaya"],
        "said": [],
        "language": "id",
        "urgent": False,
        "intent": "question",
        "confidence": 0.934,
        "answer_from": 0.88,
        "choices_from": 0.3,
        "margin": 0.41,
        "knowledge": "0123456789ab",
        "encoder": "hash/1",
        "ranked": [
            {
                "article": "imei_biaya",
                "title": title,
                "revision": 2,
                "score": 0.71,
                "nearest": f"berapa biaya {XSS}",
            }
        ],
    }


def test_a_question_is_tried_now_and_with_a_draft(as_, draft, answered):
    answered.told = {"now": tried("Biaya lama"), "with_draft": tried("Biaya IMEI", "choices")}
    page = as_("dewi").get(f"/console/try?q=biaya+imei%3F&draft={draft}").text
    assert [(one["text"], one["draft"]) for one in answered.asked] == [("biaya imei?", draft)]
    for said in ("Bot menjawab", "Bot menawarkan pilihan", "93,4%", "88%", "41", "0123456789ab"):
        assert said in page
    assert "revisi 2" in page
    assert XSS not in page


def test_an_answer_is_shown_as_it_is_sent_and_the_pdfs_come_after_all_words(as_, draft, answered):
    now, later = b"%PDF-1.7 formulir", b"%PDF-1.7 formulir baru"
    with transaction() as session:
        kept = {one: attachments.keep(session, one, clock.now()) for one in (now, later)}
    form, newer = ({"formulir.pdf": kept[one]} for one in (now, later))
    both = [{"text": f"Biaya {XSS}", "attachments": form}, {"text": "*Cek*", "attachments": form}]
    answered.told = {
        "now": tried("Biaya") | {"said": both},
        "with_draft": tried("Biaya") | {"said": [{"text": "Baru", "attachments": newer}]},
    }
    page = as_("dewi").get(f"/console/try?q=biaya&draft={draft}").text
    assert XSS not in page
    shown = [
        re.findall(r'class="bubble chat" data-speaker="bot">(.*?)</div>', panel, re.S)
        for panel in page.split("Dengan draf</h2>")
    ]
    assert [len(bubbles) for bubbles in shown] == [3, 2]
    assert "Biaya" in shown[0][0]
    assert "<strong>Cek</strong>" in shown[0][1]
    assert f'href="/console/attachments/{kept[now]}/formulir.pdf"' in shown[0][2]
    assert f'href="/console/attachments/{kept[later]}/formulir.pdf"' in shown[1][1]
    assert page.count("dikirim sebagai") == 2


def test_choices_show_no_message_of_an_answer(as_, knowledge, answered):
    answered.told = {"now": tried("Biaya", "choices")}
    assert "Yang diterima pemohon" not in as_("dewi").get("/console/try?q=biaya").text


def test_while_the_bot_is_away_the_question_stays_and_that_is_said(as_, knowledge, answered):
    page = as_("dewi").get("/console/try?q=biaya+imei").text
    assert "Bot sedang tidak terjangkau" in page
    assert 'value="biaya imei"' in page


def test_an_officer_tries_without_drafts_and_a_section_not_at_all(as_, draft, answered):
    answered.told = {"now": tried("Biaya")}
    page = as_("ani").get(f"/console/try?q=biaya&draft={draft}").text
    assert answered.asked[0]["draft"] is None
    assert 'name="draft"' not in page
    assert as_("budi").get("/console/try").status_code == 404


def test_without_a_question_nobody_is_asked(as_, knowledge, answered):
    assert "Tulis seperti pemohon menulis" in as_("dewi").get("/console/try?q=+").text
    assert answered.asked == []


@pytest.fixture
def past(writes, knowledge) -> int:
    """A turn in which the bot answered, with what it decided; gives the turn."""
    conversation = writes("berapa biaya daftar imei hp")
    now = clock.now()
    with transaction() as session:
        found = knowledge.find(session, "berapa biaya daftar imei hp")
        turn = Turn(
            conversation_id=conversation,
            text="berapa biaya daftar imei hp",
            fence=1,
            finished_at=now,
            outcome=TurnOutcome.ANSWERED,
        )
        session.add(turn)
        session.flush()
        revision = published(session, "imei_biaya")
        session.add(
            BotDecision(
                turn_id=turn.id,
                conversation_id=conversation,
                question=turn.text,
                language="id",
                kind="answer",
                candidates=list(found.candidates),
                revision=revision,
                knowledge=found.knowledge,
                at=now,
            )
        )
        session.add(
            Message(
                conversation_id=conversation,
                direction=Direction.OUT,
                speaker=Speaker.BOT,
                body="Jawaban.",
                at=now,
                turn_id=turn.id,
            )
        )
        return turn.id


def test_a_past_answer_opens_as_it_was_then(as_, past, knowledge, staff):
    ani = as_("ani")
    assert f"/console/try/turns/{past}" in ani.get("/console/conversations/1").text
    before = ani.get(f"/console/try/turns/{past}").text
    with transaction() as session:
        new = article("imei_biaya", content_hash="2", ways=("lain",), title="Judul baru")
        publish(session, new, hash_encoder())
        editing.suspend(session, "kiriman_lacak", staff("eko"), "Keliru.", clock.now())
    after = ani.get(f"/console/try/turns/{past}").text
    for page in (before, after):
        assert "Bot menjawab" in page
        assert "revisi 1" in page
        assert "berapa biaya daftar imei hp" in page
        assert "hash/1" in page
        assert "menjawab mulai 88%" in page
        assert "Judul baru" not in page
        assert "Kiriman lacak" in page


@pytest.mark.parametrize("username", ["dewi", "budi"])
def test_what_an_applicant_asked_is_the_desks_alone(as_, past, username):
    assert as_(username).get(f"/console/try/turns/{past}").status_code == 404
    assert as_("ani").get("/console/try/turns/999999").status_code == 404


# --- what is like it -------------------------------------------------------------------------


def test_lines_that_are_like_others_are_told_a_sentence_each(as_, knowledge, answered):
    answered.told = {
        "near": [
            {"text": "a", "near": "b", "kind": "way", "article": "imei_biaya", "likeness": 0.9},
            {"text": "c", "near": "d", "kind": "way", "article": None, "likeness": 0.8},
            {"text": "e", "near": "f", "kind": "question", "article": "imei_daftar"},
        ]
    }
    form = {"texts": "- a\r\n\r\nc\na\n", "article": "lelang"}
    told = as_("dewi").post("/console/near", form).json()
    assert told["near"] == [
        "“a” mirip “b” pada Imei biaya.",
        "“c” mirip “d”, yang harus sampai ke petugas.",
        "“e” mirip pertanyaan uji “f” untuk Imei daftar.",
    ]
    assert answered.asked[0]["texts"] == ["a", "c"]
    assert answered.asked[0]["article"] == "lelang"


def test_while_nobody_can_tell_what_is_alike_that_is_said(as_, knowledge, answered):
    assert as_("dewi").post("/console/near", {"texts": "a"}).status_code == 503
    assert as_("dewi").post("/console/near", {"texts": " \n"}).json() == {"near": []}


def test_looking_changes_nothing(as_, draft, knowledge):
    dewi = as_("dewi")
    for path in (f"/console/drafts/{draft}/gate/accept", "/console/questions/1/remove"):
        assert dewi.get(path).status_code in (404, 405)
    assert (
        dewi.post("/console/questions", {"text": "x", "article": "-"}, csrf="no").status_code == 403
    )
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(RememberedQuestion)) == 2
