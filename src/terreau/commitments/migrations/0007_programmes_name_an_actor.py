import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0006_traces"),
        ("commons", "0006_public_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="party",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="programmes",
                to="commons.party",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="party_identity",
            field=models.CharField(blank=True, max_length=200, verbose_name="identité"),
        ),
    ]
