"""The moves of the dialogue: what each custom action does, in one call.

A move may be made again for the same turn (a retry after a crash) and then says the same
without doing it twice. It returns what to say as names of responses in `domain.yml` with
their values, or as published text; an empty list is silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import Choice, locked
from bot.desk import consultations, tickets
from bot.desk.clocks import running_promise, stop_promise
from bot.desk.standing import Standing, standing_of
from bot.desk.wording import by_deadline, clock_time, joined
from bot.faq import answers, published, remembered
from bot.faq.case_numbers import case_number
from bot.faq.language import language_of
from bot.faq.search import Knowledge
from bot.models import (
    ArticleRevision,
    BotDecision,
    Conversation,
    Floor,
    Staff,
    Ticket,
    TicketReason,
    TicketState,
    Turn,
)
from bot.sending_files import Attached
from bot.turns import messages_of

# Words: what is longer than a yes or a no may be the next question ("tidak punya NPWP, bisa?").
LONGEST_REPLY = 3
_YES_AND_NO = {"id": ("Ya", "Tidak"), "en": ("Yes", "No")}
# How goods come in, by the topic group of the article about it.
_WAYS_IN = {
    "id": {"kiriman": "Lewat paket", "penumpang": "Dibawa penumpang", "impor": "Impor dengan PIB"},
    "en": {"kiriman": "By parcel", "penumpang": "In my luggage", "impor": "Imported with PIB"},
}
# Faces to tap for a rating, and how many of five each is.
_RATINGS = {
    "id": (("😞 Kurang", 1), ("😐 Cukup", 3), ("😊 Puas", 5)),
    "en": (("😞 Poor", 1), ("😐 Fair", 3), ("😊 Good", 5)),
}
_RATING_PAYLOAD = re.compile(r"rating:([A-Z]+-\d+-\d+):([1-5])")


@dataclass(frozen=True)
class Say:
    """A response by its name and values, or text as it stands, with choices to tap; or PDFs."""

    response: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    choices: tuple[Choice, ...] = ()
    attached: tuple[Attached, ...] = ()


Sayings = list[Say]


def answer(
    session: Session, knowledge: Knowledge, turn_id: int, question: str, now: datetime
) -> Sayings:
    """Answer from the knowledge base, offer choices, or hand over."""
    turn, conversation = _turn(session, turn_id)
    if conversation.floor is not Floor.BOT and not _moved_here(conversation, turn):
        return _urgent_while_waiting(session, knowledge, turn, conversation, question, now)
    chosen = _chosen_by_words(session, turn, question, now)
    if chosen is not None:
        return chosen
    if answers.is_urgent(session, knowledge, turn, question):
        return _urgent(session, knowledge, turn, conversation, now)
    decision = answers.decide(session, knowledge, turn, question, now)
    if decision is None:  # asked again: the answer did not help
        before = answers.last_decision(session, conversation.id, now)
        assert before is not None
        before.asked_again = True
        return _rejected(session, turn, conversation, before, now)
    if decision.kind == answers.ANSWER:
        return _give(session, decision)
    if decision.kind == answers.CHOICES:
        which = "utter_which_way" if answers.differ_by_way(decision) else "utter_unsure"
        return _offer(session, decision, which)
    ticket = _open(session, turn, conversation, TicketReason.NO_ANSWER, now)
    return [Say("utter_no_answer_handed_over", _promise(session, ticket, conversation, now))]


def small_talk(
    session: Session, knowledge: Knowledge, turn_id: int, text: str, response: str, now: datetime
) -> Sayings:
    """Answer the question inside small talk if there is one, else reply to the small talk."""
    turn, conversation = _turn(session, turn_id)
    if conversation.floor is not Floor.BOT:
        return []
    if answers.is_urgent(session, knowledge, turn, text) or answers.looks_like_a_question(
        session, knowledge, text
    ):
        return answer(session, knowledge, turn_id, text, now)
    return [Say(response)]


def answer_aside(
    session: Session, knowledge: Knowledge, turn_id: int, text: str, now: datetime
) -> Sayings:
    """The answer to a question put where something else was asked for; nothing if it is none.

    Whether it helped is not asked, as what was asked for is asked again.
    """
    turn, _ = _turn(session, turn_id)
    if not answers.is_a_question(session, knowledge, text):
        return []
    decision = answers.decide(session, knowledge, turn, text, now)
    if decision is None or decision.kind != answers.ANSWER:
        return []
    return [one for one in _give(session, decision) if one.text is not None or one.attached]


def pick(
    session: Session,
    knowledge: Knowledge,
    turn_id: int,
    text: str,
    payload: str | None,
    now: datetime,
) -> Sayings:
    """The applicant tapped a choice or sent its number."""
    turn, conversation = _turn(session, turn_id)
    tapped = _RATING_PAYLOAD.fullmatch(payload or "")
    if tapped:
        return _rate_by_button(session, conversation, tapped[1], int(tapped[2]), turn, now)
    if conversation.floor is not Floor.BOT and not _moved_here(conversation, turn):
        return []
    if tickets.rated_in_turn(session, conversation.id, turn_id):
        return [Say("utter_rating_thanks")]
    if payload and payload.startswith("helpful:"):
        helpful = payload == "helpful:yes"
        return feedback(session, knowledge, turn_id, helpful, text, now)
    if payload and payload.startswith("article:"):
        return _give_chosen(session, turn, payload.removeprefix("article:"), now)
    number = _number_in(text)
    ticket = _ticket_to_rate(session, conversation)
    if ticket is not None and number is not None:
        return _rate(session, ticket, number, turn, now)
    before = answers.last_decision(session, conversation.id, now)
    if before is not None and number is not None:
        offered = answers.offers(session, before, runners_up=before.kind == answers.ANSWER)
        if 1 <= number <= len(offered):
            return _give_chosen(session, turn, offered[number - 1].article, now)
        if offered and before.awaiting == "choices":
            return _offer(session, before, "utter_unsure")
    return answer(session, knowledge, turn_id, text, now)


def hand_over(
    session: Session,
    turn_id: int,
    reason: TicketReason,
    now: datetime,
    *,
    response: str = "utter_handed_over",
    details: Mapping[str, str] | None = None,
) -> Sayings:
    """Open a ticket for an officer and tell by when there will be a reply."""
    turn, conversation = _turn(session, turn_id)
    ticket = _open(session, turn, conversation, reason, now, details)
    return [Say(response, _promise(session, ticket, conversation, now))]


def file_complaint(
    session: Session, turn_id: int, about: str, document: str, now: datetime
) -> Sayings:
    """Hand a complaint to an officer with what the form gathered."""
    return hand_over(
        session,
        turn_id,
        TicketReason.COMPLAINT,
        now,
        response="utter_complaint_filed",
        details={"about": about, "document": document},
    )


def feedback(
    session: Session,
    knowledge: Knowledge,
    turn_id: int,
    helpful: bool,
    text: str,
    now: datetime,
) -> Sayings:
    """The applicant's yes or no to the last answer."""
    turn, conversation = _turn(session, turn_id)
    if conversation.floor is not Floor.BOT and not _moved_here(conversation, turn):
        return []
    before = answers.last_decision(session, conversation.id, now)
    if before is None or (before.awaiting is None and before.feedback_turn_id != turn_id):
        return small_talk(session, knowledge, turn_id, text, "utter_thank", now)
    if len(text.split()) > LONGEST_REPLY and answers.looks_like_a_question(
        session, knowledge, text
    ):
        return answer(session, knowledge, turn_id, text, now)
    if helpful:
        if before.awaiting == "choices":
            return _offer(session, before, "utter_unsure")
        before.helpful, before.awaiting, before.feedback_turn_id = True, None, turn_id
        remembered.confirm(session, before, now)
        return [Say("utter_feedback_thanks")]
    return _rejected(session, turn, conversation, before, now)


def rate(session: Session, turn_id: int, text: str, now: datetime) -> Sayings:
    """A rating in words ("rating 5")."""
    turn, conversation = _turn(session, turn_id)
    ticket = _ticket_to_rate(session, conversation)
    number = _number_in(text)
    if ticket is None:
        return [Say("utter_rating_thanks")]
    if number is None:
        return [Say("utter_rating_not_understood")]
    return _rate(session, ticket, number, turn, now)


def tell_ticket(session: Session, turn_id: int, now: datetime) -> Sayings:
    """Where the applicant's latest ticket truly stands."""
    turn, conversation = _turn(session, turn_id)
    ticket = session.scalars(
        select(Ticket)
        .where(Ticket.conversation_id == conversation.id)
        .order_by(Ticket.id.desc())
        .limit(1)
    ).one_or_none()
    if ticket is None:
        return [Say("utter_no_ticket")]
    values = _promise(session, ticket, conversation, now)
    values["officer"] = ticket.holder.name if ticket.holder else ""
    standing = standing_of(session, ticket)
    if standing is None:
        return [Say(f"utter_ticket_state_{ticket.state}", values)]
    _question_was_answered(session, turn, ticket, standing, now)
    language = conversation.person.language
    values["section"] = joined([c.asked_name for c in standing.consultations], language)
    values["since"] = clock_time(standing.since, language, now)
    return [Say(f"utter_ticket_state_{standing.place}", values)]


def set_language(session: Session, turn_id: int, language: str) -> None:
    """Speak `id` or `en` to this person from now on."""
    _, conversation = _turn(session, turn_id)
    conversation.person.language = language


def plain(session: Session, turn_id: int, response: str) -> Sayings:
    """A response that needs nothing but the floor."""
    _, conversation = _turn(session, turn_id)
    return [Say(response)] if conversation.floor is Floor.BOT else []


def opt_out(session: Session, turn_id: int, now: datetime) -> Sayings:
    """Never be the first to write to this person again."""
    _, conversation = _turn(session, turn_id)
    conversation.person.opted_out_at = now
    return [Say("utter_opted_out")]


def opt_in(session: Session, turn_id: int) -> Sayings:
    """The person is welcome to our announcements again."""
    _, conversation = _turn(session, turn_id)
    conversation.person.opted_out_at = None
    return [Say("utter_opted_in")]


def tell_event(event: Mapping[str, Any]) -> Sayings:
    """What happened at the desk, in the words of `domain.yml`."""
    values = {key: str(event[key]) for key in ("ticket", "officer", "section") if key in event}
    faces = _RATINGS["en" if event.get("language") == "en" else "id"]
    choices = tuple(Choice(face, f"rating:{event.get('ticket')}:{n}") for face, n in faces)
    rating = [Say("utter_ask_rating", values, choices=choices)] if event.get("asks_rating") else []
    sayings = {
        "officer_took_over": [Say("utter_officer_took_over", values)],
        "closed": [Say("utter_closed", values), *rating],
        "handed_back": [Say("utter_handed_back", values)],
        "too_many_messages": [Say("utter_too_many_messages")],
    }
    return sayings.get(str(event["event"]), [])


def escalate(session: Session, event: Mapping[str, Any], now: datetime) -> Sayings:
    """Put a ticket's question to a related section, once, and tell the applicant."""
    officer = session.get_one(Staff, event["officer_id"])
    consultations.consult(
        session,
        event["ticket_id"],
        officer,
        event["section_code"],
        event["question"],
        now,
        key=event["key"],
    )
    return [
        Say("utter_section_consulted", {"ticket": event["ticket"], "section": event["section"]})
    ]


def keep_form_open(session: Session, turn_id: int, is_open: bool) -> None:
    """Whether the next turn continues in the same tracker, as a form is being filled."""
    _, conversation = _turn(session, turn_id)
    conversation.form_open = is_open


def _turn(session: Session, turn_id: int) -> tuple[Turn, Conversation]:
    turn = session.get_one(Turn, turn_id)
    return turn, locked(session, turn.conversation_id)


def _moved_here(conversation: Conversation, turn: Turn) -> bool:
    return conversation.floor_moved_by_turn == turn.id


def _open(
    session: Session,
    turn: Turn,
    conversation: Conversation,
    reason: TicketReason,
    now: datetime,
    details: Mapping[str, str] | None = None,
) -> Ticket:
    about = (details or {}).get("about", "").strip("-")  # "-": left out
    subject = about or _subject(session, turn, conversation, now)
    ticket = tickets.open_ticket(
        session,
        conversation,
        reason,
        asked_at=min((m.at for m in messages_of(session, turn)), default=now),
        now=now,
        turn_id=turn.id,
        subject=subject,
        details=_details(subject, details),
    )
    ticket.topic = ticket.topic or answers.topic_of(session, conversation.id, now)
    return ticket


def _urgent_while_waiting(
    session: Session,
    knowledge: Knowledge,
    turn: Turn,
    conversation: Conversation,
    text: str,
    now: datetime,
) -> Sayings:
    """Silence, unless what waits for an officer becomes urgent by this message."""
    ticket = tickets.open_ticket_of(session, conversation.id)
    if ticket is None or conversation.floor is not Floor.QUEUE:
        return []
    if not answers.is_urgent(session, knowledge, turn, text):
        return []
    if not tickets.mark_urgent(session, ticket, turn.id, now):
        return []
    return _urgent(session, knowledge, turn, conversation, now)


def _urgent(
    session: Session, knowledge: Knowledge, turn: Turn, conversation: Conversation, now: datetime
) -> Sayings:
    """To a person at once, marked urgent, with the safe first advice of the article if any."""
    language = language_of(turn.text, conversation.person.language)
    advice = answers.first_advice(session, knowledge, turn.text, language)
    ticket = _open(session, turn, conversation, TicketReason.URGENT, now)
    promise = _promise(session, ticket, conversation, now)
    said = [Say("utter_urgent_handed_over", promise)]
    return [*said, Say(text=advice)] if advice else said


def _details(subject: str, details: Mapping[str, str] | None) -> dict[str, object] | None:
    """What was gathered, with the number of the applicant's case if one was written."""
    number = case_number(subject)
    gathered: dict[str, object] = dict(details or {})
    if number is not None:
        gathered.setdefault("number", number)
    return gathered or None


def _subject(session: Session, turn: Turn, conversation: Conversation, now: datetime) -> str:
    """What it is about: this turn's words, or the question they follow ("petugas")."""
    if len(turn.text.split()) > 3:
        return turn.text
    before = answers.last_decision(session, conversation.id, now)
    return before.question if before else turn.text


def _promise(
    session: Session, ticket: Ticket, conversation: Conversation, now: datetime
) -> dict[str, str]:
    clock = running_promise(session, ticket.id)
    language = conversation.person.language
    deadline = by_deadline(clock.due_at, language, now) if clock else ""
    return {"ticket": ticket.number, "deadline": deadline}


def _question_was_answered(
    session: Session, turn: Turn, ticket: Ticket, standing: Standing, now: datetime
) -> None:
    """While others have to explain, telling where it stands is the response to that question."""
    clock = running_promise(session, ticket.id)
    if clock is None or not standing.is_with_others:
        return
    asked_at = min((m.at for m in messages_of(session, turn)), default=now)
    if clock.started_at >= asked_at:  # this question started it, nothing before waits
        stop_promise(session, ticket.id, now)


def _give(session: Session, decision: BotDecision) -> Sayings:
    """The answer, or one for each question, what is asked about it, and the PDFs: once."""
    given = answers.given_articles(session, decision)
    assert given
    titled = len(given) > 1
    said = [
        Say(text=published.answer_text(revision, decision.language, titled=titled))
        for _, revision in given
    ]
    number = case_number(decision.question)
    if number is not None:
        return [*said, Say("utter_case_noted", {"number": number}), *_attached(given)]
    yes, no = _YES_AND_NO[decision.language]
    choices = (Choice(yes, "helpful:yes"), Choice(no, "helpful:no"))
    return [*said, Say("utter_ask_helpful", choices=choices), *_attached(given)]


def _attached(given: Sequence[tuple[str, ArticleRevision]]) -> Sayings:
    """The PDFs of what is given, each once, after all words as they take longer to arrive."""
    named = [one for _, revision in given for one in published.attachments(revision)]
    return [Say(attached=tuple(Attached(*one) for one in dict.fromkeys(named)))] if named else []


def _give_chosen(session: Session, turn: Turn, article_id: str, now: datetime) -> Sayings:
    decision = answers.give(session, turn, article_id, now)
    if decision is None:
        return [Say("utter_out_of_scope")]
    return _give(session, decision)


def _offer(session: Session, decision: BotDecision, response: str) -> Sayings:
    offered = answers.offers(session, decision, runners_up=decision.kind == answers.ANSWER)
    listed = "\n".join(f"{n}. {offer.title}" for n, offer in enumerate(offered, start=1))
    by_way = _WAYS_IN[decision.language] if answers.differ_by_way(decision) else {}
    choices = tuple(Choice(by_way.get(o.group, o.title), f"article:{o.article}") for o in offered)
    return [Say(response), Say(text=listed, choices=choices)]


def _chosen_by_words(session: Session, turn: Turn, words: str, now: datetime) -> Sayings | None:
    """The article among those just offered whose title the words repeat."""
    before = answers.last_decision(session, turn.conversation_id, now)
    if before is None or before.awaiting != "choices" or before.turn_id == turn.id:
        return None
    said = _content_words(words)
    offered = answers.offers(session, before, runners_up=before.kind == answers.ANSWER)
    scored = [(len(said & _content_words(o.title)), o.article) for o in offered]
    scored.sort(reverse=True)
    clear = scored and scored[0][0] and (len(scored) == 1 or scored[0][0] > scored[1][0])
    if not clear or len(said) > 6 or scored[0][0] < len(said) / 2:
        return None
    return _give_chosen(session, turn, scored[0][1], now)


def _content_words(text: str) -> set[str]:
    return {w for w in re.findall(r"\w+", text.lower()) if len(w) > 3}


def _rejected(
    session: Session,
    turn: Turn,
    conversation: Conversation,
    before: BotDecision,
    now: datetime,
) -> Sayings:
    """The answer did not help: first what else it may be, then a person."""
    first_time = not _moved_here(conversation, turn) and (
        before.awaiting == "feedback" or before.feedback_turn_id == turn.id
    )
    before.feedback_turn_id = turn.id
    before.helpful = False if first_time else before.helpful
    if first_time and answers.offers(session, before, runners_up=True):
        before.awaiting = "choices"
        return _offer(session, before, "utter_not_helpful_choices")
    before.awaiting = None
    ticket = _open(session, turn, conversation, TicketReason.NOT_HELPFUL, now)
    return [Say("utter_not_helpful_handed_over", _promise(session, ticket, conversation, now))]


def _ticket_to_rate(session: Session, conversation: Conversation) -> Ticket | None:
    return session.scalars(
        select(Ticket)
        .where(
            Ticket.conversation_id == conversation.id,
            Ticket.state == TicketState.CLOSED,
            Ticket.rating_asked_at.is_not(None),
            Ticket.rating.is_(None),
        )
        .order_by(Ticket.id.desc())
        .limit(1)
    ).one_or_none()


def _rate(session: Session, ticket: Ticket, number: int, turn: Turn, now: datetime) -> Sayings:
    if not 1 <= number <= 5:
        return [Say("utter_rating_not_understood")]
    tickets.record_rating(session, ticket, number, now, turn.id)
    return [Say("utter_rating_thanks")]


_ORDINALS = {
    "pertama": 1, "kesatu": 1, "kedua": 2, "ketiga": 3, "first": 1, "second": 2, "third": 3,
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip


def _rate_by_button(
    session: Session,
    conversation: Conversation,
    number: str,
    stars: int,
    turn: Turn,
    now: datetime,
) -> Sayings:
    """A face was tapped, maybe long after: it rates the ticket that it was offered for."""
    ticket = session.scalars(
        select(Ticket).where(Ticket.conversation_id == conversation.id, Ticket.number == number)
    ).one_or_none()
    if ticket is None:
        return []
    tickets.record_rating(session, ticket, stars, now, turn.id)
    return [Say("utter_rating_thanks")] if conversation.floor is Floor.BOT else []


def _number_in(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits.group())
    return next((n for word, n in _ORDINALS.items() if word in text.lower().split()), None)
