"""Who changed the draft."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0070'
down_revision = '0066'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('timetable_edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('undone', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_timetable_edit_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['case_id'], ['timetable_case.id'], name=op.f('fk_timetable_edit_case_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['plan_id'], ['timetable_plan.id'], name=op.f('fk_timetable_edit_plan_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable_edit')),
    sa.UniqueConstraint('plan_id', 'edition', name=op.f('uq_timetable_edit_plan_id_edition'))
    )
    with op.batch_alter_table('timetable_edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timetable_edit_plan_id'), ['plan_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('timetable_edit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timetable_edit_plan_id'))

    op.drop_table('timetable_edit')
