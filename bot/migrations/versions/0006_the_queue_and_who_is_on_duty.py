"""Duty, capacity and alerts of officers; topics and tags of tickets; what the queue looks up."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = ("new", "warned", "breached", "reminder")
STATES = ("queued", "unknown", "sent", "failed", "dropped")

# Whoever holds a ticket when this is installed is at work: until the day's sign-in is over.
HOLDERS_ON_DUTY = """
INSERT INTO duty_shift (staff_id, starts_at, ends_at)
SELECT DISTINCT holder_id, now(), now() + interval '12 hours'
FROM ticket WHERE holder_id IS NOT NULL AND state <> 'closed'
"""


def upgrade() -> None:
    op.add_column("staff", sa.Column("capacity", sa.BigInteger()))
    op.add_column("staff", sa.Column("whatsapp", sa.String()))
    op.add_column("ticket", sa.Column("topic", sa.String()))
    _duty()
    _alerts()
    _tags()
    _look_ups()
    op.execute(HOLDERS_ON_DUTY)


def downgrade() -> None:
    for index, table in (
        ("ix_message_body_words", "message"),
        ("ix_person_name_words", "person"),
        ("ix_address_value_from_start", "address"),
        ("ix_address_value_from_end", "address"),
        ("ix_ticket_open", "ticket"),
        ("ix_ticket_closed", "ticket"),
        ("ix_ticket_topic", "ticket"),
    ):
        op.drop_index(index, table)
    for table in ("ticket_tag", "tag", "officer_alert", "duty_shift"):
        op.drop_table(table)
    op.drop_column("ticket", "topic")
    op.drop_column("staff", "whatsapp")
    op.drop_column("staff", "capacity")


def _duty() -> None:
    op.create_table(
        "duty_shift",
        _key(),
        _reference("duty_shift", "staff_id", "staff"),
        _moment("starts_at"),
        _moment("ends_at"),
        _reference("duty_shift", "planned_by_id", "staff", nullable=True),
        _moment("created_at", is_now=True),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_duty_shift_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    op.create_index("ix_duty_shift_staff", "duty_shift", ["staff_id", "ends_at"])
    op.create_index("ix_duty_shift_ends_at", "duty_shift", ["ends_at"])


def _alerts() -> None:
    op.create_table(
        "officer_alert",
        _key(),
        _reference("officer_alert", "staff_id", "staff"),
        _reference("officer_alert", "ticket_id", "ticket", ondelete="CASCADE"),
        _reference("officer_alert", "clock_id", "clock", ondelete="CASCADE"),
        sa.Column("kind", _one_of("alertkind", KINDS), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("variables", JSONB(astext_type=sa.Text()), nullable=False),
        _moment("at"),
        sa.Column("state", _one_of("alertstate", STATES), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        _moment("next_attempt_at"),
        sa.Column("message_sid", sa.String()),
        sa.Column("error", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_alert")),
    )
    op.create_index(
        "ix_officer_alert_queued",
        "officer_alert",
        ["id"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_officer_alert_staff", "officer_alert", ["staff_id", "at"])
    op.create_index("ix_officer_alert_clock", "officer_alert", ["clock_id"])
    op.create_index(op.f("ix_officer_alert_ticket_id"), "officer_alert", ["ticket_id"])


def _tags() -> None:
    op.create_table(
        "tag",
        _key(),
        sa.Column("name", sa.String(), nullable=False),
        _moment("created_at", is_now=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("name", name=op.f("uq_tag_name")),
    )
    op.create_table(
        "ticket_tag",
        _reference("ticket_tag", "ticket_id", "ticket", ondelete="CASCADE"),
        _reference("ticket_tag", "tag_id", "tag", ondelete="CASCADE"),
        _reference("ticket_tag", "added_by_id", "staff"),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("ticket_id", "tag_id", name=op.f("pk_ticket_tag")),
    )
    op.create_index("ix_ticket_tag_tag", "ticket_tag", ["tag_id", "ticket_id"])


def _look_ups() -> None:
    """Words of messages and names, numbers from either end, the queue's tabs."""
    for table, column in (("message", "body"), ("person", "name")):
        op.create_index(
            f"ix_{table}_{column}_words",
            table,
            [sa.text(f"to_tsvector('simple'::regconfig, {column})")],
            postgresql_using="gin",
            postgresql_with={"fastupdate": False},
        )
    op.create_index(
        "ix_address_value_from_start",
        "address",
        ["value"],
        postgresql_ops={"value": "text_pattern_ops"},
    )
    op.execute(
        "CREATE INDEX ix_address_value_from_end ON address (reverse(value) text_pattern_ops)"
    )
    op.create_index(
        "ix_ticket_open",
        "ticket",
        ["holder_id", "id"],
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_ticket_closed",
        "ticket",
        ["closed_at", "id"],
        postgresql_where=sa.text("state = 'closed'"),
    )
    op.create_index("ix_ticket_topic", "ticket", ["topic", "id"])


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _moment(name: str, *, is_now: bool = False) -> sa.Column[datetime]:
    default = sa.func.now() if is_now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=False)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _reference(
    table: str, name: str, to: str, *, ondelete: str | None = None, nullable: bool = False
) -> sa.Column[int]:
    constraint = sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{name}"), ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), constraint, nullable=nullable)
