"""PDFs that articles name, kept once by their sum, and sent as often as their answers are given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachment")),
    )
    op.add_column("media_file", sa.Column("attachment_sha256", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_media_file_attachment_sha256"),
        "media_file",
        "attachment",
        ["attachment_sha256"],
        ["sha256"],
    )
    op.create_index(
        "ix_media_file_attachment",
        "media_file",
        ["attachment_sha256"],
        postgresql_where=sa.text("attachment_sha256 IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_column("media_file", "attachment_sha256")
    op.drop_table("attachment")
