"""Cards on a wall."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0090'
down_revision = '0085'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.add_column(sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=2), server_default='', nullable=False))
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wall', sa.Boolean(), server_default=sa.false(), nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.drop_column('wall')
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_column('country')

