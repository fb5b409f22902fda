"""What figures read of many tickets lies in the index by which they find them."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_ticket_opened_at", table_name="ticket")
    op.create_index(
        "ix_ticket_opened_at", "ticket", ["opened_at"], postgresql_include=["id", "reason"]
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_opened_at", table_name="ticket")
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
