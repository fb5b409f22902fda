"""The gate before publishing: a draft is tried against all remembered questions.

A run is a row. Whoever asks for one writes it, the action server carries it out (it has the
encoder), and it opens the gate for the edition and the state of the articles that it tried.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.orm import Session

from bot import audit
from bot.db import GATE, notify, one_statement
from bot.faq.versions import knowledge_version
from bot.models import ArticleDraft, DraftEdition, GateRun, GateState, Staff
from knowledge_base.articles import parse_text

log = logging.getLogger(__name__)

_UNFINISHED = (GateState.WAITING, GateState.RUNNING)
LONGEST_REASON = 500  # characters


class Closed(StrEnum):
    """Why the gate is closed."""

    NOT_RUN = "not_run"  # this edition was never tried
    RUNNING = "running"
    FAILED = "failed"
    OUTDATED = "outdated"  # something else was published or withdrawn since
    NEWLY_WRONG = "newly_wrong"  # questions that are neither right nor accepted


_UNTRIED = (Closed.NOT_RUN, Closed.FAILED, Closed.OUTDATED)


class GateClosed(Exception):
    """The draft can't be published before its questions were asked and all faults settled."""

    def __init__(self, reason: Closed) -> None:
        super().__init__(reason)
        self.reason = reason


class NotAcceptable(Exception):
    """There is no such newly wrong question in the last run, or no reason is given."""


def ask_for_run(session: Session, draft: ArticleDraft, staff: Staff, now: datetime) -> GateRun:
    """A run of the draft's last edition; the one that waits or runs already, if one does."""
    last = latest_run(session, draft)
    if last is not None and last.edition == draft.edition and last.state in _UNFINISHED:
        return last
    waiting = (GateRun.draft_id == draft.id) & (GateRun.state == GateState.WAITING)
    session.execute(delete(GateRun).where(waiting))  # of editions that nobody wants to know of
    run = GateRun(
        draft_id=draft.id,
        edition=draft.edition,
        state=GateState.WAITING,
        asked=0,
        total=0,
        accepted={},
        staff_id=staff.id,
        at=now,
    )
    session.add(run)
    session.flush()
    notify(session, GATE)
    return run


def have_tried(session: Session, draft: ArticleDraft, staff: Staff, now: datetime) -> None:
    """Ask for a run unless the last one says what there is to say of this edition."""
    if why_closed(session, draft, latest_run(session, draft)) in _UNTRIED:
        ask_for_run(session, draft, staff, now)


def title_of(session: Session, draft: ArticleDraft) -> str:
    """What the draft's last edition is called."""
    source = session.scalars(
        select(DraftEdition.source).where(
            DraftEdition.draft_id == draft.id, DraftEdition.number == draft.edition
        )
    ).one()
    return parse_text(source).title


def latest_run(session: Session, draft: ArticleDraft) -> GateRun | None:
    """The draft's last run, of whatever edition."""
    return session.scalars(
        select(GateRun).where(GateRun.draft_id == draft.id).order_by(GateRun.id.desc()).limit(1)
    ).one_or_none()


def why_closed(session: Session, draft: ArticleDraft, run: GateRun | None) -> Closed | None:
    """What keeps the gate closed after the draft's last run; None if it is open."""
    if run is None or run.edition != draft.edition:
        return Closed.NOT_RUN
    if run.state in _UNFINISHED:
        return Closed.RUNNING
    if run.state == GateState.FAILED or run.result is None:
        return Closed.FAILED
    if run.result["knowledge"] != knowledge_version(session):
        return Closed.OUTDATED
    return Closed.NEWLY_WRONG if unsettled(run) else None


def unsettled(run: GateRun) -> list[int]:
    """The newly wrong questions that nobody accepted, by their ids."""
    wrong = run.result["newly_wrong"] if run.result else []
    return [one["id"] for one in wrong if str(one["id"]) not in run.accepted]


def require_clear(session: Session, draft: ArticleDraft) -> None:
    """Raises GateClosed unless the draft's last edition may be published.

    Other publications wait until this transaction ends, so that what was tried is what comes.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("publication"))))
    reason = why_closed(session, draft, latest_run(session, draft))
    if reason is not None:
        raise GateClosed(reason)


def accept(
    session: Session, run: GateRun, question_id: int, because: str, staff: Staff, now: datetime
) -> None:
    """Let a newly wrong question pass, for a reason. Raises NotAcceptable."""
    reason = " ".join(because.replace("\x00", "").split())[:LONGEST_REASON]
    session.refresh(run, with_for_update=True)
    if not reason or question_id not in unsettled(run):
        raise NotAcceptable
    given = {"because": reason, "staff": staff.name, "staff_id": staff.id, "at": now.isoformat()}
    run.accepted = {**run.accepted, str(question_id): given}
    draft = session.get_one(ArticleDraft, run.draft_id)
    [text] = [one["text"] for one in (run.result or {})["newly_wrong"] if one["id"] == question_id]
    audit.record(
        session, "gate_accepted", draft.article_id, now, staff.id, question=text, note=reason
    )


@contextmanager
def next_run() -> Iterator[int | None]:
    """The oldest run that waits or that a killed process left; None if there is none.

    It is this process's for the length of the block: a lock of the connection says so, which
    ends with the process, however that ends.
    """
    with one_statement() as connection:
        run_id = _first_free(connection)
        try:
            yield run_id
        finally:
            if run_id is not None:
                connection.execute(select(func.pg_advisory_unlock(_lock(run_id))))


def _first_free(connection: Connection) -> int | None:
    unfinished = select(GateRun.id).where(GateRun.state.in_(_UNFINISHED)).order_by(GateRun.id)
    for run_id in connection.scalars(unfinished).all():
        if not connection.scalar(select(func.pg_try_advisory_lock(_lock(run_id)))):
            continue
        # It may have been finished between the two looks.
        started = (
            update(GateRun)
            .where(GateRun.id == run_id, GateRun.state.in_(_UNFINISHED))
            .values(state=GateState.RUNNING, asked=0)
        )
        if connection.scalar(started.returning(GateRun.id)) is not None:
            return run_id
        connection.execute(select(func.pg_advisory_unlock(_lock(run_id))))
    return None


def _lock(run_id: int) -> object:
    return func.hashtextextended(f"gate run {run_id}", 0)
