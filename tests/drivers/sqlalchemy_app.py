"""An application with SQLAlchemy's ORM: sqlalchemy_app.py URL old|new"""
import sys

from sqlalchemy import BigInteger, Column, Integer, Text, create_engine, select
from sqlalchemy.orm import Session, declarative_base

import app

url, version = sys.argv[1:]
# The engine knows only the long name of the scheme.
engine = create_engine(url.replace("postgres://", "postgresql://", 1))
Base = declarative_base()


class Account(Base):
    __tablename__ = "account"
    id = Column(BigInteger, primary_key=True)  # a view has no key to be found
    name = Column({"old": "name", "new": "full_name"}[version], Text)
    v = Column({"old": Integer, "new": BigInteger}[version])


def one_round(number, value):
    name = f"sqlalchemy {version} {number}"
    with Session(engine) as session:
        account = Account(name=name, v=value)
        session.add(account)
        session.commit()
        account.v += app.FACTOR[version]
        account.name += "!"
        session.commit()
        key = account.id
    with Session(engine) as session:
        account = session.execute(
            select(Account).where(Account.id == key)).scalar_one()
        app.expect((account.name, account.v),
                   (name + "!", value + app.FACTOR[version]))
        if key % 2 == 0:
            session.delete(account)
        session.commit()


app.run(one_round, version)
