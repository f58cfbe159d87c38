"""Texts written together: their versions, and what each paragraph of a version carries."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from terreau.deliberate.differences import Difference, text_differences
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import (
    Contribution,
    Paragraph,
    Participant,
    Process,
    Support,
    Text,
    TextVersion,
)


def texts_of(process: Process) -> "QuerySet[Text]":
    """``n_versions`` and ``n_contributions``: for a list."""
    return process.texts.annotate(
        n_versions=Count("versions", distinct=True),
        n_contributions=Count(
            "contributions",
            filter=Q(
                contributions__moderation=Moderation.PUBLISHED,
                contributions__answers__isnull=True,
                contributions__withdrawn_at__isnull=True,
            ),
            distinct=True,
        ),
    ).order_by("pk")


def find_text(process: Process, token: str) -> Text | None:
    return process.texts.select_related("process").filter(token=token).first()


def versions_of(text: Text) -> "QuerySet[TextVersion]":
    return text.versions.select_related("step")


def current_version(text: Text) -> TextVersion:
    """The last one: a text is added with its first version, so there is one."""
    found = versions_of(text).order_by("-number").first()
    assert found is not None, text.token
    return found


def paragraph_of(version: TextVersion, key: str) -> Paragraph | None:
    return version.paragraphs.filter(key=key).first()


def version_read(text: Text, number: int) -> TextVersion | None:
    return versions_of(text).filter(number=number).first()


def kept_contributions(text: Text) -> "QuerySet[Contribution]":
    """Those that a version carries, in the order in which they came."""
    return (
        text.contributions.filter(kept_in__isnull=False, moderation=Moderation.PUBLISHED)
        .select_related("author", "kept_in", "version")
        .order_by("at", "pk")
    )


def kept_and_waiting(text: Text) -> "QuerySet[Contribution]":
    """Kept, or kept in part, and in no version yet: the next one may carry them."""
    return (
        text.contributions.filter(
            outcome__in=("kept", "partly"),
            kept_in__isnull=True,
            moderation=Moderation.PUBLISHED,
            withdrawn_at__isnull=True,
        )
        .select_related("author")
        .order_by("at", "pk")
    )


@dataclass
class Footprint:
    """A paragraph of a version, the contributions that it carries since the first, and their credits."""

    paragraph: Paragraph
    contributions: list[Contribution] = field(default_factory=list)

    @property
    def colleges(self) -> list[str]:
        """Labels, each once, in the order in which they came."""
        labels = (one.get_college_display() for one in self.contributions if one.college)
        return list(dict.fromkeys(map(str, labels)))


def footprint_of(version: TextVersion) -> list[Footprint]:
    """Every paragraph of ``version``, those that carry nothing too."""
    marks = {one.key: Footprint(one) for one in version.paragraphs.all()}
    for one in kept_contributions(version.text):
        if one.kept_in is not None and one.kept_in.number <= version.number and one.kept_key in marks:
            marks[one.kept_key].contributions.append(one)
    return list(marks.values())


def carried_by_the_whole(version: TextVersion) -> list[Contribution]:
    """Those that no paragraph carries by itself: an idea that is everywhere in the text."""
    return list(kept_contributions(version.text).filter(kept_key="", kept_in__number__lte=version.number))


@dataclass
class Told:
    """A difference, and the contributions that explain it."""

    difference: Difference
    contributions: list[Contribution]


def told_differences(old: TextVersion, new: TextVersion) -> list[Told]:
    """Paragraph by paragraph, with the contributions kept in the versions after ``old`` up to ``new``."""
    by_key: dict[str, list[Contribution]] = {}
    for one in kept_contributions(new.text):
        if one.kept_in is not None and old.number < one.kept_in.number <= new.number:
            by_key.setdefault(one.kept_key, []).append(one)
    paragraphs = [list(version.paragraphs.all()) for version in (old, new)]
    return [Told(one, by_key.get(one.key, [])) for one in text_differences(*paragraphs)]


def counts_by_paragraph(text: Text) -> dict[str, int]:
    """Key → contributions shown on it, comments among them; what is in a thread is not counted."""
    rows = (
        text.contributions.filter(
            moderation=Moderation.PUBLISHED, answers__isnull=True, withdrawn_at__isnull=True
        )
        .order_by()
        .values_list("paragraph_key")
        .annotate(found=Count("pk"))
    )
    return dict(rows)


@dataclass(frozen=True)
class OwnSupport:
    """``version``: the last one that she supports, the current one or not."""

    version: TextVersion | None
    is_current: bool


def own_support(text: Text, participant: Participant | None, current: TextVersion) -> OwnSupport:
    if participant is None:
        return OwnSupport(None, False)
    last = (
        Support.objects.filter(participant=participant, version__text=text)
        .select_related("version")
        .order_by("-version__number")
        .first()
    )
    version = last.version if last else None
    return OwnSupport(version, version is not None and version.pk == current.pk)


def has_changed_since(text: Text, read: TextVersion, current: TextVersion, key: str) -> bool:
    """Whether a paragraph says something else than when it was read, or is no longer there."""
    if read.pk == current.pk:
        return False
    if not key:
        return False
    said: Sequence[Paragraph | None] = [paragraph_of(version, key) for version in (read, current)]
    before, after = said
    return after is None or before is None or before.words != after.words
