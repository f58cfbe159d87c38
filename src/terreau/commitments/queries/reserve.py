"""The electoral reserve (*réserve électorale*): when it holds, where, and what it keeps out of the shop window."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import Commitment, Election
from terreau.commons.enums import Nature, PartyKind
from terreau.commons.models import Place


@dataclass(frozen=True)
class ReserveRule:
    """What the site does, and the article that it does it for."""

    effect: str | Promise
    article: str


#: Shown at /reserve-electorale/ and in docs/guides/pledges.md; a test holds the two together.
RESERVE_RULES = (
    ReserveRule(
        _("Un bandeau sur les pages du registre dit quelle période court, et jusqu’à quand."), "L52-1"
    ),
    ReserveRule(
        _(
            "Les engagements des organismes publics du territoire, et ceux nés d’une promesse de campagne, ne sont "
            "mis en avant ni à l’accueil, ni dans les lettres, ni dans les flux. Leurs pages restent lisibles et à "
            "jour : rien n’est effacé."
        ),
        "L52-1",
    ),
    ReserveRule(
        _(
            "Le flux des réponses dues ne dit rien de ce qu’un organisme public décide sur le territoire, en retard "
            "ou non. La page des réponses dues montre tout."
        ),
        "L52-1",
    ),
    ReserveRule(
        _(
            "De la veille du premier tour à 0 h à la fin du dernier tour, aucune position ne paraît ni ne change."
        ),
        "L49",
    ),
    ReserveRule(
        _("Le dernier jour pour répondre est le même pour toutes les listes, et connu d’avance."), "L48-2"
    ),
    ReserveRule(
        _(
            "Toutes les listes ont les mêmes questions, les mêmes limites et la même place, dans un ordre tiré au "
            "sort. Il n’y a ni note ni classement."
        ),
        "L52-8",
    ),
)


@dataclass(frozen=True)
class Reserve:
    """The elections whose legal period covers a day."""

    elections: tuple[Election, ...]

    @property
    def ends_on(self) -> dt.date:
        return max(day for one in self.elections if (day := one.reserve_ends_on))

    @property
    def titles(self) -> list[str]:
        return [one.title for one in self.elections]

    def unpromoted(self) -> Q:
        """Commitments of public bodies, or born of an election, that stand where one votes. One without a place may
        stand there too. Late ones as well as kept ones: to show only those would be a campaign of another kind.
        """
        owned = Q(owner__kind=PartyKind.PUBLIC_BODY) | Q(owner__nature=Nature.PUBLIC)
        pledged = Q(pledge__candidacy__election__first_round_on__isnull=False)
        return (owned | pledged) & self.voting()

    def voting(self) -> Q:
        """Rows whose ``place`` is where one votes, or that have none."""
        if any(one.place_id is None for one in self.elections):
            return Q()  # all the territory of the site votes
        voting = [one.place_id for one in self.elections]
        communes = Q(zones__in=voting) | Q(pk__in=voting)
        touched = communes | Q(communes__in=Place.objects.filter(communes))
        return Q(place__isnull=True) | Q(place__in=Place.objects.filter(touched))


def reserve_on(day: dt.date) -> Reserve | None:
    """None outside any legal period."""
    soon = day + dt.timedelta(days=31 * 8)
    near = Election.objects.filter(
        Q(first_round_on__lte=soon) | Q(own_reserve_start__lte=day),
        Q(first_round_on__gte=day) | Q(second_round_on__gte=day) | Q(own_reserve_end__gte=day),
    ).order_by("first_round_on", "pk")
    elections = tuple(one for one in near if one.is_reserved_on(day))
    return Reserve(elections) if elections else None


def without_promotion(commitments: "QuerySet[Commitment]", day: dt.date) -> "QuerySet[Commitment]":
    """What a home page, a digest or a feed may put forward on ``day``. Pages of commitments show everything."""
    reserve = reserve_on(day)
    if reserve is None:
        return commitments
    return commitments.exclude(pk__in=Commitment.objects.filter(reserve.unpromoted()).values("pk"))
