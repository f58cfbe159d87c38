"""What the desk says of a sheet once it is typed."""

from django.utils.translation import gettext as _

from terreau.deliberate.actions.sheets import Entered


def told_of_sheet(entered: Entered, was_there: bool) -> list[str]:
    """``was_there``: its number had been used, on paper or on a phone. Her votes are told to nobody."""
    told = []
    if entered.statement is not None:
        told.append(
            _(
                "Son affirmation est reçue, au nom de cette feuille. Elle paraît dès qu’un modérateur l’a relue."
            )
        )
    if entered.confirms:
        told.append(_("Deuxième saisie, la même que la première : cette feuille est confirmée."))
    elif entered.typings:
        told += _of_second_typing(entered)
    elif was_there:
        told.append(_("Cette feuille avait déjà servi : c’est la même personne, le dernier avis compte."))
    return told


def _of_second_typing(entered: Entered) -> list[str]:
    told = [_("Cette feuille avait déjà été saisie : c’est la même personne, comptée une fois.")]
    if entered.by_same:
        told.append(_("C’était par vous : pour la confirmer, une autre personne la tape de nouveau."))
    if entered.added:
        told.append(_("Vides à la première saisie, ajoutées : n° %s.") % _numbers(entered.added))
    if entered.left:
        told.append(
            _("Vides dans la vôtre, gardées de la première : n° %s. Rien n’y est coché ? Tapez x.")
            % _numbers(entered.left)
        )
    if entered.hers:
        told.append(
            _("Affirmations auxquelles elle a répondu elle-même, et dont la réponse reste : %d.")
            % entered.hers
        )
    return told


def _numbers(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
