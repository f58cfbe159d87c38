from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "terreau.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The register asks the observatory who speaks for an organisation, without knowing it."""
        from terreau.commitments.rules import register_speaker
        from terreau.observe.queries.custodians import parties_of

        register_speaker(parties_of)
