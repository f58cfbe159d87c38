from django.db import migrations

# PostgreSQL sorts text by the habits of its language, which differ from one server to the next; SQLite by
# the codes of letters. Names are sorted by their folded text (É with E), so by codes too, the same everywhere.
SORTED = {
    "commons_party": {"name": "varchar(300)", "search_text": "text"},
    "commons_place": {"name": "varchar(200)", "search_text": "varchar(200)"},
}


def collate(collation):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        for table, columns in SORTED.items():
            changes = (f'ALTER COLUMN {name} TYPE {kind} COLLATE "{collation}"' for name, kind in columns.items())
            schema_editor.execute(f"ALTER TABLE {table} {', '.join(changes)}")

    return run


class Migration(migrations.Migration):
    dependencies = [("commons", "0002_search_index")]

    operations = [
        migrations.RunPython(collate("C"), collate("default")),
        migrations.AlterModelOptions(
            name="party", options={"ordering": ["search_text", "name", "pk"], "verbose_name": "acteur"}
        ),
        migrations.AlterModelOptions(
            name="place", options={"ordering": ["search_text", "name", "pk"], "verbose_name": "territoire"}
        ),
    ]
