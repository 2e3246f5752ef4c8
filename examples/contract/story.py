"""A contract with evidence, and one that is undone: story.py SEGUE URL POOL

Three instances of the old version are replaced one by one under load. The
contract is refused while one lags; then it is sealed, undone, sealed again and
dropped. No request fails, and no acknowledged write is lost. SEGUE is the
program, URL leads to an empty database, and POOL to the same one through a
pooler. Exits with 1 when anything is not as it has to be.
"""
import json
import os
import subprocess
import sys
import time

import psycopg2

segue, url, pool = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
FILE = os.path.join(here, "01_full_name.yaml")
OLD, NEW = "base", "01_full_name"
running = {}
written = {}
served = 0


def fail(text):
    for process in running.values():
        process.kill()
    sys.exit(f"FAILED: {text}")


def say(text):
    print(f"\n== {text}", flush=True)


def run(*words, expect=0, names=""):
    done = subprocess.run([segue, *words, "--url", url, "--direct-url", url],
                          capture_output=True, text=True, check=False)
    print(f"$ segue {' '.join(words).replace(here + '/', '')}")
    print(done.stdout + done.stderr, end="", flush=True)
    if done.returncode != expect:
        fail(f"exit code {done.returncode}, not {expect}")
    if names not in done.stdout + done.stderr:
        fail(f"'{names}' is not named")
    return done.stdout


def deploy(instance, version):
    process = subprocess.Popen(
        [sys.executable, os.path.join(here, "instance.py"), pool, instance,
         version], stdout=subprocess.PIPE, text=True)
    if process.stdout.readline() != "serving\n":
        fail(f"{instance} did not start")
    running[instance] = process
    print(f"{instance} runs {version}")


def stop(instance):
    global served
    process = running.pop(instance)
    process.terminate()
    done = json.loads(process.communicate()[0])
    if done["failed"]:
        fail(f"{instance}: {len(done['failed'])} requests failed, the first "
             f"with: {done['failed'][0]}")
    served += done["requests"]
    written.update(done["customers"])
    print(f"{instance} stopped after {done['requests']} requests, none failed")


def replace(instance):
    stop(instance)
    deploy(instance, NEW)
    time.sleep(1.5)  # it serves, and has said which version it is


def sql(text):
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall() if cursor.description else []


sql("CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY "
    "KEY, name text NOT NULL); "
    "INSERT INTO customers (name) SELECT 'customer ' || g FROM "
    "generate_series(1, 20000) g")
say("Three instances of the old version")
for one in ("web-1", "web-2", "web-3"):
    deploy(one, OLD)

say("Expand and fill: both versions are live")
run("start", FILE)
time.sleep(1.5)

say("The contract is refused: all three run the old version")
run("complete", NEW, "--yes", expect=3, names="'web-1' runs base")

say("Two are replaced; the contract is refused over the third")
replace("web-1")
replace("web-2")
run("complete", NEW, "--yes", expect=3, names="'web-3' runs base")
run("gate", NEW, expect=3, names="'web-3' runs base")

say("All are replaced; the contract is sealed")
replace("web-3")
run("complete", NEW, "--yes", names="is sealed")
run("status", names="sealed at")
time.sleep(2)

say("Something is wrong with the new version: the contract is undone")
run("undo", NEW, names="both versions are live")

say("The old version works again, and sees what was written since")
deploy("web-4", OLD)
time.sleep(2)
stop("web-4")
run("instance", "remove", "web-4")
different = sql("SELECT count(*) FROM customers WHERE name IS DISTINCT FROM "
                "full_name")[0][0]
if different:
    fail(f"{different} customers have two names")

say("Sealed again, and dropped")
run("complete", NEW, "--yes", names="is sealed")
time.sleep(1)
run("complete", NEW, "--drop", "--yes", names="is complete")
time.sleep(1)
for one in ("web-1", "web-2", "web-3"):
    stop(one)

say("The history tells it all")
history = run("history")
for part in ("Both versions are live", "Sealed; can be undone",
             "The contract was undone", "Migration finished successfully"):
    if part not in history:
        fail(f"the history does not say '{part}'")

found = {str(key): name for key, name in
         sql("SELECT id, full_name FROM customers")}
lost = [key for key, name in written.items() if found.get(key) != name]
if lost:
    fail(f"acknowledged writes are lost: {lost[:10]}")
print(f"\n{served} requests, 0 failed; {len(written)} acknowledged customers, "
      "0 lost")
