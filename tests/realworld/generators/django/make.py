"""Prints the schema that Django's migrations make, in their order.

Usage: /usr/bin/python3 make.py SOCKET_DIRECTORY USER DATABASE

The database is an empty one; Django only asks it which migrations have run.
"""

import io
import pathlib
import shutil
import sys
import tempfile

import django
from django.conf import settings
from django.core.management import call_command

CONTRIB = ["contenttypes", "auth", "admin", "sessions", "sites", "flatpages", "redirects", "postgres"]
EXTENSIONS = ["btree_gist", "pg_trgm"]


def configure(socket, user, database):
    settings.configure(
        INSTALLED_APPS=[f"django.contrib.{name}" for name in CONTRIB] + ["shop"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": socket,
                "USER": user,
                "NAME": database,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # Django insists on a key, but nothing is signed with it here.
        SECRET_KEY="unused",
        SITE_ID=1,
        USE_TZ=True,
    )
    django.setup()


def table_of_migrations():
    """The statement with which Django makes its own table of migrations."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(MigrationRecorder.Migration)
    return "\n".join(editor.collected_sql) + "\n"


def statements(app, name):
    out = io.StringIO()
    call_command("sqlmigrate", app, name, stdout=out, no_color=True)
    lines = out.getvalue().splitlines()
    return "\n".join(line for line in lines if line != "--")


def main():
    with tempfile.TemporaryDirectory() as folder:
        # Django writes the migrations of the application beside its models.
        here = pathlib.Path(__file__).parent
        shutil.copytree(here / "shop", pathlib.Path(folder) / "shop")
        sys.path.insert(0, folder)
        configure(*sys.argv[1:4])
        call_command("makemigrations", "shop", stdout=io.StringIO())
        from django.db import connection
        from django.db.migrations.executor import MigrationExecutor

        for extension in EXTENSIONS:
            print(f"CREATE EXTENSION IF NOT EXISTS {extension};")
        print(table_of_migrations())
        executor = MigrationExecutor(connection)
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print(f"-- {migration.app_label} {migration.name}")
            print(statements(migration.app_label, migration.name) + "\n")


main()
