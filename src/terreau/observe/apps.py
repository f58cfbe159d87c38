from django.apps import AppConfig


class ObserveConfig(AppConfig):
    name = "terreau.observe"
    label = "observe"
    default_auto_field = "django.db.models.BigAutoField"
