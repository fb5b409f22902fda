"""The version of what is published is kept: to make it for every question takes milliseconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Whatever changes what a question may reach, by hand too, leaves no old version behind.
_FORGET = """
CREATE FUNCTION forget_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE published_version SET version = '';
    RETURN NULL;
END $$;
CREATE TRIGGER revisions_change_the_version
    AFTER INSERT OR DELETE OR UPDATE OF status ON article_revision
    EXECUTE FUNCTION forget_published_version();
CREATE TRIGGER ways_change_the_version
    AFTER INSERT OR DELETE OR UPDATE OF encoder ON way
    EXECUTE FUNCTION forget_published_version();
"""


def upgrade() -> None:
    op.create_table(
        "published_version",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_version")),
    )
    op.execute(_FORGET)


def downgrade() -> None:
    op.execute("DROP TRIGGER revisions_change_the_version ON article_revision")
    op.execute("DROP TRIGGER ways_change_the_version ON way")
    op.execute("DROP FUNCTION forget_published_version")
    op.drop_table("published_version")
