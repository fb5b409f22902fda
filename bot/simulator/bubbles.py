"""What the phone shows of each message, ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from bot.formatting import chat_html, plain_start
from bot.models.simulator import (
    SimulatorDirection,
    SimulatorMessage,
    SimulatorPost,
    SimulatorStatus,
)
from bot.settings import settings
from bot.simulator.forms import API_VERSION
from bot.simulator.media import held
from bot.simulator.words import WORDS, clock_label, day_label

MOST_MESSAGES = 600
TRAFFIC_SHOWN = 14
FOLDED_FROM = 900  # characters
LINES_FOLDED_FROM = 24

# An outgoing message is on the phone once it was sent.
ON_THE_PHONE = (SimulatorStatus.SENT, SimulatorStatus.DELIVERED, SimulatorStatus.READ)


@dataclass(frozen=True)
class Tap:
    """A choice under a message: what it shows and what a tap sends back."""

    title: str
    payload: str


@dataclass(frozen=True)
class File:
    """What a message carries: where the page finds it, what it is called, its size in kB."""

    url: str
    name: str
    kilobytes: int


@dataclass(frozen=True)
class Quoted:
    who: str
    words: str


@dataclass(frozen=True)
class Bubble:
    sid: str
    order: int  # its place in the conversation
    own: bool
    kind: str
    text: Markup
    folded: bool
    time: str
    moment: str
    day: str
    day_label: str
    taps: tuple[Tap, ...]
    quoted: Quoted | None
    file: File | None
    place: str
    tick: str  # waiting, received, refused; empty for the service's own
    problem: str


def bubbles_of(
    session: Session, phone: str, language: str, today: datetime, since: datetime | None
) -> list[Bubble]:
    """The phone's messages in order; only those that changed after `since`, if given."""
    messages = _messages(session, phone, since)
    quotable = _quotable(session, messages)
    return [_bubble(message, quotable, language, today) for message in messages]


def _messages(session: Session, phone: str, since: datetime | None) -> list[SimulatorMessage]:
    statement = (
        select(SimulatorMessage)
        .where(
            SimulatorMessage.phone == phone,
            or_(
                SimulatorMessage.direction == SimulatorDirection.INBOUND,
                and_(
                    SimulatorMessage.direction == SimulatorDirection.OUTBOUND,
                    SimulatorMessage.status.in_(ON_THE_PHONE),
                ),
            ),
        )
        .order_by(SimulatorMessage.id.desc())
        .limit(MOST_MESSAGES)
    )
    if since is not None:
        statement = statement.where(SimulatorMessage.updated_at > since)
    return list(session.scalars(statement))[::-1]


def _quotable(
    session: Session, messages: Iterable[SimulatorMessage]
) -> dict[str, SimulatorMessage]:
    sids = {sid for message in messages if (sid := _replied_to(message))}
    if not sids:
        return {}
    found = session.scalars(select(SimulatorMessage).where(SimulatorMessage.sid.in_(sids)))
    return {message.sid: message for message in found}


def _replied_to(message: SimulatorMessage) -> str:
    return str((message.form or {}).get("OriginalRepliedMessageSid", ""))


def _bubble(
    message: SimulatorMessage,
    quotable: Mapping[str, SimulatorMessage],
    language: str,
    today: datetime,
) -> Bubble:
    own = message.direction is SimulatorDirection.INBOUND
    at = message.created_at.astimezone(settings().office_zone)
    form = message.form or {}
    return Bubble(
        sid=message.sid,
        order=message.id,
        own=own,
        kind=_kind(message),
        text=chat_html(message.body),
        folded=_is_long(message.body),
        time=clock_label(at, language),
        moment=at.isoformat(timespec="seconds"),
        day=at.date().isoformat(),
        day_label=day_label(at.date(), today.date(), language),
        taps=taps_of(message),
        quoted=_quoted(quotable.get(_replied_to(message)), language),
        file=_file(message),
        place=str(form.get("Label") or form.get("Address") or ""),
        tick=_tick(message) if own else "",
        problem=_problem(message, language) if own else "",
    )


def _is_long(body: str) -> bool:
    return len(body) > FOLDED_FROM or body.count("\n") >= LINES_FOLDED_FROM


def taps_of(message: SimulatorMessage) -> tuple[Tap, ...]:
    """The choices of a content message: variable 1 is its text, then titles and payloads."""
    variables = message.content_variables
    if message.content_sid is None or variables is None:
        return ()
    taps = []
    number = 2
    while variables.get(str(number)):
        title = str(variables[str(number)])
        taps.append(Tap(title, str(variables.get(str(number + 1)) or title)))
        number += 2
    return tuple(taps)


def _quoted(original: SimulatorMessage | None, language: str) -> Quoted | None:
    if original is None:
        return None
    own = original.direction is SimulatorDirection.INBOUND
    return Quoted(WORDS[language]["you"] if own else "Maraga Care", plain_start(original.body))


def media_path(account_sid: str, message_sid: str, media_sid: str) -> str:
    """Where the stand-in serves a file, relative to the API's base address."""
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message_sid}/Media/{media_sid}"


def _file(message: SimulatorMessage) -> File | None:
    for item in message.media or []:
        file = held(item)
        return File(
            "/simulator/twilio" + media_path(message.account_sid, message.sid, file.sid),
            file.name,
            max(1, round(file.size / 1024)),
        )
    return None


def _kind(message: SimulatorMessage) -> str:
    """What Twilio calls this kind of message."""
    if message.form is not None:
        return str(message.form.get("MessageType", "text"))
    return held(message.media[0]).message_type if message.media else "text"


def _tick(message: SimulatorMessage) -> str:
    if message.status is SimulatorStatus.RECEIVED:
        return "received"
    return "refused" if message.status is SimulatorStatus.FAILED else "waiting"


def _problem(message: SimulatorMessage, language: str) -> str:
    """What went wrong on the way to the webhook so far, for the person at the phone."""
    answer = message.error_message
    if answer is None:
        return ""
    words = WORDS[language]
    if not answer.isdigit():
        said = words[answer]
    elif message.status is SimulatorStatus.FAILED:
        said = words["refused_http"].format(answer=answer)
    else:
        said = f"HTTP {answer}"
    refused = message.status is SimulatorStatus.FAILED
    return words["refused" if refused else "trying"].format(answer=said)


@dataclass(frozen=True)
class Passage:
    """One form on its way between the stand-in and the service."""

    time: str
    inward: bool
    what: str
    answer: str
    state: str  # pending, good or bad


def traffic_of(session: Session, phone: str, language: str) -> list[Passage]:
    """The phone's latest forms, newest first."""
    posts = session.scalars(
        select(SimulatorPost)
        .join(SimulatorPost.message)
        .where(SimulatorMessage.phone == phone, SimulatorPost.url.is_not(None))
        .order_by(SimulatorPost.id.desc())
        .limit(TRAFFIC_SHOWN)
        .options(selectinload(SimulatorPost.message))
    )
    return [_passage(post, language) for post in posts]


def _passage(post: SimulatorPost, language: str) -> Passage:
    words = WORDS[language]
    at = post.due_at.astimezone(settings().office_zone)
    answer = post.answer or words["traffic_pending"]
    return Passage(
        time=clock_label(at, language) + at.strftime(".%S" if language == "id" else ":%S"),
        inward=post.message.direction is SimulatorDirection.INBOUND,
        what=words[f"status_{post.status.value}"]
        + (f" ({post.error_code})" if post.error_code else ""),
        answer=words.get(answer, answer) + (f" · {post.took_ms} ms" if post.took_ms else ""),
        state=_state(post.answer),
    )


def _state(answer: str | None) -> str:
    if answer is None:
        return "pending"
    return "good" if answer.startswith("2") else "bad"
