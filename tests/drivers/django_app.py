"""An application with Django's ORM: django_app.py URL old|new"""
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

import app

url, version = sys.argv[1:]
parts = urlsplit(url)
query = parse_qs(parts.query)


def first(name, fallback=""):
    return query.get(name, [fallback])[0]


settings.configure(
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": first("host", unquote(parts.netloc.rpartition("@")[2])),
        "PORT": first("port"),
        "OPTIONS": {"options": first("options")} if "options" in query else {},
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TIME_ZONE="UTC",
    USE_TZ=True)
django.setup()

from django.db import models, transaction  # noqa: E402, it needs the settings


class Account(models.Model):
    name = models.TextField(
        db_column={"old": "name", "new": "full_name"}[version])
    v = {"old": models.IntegerField, "new": models.BigIntegerField}[version]()

    class Meta:
        app_label = "drivers"
        db_table = "account"
        managed = False


def one_round(number, value):
    name = f"django {version} {number}"
    account = Account.objects.create(name=name, v=value)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        locked.v += app.FACTOR[version]
        locked.name += "!"
        locked.save()
    found = Account.objects.filter(pk=account.pk).values_list("name", "v")
    app.expect(list(found), [(name + "!", value + app.FACTOR[version])])
    if account.pk % 2 == 0:
        app.expect(Account.objects.filter(pk=account.pk).delete()[0], 1)


app.run(one_round, version)
