"""Loading Django inside a command, in the language of the machine."""

from .words import speaks_english


def start_django() -> None:
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en" if speaks_english() else "fr")
