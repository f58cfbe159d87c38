"""``{% load days %}`` then ``{{ election.first_round_on|day }}``: « 1er septembre 2026 » where Django writes « 1 »."""

import datetime as dt

from django import template

from terreau.commitments.words import day_in_words

register = template.Library()


@register.filter(expects_localtime=True)
def day(when: dt.date | None) -> str:
    return day_in_words(when) if when else ""
