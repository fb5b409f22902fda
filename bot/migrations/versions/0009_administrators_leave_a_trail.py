"""The audit log, retention chosen in the console, temporary passwords, indexes to look back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
"""
BY_STAFF = sa.text("staff_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"])
    op.execute(APPEND_ONLY)
    op.create_table(
        "retention",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('people', 'raw_forms')", name=op.f("ck_retention_retentionkind")
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 3650", name=op.f("ck_retention_a_day_to_ten_years")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention")),
    )
    op.add_column(
        "staff",
        sa.Column(
            "password_is_temporary", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    for name, columns in (
        ("ix_ticket_event_by_staff_at", ["at", "id"]),
        ("ix_ticket_event_by_staff_staff", ["staff_id", "at", "id"]),
        ("ix_ticket_event_by_staff_kind", ["kind", "at", "id"]),
    ):
        op.create_index(name, "ticket_event", columns, postgresql_where=BY_STAFF)
    op.create_index(
        "ix_clock_promise_started",
        "clock",
        ["started_at"],
        postgresql_where=sa.text("kind = 'promise'"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_promise_started", table_name="clock")
    for name in ("kind", "staff", "at"):
        op.drop_index(f"ix_ticket_event_by_staff_{name}", table_name="ticket_event")
    op.drop_column("staff", "password_is_temporary")
    op.drop_table("retention")
    op.drop_table("audit")
    op.execute("DROP FUNCTION refuse_change_of_audit()")
