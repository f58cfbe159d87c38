import json
from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def tell_identities_and_acts(apps: Any, schema_editor: Any) -> None:
    """The institution of an election by its party; the act of a change by what its entry of the log was made of."""
    alias = schema_editor.connection.alias
    parties = apps.get_model("commons", "Party").objects.using(alias)
    told = Subquery(parties.filter(pk=OuterRef("body")).values("identity")[:1])
    elections = apps.get_model("commitments", "Election").objects.using(alias)
    elections.filter(body__isnull=False).update(body_identity=told)
    changes = apps.get_model("commitments", "Change").objects.using(alias)
    entries = apps.get_model("commons", "LogEntry").objects.using(alias)
    made = entries.filter(about__startswith="commitment:").exclude(content="").order_by("index")
    for index, about, content in made.values_list("index", "about", "content").iterator():
        number = json.loads(content)["details"].get("change")
        if number is not None:
            token = about.removeprefix("commitment:")
            changes.filter(commitment__token=token, number=number).update(log_index=index)


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0005_follow_other_things"),
        ("commons", "0006_public_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="log_index",
            field=models.BigIntegerField(null=True, verbose_name="numéro au journal public"),
        ),
        migrations.AddField(
            model_name="election",
            name="body_identity",
            field=models.CharField(blank=True, max_length=200, verbose_name="identité"),
        ),
        migrations.RunPython(tell_identities_and_acts, migrations.RunPython.noop),
    ]
