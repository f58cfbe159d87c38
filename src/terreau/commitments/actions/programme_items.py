"""A programme typed by hand: that of an actor, action by action. Larger ones come from a file."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from terreau.commitments.enums import ItemKind
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commitments.rules import is_keeper
from terreau.commons.actions import write_journal
from terreau.commons.models import Party, User
from terreau.lake.turn import take_turn

from .programme_files import MOST_ITEMS
from .writing import NotAllowed

LICENCE = "etalab-2.0"


@transaction.atomic
def add_programme(*, title: str, author: str, party: Party | None = None, by: User) -> Programme:
    """An empty one, under the licence of the register; of ``party`` when the directory has its author.

    Raises ValidationError, NotAllowed.
    """
    take_turn()
    _check_keeper(by)
    title, author = " ".join(title.split()), " ".join(author.split())
    row = Programme(
        slug=_free_slug(f"{author} {title}"),
        title=title,
        author=author,
        party=party,
        licence=LICENCE,
        rights_holder=author[:200],
    )
    row.full_clean(exclude=["party"])
    row.save()
    write_journal(verb="add-programme", subject=f"programme:{row.slug}", by=by)
    return row


@transaction.atomic
def name_author_of_programme(*, programme: Programme, party: Party, by: User) -> Programme:
    """Whose it is in the directory: who speaks for it says what its actions serve. Raises NotAllowed."""
    take_turn()
    _check_keeper(by)
    programme.party, programme.party_identity = party, party.identity
    programme.save(update_fields=["party", "party_identity"])
    write_journal(verb="name-author-of-programme", subject=f"programme:{programme.slug}", by=by)
    return programme


@transaction.atomic
def add_programme_item(*, programme: Programme, title: str, aim: str = "", by: User) -> ProgrammeItem:
    """The next number. Raises ValidationError, NotAllowed."""
    take_turn()
    _check_keeper(by)
    codes = set(programme.items.values_list("code", flat=True))
    if len(codes) >= MOST_ITEMS:
        raise ValidationError({"title": _("Mille points au plus dans un programme.")})
    number = next(n for n in range(1, MOST_ITEMS + 1) if str(n) not in codes)
    rank = programme.items.aggregate(rank=Max("rank"))["rank"] or 0
    item = ProgrammeItem(
        programme=programme,
        code=str(number),
        kind=ItemKind.MEASURE,
        title=" ".join(title.split()),
        aim=aim.strip(),
        rank=rank + 1,
    )
    item.full_clean(exclude=["programme"])
    item.save()
    write_journal(verb="add-programme-item", subject=f"programme:{programme.slug}", by=by, code=item.code)
    return item


def _check_keeper(by: User) -> None:
    if not is_keeper(by):
        raise NotAllowed(_("Seuls les animateurs et les gardiens des données écrivent un programme."))


def _free_slug(words: str) -> str:
    stem = slugify(words)[:40].strip("-") or "programme"
    taken = set(Programme.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if one not in taken)
