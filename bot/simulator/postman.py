"""Takes out the forms that the stand-in owes: signed, in order, tried again on a server error.

The rows are the truth: whoever starts next takes out what a killed process left behind.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import DateTime, Select, bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased, joinedload

from bot.clock import now
from bot.db import transaction
from bot.models.simulator import (
    SimulatorDirection,
    SimulatorMessage,
    SimulatorPost,
    SimulatorStatus,
)
from bot.simulator.forms import ERROR_MESSAGES, signature, status_form
from bot.simulator.ledger import move_on

log = logging.getLogger(__name__)

HANDS = 8
BATCH = 64
ATTEMPTS = 8
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
# Longer than any attempt may take, so that nobody else takes out the same form meanwhile.
LEASE = timedelta(seconds=25)
LONGEST_WAIT_SECONDS = 0.25
SHORTEST_WAIT_SECONDS = 0.02  # a form that is due may be behind another that is on its way
DATABASE_AWAY_SECONDS = 1.0

# Set when this process planned a form: there may be something due.
_something_planned = threading.Event()


def wake() -> None:
    """Say that a form was planned. Without it the postman notices within a quarter second."""
    _something_planned.set()


@dataclass(frozen=True)
class DueForm:
    """One form, ready to post, after so many attempts."""

    post_id: int
    attempts: int
    url: str
    form: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """How one attempt ended. Nothing but a 2xx counts as taken; a server error is tried again.

    `words` is the HTTP status, or `no_answer` or `unreachable`.
    """

    words: str
    taken: bool
    try_again: bool
    took_ms: int


def next_try_after(attempts: int) -> timedelta:
    """Half a second, doubling up to ten."""
    return timedelta(seconds=min(0.5 * 2 ** (attempts - 1), 10.0))


def release_what_was_left() -> None:
    """Forms that a stopped process had in hand are due again."""
    with transaction() as session:
        session.execute(
            update(SimulatorPost)
            .where(SimulatorPost.done_at.is_(None), SimulatorPost.claimed_until.is_not(None))
            .values(claimed_until=None)
        )


def claim_due(at: datetime) -> tuple[list[DueForm], float]:
    """Take what is due, and say for how many seconds nothing else will be.

    Messages move on; what somebody is to be told is handed back.
    """
    with transaction() as session:
        posts = session.scalars(_DUE_POSTS, {"at": at}).all()
        due = [form for post in posts if (form := _begin(post, at)) is not None]
        session.flush()
        return due, 0.0 if len(posts) == BATCH else _pause(session.scalar(_NEXT_DUE), at)


def _pause(due_at: datetime | None, at: datetime) -> float:
    if due_at is None:
        return LONGEST_WAIT_SECONDS
    seconds = (due_at - at).total_seconds()
    return min(max(seconds, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)


def _due_posts_statement() -> Select[SimulatorPost]:
    """The due forms that nobody has in hand, each the first of its lane; locked. Takes `at`."""
    at = bindparam("at", type_=DateTime(timezone=True))
    earlier = aliased(SimulatorPost)
    untried_before = (
        select(earlier.id)
        .where(
            earlier.lane == SimulatorPost.lane,
            earlier.id < SimulatorPost.id,
            earlier.done_at.is_(None),
            earlier.attempts == 0,
        )
        .exists()
    )
    return (
        select(SimulatorPost)
        .where(
            SimulatorPost.done_at.is_(None),
            SimulatorPost.due_at <= at,
            SimulatorPost.claimed_until.is_(None) | (SimulatorPost.claimed_until < at),
            ~untried_before,
        )
        .order_by(SimulatorPost.due_at, SimulatorPost.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=SimulatorPost)
        .options(joinedload(SimulatorPost.message, innerjoin=True))
    )


# Built once: they are asked all the time.
_DUE_POSTS = _due_posts_statement()
_NEXT_DUE = select(func.min(SimulatorPost.due_at)).where(
    SimulatorPost.done_at.is_(None), SimulatorPost.claimed_until.is_(None)
)


def _begin(post: SimulatorPost, at: datetime) -> DueForm | None:
    message = post.message
    if message.direction is SimulatorDirection.OUTBOUND and move_on(message, post.status, at):
        message.error_code = post.error_code
        message.error_message = None if post.error_code is None else ERROR_MESSAGES[post.error_code]
    if post.url is None:
        post.done_at = at
        return None
    post.claimed_until = at + LEASE
    return DueForm(post.id, post.attempts, post.url, _form(post))


def _form(post: SimulatorPost) -> dict[str, str]:
    if post.message.form is not None:
        return post.message.form
    return status_form(post.message, post.status, post.error_code)


def post_form(client: httpx.Client, due: DueForm) -> Answer:
    """One signed attempt."""
    began = time.monotonic()
    try:
        response = client.post(
            due.url, data=due.form, headers={"X-Twilio-Signature": signature(due.url, due.form)}
        )
    except httpx.TimeoutException:
        return Answer("no_answer", False, True, _ms_since(began))
    except (httpx.HTTPError, httpx.InvalidURL):
        return Answer("unreachable", False, True, _ms_since(began))
    return Answer(
        str(response.status_code),
        response.is_success,
        response.is_server_error,
        _ms_since(began),
    )


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def settle(due: DueForm, answer: Answer, at: datetime) -> None:
    """Write down how an attempt ended, and plan the next one if there is to be one."""
    attempts = due.attempts + 1
    again = answer.try_again and attempts < ATTEMPTS
    ended = {"due_at": at + next_try_after(attempts)} if again else {"done_at": at}
    with transaction() as session:
        direction = session.scalar(
            update(SimulatorPost)
            .where(SimulatorPost.id == due.post_id, SimulatorPost.message_id == SimulatorMessage.id)
            .values(
                attempts=attempts,
                answer=answer.words,
                took_ms=answer.took_ms,
                claimed_until=None,
                **ended,
            )
            .returning(SimulatorMessage.direction)
            .execution_options(synchronize_session=False)
        )
        if direction is SimulatorDirection.INBOUND:
            post = session.get_one(SimulatorPost, due.post_id)
            _settle_inbound(post.message, post, answer, at)


def _settle_inbound(
    message: SimulatorMessage, post: SimulatorPost, answer: Answer, at: datetime
) -> None:
    message.updated_at = at
    if answer.taken:
        message.status = SimulatorStatus.RECEIVED
        message.error_message = None
    elif message.status is not SimulatorStatus.RECEIVED:
        message.error_message = answer.words
        if post.done_at is not None:
            message.status = SimulatorStatus.FAILED


class Postman:
    """Threads that take out forms until told to stop. One per process."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._bag: queue.Queue[DueForm | None] = queue.Queue()
        self._client = httpx.Client(
            timeout=TIMEOUT,
            # The service is on this machine or on a public address, not behind a proxy's back.
            trust_env=False,
            limits=httpx.Limits(max_connections=HANDS, max_keepalive_connections=HANDS),
            headers={"User-Agent": "TwilioProxy/1.1"},
        )
        self._threads = [
            threading.Thread(target=self._sort, name="simulator-sort", daemon=True),
            *(
                threading.Thread(target=self._carry, name=f"simulator-carry-{n}", daemon=True)
                for n in range(HANDS)
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """What is not taken out by now stays in the tables for the next start."""
        self._stopping.set()
        wake()
        for _ in range(HANDS):
            self._bag.put(None)
        deadline = time.monotonic() + 2
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        self._client.close()

    def _sort(self) -> None:
        released = False
        while not self._stopping.is_set():
            _something_planned.clear()
            try:
                if not released:
                    release_what_was_left()
                    released = True
                due, pause = claim_due(now())
            except SQLAlchemyError as error:
                log.warning("simulator: the database is away (%s)", type(error).__name__)
                self._stopping.wait(DATABASE_AWAY_SECONDS)
                continue
            for form in due:
                self._bag.put(form)
            _something_planned.wait(pause)

    def _carry(self) -> None:
        while not self._stopping.is_set():
            due = self._bag.get()
            if due is None:
                return
            answer = post_form(self._client, due)
            if not answer.taken:
                log.info("simulator: %s answered %s", due.url, answer.words)
            try:
                settle(due, answer, now())
            except SQLAlchemyError as error:
                # The lease runs out and the form is taken out once more, as Twilio would.
                log.warning("simulator: an answer was not kept (%s)", type(error).__name__)


@contextmanager
def posting() -> Iterator[None]:
    """The postman at work for the length of the block."""
    postman = Postman()
    postman.start()
    try:
        yield
    finally:
        postman.stop()
