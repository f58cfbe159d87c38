from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "terreau.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The register asks the observatory who speaks for an organisation and who is masked, without knowing it."""
        from terreau.commitments.queries.hidden import register_hidden
        from terreau.commitments.rules import register_speaker
        from terreau.observe.queries.custodians import parties_of
        from terreau.observe.queries.secrecy import hidden_public_ids

        register_speaker(parties_of)
        register_hidden(hidden_public_ids)
