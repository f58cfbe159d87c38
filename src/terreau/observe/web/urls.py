"""Addresses of the observatory."""

from django.urls import URLPattern

app_name = "observe"
urlpatterns: list[URLPattern] = []
