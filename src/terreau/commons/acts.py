"""Which acts enter the public log, and what it says of each. A new public act is one line here.

An entry is for ever, so it names nobody: see ``Shown``.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Shown(StrEnum):
    """NAMED: the entry names its subject, for ever: a source, a dataset, never an organisation or a person.
    OPENED: the entry does not; its page shows what was done to whom for as long as the subject may be shown. Not for
    an act whose details name somebody else.
    SEALED: only its date and its verb are public.
    """

    NAMED = "named"
    OPENED = "opened"
    SEALED = "sealed"


@dataclass(frozen=True)
class PublicAct:
    title: str | Promise
    shown: Shown = Shown.NAMED


PUBLIC_ACTS = {
    "load-places": PublicAct(_("Territoires chargés")),
    "build-boundaries": PublicAct(_("Contours dessinés")),
    "harvest": PublicAct(_("Source moissonnée")),
    "compute-indicators": PublicAct(_("Indicateurs publiés")),
    "publish-dataset": PublicAct(_("Jeu de données publié")),
    "load-dump": PublicAct(_("Export chargé")),
    "add-funded-content": PublicAct(_("Contenu financé ajouté")),
    "change-funded-content": PublicAct(_("Contenu financé modifié")),
    "merge-parties": PublicAct(_("Deux fiches réunies"), Shown.OPENED),
    "undo-merge": PublicAct(_("Fusion défaite"), Shown.OPENED),
    "answer-candidate": PublicAct(_("Paire de fiches tranchée"), Shown.OPENED),
    "answer-masking": PublicAct(_("Demande de masquage traitée"), Shown.SEALED),
    "propose-correction": PublicAct(_("Correction proposée"), Shown.SEALED),
    "accept-correction": PublicAct(_("Correction acceptée"), Shown.SEALED),
    "refuse-correction": PublicAct(_("Correction refusée"), Shown.SEALED),
    "appeal-refusal": PublicAct(_("Refus d’une correction porté en appel"), Shown.SEALED),
    "grant-appeal": PublicAct(_("Correction acceptée en appel"), Shown.SEALED),
    "reject-appeal": PublicAct(_("Appel rejeté, refus d’une correction maintenu"), Shown.SEALED),
    "undo-correction": PublicAct(_("Correction défaite"), Shown.SEALED),
    "redo-correction": PublicAct(_("Correction remise"), Shown.SEALED),
    "choose-value": PublicAct(_("Valeur choisie entre des sources"), Shown.OPENED),
    "undo-choice": PublicAct(_("Choix d’une valeur défait"), Shown.OPENED),
    "declare-practice": PublicAct(_("Pratique déclarée"), Shown.OPENED),
    "give-evidence": PublicAct(_("Preuve d’une pratique donnée"), Shown.OPENED),
    "withdraw-practice": PublicAct(_("Pratique retirée"), Shown.OPENED),
    "confirm-practice": PublicAct(_("Pratique confirmée par une autre organisation"), Shown.SEALED),
    "withdraw-confirmation": PublicAct(_("Confirmation retirée"), Shown.OPENED),
    "contradict-practice": PublicAct(_("Pratique contestée"), Shown.OPENED),
    "close-contradiction": PublicAct(_("Contestation tranchée"), Shown.OPENED),
    "add-picture": PublicAct(_("Image publiée"), Shown.SEALED),
    "change-picture-licence": PublicAct(_("Licence d’une image changée"), Shown.SEALED),
    "withdraw-picture": PublicAct(_("Image retirée"), Shown.SEALED),
    "load-programme": PublicAct(_("Programme chargé")),
    "add-demonstration": PublicAct(_("Engagements fictifs de démonstration ajoutés")),
    "remove-demonstration": PublicAct(_("Engagements fictifs de démonstration retirés")),
    "open-commitment": PublicAct(_("Engagement publié")),
    "change-commitment": PublicAct(_("Engagement précisé")),
    "name-commitment-owner": PublicAct(_("Engagement repris par un autre")),
    "record-fulfilment": PublicAct(_("Réalisation notée")),
    "withdraw-fulfilment": PublicAct(_("Réalisation retirée")),
    "keep-commitment": PublicAct(_("Engagement tenu")),
    "renegotiate-commitment": PublicAct(_("Engagement renégocié")),
    "abandon-commitment": PublicAct(_("Engagement abandonné avec une raison")),
    "refuse-commitment-change": PublicAct(_("Changement d’un engagement refusé")),
    "open-election": PublicAct(_("Élection ou consultation ouverte")),
    "change-election": PublicAct(_("Élection ou consultation modifiée")),
    "remove-election": PublicAct(_("Élection ou consultation sans liste retirée")),
    "add-candidacy": PublicAct(_("Liste ou organisme inscrit, rang tiré au sort")),
    "change-candidacy": PublicAct(_("Nom d’une liste ou d’un organisme corrigé")),
    "withdraw-candidacy": PublicAct(_("Liste ou organisme retiré avec une raison")),
    "publish-positions": PublicAct(_("Positions publiées")),
    "change-positions": PublicAct(_("Positions changées, les anciennes gardées")),
    "refuse-position-change": PublicAct(_("Changement d’une position refusé : trop tard")),
    "erase-position-words": PublicAct(_("Mots d’une position effacés")),
    "mark-elected": PublicAct(_("Liste notée comme élue")),
    "undo-elected": PublicAct(_("Liste qui n’est plus notée comme élue")),
    "turn-pledge-into-commitment": PublicAct(_("Promesse devenue un engagement")),
    "refuse-process-act": PublicAct(_("Acte refusé sur une démarche")),
    "publish-words": PublicAct(_("Mots d’une démarche publiés après relecture")),
    "refuse-words": PublicAct(_("Mots d’une démarche refusés avec un motif")),
    "appeal-words": PublicAct(_("Recours contre un refus")),
    "answer-words-appeal": PublicAct(_("Recours jugé par une seconde personne")),
    "publish-opinion-result": PublicAct(_("Résultat d’une démarche publié")),
    "import-opinions": PublicAct(_("Affirmations et avis repris d’un autre outil")),
    "prune-publications": PublicAct(_("Anciennes versions de jeux de données retirées")),
    "renew-log-key": PublicAct(_("Clé du journal public renouvelée")),
    "erase-from-log": PublicAct(_("Contenu d’actes effacé, empreintes gardées")),
}

# Acts that stay in the private journal, with the reason.
PRIVATE_ACTS = {
    "ask-masking": "who asks to be masked asks in confidence",
    "withdraw-correction": "an author takes back what was hers",
    "erase-correction": "an author asks to be forgotten; the log says that contents were erased",
    "erase-corrections": "names an account",
    "erase-practice": "an author asks to be forgotten",
    "erase-confirmation": "an author asks to be forgotten",
    "erase-contradiction": "an author asks to be forgotten",
    "ask-claim": "names an account",
    "write-claim-letter": "names an account",
    "send-claim-letter": "names an account",
    "answer-claim": "names an account",
    "end-claim": "names an account",
    "add-picture-release": "of the persons in a picture",
    "withdraw-picture-release": "of the persons in a picture",
    "reply-to-contradiction": "waits for a steward, as what it replies to",
    "forget-overdue-claims": "of letters that nobody answered",
    "find-candidates": "changes nothing that is shown",
    "subscribe": "what a person follows is her affair",
    "confirm-subscription": "what a person follows is her affair",
    "stop-subscription": "what a person follows is her affair",
    "forget-subscriptions": "of addresses that nobody confirmed, or of one person",
    "send-digests": "of who was written to; changes nothing that is shown",
    "draft-commitment": "a draft is private",
    "change-draft": "a draft is private",
    "discard-draft": "a draft is private",
    "discard-drafts": "names an account",
    "erase-commitment-words": "an author asks to be forgotten; the log says that contents were erased",
    "keep-position-draft": "a draft is private",
    "give-reply-link": "whom the link went to is in confidence",
    "forget-participations": "names an account",
    "grant-role": "names an account",
    "revoke-role": "names an account",
    "change-name": "names an account",
    "erase-account": "names an account",
    "forget-unused-accounts": "of accounts nobody used",
}
