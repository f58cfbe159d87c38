from django.db import migrations

from terreau.commons.search import index


class Migration(migrations.Migration):
    dependencies = [("commons", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: index.create(schema_editor.connection),
            lambda apps, schema_editor: index.drop(schema_editor.connection),
        )
    ]
