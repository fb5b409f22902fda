"""The gate before publishing: a change that steals questions is seen, and stops."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.db import transaction
from bot.faq import editing, gate, gate_run, remembered
from bot.faq.gate import Closed, GateClosed, NotAcceptable
from bot.faq.gate_run import Trial
from bot.faq.publishing import publish
from bot.faq.search import Knowledge
from bot.models import ArticleDraft, ArticleRevision, AuditEntry, GateRun, GateState, Staff, Way
from knowledge_base.articles import parse_text
from knowledge_base.encoder import Encoder
from tests.conftest import MONDAY_MORNING as NOW
from tests.faq.editors_texts import text_of
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS, article

pytestmark = pytest.mark.slow

Look = Callable[[str], Staff]
# Ways of an article about fees that take over what is asked of another, about tracking.
GREEDY = (*WAYS["imei_biaya"], *WAYS["kiriman_lacak"], "paket sampai mana", "lacak resi paket")
MODEST = (*WAYS["imei_biaya"], "imei hp kena pajak berapa rupiah")
NEW = ("ikut lelang barang sitaan", "lelang bea cukai kapan", "daftar lelang di mana")


@pytest.fixture
def questions(knowledge: Knowledge, staff: Look) -> list[int]:
    """Two remembered questions of each article, and two for a person."""
    wanted = [(f"mau tanya {way}", name) for name, ways in WAYS.items() for way in ways[:2]]
    wanted += [(f"mau tanya {text}", None) for text in NONE_MESSAGES[:2]]
    with transaction() as session:
        return [remembered.add(session, *one, staff("dewi"), NOW).id for one in wanted]


@pytest.fixture
def draft_of(questions: list[int], staff: Look) -> Callable[..., int]:
    """Dewi saves an article with these ways: `draft_of("imei_biaya", GREEDY)`."""

    def save(article_id: str, ways: tuple[str, ...], began_from: int | None = None) -> int:
        with transaction() as session:
            text = text_of(article_id, title="Tentang itu", ways=ways)
            return editing.save(session, text, staff("dewi"), NOW, began_from=began_from).id

    return save


@pytest.fixture
def trial(knowledge: Knowledge) -> Trial:
    return Trial(knowledge)


@pytest.fixture
def tried(trial: Trial, staff: Look) -> Callable[[int], GateRun]:
    """A run of the draft, asked for and carried out."""

    def run(draft_id: int) -> GateRun:
        with transaction() as session:
            draft = session.get_one(ArticleDraft, draft_id)
            gate.ask_for_run(session, draft, staff("dewi"), NOW)
        assert trial.carry_out_next()
        return last_run(draft_id)

    return run


def last_run(draft_id: int) -> GateRun:
    with transaction() as session:
        run = gate.latest_run(session, session.get_one(ArticleDraft, draft_id))
    assert run is not None
    return run


def closed(draft_id: int) -> Closed | None:
    with transaction() as session:
        try:
            gate.require_clear(session, session.get_one(ArticleDraft, draft_id))
        except GateClosed as error:
            return error.reason
    return None


def accept(run: GateRun, question_id: int, because: str, member: Staff) -> None:
    with transaction() as session:
        gate.accept(session, session.get_one(GateRun, run.id), question_id, because, member, NOW)


def asked_of(knowledge: Knowledge, text: str) -> tuple[str, ...]:
    with transaction() as session:
        return tuple(one.article for one in knowledge.find(session, text).decision.articles)


def test_a_draft_that_was_never_tried_is_not_published(draft_of: Callable[..., int]) -> None:
    assert closed(draft_of("imei_biaya", MODEST)) is Closed.NOT_RUN


def test_a_change_that_harms_nothing_opens_the_gate(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], questions: list[int]
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)
    run = tried(draft_id)
    assert (run.state, run.asked, run.total) == (GateState.DONE, len(questions), len(questions))
    assert run.result is not None
    assert run.result["newly_wrong"] == []
    assert closed(draft_id) is None


def test_a_change_that_steals_questions_is_seen_and_stops(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun]
) -> None:
    draft_id = draft_of("imei_biaya", GREEDY)
    run = tried(draft_id)
    assert run.result is not None
    wrong = run.result["newly_wrong"]
    assert wrong
    for one in wrong:
        assert one["wanted"] == "kiriman_lacak"
        assert one["stolen_by"] == "imei_biaya"
        assert "kiriman_lacak" in one["before"]["articles"]
        assert "kiriman_lacak" not in one["after"]["articles"]
    assert closed(draft_id) is Closed.NEWLY_WRONG
    figures = run.result["figures"]["reached"]
    assert figures["after"]["count"] == figures["before"]["count"] - len(wrong)
    for share in figures.values():
        assert share["low"] <= share["count"] / share["of"] <= share["high"]


def test_what_was_tried_is_what_publishing_makes(
    draft_of: Callable[..., int],
    tried: Callable[[int], GateRun],
    knowledge: Knowledge,
    encoder: Encoder,
) -> None:
    draft_id = draft_of("imei_biaya", GREEDY)
    run = tried(draft_id)
    assert run.result is not None
    before = {one["text"]: tuple(one["before"]["articles"]) for one in run.result["newly_wrong"]}
    assert {text: asked_of(knowledge, text) for text in before} == before
    with transaction() as session:
        draft = session.get_one(ArticleDraft, draft_id)
        publish(session, parse_text(editing.last_edition(session, draft).source), encoder)
    after = {one["text"]: tuple(one["after"]["articles"]) for one in run.result["newly_wrong"]}
    assert {text: asked_of(knowledge, text) for text in after} == after


def test_trying_leaves_nothing_behind(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], knowledge: Knowledge
) -> None:
    def stored() -> tuple[set[int], set[int]]:
        with transaction() as session:
            ways = session.scalars(select(Way.id)).all()
            return set(ways), set(session.scalars(select(ArticleRevision.id)).all())

    before = stored()
    tried(draft_of("lelang_ikut", NEW))
    assert stored() == before
    assert asked_of(knowledge, NEW[0]) == ()


def test_accepting_one_by_one_with_a_reason_opens_the_gate(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], staff: Look
) -> None:
    draft_id = draft_of("imei_biaya", GREEDY)
    run = tried(draft_id)
    assert run.result is not None
    wrong = [one["id"] for one in run.result["newly_wrong"]]
    for question_id in wrong:
        assert closed(draft_id) is Closed.NEWLY_WRONG
        accept(run, question_id, "pertanyaan lama", staff("eko"))
    assert closed(draft_id) is None
    given = last_run(draft_id).accepted
    assert {one["because"] for one in given.values()} == {"pertanyaan lama"}
    assert {one["staff_id"] for one in given.values()} == {staff("eko").id}
    with transaction() as session:
        kinds = session.scalars(select(AuditEntry.kind)).all()
    assert kinds.count("gate_accepted") == len(wrong)


def test_what_is_not_newly_wrong_or_has_no_reason_is_not_accepted(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], staff: Look, questions: list[int]
) -> None:
    run = tried(draft_of("imei_biaya", GREEDY))
    assert run.result is not None
    wrong = [one["id"] for one in run.result["newly_wrong"]]
    right = next(one for one in questions if one not in wrong)
    for question_id, because in ((wrong[0], "  "), (right, "boleh"), (999_999, "boleh")):
        with pytest.raises(NotAcceptable):
            accept(run, question_id, because, staff("eko"))
    assert last_run(run.draft_id).accepted == {}


def test_a_new_edition_closes_the_gate_again(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun]
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)
    tried(draft_id)
    assert closed(draft_id) is None
    draft_of("imei_biaya", (*MODEST, "bea imei hp berapa"), began_from=1)
    assert closed(draft_id) is Closed.NOT_RUN


def test_another_publication_closes_the_gate_again(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], encoder: Encoder
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)
    tried(draft_id)
    assert closed(draft_id) is None
    with transaction() as session:
        publish(session, article("imei_daftar", content_hash="2"), encoder)
    assert closed(draft_id) is Closed.OUTDATED
    tried(draft_id)
    assert closed(draft_id) is None


def test_a_run_that_waits_is_the_one_that_is_asked_for_again(
    draft_of: Callable[..., int], staff: Look
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)

    def ask() -> int:
        with transaction() as session:
            draft = session.get_one(ArticleDraft, draft_id)
            return gate.ask_for_run(session, draft, staff("dewi"), NOW).id

    assert ask() == ask()
    assert closed(draft_id) is Closed.RUNNING
    draft_of("imei_biaya", GREEDY, began_from=1)
    newer = ask()
    with transaction() as session:
        assert session.scalars(select(GateRun.id)).all() == [newer]


def test_sending_to_review_has_it_tried_once(
    draft_of: Callable[..., int], trial: Trial, staff: Look
) -> None:
    draft_id = draft_of("lelang_ikut", NEW)

    def submit() -> None:
        with transaction() as session:
            draft = session.get_one(ArticleDraft, draft_id)
            editing.submit(session, draft, staff("dewi"), NOW)

    submit()
    assert trial.carry_out_next()
    assert closed(draft_id) is None
    with transaction() as session:
        draft = session.get_one(ArticleDraft, draft_id)
        editing.send_back(session, draft, staff("eko"), "lebih jelas", NOW)
    submit()
    assert closed(draft_id) is None, "what was tried and accepted stays"


def test_the_progress_is_written_while_it_runs(
    draft_of: Callable[..., int],
    tried: Callable[[int], GateRun],
    questions: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[GateState, int, int]] = []
    tell = gate_run._tell

    def told(run_id: int, **progress: int) -> None:
        tell(run_id, **progress)
        with transaction() as session:
            run = session.get_one(GateRun, run_id)
            seen.append((run.state, run.asked, run.total))

    monkeypatch.setattr(gate_run, "_tell", told)
    monkeypatch.setattr(gate_run, "BATCH", 4)
    tried(draft_of("imei_biaya", MODEST))
    count = len(questions)
    asked = [0, *range(4, count, 4), count]
    assert seen == [(GateState.RUNNING, done, count) for done in asked]


def test_a_run_that_a_killed_process_left_is_taken_again(
    draft_of: Callable[..., int], staff: Look, trial: Trial
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)
    with transaction() as session:
        run = gate.ask_for_run(session, session.get_one(ArticleDraft, draft_id), staff("dewi"), NOW)
    with gate.next_run() as taken:
        assert taken == run.id
        assert last_run(draft_id).state is GateState.RUNNING
        with gate.next_run() as other:
            assert other is None, "two processes must not carry out one run"
    with gate.next_run() as again:  # the first ended without finishing it
        assert again == run.id
        trial.carry_out(again)
    assert last_run(draft_id).state is GateState.DONE
    assert not trial.carry_out_next()


def test_a_run_that_fails_says_why_and_is_not_taken_again(
    draft_of: Callable[..., int],
    tried: Callable[[int], GateRun],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no memory")

    monkeypatch.setattr(gate_run, "comparison", broken)
    draft_id = draft_of("imei_biaya", MODEST)
    run = tried(draft_id)
    assert (run.state, run.fault) == (GateState.FAILED, "ValueError: no memory")
    assert closed(draft_id) is Closed.FAILED
    with gate.next_run() as again:
        assert again is None


def test_a_run_during_which_the_database_goes_away_is_taken_again(
    draft_of: Callable[..., int], trial: Trial, staff: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    draft_id = draft_of("imei_biaya", MODEST)
    with transaction() as session:
        gate.ask_for_run(session, session.get_one(ArticleDraft, draft_id), staff("dewi"), NOW)
    with monkeypatch.context() as patch:
        patch.setattr(gate_run, "comparison", away)
        with pytest.raises(OperationalError):
            trial.carry_out_next()
    assert last_run(draft_id).state is GateState.RUNNING
    assert trial.carry_out_next()
    assert last_run(draft_id).state is GateState.DONE


def test_a_new_article_makes_its_questions_newly_right(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], staff: Look
) -> None:
    draft_id = draft_of("lelang_ikut", NEW)
    with transaction() as session:
        remembered.correct(session, f"kapan {NEW[0]}", "lelang_ikut", staff("ani"), NOW)
    run = tried(draft_id)
    assert run.result is not None
    [right] = run.result["newly_right"]
    assert right["text"] == f"kapan {NEW[0]}"
    assert right["after"]["articles"][0] == "lelang_ikut"


def test_what_the_published_state_was_asked_once_is_not_asked_again(
    draft_of: Callable[..., int],
    tried: Callable[[int], GateRun],
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
    questions: list[int],
) -> None:
    draft_id = draft_of("imei_biaya", MODEST)
    first = tried(draft_id)
    asked: list[str] = []
    ask = gate_run.State.ask

    def count(state: gate_run.State, texts: list[str], vectors: object) -> object:
        asked.extend(texts)
        return ask(state, texts, vectors)  # type: ignore[arg-type]

    monkeypatch.setattr(gate_run.State, "ask", count)
    assert tried(draft_id).result == first.result
    assert len(asked) == len(questions)
    with transaction() as session:
        publish(session, article("imei_daftar", content_hash="2"), encoder)
    tried(draft_id)
    assert len(asked) == 3 * len(questions)


def test_only_one_of_two_publications_that_were_tried_alike_goes_through(
    draft_of: Callable[..., int], tried: Callable[[int], GateRun], encoder: Encoder
) -> None:
    first, second = draft_of("imei_biaya", MODEST), draft_of("lelang_ikut", NEW)
    tried(first)
    tried(second)
    assert (closed(first), closed(second)) == (None, None)
    with transaction() as session:
        draft = session.get_one(ArticleDraft, first)
        gate.require_clear(session, draft)
        publish(session, parse_text(editing.last_edition(session, draft).source), encoder)
    assert closed(second) is Closed.OUTDATED
