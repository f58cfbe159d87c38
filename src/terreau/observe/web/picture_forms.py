"""What is asked of a picture: its file, who made it, under which licence, who is in it and agreed."""

from io import BytesIO
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from terreau.commons.licences import LICENCES, NOT_FOR_PUBLICATION
from terreau.observe.models import Picture, PictureRelease
from terreau.observe.pictures import MOST_BYTES, StoredPicture

# Those made for works, and those of administrations; the others are for databases and programs.
_FOR_PICTURES = ("cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "etalab-2.0", "crpa-l321-1", NOT_FOR_PUBLICATION)
LICENCE_CHOICES = [(code, LICENCES[code].title) for code in _FOR_PICTURES]
_SALT = "observe.picture"
_DRAFT_LASTS = 12 * 3600  # less than the file waits: actions.pictures.UNUSED_FOR


class OnePicture(FileUploadHandler):
    """One file, in memory, up to MOST_BYTES. What is beyond is read and forgotten: what was typed is kept."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.content: BytesIO | None = None
        self.is_too_heavy = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.content is not None:
            raise SkipFile
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.content is not None
        if start + len(raw_data) > MOST_BYTES:
            self.is_too_heavy = True
            self.content = BytesIO()
            raise SkipFile
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        assert self.content is not None
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name or "", self.content_type, file_size, self.charset
        )


def draft_of(stored: StoredPicture) -> str:
    """A file already received, in a form that is sent again: signed, so that it names no other."""
    return signing.dumps([stored.sha256, stored.width, stored.height], salt=_SALT)


def read_draft(text: str) -> StoredPicture | None:
    try:
        return StoredPicture(*signing.loads(text, salt=_SALT, max_age=_DRAFT_LASTS))
    except signing.BadSignature:
        return None


def _date() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PictureForm(forms.ModelForm):
    """``file`` is not asked again when ``draft`` says that it was received."""

    file = forms.FileField(
        label=_("image (JPEG, PNG ou WebP, 10 Mo au plus)"),
        required=False,
        allow_empty_file=True,  # its content is looked at, and said to be no picture
        max_length=1000,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Le lieu et l’heure que l’appareil a pu y écrire sont effacés."),
    )
    people = forms.IntegerField(
        label=_("Combien de personnes peut-on reconnaître ?"),
        min_value=0,
        max_value=1000,
        help_text=_(
            "0 si personne n’est reconnaissable, même de dos ou au loin. Comptez aussi les enfants, et les visages "
            "sur les affiches."
        ),
    )
    source_address = forms.URLField(
        label=_("adresse d’où elle vient (facultatif)"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    licence = forms.ChoiceField(
        label=_("licence donnée par l’auteur"), choices=[("", "---------"), *LICENCE_CHOICES]
    )

    class Meta:
        model = Picture
        fields = ("alt", "people", "author_name", "rights_holder", "licence", "source_address", "taken_on")
        widgets = {"alt": forms.Textarea(attrs={"rows": 2}), "taken_on": _date()}
        help_texts = {
            "alt": _(
                "Ce que l’on voit, en une phrase, sans nommer personne. Elle est lue à voix haute à qui ne voit pas "
                "l’image, et remplace l’image quand elle ne se charge pas."
            ),
            "author_name": _("Son nom paraît sous l’image."),
            "rights_holder": _("Souvent l’auteur, ou l’organisation qui l’emploie."),
        }

    field_order = ("file", *Meta.fields)


class ReleaseForm(forms.ModelForm):
    class Meta:
        model = PictureRelease
        fields = ("reference", "signed_on", "any_reuse", "until")
        widgets = {"signed_on": _date(), "until": _date()}
        help_texts = {
            "reference": _(
                "Par exemple « formulaire 12 ». Aucun nom ici : qui a signé reste sur le papier. Pour une personne "
                "mineure, ses parents signent."
            ),
        }


class LicenceForm(forms.Form):
    licence = forms.ChoiceField(label=_("licence"), choices=LICENCE_CHOICES)
