"""What marks are about: each alone, and many looked up together for the editors' list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.faq.marked import marked_all
from bot.faq.marks import mark
from bot.models import Direction, Message, Speaker, Ticket
from tests.open_questions import asked, handed_over, officer, somebody

SEEDS = "boleh kirim bibit tanaman ke jepang?"
TWO = "kalau dua karung bagaimana, Pak?"
PHONE = "cara daftar imei hp dari singapura?"
DRONE = "berapa pajak drone dari luar negeri?"
ALONE = [
    # The officer's first reply, the second, and what the bot said to the first of two questions.
    ([SEEDS], "Perlu sertifikat."),
    ([SEEDS, TWO], "Sama saja."),
    ([PHONE], ""),
]


@pytest.fixture
def messages(database) -> list[int]:
    """Two replies to one person and what the bot said to another, who asked once more."""
    now = clock.now()
    with transaction() as session:
        first = asked(session, SEEDS, now - timedelta(hours=3))
        ani = officer(session)
        ticket = session.get_one(Ticket, handed_over(session, first, ani, ALONE[0][1]))
        later = now - timedelta(hours=2)
        session.add(
            Message(
                conversation_id=first.conversation_id,
                ticket_id=ticket.id,
                direction=Direction.IN,
                speaker=Speaker.APPLICANT,
                body=TWO,
                at=later,
            )
        )
        session.flush()
        tickets.reply(session, ticket.id, ani, ALONE[1][1], later + timedelta(minutes=1))
        other = somebody(session, later)
        asked(session, PHONE, later, conversation=other)
        asked(session, DRONE, now, conversation=other)
        replied = select(Message.id).where(Message.speaker == Speaker.OFFICER)
        said = select(Message.id).where(
            Message.conversation_id == other.id, Message.speaker == Speaker.BOT
        )
        return [
            *session.scalars(replied.order_by(Message.id)),
            *session.scalars(said.order_by(Message.id).limit(1)),
        ]


def test_many_marks_looked_up_together_are_each_about_their_own(messages):
    with transaction() as session:
        ani, now = officer(session), clock.now()
        marks = [mark(session, session.get_one(Message, one), ani, now) for one in messages]
        together = marked_all(session, marks)
        assert [(about.questions, about.said) for about in together] == ALONE
        assert marked_all(session, marks[::-1]) == together[::-1]


def test_of_no_marks_there_is_nothing(database):
    with transaction() as session:
        assert marked_all(session, []) == []
