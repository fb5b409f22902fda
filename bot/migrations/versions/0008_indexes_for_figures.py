"""What board and reports look up by its moment is found by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
    op.create_index(
        "ix_clock_started_at",
        "clock",
        ["kind", "started_at"],
        postgresql_include=["ticket_id", "due_at", "stopped_at"],
    )
    op.create_index(
        "ix_clock_breached_at",
        "clock",
        ["breached_at"],
        postgresql_where=sa.text("breached_at IS NOT NULL"),
    )
    op.create_index("ix_clock_consultation_id", "clock", ["consultation_id"])
    op.create_index("ix_consultation_asked_at", "consultation", ["asked_at"])
    op.create_index(
        "ix_bot_decision_at",
        "bot_decision",
        ["kind", "at"],
        postgresql_include=["helpful", "revision_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_bot_decision_at", "bot_decision")
    op.drop_index("ix_consultation_asked_at", "consultation")
    op.drop_index("ix_clock_consultation_id", "clock")
    op.drop_index("ix_clock_breached_at", "clock")
    op.drop_index("ix_clock_started_at", "clock")
    op.drop_index("ix_ticket_opened_at", "ticket")
