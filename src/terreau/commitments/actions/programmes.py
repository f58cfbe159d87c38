"""A programme comes from a file; the same file again changes nothing, another version of it what is different."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.lake.turn import take_turn

from .programme_files import ITEM_FIELDS, PROGRAMME_FIELDS, ProgrammeFile, read_programme


@dataclass(frozen=True)
class LoadedProgramme:
    """``withdrawn``: items that the file no longer has; commitments may serve them, so they stay."""

    programme: Programme
    added: int
    changed: int
    withdrawn: int
    is_changed: bool

    def __str__(self) -> str:
        if not self.is_changed:
            return _("%(title)s : rien n’a changé") % {"title": self.programme.title}
        return _("%(title)s : points ajoutés : %(added)s, changés : %(changed)s, retirés : %(withdrawn)s") % {
            "title": self.programme.title,
            "added": self.added,
            "changed": self.changed,
            "withdrawn": self.withdrawn,
        }


@transaction.atomic
def load_programme(*, content: bytes, by: User | None) -> LoadedProgramme:
    """``content``: of a file in the form of ``docs/guides/programmes.md``. Raises NotAProgramme."""
    file = read_programme(content)
    take_turn()
    programme, is_changed = _programme(file)
    known = {item.code: item for item in programme.items.all()}
    added, changed = _items(programme, known, file)
    codes = {values["code"] for values in file.items}
    gone = programme.items.filter(is_withdrawn=False).exclude(code__in=codes)
    withdrawn = gone.update(is_withdrawn=True)
    is_changed = is_changed or bool(added or changed or withdrawn)
    if is_changed:
        write_journal(
            verb="load-programme",
            subject=f"programme:{programme.slug}",
            by=by,
            added=added,
            changed=changed,
            withdrawn=withdrawn,
        )
    return LoadedProgramme(programme, added, changed, withdrawn, is_changed)


def _programme(file: ProgrammeFile) -> tuple[Programme, bool]:
    row = Programme.objects.filter(slug=file.values["slug"]).first()
    is_new = row is None
    row = row or Programme()
    is_changed = is_new or _differs(row, file.values, (*PROGRAMME_FIELDS, "translations"))
    if is_changed:
        for name, value in file.values.items():
            setattr(row, name, value)
        row.save()
    return row, is_changed


def _items(programme: Programme, known: dict[str, ProgrammeItem], file: ProgrammeFile) -> tuple[int, int]:
    added = changed = 0
    for values in file.items:
        row = known.get(values["code"])
        values = {**values, "is_withdrawn": False}
        if row is None:
            ProgrammeItem.objects.create(programme=programme, **values)
            added += 1
        elif _differs(row, values, (*ITEM_FIELDS, "rank", "translations", "is_withdrawn")):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
            changed += 1
    return added, changed


def _differs(row: Programme | ProgrammeItem, values: dict[str, object], names: tuple[str, ...]) -> bool:
    return any(getattr(row, name) != values[name] for name in names)
