from django.apps import AppConfig


class CommonsConfig(AppConfig):
    name = "terreau.commons"
    label = "commons"
    default_auto_field = "django.db.models.BigAutoField"
