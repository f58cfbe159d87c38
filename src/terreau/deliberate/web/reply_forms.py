"""What a decider types to reply: an answer, reasons, and what follows from it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from terreau.commitments.enums import Answer
from terreau.commitments.models import Commitment
from terreau.commitments.queries import visible_commitments
from terreau.commitments.queries.commitments import matching
from terreau.commons.web.choosing import ChoosingField
from terreau.commons.web.fields import date_field, long_text
from terreau.deliberate.actions.replies import Promise
from terreau.deliberate.models import Process, Reply

MOST_CHOICES = 10
PROMISES = (1, 2)
EXISTING = ("existing", "existing2")


class CommitmentField(ChoosingField):
    """A public commitment, by its identifier, its address or words of its title."""

    nothing = _("Aucun engagement public ne répond à « %(typed)s » : essayez un mot de son titre.")

    def find(self, typed: str) -> tuple[list[Any], bool]:
        if row := self.get(typed.rstrip("/").rsplit("/", 1)[-1]):
            return [row], True
        rows = matching(visible_commitments(), on=timezone.localdate(), words=typed)
        found = list(rows.order_by("-opened_on", "pk")[:MOST_CHOICES])
        return found, len(found) == 1

    def get(self, key: str) -> Commitment | None:
        return visible_commitments().filter(token=key).first()

    def key(self, row: Commitment) -> str:
        return row.token

    def name(self, row: Commitment) -> str:
        return row.title


class ReplyForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("votre réponse"),
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites oui, en partie ou non.")},
    )
    reasons = long_text(
        _("vos raisons, publiques"),
        required=_("Donnez les raisons : elles sont publiques."),
        length=5000,
        rows=5,
    )
    existing = CommitmentField(
        label=_("un engagement déjà public qui y répond"),
        required=False,
        help_text=_("Des mots de son titre, ou son adresse."),
    )
    existing2 = CommitmentField(label=_("un autre engagement déjà public"), required=False)
    no_commitment_because = long_text(
        _("ou : pourquoi aucun engagement"),
        length=2000,
        rows=3,
        help_text=_("Si rien n’est promis, dites pourquoi."),
    )
    in_the_name_of = forms.CharField(
        label=_("au nom de qui vous répondez"),
        max_length=200,
        error_messages={"required": _("Dites au nom de qui vous répondez.")},
    )

    def __init__(
        self, *args: Any, process: Process, decider: str, last: Reply | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["in_the_name_of"].initial = last.in_the_name_of if last else decider
        for rank in PROMISES:
            self._add_promise(rank)
        if last is not None:
            self._start_with(last)

    def _add_promise(self, rank: int) -> None:
        self.fields[f"promise{rank}-title"] = forms.CharField(
            label=_("ce qui est promis"), required=False, max_length=200
        )
        self.fields[f"promise{rank}-deliverable"] = forms.CharField(
            label=_("ce que l’on verra quand ce sera fait"), required=False, max_length=500
        )
        self.fields[f"promise{rank}-due_on"] = date_field(_("échéance"))

    def _start_with(self, last: Reply) -> None:
        for name in ("answer", "reasons", "no_commitment_because"):
            self.fields[name].initial = getattr(last, name)
        for name, row in zip(EXISTING, last.commitments.order_by("pk"), strict=False):
            field: Any = self.fields[name]
            field.start_with(row)

    def promise_fields(self) -> list[list[Any]]:
        names = ("title", "deliverable", "due_on")
        return [[self[f"promise{rank}-{name}"] for name in names] for rank in PROMISES]

    def has_second(self) -> bool:
        """Whether what is folded away was filled, or is wrong."""
        names = ["existing2", *(f"promise2-{name}" for name in ("title", "deliverable", "due_on"))]
        return any(self.errors.get(name) for name in names) or any(self._said(name) for name in names)

    def _said(self, name: str) -> bool:
        value = self[name].value()
        return bool(getattr(value, "text", value))

    def said(self) -> dict[str, Any]:
        """As ``actions.reply_to_proposal`` takes it."""
        given = self.cleaned_data
        promises = [
            Promise(
                given[f"promise{rank}-title"],
                given[f"promise{rank}-due_on"],
                given[f"promise{rank}-deliverable"],
            )
            for rank in PROMISES
            if any(given[f"promise{rank}-{name}"] for name in ("title", "deliverable", "due_on"))
        ]
        return {
            "answer": given["answer"],
            "reasons": given["reasons"],
            "in_the_name_of": given["in_the_name_of"],
            "commitments": [given[name].row for name in EXISTING if given[name].row],
            "promises": promises,
            "no_commitment_because": given["no_commitment_because"],
        }
