"""A section may ask back and pass on; messages are shared with it; the head may be asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENTS = ("asked_back_at", "passed_on_at", "nudged_at")


def upgrade() -> None:
    op.add_column(
        "consultation",
        sa.Column("tier", sa.String(32), server_default="section", nullable=False),
    )
    op.create_check_constraint("tier", "consultation", "tier IN ('section', 'head')")
    for name in MOMENTS:
        op.add_column("consultation", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("consultation", sa.Column("passed_on_by_id", sa.BigInteger()))
    op.add_column("consultation", sa.Column("pass_reason", sa.String()))
    op.add_column("consultation", sa.Column("passed_from_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_consultation_passed_on_by_id"),
        "consultation",
        "staff",
        ["passed_on_by_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_consultation_passed_from_id"),
        "consultation",
        "consultation",
        ["passed_from_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_unique_constraint(
        op.f("uq_consultation_passed_from_id"), "consultation", ["passed_from_id"]
    )
    op.create_index(
        "ix_consultation_open",
        "consultation",
        ["section_id"],
        postgresql_where=sa.text("answered_at IS NULL AND passed_on_at IS NULL"),
    )
    op.create_table(
        "shared_message",
        _parent("consultation"),
        _parent("message"),
        sa.PrimaryKeyConstraint("consultation_id", "message_id", name=op.f("pk_shared_message")),
        *_cascades("shared_message", "consultation", "message"),
    )
    op.create_index(op.f("ix_shared_message_message_id"), "shared_message", ["message_id"])
    op.create_table(
        "remark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _parent("consultation"),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("from_pli", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_remark_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        *_cascades("remark", "consultation"),
    )
    op.create_index(op.f("ix_remark_consultation_id"), "remark", ["consultation_id"])


def downgrade() -> None:
    op.drop_table("remark")
    op.drop_table("shared_message")
    op.drop_index("ix_consultation_open", "consultation")
    for name in ("passed_from_id", "pass_reason", "passed_on_by_id", *MOMENTS, "tier"):
        op.drop_column("consultation", name)


def _parent(table: str) -> sa.Column[int]:
    return sa.Column(f"{table}_id", sa.BigInteger(), nullable=False)


def _cascades(table: str, *parents: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{parent}_id"],
            [f"{parent}.id"],
            name=op.f(f"fk_{table}_{parent}_id"),
            ondelete="CASCADE",
        )
        for parent in parents
    ]
