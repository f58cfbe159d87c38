from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "terreau.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The register asks the observatory who speaks for an organisation and who is masked, the rooms what they
        tell by mail, and the roof what the site has for an item of a programme, without knowing them.
        """
        from terreau.commitments.queries.beside import register_beside
        from terreau.commitments.queries.hidden import register_hidden
        from terreau.commitments.queries.topics import register_topic
        from terreau.commitments.rules import register_speaker
        from terreau.deliberate.actions.letters import ProcessLetters
        from terreau.deliberate.queries.following import KIND
        from terreau.observe.queries.custodians import parties_of
        from terreau.observe.queries.secrecy import hidden_public_ids
        from terreau.portal.propositions import what_is_beside

        register_speaker(parties_of)
        register_hidden(hidden_public_ids)
        register_beside(what_is_beside)
        register_topic(KIND, ProcessLetters())
