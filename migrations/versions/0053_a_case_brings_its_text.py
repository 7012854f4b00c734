"""A case brings its text."""

import sqlalchemy as sa
from alembic import op

revision = '0053'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('timetable_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('text', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('timetable_case', schema=None) as batch_op:
        batch_op.drop_column('text')
