"""An instance of the application: instance.py URL ID VERSION

It serves one request after the other until SIGTERM: it makes a customer,
changes one of its own, and reads it back. VERSION is base (the column is
called name) or 01_full_name (full_name). Each second it says with segue.hello
which version it is. At the end it prints what it has done as JSON: the number
of requests, the failures, and the customers with the name that was
acknowledged last.
"""
import json
import signal
import sys
import time

import psycopg2

url, instance, version = sys.argv[1:]
COLUMN = {"base": "name", "01_full_name": "full_name"}[version]
stopping = False


def stop(_signal, _frame):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)
connection = psycopg2.connect(url)
customers = {}
requests = 0
failed = []


def hello():
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT segue.hello(%s, %s)", (instance, version))


def serve(number):
    first = f"{instance} {number}"
    with connection, connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO customers ({COLUMN}) VALUES (%s) "
                       "RETURNING id", (first,))
        key = cursor.fetchone()[0]
    customers[key] = first
    with connection, connection.cursor() as cursor:
        cursor.execute(f"UPDATE customers SET {COLUMN} = {COLUMN} || '!' "
                       "WHERE id = %s", (key,))
    customers[key] = first + "!"
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMN} FROM customers WHERE id = %s", (key,))
        found = cursor.fetchone()
    if found != (customers[key],):
        raise RuntimeError(f"customer {key} is {found}, not {customers[key]}")


print("serving", flush=True)
next_hello = 0.0
while not stopping:
    if time.monotonic() >= next_hello:
        # Until the first start there is no ledger to say it to.
        try:
            hello()
        except psycopg2.errors.InvalidSchemaName:
            pass
        next_hello = time.monotonic() + 1
    requests += 1
    try:
        serve(requests)
    except (psycopg2.Error, RuntimeError) as error:
        failed.append(str(error))
        if connection.closed:
            connection = psycopg2.connect(url)
    time.sleep(0.002)
print(json.dumps({"requests": requests, "failed": failed,
                  "customers": customers}))
