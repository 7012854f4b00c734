"""Split threads."""

import sqlalchemy as sa
from alembic import op

revision = '0065'
down_revision = '0064'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.add_column(sa.Column('split_from', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('splits', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_foreign_key(
            batch_op.f('fk_forum_thread_split_from'), 'forum_thread', ['split_from'], ['id'], ondelete='SET NULL'
        )
        batch_op.create_index(batch_op.f('ix_forum_thread_split_from'), ['split_from'], unique=False)
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stood_at', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_column('stood_at')
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_thread_split_from'))
        batch_op.drop_constraint(batch_op.f('fk_forum_thread_split_from'), type_='foreignkey')
        batch_op.drop_column('splits')
        batch_op.drop_column('split_from')
