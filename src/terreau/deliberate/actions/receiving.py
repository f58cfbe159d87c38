"""An answer that comes by mail: into review, or answered politely, once. Its address says whose it is, never its From.

Nothing of a mail is logged.
"""

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import ANSWER, secret_of
from terreau.commitments.queries.topics import LinkTo
from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Process, Text
from terreau.deliberate.models.statements import STATEMENT_LENGTH
from terreau.deliberate.queries.following import followed_process, mail_secret, subscription_answered

from .answering import answer_process, takes_statements, texts_to_comment
from .participating import digest_of
from .reading_mail import Received, read_mail
from .statements import AlreadySaid
from .writing import NotAllowed

A_DAY = 24 * 3600
WAITING, ANSWERED, IGNORED = "waiting", "answered", "ignored"


def receive_mail(*, raw: bytes, link_to: LinkTo, sent_to: str = "", by: User | None) -> str:
    """``sent_to``: the address that the mail server delivers to, when it says so. Returns what became of it."""
    mail = read_mail(raw)
    addresses = [sent_to] if sent_to else mail.sent_to
    subscription = next(filter(None, map(subscription_answered, addresses)), None)
    process = followed_process(subscription) if subscription else None
    if mail.is_automatic or subscription is None or process is None:
        return IGNORED
    with override(subscription.language):
        problem = _problem_of(mail) or _received(mail.words, process, subscription)
        if not problem:
            return WAITING
        link = link_to(
            subscription.language,
            "deliberate:answer",
            (process.slug, subscription.token, secret_of(ANSWER, subscription.token)),
        )
        _answer(subscription, process, problem, link)
    return ANSWERED


def _problem_of(mail: Received) -> str:
    return {
        "attachment": _(
            "Un message avec une pièce jointe n’est pas lu : écrivez votre réponse dans le message."
        ),
        "html": _("Votre message n’a pas de texte simple : envoyez-le en texte, sans mise en forme."),
        "empty": _("Votre message était vide, une fois retiré ce qu’il citait."),
        "too-long": _("Votre message est trop lourd pour être lu : gardez l’essentiel."),
        "unreadable": _("Votre message n’a pas pu être lu : envoyez-le en texte, sans pièce jointe."),
    }.get(mail.problem, "")


def _received(words: str, process: Process, subscription: Subscription) -> str:
    """Why it was not taken; empty: it waits for review."""
    now = timezone.now()
    texts = texts_to_comment(process, subscription, now)
    text: Text | None = None
    if len(" ".join(words.split())) > STATEMENT_LENGTH or not takes_statements(process, now):
        if len(texts) > 1:
            return _("Plusieurs textes sont ouverts : dites duquel vous parlez, par le lien ci-dessous.")
        if not texts:
            return _why_nothing_is_taken(process)
        text = texts[0]
    try:
        answer_process(process=process, subscription=subscription, words=words, text=text)
    except AlreadySaid as error:
        return "" if _is_hers(error, process, subscription) else " ".join(error.messages)
    except ValidationError as error:
        return " ".join(error.messages)
    except NotAllowed as error:
        return str(error)
    return ""


def _why_nothing_is_taken(process: Process) -> str:
    if takes_statements(process, timezone.now()):
        return _("Une affirmation tient en %d signes : gardez une seule idée.") % STATEMENT_LENGTH
    return _("On n’écrit pas en ce moment dans cette démarche, ou ce dossier vous est fermé.")


def _is_hers(error: AlreadySaid, process: Process, subscription: Subscription) -> bool:
    """The same mail, delivered twice."""
    said = error.statement
    if said.author is None or said.moderation != Moderation.WAITING:
        return False
    if subscription.user is not None:
        return said.author.user_id == subscription.user.pk
    return said.author.secret_digest == digest_of(process, mail_secret(subscription))


def _answer(subscription: Subscription, process: Process, problem: str, link: str) -> None:
    """To the address that follows, whoever wrote; one a day, so that two machines never talk to each other."""
    if not cache.add(f"mail-answered:{subscription.token}", True, A_DAY):
        return
    body = _(
        "Bonjour,\n\nVous avez écrit à la démarche « %(title)s ». %(problem)s\n\nPour répondre autrement, par votre "
        "lien personnel :\n%(link)s\n\nSi vous n’avez rien écrit, ne faites rien.\n"
    )
    queue_mail(
        to=subscription.address,
        subject=_("Votre message n’a pas été pris"),
        body=body % {"title": " ".join(process.title.split()), "problem": problem, "link": link},
        about=f"subscription:{subscription.token}",
        by=None,
    )
