"""Thanks."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forum_thanks',
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_forum_thanks_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['post_id'], ['forum_post.id'], name=op.f('fk_forum_thanks_post_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('post_id', 'person_id', name=op.f('pk_forum_thanks'))
    )
    with op.batch_alter_table('forum_thanks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_thanks_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('worded', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('thanks', sa.Integer(), nullable=False, server_default='0'))
    op.execute('UPDATE forum_post SET worded = version')


def downgrade() -> None:
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_column('thanks')
        batch_op.drop_column('worded')

    with op.batch_alter_table('forum_thanks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_thanks_person_id'))

    op.drop_table('forum_thanks')
