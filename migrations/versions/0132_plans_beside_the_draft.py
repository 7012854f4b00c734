"""Plans beside the draft."""

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0132'
down_revision = '0131'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('timetable_plan', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('timetable_plan', schema=None) as batch_op:
        batch_op.drop_column('name')

