"""Mail that comes in and letters that come back."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0030'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('audience_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('ref', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False),
    sa.Column('sender', sqlmodel.sql.sqltypes.AutoString(length=320), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('attachments', sa.Integer(), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_mail_in_audience_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_mail_in_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_in_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['settled_by'], ['person.id'], name=op.f('fk_mail_in_settled_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_in')),
    sa.UniqueConstraint('key', name=op.f('uq_mail_in_key'))
    )
    with op.batch_alter_table('mail_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_in_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_mail_in_queue', ['event_id', 'state', 'at'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('returned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('returned_why', sqlmodel.sql.sqltypes.AutoString(length=600), nullable=False, server_default=''))



def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('returned_why')
        batch_op.drop_column('returned_at')

    with op.batch_alter_table('mail_in', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_in_queue')
        batch_op.drop_index(batch_op.f('ix_mail_in_person_id'))

    op.drop_table('mail_in')
