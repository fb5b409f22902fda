"""A clock says whether it is its ticket's first, in the index that figures read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "clock", sa.Column("is_first", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # Those after it began with a message that came when the ticket was there.
    op.execute(
        "UPDATE clock SET is_first = true FROM ticket WHERE ticket.id = clock.ticket_id "
        "AND clock.kind = 'promise' AND clock.started_at <= ticket.opened_at"
    )
    _index_with("ticket_id", "due_at", "stopped_at", "is_first")


def downgrade() -> None:
    _index_with("ticket_id", "due_at", "stopped_at")
    op.drop_column("clock", "is_first")


def _index_with(*read_along: str) -> None:
    op.drop_index("ix_clock_started_at", table_name="clock")
    op.create_index(
        "ix_clock_started_at", "clock", ["kind", "started_at"], postgresql_include=[*read_along]
    )
