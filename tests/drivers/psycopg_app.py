"""An application with psycopg: psycopg_app.py URL old|new"""
import sys

import psycopg2

import app

url, version = sys.argv[1:]
name = {"old": "name", "new": "full_name"}[version]
connection = psycopg2.connect(url)


def one_round(number, value):
    with connection, connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO account ({name}, v) VALUES (%s, %s) RETURNING id",
            (f"psycopg {version} {number}", value))
        key = cursor.fetchone()[0]
    with connection, connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE account SET v = v + %s, {name} = {name} || '!' "
            "WHERE id = %s", (app.FACTOR[version], key))
        app.expect(cursor.rowcount, 1)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}, v FROM account WHERE id = %s", (key,))
        app.expect(cursor.fetchall(), [(f"psycopg {version} {number}!",
                                        value + app.FACTOR[version])])
        cursor.execute("SELECT count(*) FROM account WHERE id <= %s", (key,))
        cursor.execute("DELETE FROM account WHERE id = %s AND id %% 2 = 0",
                       (key,))


app.run(one_round, version)
