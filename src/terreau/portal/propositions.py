"""The thirteen propositions of 2015, in our own short words, and what works here today for each.

``works`` empty: nothing yet. A sentence moves from ``missing`` to ``works`` with the test that shows it.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from terreau.loop import ROOMS, Room


class Force(TextChoices):
    """What the text says: what must be done (*doit*), what could be (*peut*)."""

    MUST = "must", _("doit")
    COULD = "could", _("peut")
    BOTH = "both", _("doit et peut")


@dataclass(frozen=True)
class Proposition:
    number: int
    force: Force
    title: str | Promise
    aim: str | Promise
    works: str | Promise = ""
    missing: str | Promise = ""

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(room for room in ROOMS if self.number in room.propositions)


PROPOSITIONS = (
    Proposition(
        1,
        Force.MUST,
        _("Le rôle des élus"),
        _("Passer de celui qui décide à celui qui rend possible une décision commune."),
        missing=_("Mandat public de chaque démarche, réponses dues et motivées, intérêts déclarés."),
    ),
    Proposition(
        2,
        Force.MUST,
        _("Construire ensemble l’action publique"),
        _("Relier élus, agents, habitants, entreprises, associations et chercheurs."),
        missing=_("Textes en versions, contributions closes avec une raison, ce qui unit les collèges."),
    ),
    Proposition(
        3,
        Force.MUST,
        _("L’innovation publique"),
        _("Concevoir les services avec ceux qui s’en servent ; essayer, et dire aussi ce qui échoue."),
        missing=_("Expérimentations avec leur bilan, innovations reprises d’un territoire à l’autre."),
    ),
    Proposition(
        4,
        Force.MUST,
        _("Un numérique ouvert et libre"),
        _("Des outils libres ; ce que la région produit ou finance se réutilise librement."),
        works=_(
            "Logiciel libre. Chaque valeur porte sa source, sa date et sa licence. Les données se "
            "téléchargent en formats ouverts et se lisent par une interface publique ; une commande exporte "
            "tout ce qui est public, une autre instance le recharge ; une autre écrit le site en fichiers qui se "
            "lisent sans serveur. Une table dit quelles licences vont ensemble, un registre ce que l’argent public a "
            "payé et qui reste dû. Une image porte son auteur, sa licence et l’accord de ceux que l’on y reconnaît."
        ),
    ),
    Proposition(
        5,
        Force.MUST,
        _("S’outiller et se former à coopérer"),
        _("Former et accompagner, d’abord à l’intérieur des projets collectifs."),
        missing=_("Sessions et attestations, fiches de méthode, catalogue d’outils libres."),
    ),
    Proposition(
        6,
        Force.BOTH,
        _("Des communs de la connaissance"),
        _("Une observation participative, partagée, permanente, que tous peuvent utiliser."),
        works=_(
            "Annuaire, carte, pages de territoires et premiers indicateurs, avec leurs sources et ce qui "
            "leur manque. Chacun propose une correction sans compte ; tout ce qui a été montré garde une adresse que "
            "l’on peut citer ; une organisation dit ses pratiques, un pair les confirme."
        ),
        missing=_("Secret statistique, questions de recherche partagées."),
    ),
    Proposition(
        7,
        Force.MUST,
        _("Élargir les outils de l’innovation sociale"),
        _("Au-delà de l’appel à projets : étudier, définir, capitaliser, former, accompagner, financer."),
        missing=_("Offres par outil et par étape, cases vides visibles, fiches capitalisées."),
    ),
    Proposition(
        8,
        Force.BOTH,
        _("Coopérer entre acteurs différents"),
        _(
            "Soutenir les projets portés à plusieurs, surtout de natures différentes ; le PTCE en est un cadre."
        ),
        missing=_("Projets et partenaires, besoins et offres, demande d’émergence toujours ouverte."),
    ),
    Proposition(
        9,
        Force.MUST,
        _("S’engager pour un territoire durable"),
        _("Habitat participatif, énergie citoyenne, monnaies locales, terres agricoles, circuits courts."),
        missing=_("Pages par thème, fiches de terrain, cibles avec leur point de départ."),
    ),
    Proposition(
        10,
        Force.MUST,
        _("Des financements accessibles"),
        _("Fonds de trésorerie, délais de paiement tenables, conventions sur plusieurs années."),
        missing=_("Courbe de trésorerie, fonds, conventions et échéanciers."),
    ),
    Proposition(
        11,
        Force.BOTH,
        _("Construire ensemble la politique régionale de l’ESS"),
        _("De nouveaux indicateurs, la conférence régionale de la loi de 2014, des instances ouvertes."),
        missing=_("Conférence et suites, indicateurs adoptés par délibération, actions et orientations."),
    ),
    Proposition(
        12,
        Force.COULD,
        _("Une expertise régionale de l’ESS"),
        _("Échanger avec d’autres territoires ; élus, agents et acteurs apprennent ensemble."),
        missing=_("Sessions communes, qui sait quoi, questions devenues notes."),
    ),
    Proposition(
        13,
        Force.COULD,
        _("La recherche-action"),
        _("Des recherches partagées entre acteurs et collectivités, par bassin de vie."),
        missing=_("Questions partagées, protocoles, dates de restitution aux habitants."),
    ),
)
