"""What the planner weighs."""

import sqlalchemy as sa
from alembic import op

revision = '0152'
down_revision = '0151'
branch_labels = None
depends_on = None

TABLES = ('timetable', 'timetable_plan', 'timetable_proposal')


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column('weights', sa.JSON(), server_default='{}', nullable=False))
    with op.batch_alter_table('timetable', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weighed', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('timetable', schema=None) as batch_op:
        batch_op.drop_column('weighed')
    for name in reversed(TABLES):
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column('weights')
