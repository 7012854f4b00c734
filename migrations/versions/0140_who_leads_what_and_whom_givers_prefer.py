"""Who leads what, and whom givers prefer."""

import sqlalchemy as sa
from alembic import op

revision = '0140'
down_revision = '0132'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('availability_sheet', schema=None) as batch_op:
        batch_op.add_column(sa.Column('methods', sa.JSON(), server_default='[]', nullable=False))
    with op.batch_alter_table('timetable_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prefers_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f('fk_timetable_case_prefers_id'), 'person', ['prefers_id'], ['id'], ondelete='SET NULL'
        )


def downgrade() -> None:
    with op.batch_alter_table('timetable_case', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_timetable_case_prefers_id'), type_='foreignkey')
        batch_op.drop_column('prefers_id')
    with op.batch_alter_table('availability_sheet', schema=None) as batch_op:
        batch_op.drop_column('methods')
