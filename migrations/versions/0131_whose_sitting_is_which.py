"""Whose sitting is which."""

import sqlalchemy as sa
from alembic import op

revision = '0131'
down_revision = '0130'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event_block_seat',
    sa.Column('block_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('by_hand', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['block_id'], ['event_block.id'], name=op.f('fk_event_block_seat_block_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_block_seat_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('block_id', 'person_id', name=op.f('pk_event_block_seat'))
    )
    with op.batch_alter_table('event_block_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_block_seat_person_id'), ['person_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('event_block_seat', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_block_seat_person_id'))

    op.drop_table('event_block_seat')
