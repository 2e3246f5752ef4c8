"""Prints the schema that SQLAlchemy makes of metadata, without a database.

Usage: /usr/bin/python3 make.py
"""

import enum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    create_mock_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import (
    BIT,
    CIDR,
    HSTORE,
    INET,
    JSON,
    JSONB,
    MACADDR,
    TSTZRANGE,
    TSVECTOR,
    UUID,
    ExcludeConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Role(enum.Enum):
    owner = "owner"
    editor = "editor"
    reader = "reader"


run_state = Enum("queued", "running", "failed", "done", name="run_state", metadata=METADATA)
invoice_sequence = Sequence("invoice_no", start=1000, increment=10, metadata=METADATA, schema="billing")

account = Table(
    "account",
    METADATA,
    Column("id", Integer, Identity(always=True, start=10), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(100), nullable=False, comment="The name as it is shown."),
    Column("password", LargeBinary, nullable=True),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_ip", INET),
    Column("home_net", CIDR),
    Column("device", MACADDR),
    CheckConstraint("position('@' in email) > 1", name="email_has_at"),
    comment="People and machines that sign in.",
)
Index("ix_account_email_lower", func.lower(account.c.email), unique=True)
Index("ix_account_settings", account.c.settings, postgresql_using="gin")

project = Table(
    "project",
    METADATA,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
    Column("owner_id", ForeignKey("account.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("parent_id", ForeignKey("project.id", ondelete="SET NULL")),
    Column("key", String(10), nullable=False),
    Column("title", Text, nullable=False),
    Column("labels", ARRAY(String(30)), nullable=False, server_default=text("'{}'")),
    Column("matrix", ARRAY(Integer, dimensions=2)),
    Column("extra", HSTORE),
    Column("budget", Numeric(14, 2)),
    Column("archived", Boolean, server_default=text("false")),
    UniqueConstraint("owner_id", "key"),
    CheckConstraint("key = upper(key)", name="key_upper"),
)
Index("ix_project_open", project.c.title, postgresql_where=project.c.archived.is_(False))
Index("ix_project_labels", project.c.labels, postgresql_using="gin")

member = Table(
    "member",
    METADATA,
    Column("project_id", ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Enum(Role, name="member_role"), nullable=False, server_default="reader"),
    Column("joined_on", Date, nullable=False, server_default=func.current_date()),
    Column("quota", SmallInteger, server_default="5"),
)

pipeline = Table(
    "pipeline",
    METADATA,
    Column("project_id", UUID(as_uuid=True), ForeignKey("project.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(60), nullable=False),
    Column("state", run_state, nullable=False, server_default=text("'queued'::run_state")),
    Column("definition", JSON),
    Column("timeout", Interval, server_default=text("interval '1 hour'")),
    Column("nightly_at", Time),
    Column("flags", BIT(8), server_default=text("B'00000000'")),
)

run = Table(
    "run",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("project_id", UUID(as_uuid=True), nullable=False),
    Column("pipeline_number", Integer, nullable=False),
    Column("started_by", ForeignKey("account.id", deferrable=True, initially="DEFERRED")),
    Column("state", run_state, nullable=False),
    Column("seconds", Float),
    Column("cost", Numeric(10, 4), server_default=text("0")),
    Column("minutes", Float, Computed("seconds / 60", persisted=True)),
    Column("log", Text),
    Column("log_words", TSVECTOR, Computed("to_tsvector('simple', coalesce(log, ''))", persisted=True)),
    ForeignKeyConstraint(
        ["project_id", "pipeline_number"],
        ["pipeline.project_id", "pipeline.number"],
        ondelete="CASCADE",
        onupdate="CASCADE",
    ),
    CheckConstraint("seconds >= 0", name="seconds_positive"),
)
Index("ix_run_words", run.c.log_words, postgresql_using="gin")
Index("ix_run_recent", run.c.project_id, run.c.id.desc(), postgresql_include=["state"])

runner = Table(
    "runner",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("hostname", String(80), nullable=False),
    Column("cores", SmallInteger, nullable=False, server_default="2"),
    Column("memory_mb", Integer),
    Column("last_seen", DateTime),
    UniqueConstraint("hostname", deferrable=True, initially="IMMEDIATE"),
)

reservation = Table(
    "reservation",
    METADATA,
    Column("id", Integer, Identity(start=1, cycle=True), primary_key=True),
    Column("runner_id", ForeignKey("runner.id"), nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("cancelled", Boolean, nullable=False, server_default=text("false")),
    ExcludeConstraint(
        ("runner_id", "="),
        ("during", "&&"),
        where=text("NOT cancelled"),
        using="gist",
        name="ex_reservation_overlap",
    ),
)

plan = Table(
    "plan",
    METADATA,
    Column("code", String(20, collation="C"), primary_key=True),
    Column("monthly", Numeric(8, 2), nullable=False),
    Column("features", ARRAY(Text), server_default=text("ARRAY['support']::text[]")),
    schema="billing",
    comment="What can be bought.",
)

subscription = Table(
    "subscription",
    METADATA,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("plan_code", ForeignKey("billing.plan.code", onupdate="CASCADE"), primary_key=True),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("seats", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("until IS NULL OR until > since", name="period"),
    CheckConstraint("seats BETWEEN 1 AND 1000", name="seats"),
    schema="billing",
)

invoice = Table(
    "invoice",
    METADATA,
    Column("no", BigInteger, invoice_sequence, server_default=invoice_sequence.next_value(), primary_key=True),
    Column("account_id", Integer, nullable=False),
    Column("plan_code", String(20, collation="C"), nullable=False),
    Column("issued", Date, nullable=False, server_default=text("'2024-01-01'")),
    Column("net", Numeric(12, 2), nullable=False),
    Column("tax_rate", Numeric(4, 3), nullable=False, server_default=text("0.190")),
    Column("gross", Numeric(14, 2), Computed("round(net * (1 + tax_rate), 2)", persisted=True)),
    Column("currency", String(3), nullable=False, server_default="EUR", comment="ISO 4217"),
    Column("paid_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["account_id", "plan_code"],
        ["billing.subscription.account_id", "billing.subscription.plan_code"],
        name="fk_invoice_subscription",
    ),
    schema="billing",
)
Index("ix_invoice_unpaid", invoice.c.issued, postgresql_where=invoice.c.paid_at.is_(None))

event = Table(
    "event",
    METADATA,
    Column("id", BigInteger, Sequence("event_id", metadata=METADATA), primary_key=True),
    Column("at", DateTime(timezone=True), server_default=text("clock_timestamp()"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", UUID(as_uuid=True)),
    Column("payload", JSONB(none_as_null=True)),
    schema="audit",
)
Index("ix_event_at", event.c.at, postgresql_using="brin")
Index("ix_event_kind", event.c.kind, event.c.at, postgresql_ops={"kind": "varchar_pattern_ops"})


def main():
    for extension in ("btree_gist", "hstore"):
        print(f"CREATE EXTENSION IF NOT EXISTS {extension};")
    for schema in ("audit", "billing"):
        print(f"CREATE SCHEMA {schema};")

    def write(statement, *_, **__):
        text_of = str(statement.compile(dialect=engine.dialect)).strip()
        print("\n".join(line.rstrip().replace("\t", "  ") for line in text_of.splitlines() if line.strip()) + ";\n")

    # SQLAlchemy keeps the indexes of a table in a set, whose order differs from
    # run to run.
    for table in METADATA.tables.values():
        table.indexes = sorted(table.indexes, key=lambda index: index.name)
    engine = create_mock_engine("postgresql+psycopg2://", write)
    METADATA.create_all(engine, checkfirst=False)


main()
