"""Merged threads."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_forum_thread_merged_into'), ['merged_into'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_forum_thread_merged_into'), 'forum_thread', ['merged_into'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_forum_thread_merged_into'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_forum_thread_merged_into'))
        batch_op.drop_column('merged_into')
