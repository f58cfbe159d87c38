"""What works here today for each of the thirteen propositions, and what is missing.

What they ask is in ``data/programmes/treize-propositions.toml``. ``works`` empty: nothing yet. A sentence moves from
``missing`` to ``works`` with the test that shows it.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from terreau.commitments.models import ProgrammeItem
from terreau.commitments.queries.beside import Beside, Carried
from terreau.lake.catalogue import datasets_of
from terreau.loop import ROOMS, Room

THIRTEEN = "treize-propositions"
"""The programme that the rooms carry."""


@dataclass(frozen=True)
class Proposition:
    number: int
    works: str | Promise = ""
    missing: str | Promise = ""

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(room for room in ROOMS if self.number in room.propositions)


PROPOSITIONS = (
    Proposition(
        1,
        works=_(
            "Chaque démarche a un mandat public : ce qui est ouvert, qui décide en droit, pour quand la réponse. Son "
            "animateur n’a aucun pouvoir sur ce que les gens écrivent. Une proposition adoptée attend une réponse "
            "motivée, son retard se voit. Un intérêt déclaré ferme son dossier."
        ),
        missing=_("Scrutins, registre des décisions."),
    ),
    Proposition(
        2,
        works=_(
            "Des textes écrits ensemble, version par version, où chaque contribution reçoit une réponse et sa raison. "
            "Des affirmations sur lesquelles on donne son avis en ligne, en atelier ou sur papier ; un résultat que "
            "l’on peut recalculer, et qui sait dire qu’il n’y a pas de groupes nets."
        ),
        missing=_("Scrutins, registre des décisions."),
    ),
    Proposition(
        3,
        missing=_("Expérimentations avec leur bilan, innovations reprises d’un territoire à l’autre."),
    ),
    Proposition(
        4,
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
        missing=_("Sessions et attestations, fiches de méthode, catalogue d’outils libres."),
    ),
    Proposition(
        6,
        works=_(
            "Annuaire, carte, pages de territoires et premiers indicateurs, avec leurs sources et ce qui "
            "leur manque. Chacun propose une correction sans compte ; tout ce qui a été montré garde une adresse que "
            "l’on peut citer ; une organisation dit ses pratiques, un pair les confirme."
        ),
        missing=_("Secret statistique, questions de recherche partagées."),
    ),
    Proposition(
        7,
        missing=_("Offres par outil et par étape, cases vides visibles, fiches capitalisées."),
    ),
    Proposition(
        8,
        missing=_("Projets et partenaires, besoins et offres, demande d’émergence toujours ouverte."),
    ),
    Proposition(
        9,
        works=_(
            "Des engagements avec leur point de départ, leur cible et leur trajectoire, en mots et en image."
        ),
        missing=_("Pages par thème, fiches de terrain."),
    ),
    Proposition(
        10,
        missing=_("Courbe de trésorerie, fonds, conventions et échéanciers."),
    ),
    Proposition(
        11,
        works=_(
            "La conférence régionale avec son ordre du jour, ses collèges, son compte rendu et son horloge de 24 "
            "mois ; les résonances entre programmes des acteurs et orientations, avec ce qui reste seul de chaque côté."
        ),
        missing=_("Indicateurs adoptés par délibération."),
    ),
    Proposition(
        12,
        missing=_("Sessions communes, qui sait quoi, questions devenues notes."),
    ),
    Proposition(
        13,
        missing=_("Questions partagées, protocoles, dates de restitution aux habitants."),
    ),
)


_BY_CODE = {str(proposition.number): proposition for proposition in PROPOSITIONS}


def what_is_beside(item: ProgrammeItem) -> Beside:
    """What the software does for a proposition, and the datasets of the open rooms that carry it."""
    proposition = _BY_CODE.get(item.code) if item.programme.slug == THIRTEEN else None
    if proposition is None:
        return Beside()
    published = [dataset for room in proposition.rooms if room.is_open for dataset in datasets_of(room.name)]
    return Beside(
        works=str(proposition.works),
        missing=str(proposition.missing),
        datasets=tuple(Carried(one.title, reverse("observe:dataset", args=[one.name])) for one in published),
    )
