"""Remembered questions, and what trying a morning's drafts with them has found."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.faq import gate, remembered
from bot.faq.comparing import Asked, Reached, comparison
from bot.faq.versions import knowledge_version
from bot.models import ArticleDraft, GateRun, GateState, QuestionOrigin, RememberedQuestion
from scripts.pictures.people import member, minutes

# What the new article takes from others: the question, whose it is, and how sure the thief is.
STOLEN = (
    ("ambil paket dari luar negeri di kantor pos mana ya", "kiriman_pos_makassar", 0.91),
    ("lokasi kantor pos buat barang internasional di makassar", "kiriman_pos_makassar", 0.78),
    ("ktp sy beda alamat dgn paket, bisa diambil?", "kiriman_identitas", 0.86),
)
WON = (
    ("boleh suami yang ambil paketku di kantor pos?", "kiriman_ambil_paket"),
    ("surat kuasa ambil paket harus bermeterai?", "kiriman_ambil_paket"),
)

OTHER = "kiriman_tarif"  # what some questions come to as well


def remember_questions() -> None:
    """The suite as it has grown: by editors, by applicants whom it helped, by officers."""
    with transaction() as session:
        remembered.seed(session)
        session.flush()
        all_of_them = select(RememberedQuestion).order_by(RememberedQuestion.id)
        questions = session.scalars(all_of_them).all()
        for place, one in enumerate(questions):
            one.at = clock.now() - timedelta(hours=7 * (len(questions) - place))
            if place % 5 == 3:
                one.origin = QuestionOrigin.CONFIRMED
            elif place % 11 == 4:
                one.origin = QuestionOrigin.CORRECTED


def was_tried(session: Session, draft: ArticleDraft) -> None:
    """All questions come to what they came to before."""
    _tried(session, draft, _of_the_rest(session))


def was_tried_in_vain(session: Session, draft: ArticleDraft) -> None:
    """The draft takes questions from other articles; two it answers now."""
    rest = _of_the_rest(session)
    _tried(session, draft, [*rest, *_stolen(session, draft), *_won(session, draft)])


def _of_the_rest(session: Session) -> list[Asked]:
    """The suite's questions, which no draft of this morning moves: most of them right."""
    asked = []
    for place, one in enumerate(session.scalars(select(RememberedQuestion))):
        reached = _usual(place, one.article_id)
        asked.append(Asked(one.id, one.text, one.article_id, one.article_id, reached, reached))
    return asked


def _usual(place: int, wanted: str | None) -> Reached:
    if wanted is None or place % 17 == 5:
        return Reached("person", (), 0.21)
    if place % 7 == 2:
        return Reached("choices", (wanted, OTHER), 0.55)
    return Reached("answer", (OTHER if place % 61 == 9 else wanted,), 0.94)


def _stolen(session: Session, draft: ArticleDraft) -> list[Asked]:
    return [
        Asked(
            _id_of(session, text, wanted),
            text,
            wanted,
            wanted,
            Reached("answer", (wanted,), 0.88),
            Reached("answer", (draft.article_id,), sure),
        )
        for text, wanted, sure in STOLEN
    ]


def _won(session: Session, draft: ArticleDraft) -> list[Asked]:
    person, given = Reached("person", (), 0.3), Reached("answer", (draft.article_id,), 0.93)
    return [Asked(_id_of(session, text, w), text, w, w, person, given) for text, w in WON]


def _id_of(session: Session, text: str, wanted: str) -> int:
    """The question, remembered."""
    one = RememberedQuestion(text=text, article_id=wanted, origin=QuestionOrigin.CORRECTED)
    one.at = clock.now() - timedelta(days=3)
    session.add(one)
    session.flush()
    return one.id


def _tried(session: Session, draft: ArticleDraft, asked: list[Asked]) -> None:
    run = session.scalars(select(GateRun).where(GateRun.draft_id == draft.id)).one_or_none()
    if run is None:
        run = gate.ask_for_run(session, draft, member(session, "dewi"), clock.now())
    run.state = GateState.DONE
    run.result = {
        "knowledge": knowledge_version(session),
        "encoder": "multilingual-e5-small/9f2c",
    } | comparison(asked)
    run.asked = run.total = len(asked)
    run.finished_at = clock.now() - minutes(48)
    session.flush()
