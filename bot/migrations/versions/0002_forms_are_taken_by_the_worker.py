"""Forms are kept by the webhook and taken by the worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_form", sa.Column("taken_at", sa.DateTime(timezone=True)))
    op.add_column("webhook_form", sa.Column("fault", sa.String()))
    # Until now a form and its message came into being together.
    op.execute("UPDATE webhook_form SET taken_at = received_at")
    op.create_index(
        "ix_webhook_form_waiting",
        "webhook_form",
        ["id"],
        unique=False,
        postgresql_where=sa.text("taken_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_form_waiting", table_name="webhook_form")
    op.drop_column("webhook_form", "fault")
    op.drop_column("webhook_form", "taken_at")
