"""Recordings."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0091'
down_revision = '0090'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('forum_attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=10), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('forum_attachment', schema=None) as batch_op:
        batch_op.drop_column('role')
