"""A ticket may be urgent."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = (
    "asked_for_person",
    "no_answer",
    "not_helpful",
    "complaint",
    "bot_unavailable",
    "abuse",
    "media",
    "officer_stepped_in",
)


def upgrade() -> None:
    _allow("urgent", *BEFORE)


def downgrade() -> None:
    op.execute("UPDATE ticket SET reason = 'asked_for_person' WHERE reason = 'urgent'")
    _allow(*BEFORE)


def _allow(*reasons: str) -> None:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.drop_constraint("ck_ticket_ticketreason", "ticket")
    op.create_check_constraint("ticketreason", "ticket", f"reason IN ({listed})")
