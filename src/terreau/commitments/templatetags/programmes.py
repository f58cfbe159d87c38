"""``{% load programmes %}`` then ``{{ item|said:"title" }}``: a word of a programme, in the language of the page."""

from django import template

from terreau.commitments.models import Programme, ProgrammeItem

register = template.Library()


@register.filter
def said(row: Programme | ProgrammeItem, name: str) -> str:
    return row.said(name)
