"""The links of mail that a command sends."""


def link_to(language: str, route: str, arguments: tuple[str, ...]) -> str:
    from django.conf import settings
    from django.urls import reverse
    from django.utils.translation import override

    with override(language):
        return f"{settings.SITE_ADDRESS}{reverse(route, args=arguments)}"
