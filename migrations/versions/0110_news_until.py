"""News that is news until a time only: notices and letters that do not leave after it."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0110'
down_revision = '0105'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('notice', 'letter'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    for table in ('letter', 'notice'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('until')
