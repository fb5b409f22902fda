"""Canned replies, templates, notes, fetched media, what was done to a person, topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _writing()
    _media()
    _people()
    op.add_column("outbox", sa.Column("content_sid", sa.String()))
    op.add_column("outbox", sa.Column("content_variables", JSONB()))
    op.add_column("conversation", sa.Column("merged_into_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_conversation_merged_into_id"),
        "conversation",
        "conversation",
        ["merged_into_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(op.f("ix_conversation_merged_into_id"), "conversation", ["merged_into_id"])
    op.add_column("ticket", sa.Column("follows_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_ticket_follows_id"),
        "ticket",
        "ticket",
        ["follows_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_ticket_conversation", "ticket", ["conversation_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_conversation", "ticket")
    op.drop_constraint(op.f("fk_ticket_follows_id"), "ticket")
    op.drop_column("ticket", "follows_id")
    op.drop_index("ix_conversation_merged_into_id", "conversation")
    op.drop_constraint("fk_conversation_merged_into_id", "conversation")
    op.drop_column("conversation", "merged_into_id")
    op.drop_column("outbox", "content_variables")
    op.drop_column("outbox", "content_sid")
    for table in ("person_event", "media_file", "note", "template", "canned_reply"):
        op.drop_table(table)


def _writing() -> None:
    op.create_table(
        "canned_reply",
        _key(),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body_id", sa.String(), nullable=False),
        sa.Column("body_en", sa.String()),
        *_changed("canned_reply"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_table(
        "template",
        _key(),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content_sid", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("labels", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        *_changed("template"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("content_sid", name=op.f("uq_template_content_sid")),
    )
    op.create_table(
        "note",
        _key(),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger()),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        _points("note", "conversation_id", "conversation", "CASCADE"),
        _points("note", "ticket_id", "ticket", "SET NULL"),
        _points("note", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("client_key", name=op.f("uq_note_client_key")),
    )
    op.create_index("ix_note_conversation", "note", ["conversation_id", "at"])


def _media() -> None:
    op.create_table(
        "media_file",
        _key(),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("stated_type", sa.String(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("safe_type", sa.String()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("fault", sa.String()),
        _points("media_file", "message_id", "message", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_file")),
        sa.UniqueConstraint("message_id", "position", name="uq_media_file_message_id_position"),
    )
    op.create_index(
        "ix_media_file_waiting",
        "media_file",
        ["next_attempt_at"],
        postgresql_where=sa.text("fetched_at IS NULL AND fault IS NULL"),
    )


def _people() -> None:
    op.create_table(
        "person_event",
        _key(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        _points("person_event", "person_id", "person", "CASCADE"),
        _points("person_event", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_event")),
    )
    op.create_index(op.f("ix_person_event_person_id"), "person_event", ["person_id"])
    op.execute(
        "CREATE TRIGGER person_event_append_only BEFORE UPDATE OR DELETE ON person_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log()"
    )


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _changed(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger()),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        _points(table, "changed_by_id", "staff"),
    )


def _points(
    table: str, column: str, to: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)
