from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

# Model, key to a party, identity told beside it.
NAMING = (
    ("Confirmation", "peer", "peer_identity"),
    ("MaskRequest", "party", "identity"),
    ("FundedContent", "producer_party", "producer_identity"),
)


def tell_identities(apps: Any, schema_editor: Any) -> None:
    """Of the one that a merge still in force took away, where the merge remembers the row; else of the party named.

    No row is written twice: PostgreSQL would not change tables any more in this transaction.
    """
    alias = schema_editor.connection.alias

    def rows_of(app: str, model: str) -> Any:
        return apps.get_model(app, model).objects.using(alias)

    def identity_of(model: str, key: str) -> Any:
        return Subquery(rows_of("commons", model).filter(pk=OuterRef(key)).values("identity")[:1])

    _tell_those_moved(rows_of)
    for model, key, identity in NAMING:
        rows = rows_of("observe", model).filter(**{f"{key}__isnull": False, identity: ""})
        rows.update(**{identity: identity_of("Party", key)})
    rows_of("observe", "Correction").filter(site__isnull=False).update(site_identity=identity_of("Site", "site"))
    rows_of("commons", "Revision").filter(verb="contradict-practice").update(by=None)  # who contests is not told


def _tell_those_moved(rows_of: Any) -> None:
    merges = list(rows_of("observe", "Merge").filter(undone_at__isnull=True).order_by("pk"))
    kept = {one.gone_identity: one.kept_identity for one in merges}
    for model, key, identity in NAMING:
        told: set[int] = set()  # the first of the merges in force that moved a row took it from its own party
        for one in merges:
            root = one.kept_identity
            while root in kept:
                root = kept[root]
            for row in set(one.moved.get(f"observe.{model.lower()}.{key}", [])) - told:
                rows = rows_of("observe", model).filter(pk=row, **{f"{key}__identity": root})
                if rows.update(**{identity: one.gone_identity}):
                    told.add(row)


class Migration(migrations.Migration):
    dependencies = [
        ("commons", "0006_public_log"),
        ("observe", "0006_pictures"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="confirmation", name="confirmed_once_a_moment"),
        migrations.AddField(
            model_name="confirmation",
            name="peer_identity",
            field=models.CharField(db_index=True, default="", max_length=200, verbose_name="identité du pair"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="correction",
            name="site_identity",
            field=models.CharField(blank=True, db_index=True, max_length=200, verbose_name="identité du lieu"),
        ),
        migrations.AddField(
            model_name="fundedcontent",
            name="producer_identity",
            field=models.CharField(
                blank=True, db_index=True, max_length=200, verbose_name="identité de qui l’a réalisé"
            ),
        ),
        migrations.AddField(
            model_name="maskrequest",
            name="identity",
            field=models.CharField(db_index=True, default="", max_length=200, verbose_name="identité"),
            preserve_default=False,
        ),
        *(
            migrations.AlterField(
                model_name=model,
                name=key,
                field=models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name=related_name,
                    to="commons.party",
                ),
            )
            for model, key, related_name in (
                ("choice", "party", "choices"),
                ("claim", "party", "claims"),
                ("confirmation", "peer", "+"),
                ("maskrequest", "party", "mask_requests"),
                ("picture", "party", "pictures"),
                ("practice", "party", "practices"),
            )
        ),
        migrations.RunPython(tell_identities, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                fields=("practice", "peer_identity", "confirmed_at"), name="confirmed_once_a_moment"
            ),
        ),
        migrations.RemoveField(model_name="merge", name="moved"),
    ]
