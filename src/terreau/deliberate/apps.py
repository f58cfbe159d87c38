from django.apps import AppConfig


class DeliberateConfig(AppConfig):
    name = "terreau.deliberate"
    label = "deliberate"
    default_auto_field = "django.db.models.BigAutoField"
