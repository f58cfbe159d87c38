"""What is dumped is declared, and every model says whether it is."""

from django.apps import apps

from terreau.commons.models import User
from terreau.lake.dump import everything_declared
from terreau.loop import open_packages

PERSONAL = {"by", "author", "contact", "email", "secret_digest", "answered_by", "chosen_by", "declared_by",
            "confirmed_by", "closed_by", "added_by", "merged_by", "decided_by", "user", "recorded_by",
            "entered_by", "created_by", "refused_by", "judged_by", "moderated_by", "appeal_answered_by",
            "outcome_by"}  # fmt: skip


def test_every_model_is_dumped_or_says_why_not() -> None:
    declared = everything_declared()
    models = {
        model for label in ("commons", *open_packages()) for model in apps.get_app_config(label).get_models()
    }
    tables = {table.model for table in declared.tables}
    models |= {model for model in tables if model._meta.auto_created}  # rows of a many-to-many field
    assert tables | declared.not_dumped.keys() == models
    assert tables & declared.not_dumped.keys() == set()
    assert all(reason.strip() for reason in declared.not_dumped.values())


def test_every_column_is_dumped_or_is_known_to_stay() -> None:
    """A column added to a model does not stay behind by oversight."""
    stays = {
        "appeals": {"words"},  # for stewards alone
        "candidacies": {"draft", "linked_at"},  # a draft is private, so is a link
        "commitment_changes": {"log_index"},  # of the log of this site
        "elections": {"created_at"},
        "corrections": {"is_erased"},  # erased ones do not leave
        "practices": {"withdrawn_at"},  # nor withdrawn ones
        "process_roles": {"given_by"},
        "resonances": {"is_waiting"},  # those that wait do not leave
        "statement_votes": {"channel", "external_at"},  # with a college, either would point at somebody
        "participants": {
            "sheet",
            "external_id",
            "shown_name",
        },  # what finds a person again on paper, or in another tool
        "proposals": {"appeal"},  # words to a second person
        "contributions": {"appeal"},
        "statements": {"appeal"},
    }
    forgotten = {}
    for table in everything_declared().tables:
        fields = {field.name for field in table.model._meta.concrete_fields} - {"id"}
        left = fields - set(table.columns) - PERSONAL - stays.get(table.name, set())
        if left:
            forgotten[table.name] = left
    assert forgotten == {}


def test_no_column_leads_to_an_account() -> None:
    for table in everything_declared().tables:
        named = set(table.columns) & PERSONAL
        assert named == ({"author"} if table.name == "programmes" else set()), "that author is a text"
        assert User not in {table.model._meta.get_field(name).related_model for name in table.columns}
