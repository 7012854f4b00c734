"""How good a plan can be."""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('timetable_proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('score', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('bound', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('timetable_proposal', schema=None) as batch_op:
        batch_op.drop_column('bound')
        batch_op.drop_column('score')
