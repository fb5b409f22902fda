"""Editors work at drafts, which are tried against remembered questions before publication."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STATUSES = ("published", "suspended", "superseded")


def upgrade() -> None:
    _allow_statuses(*_STATUSES, "archived")
    op.add_column("article_revision", sa.Column("valid_until", sa.Date(), nullable=True))
    # What is published already has no file here yet; the next start publishes its file anew.
    op.add_column(
        "article_revision", sa.Column("source", sa.String(), nullable=False, server_default="")
    )
    op.alter_column("article_revision", "source", server_default=None)
    op.execute("UPDATE article_revision SET content_hash = '' WHERE status = 'published'")
    for name in ("written_by_id", "ended_by_id"):
        op.add_column("article_revision", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_article_revision_{name}"), "article_revision", "staff", [name], ["id"]
        )
    op.add_column("article_revision", _moment("ended_at", nullable=True))
    op.add_column("article_revision", sa.Column("ended_because", sa.String(), nullable=True))
    _create_drafts()
    _create_gate()


def downgrade() -> None:
    for table in ("gate_run", "remembered_question", "article_draft_edition", "article_draft"):
        op.drop_table(table)
    for name in ("ended_because", "ended_at", "ended_by_id", "written_by_id", "source"):
        op.drop_column("article_revision", name)
    op.drop_column("article_revision", "valid_until")
    op.execute("UPDATE article_revision SET status = 'suspended' WHERE status = 'archived'")
    _allow_statuses(*_STATUSES)


def _create_drafts() -> None:
    op.create_table(
        "article_draft",
        _key(),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("based_on", sa.BigInteger(), nullable=True),
        _one_of("state", "draftstate", "draft", "in_review"),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("returned_because", sa.String(), nullable=True),
        _created_at("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_draft")),
        sa.UniqueConstraint("article_id", name=op.f("uq_article_draft_article_id")),
    )
    op.create_table(
        "article_draft_edition",
        _key(),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        _moment("at", nullable=False),
        _refers("article_draft_edition", "draft_id", "article_draft", ondelete="CASCADE"),
        _refers("article_draft_edition", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_draft_edition")),
        sa.UniqueConstraint(
            "draft_id", "number", name=op.f("uq_article_draft_edition_draft_id_number")
        ),
    )


def _create_gate() -> None:
    op.create_table(
        "remembered_question",
        _key(),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=True),
        _one_of("origin", "questionorigin", "written", "confirmed", "corrected"),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        _created_at("at"),
        _refers("remembered_question", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_question")),
        sa.UniqueConstraint("text", name=op.f("uq_remembered_question_text")),
    )
    op.create_index(
        op.f("ix_remembered_question_article_id"), "remembered_question", ["article_id"]
    )
    op.create_table(
        "gate_run",
        _key(),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        _one_of("state", "gatestate", "waiting", "running", "done", "failed"),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("accepted", JSONB(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        _created_at("at"),
        _moment("finished_at", nullable=True),
        _refers("gate_run", "draft_id", "article_draft", ondelete="CASCADE"),
        _refers("gate_run", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_run")),
    )
    op.create_index(op.f("ix_gate_run_draft_id"), "gate_run", ["draft_id"])


def _allow_statuses(*statuses: str) -> None:
    name = op.f("ck_article_revision_articlestatus")
    allowed = ", ".join(f"'{status}'" for status in statuses)
    op.execute(f"ALTER TABLE article_revision DROP CONSTRAINT {name}")
    op.create_check_constraint(name, "article_revision", f"status IN ({allowed})")


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created_at(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _one_of(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=False)


def _refers(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
