"""A writer of events: writer.py URL NUMBER FILE

It inserts an event and a row in each of two tables that refer to it, changes
one, reads them back and now and then deletes an event, until SIGTERM. At the
end it writes to FILE what it has done as JSON: the number of statements, the failures,
and the events that have to be there, each with the number of its rows.
"""
import json
import signal
import sys

import psycopg2

url, number, path = sys.argv[1:]
CHILDREN = 12
stopping = False


def stop(_signal, _frame):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)
connection = psycopg2.connect(url)
connection.autocommit = True
cursor = connection.cursor()
statements = 0
failed = []
events = {}


def run(sql, values):
    global statements
    statements += 1
    cursor.execute(sql, values)
    return cursor.fetchall() if cursor.description else []


def serve(turn):
    event = run("INSERT INTO events (what) VALUES (%s) RETURNING id",
                (f"{number} {turn}",))[0][0]
    events[event] = 0
    for child in (turn % CHILDREN, (turn * 5 + 3) % CHILDREN):
        run(f"INSERT INTO part_{child} (event_id, note) VALUES (%s, 'n')",
            (event,))
        events[event] += 1
    child = turn % CHILDREN
    run(f"UPDATE part_{child} SET note = 'm' WHERE event_id = %s", (event,))
    found = run(f"SELECT count(*) FROM part_{child} p JOIN events e ON e.id = "
                "p.event_id WHERE e.id = %s AND p.note = 'm'", (event,))[0][0]
    if found == 0:
        raise RuntimeError(f"the rows of event {event} are not there")
    if turn % 7 == 0:
        run("DELETE FROM events WHERE id = %s", (event,))
        del events[event]


print("writing", flush=True)
turn = 0
while not stopping:
    turn += 1
    try:
        serve(turn)
    except (psycopg2.Error, RuntimeError) as error:
        failed.append(str(error))
        break
with open(path, "w", encoding="utf-8") as file:
    json.dump({"statements": statements, "failed": failed, "events": events},
              file)
