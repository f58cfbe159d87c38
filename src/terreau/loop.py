"""The loop, told once: settings, addresses, navigation, documents and the architecture tests read ROOMS.

A room is *open* when its package exists: it appears with its first working page, never before.
"""

from dataclasses import dataclass
from importlib.util import find_spec

from django.utils.translation import gettext_noop as _  # marks the sentences that the catalogue translates


@dataclass(frozen=True)
class Room:
    """One step of the loop. ``propositions``: the numbers, 1 to 13, that the room carries."""

    name: str
    title: str  # French, as the public reads it
    purpose: str
    propositions: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        return find_spec(f"terreau.{self.name}") is not None


ROOMS = (
    Room("observe", _("Observer"), _("Savoir qui fait quoi, où, avec quelles sources"), (4, 6, 9)),
    Room("deliberate", _("Délibérer"), _("Écrire ensemble, voir ce qui unit et ce qui sépare"), (1, 2, 11)),
    Room("decide", _("Décider"), _("Voter, décider, répondre avec des raisons"), (1, 2)),
    Room(
        "fund", _("Financer"), _("Des fonds et des calendriers à la taille des petites trésoreries"), (7, 10)
    ),
    Room(
        "cooperate",
        _("Coopérer"),
        _("Des projets portés par des partenaires de natures différentes"),
        (5, 8, 12),
    ),
    Room("learn", _("Apprendre"), _("Expérimenter, capitaliser, transmettre"), (3, 7, 12, 13)),
)

SPINE = "commitments"
"""What ties the rooms together: every room may write a promise there."""


def open_rooms() -> tuple[Room, ...]:
    return tuple(room for room in ROOMS if room.is_open)


def open_packages() -> tuple[str, ...]:
    """The spine, then the open rooms: each has models, addresses, tables that are dumped, and datasets."""
    return (SPINE, *(room.name for room in open_rooms()))
