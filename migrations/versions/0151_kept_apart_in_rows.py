"""Who is kept apart, in rows that go with a person."""

import re

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision = '0151'
down_revision = '0150'
branch_labels = None
depends_on = None


def upgrade() -> None:
    apart = op.create_table(
        'timetable_apart',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('one_id', sa.Integer(), nullable=True),
        sa.Column('one_country', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=True),
        sa.Column('other_country', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column('made_by', sa.Integer(), nullable=True),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_timetable_apart_event_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_timetable_apart_made_by'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['one_id'], ['person.id'], name=op.f('fk_timetable_apart_one_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_timetable_apart_other_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_timetable_apart')),
    )
    for name in ('event_id', 'one_id', 'other_id'):
        op.create_index(op.f(f'ix_timetable_apart_{name}'), 'timetable_apart', [name], unique=False)
    _fill(apart)
    with op.batch_alter_table('timetable_grouping', schema=None) as batch_op:
        batch_op.drop_column('apart')


def _fill(apart: sa.Table) -> None:
    """Marks of people who still take part; nobody wrote down who made them."""
    old = sa.table(
        'timetable_grouping', sa.column('event_id'), sa.column('apart', sa.JSON()),
        sa.column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime()),
    )
    parts = sa.table('participation', sa.column('event_id'), sa.column('person_id'))
    bind = op.get_bind()
    for event_id, marks, changed_at in bind.execute(sa.select(old.c.event_id, old.c.apart, old.c.changed_at)).all():
        here = set(bind.execute(sa.select(parts.c.person_id).where(parts.c.event_id == event_id)).scalars())
        for mark in marks or []:
            if not all(re.fullmatch(r'p\d+|c[A-Z]{2}', word) for word in mark):
                continue
            people = [int(word[1:]) if word[0] == 'p' else None for word in mark]
            if {each for each in people if each} <= here:
                one, other = ('' if word[0] == 'p' else word[1:] for word in mark)
                bind.execute(apart.insert().values(
                    event_id=event_id, one_id=people[0], one_country=one, other_id=people[1], other_country=other,
                    made_at=changed_at,
                ))


def downgrade() -> None:
    with op.batch_alter_table('timetable_grouping', schema=None) as batch_op:
        batch_op.add_column(sa.Column('apart', sa.JSON(), server_default='[]', nullable=False))
    op.drop_table('timetable_apart')
