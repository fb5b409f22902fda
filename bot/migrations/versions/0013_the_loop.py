"""Officers mark replies for the editors, and open questions are grouped with what they cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COUNTS = ("asked", "unanswered", "unsure", "rejected", "asked_again", "tickets", "seconds")
_TABLES = (
    "grouping",
    "open_question",
    "question_group",
    "group_verdict",
    "officer_work",
    "faq_mark",
)


def upgrade() -> None:
    op.add_column(
        "bot_decision",
        sa.Column("asked_again", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    _create_marks()
    _create_groups()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("bot_decision", "asked_again")


def _create_marks() -> None:
    op.create_table(
        "faq_mark",
        _key(),
        _one_of("kind", "markkind", "make_faq", "bot_wrong"),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("right_article_id", sa.String(), nullable=True),
        sa.Column("right_is_person", sa.Boolean(), nullable=False),
        _moment("done_at", nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        _one_of("became", "markend", "drafted", "dismissed", "withdrawn", nullable=True),
        sa.Column("because", sa.String(), nullable=True),
        sa.Column("article_id", sa.String(), nullable=True),
        _refers("faq_mark", "message_id", "message.id", ondelete="CASCADE"),
        _refers("faq_mark", "staff_id", "staff.id"),
        _refers("faq_mark", "done_by_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_mark")),
    )
    op.create_index(
        "ix_faq_mark_one_open",
        "faq_mark",
        ["message_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _create_groups() -> None:
    op.create_table(
        "officer_work",
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        _refers("officer_work", "turn_id", "bot_decision.turn_id", ondelete="CASCADE"),
        _refers("officer_work", "ticket_id", "ticket.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_officer_work")),
    )
    op.create_index(op.f("ix_officer_work_ticket_id"), "officer_work", ["ticket_id"])
    op.create_table(
        "group_verdict",
        _key(),
        sa.Column("seed", sa.String(), nullable=False),
        _one_of("kind", "verdictkind", "dismissed", "drafted"),
        sa.Column("because", sa.String(), nullable=True),
        sa.Column("article_id", sa.String(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        _moment("at", nullable=False),
        _refers("group_verdict", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_verdict")),
    )
    op.create_table(
        "question_group",
        _key(),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("verdict_id", sa.BigInteger(), nullable=True),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS],
        _moment("last_asked_at", nullable=False),
        sa.Column("near_article_id", sa.String(), nullable=True),
        _refers("question_group", "verdict_id", "group_verdict.id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_group")),
    )
    op.create_table(
        "open_question",
        sa.Column("turn_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _one_of("outcome", "questionoutcome", "unanswered", "unsure", "rejected", "asked_again"),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        _refers("open_question", "turn_id", "bot_decision.turn_id", ondelete="CASCADE"),
        _refers("open_question", "group_id", "question_group.id", ondelete="CASCADE"),
        _refers("open_question", "ticket_id", "ticket.id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_open_question")),
    )
    op.create_index(op.f("ix_open_question_group_id"), "open_question", ["group_id"])
    op.create_table(
        "grouping",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        _moment("wanted_at", nullable=True),
        _moment("done_at", nullable=True),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("questions", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grouping")),
    )


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(column: str, name: str, *values: str, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable)


def _refers(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [other], name=name, ondelete=ondelete)
