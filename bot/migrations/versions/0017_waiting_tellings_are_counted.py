"""Every page of who may agree counts the requests that wait: by an index."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_telling_state", "telling", ["state"])


def downgrade() -> None:
    op.drop_index("ix_telling_state", table_name="telling")
