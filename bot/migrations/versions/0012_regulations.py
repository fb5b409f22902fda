"""Regulations with their state, what a change does to articles, and who is told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_regulations()
    _create_tellings()


def downgrade() -> None:
    for table in ("told_person", "telling", "regulation_effect", "regulation"):
        op.drop_table(table)


def _create_regulations() -> None:
    op.create_table(
        "regulation",
        _key(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False, server_default=""),
        sa.Column("link", sa.String(), nullable=True),
        _one_of(
            "state",
            "regulationstate",
            ("in_force", "amended", "replaced", "repealed"),
            server_default="in_force",
        ),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False, server_default=""),
        _moment("marked_at"),
        sa.Column("marked_by_id", sa.BigInteger(), nullable=True),
        _moment("carried_out_at"),
        _refers("regulation", "other_id", "regulation"),
        _refers("regulation", "marked_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation")),
        sa.UniqueConstraint("kind", "number", "year", name=op.f("uq_regulation_kind_number_year")),
    )
    op.create_table(
        "regulation_effect",
        _key(),
        sa.Column("regulation_id", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        _one_of("effect", "effect", ("flag", "suspend")),
        _moment("done_at"),
        sa.Column("revision_id", sa.BigInteger(), nullable=True),
        _moment("checked_at"),
        sa.Column("checked_by_id", sa.BigInteger(), nullable=True),
        _refers("regulation_effect", "regulation_id", "regulation"),
        _refers("regulation_effect", "article_id", "article"),
        _refers("regulation_effect", "revision_id", "article_revision"),
        _refers("regulation_effect", "checked_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_effect")),
        sa.UniqueConstraint(
            "regulation_id",
            "article_id",
            name=op.f("uq_regulation_effect_regulation_id_article_id"),
        ),
    )
    op.create_index(op.f("ix_regulation_effect_article_id"), "regulation_effect", ["article_id"])


def _create_tellings() -> None:
    op.create_table(
        "telling",
        _key(),
        sa.Column("regulation_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=True),
        sa.Column("variables", JSONB(), nullable=False),
        _one_of("state", "tellingstate", ("waiting", "agreed", "declined")),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=True),
        _moment("settled_at"),
        sa.Column("declined_because", sa.String(), nullable=True),
        _refers("telling", "regulation_id", "regulation"),
        _refers("telling", "template_id", "template"),
        _refers("telling", "asked_by_id", "staff"),
        _refers("telling", "settled_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
    )
    op.create_index(op.f("ix_telling_regulation_id"), "telling", ["regulation_id"])
    op.create_table(
        "told_person",
        _key(),
        sa.Column("telling_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        _moment("settled_at"),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        _one_of("not_told", "nottold", ("blocked", "opted_out", "no_template"), nullable=True),
        _refers("told_person", "telling_id", "telling"),
        _refers("told_person", "conversation_id", "conversation", ondelete="CASCADE"),
        _refers("told_person", "message_id", "message", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_person")),
        sa.UniqueConstraint(
            "telling_id", "conversation_id", name=op.f("uq_told_person_telling_id_conversation_id")
        ),
    )
    for column in ("conversation_id", "message_id"):
        op.create_index(op.f(f"ix_told_person_{column}"), "told_person", [column])
    op.create_index(
        "ix_told_person_waiting",
        "told_person",
        ["telling_id"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _one_of(
    column: str,
    name: str,
    values: tuple[str, ...],
    *,
    nullable: bool = False,
    server_default: str | None = None,
) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable, server_default=server_default)


def _refers(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
