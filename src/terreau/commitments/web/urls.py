"""Addresses of the register, and its main pages."""

from django.urls import URLPattern

app_name = "commitments"
NAVIGATION: list[tuple[str, object]] = []
urlpatterns: list[URLPattern] = []
