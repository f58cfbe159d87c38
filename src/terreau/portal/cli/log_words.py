"""What cannot be verified, in plain words and both languages: what, where, and what it may mean."""

import re
from datetime import datetime

from terreau.commons.log.errors import LogError, Problem

from .words import speaks_english, words

_ENTRY = re.compile(r"^(entry|entries) (\d+)(?: to (\d+))?$")


def where_words(where: str) -> str:
    found = _ENTRY.match(where)
    if not found or speaks_english():
        return where
    return f"actes {found[2]} à {found[3]}" if found[3] else f"acte {found[2]}"


_SENTENCES = {
    Problem.MISSING: words("ce fichier manque ou ne s’ouvre pas", "this file is missing or cannot be opened"),
    Problem.TRUNCATED: words("ce fichier est tronqué", "this file is cut short"),
    Problem.UNREADABLE: words(
        "ce fichier n’a pas la forme attendue", "this file does not have the expected form"
    ),
    Problem.NO_KNOWN_KEY: words(
        "aucune clé connue ne l’a signé ; il l’est par une autre clé",
        "no known key has signed it; another key has",
    ),
    Problem.BAD_SIGNATURE: words(
        "la signature est fausse : le texte n’est pas celui que cette clé a signé",
        "the signature is false: this is not the text that this key signed",
    ),
    Problem.BAD_KEY: words(
        "cette clé est mal écrite, ou n’est pas une clé Ed25519",
        "this key is badly written, or is not an Ed25519 key",
    ),
    Problem.OTHER_ORIGIN: words("c’est le journal de quelqu’un d’autre", "this is somebody else’s log"),
    Problem.NOT_AN_ENTRY: words(
        "cette ligne n’est pas un acte bien écrit", "this line is not a well-written act"
    ),
    Problem.WRONG_PLACE: words("cet acte n’est pas à sa place", "this act is not in its place"),
    Problem.CLOCK_WENT_BACK: words(
        "la date recule : ce qui suit est daté d’avant",
        "time goes back: what follows is dated before",
    ),
    Problem.ENTRY_DIFFERS: words(
        "cet acte n’est pas celui dont l’empreinte est au journal",
        "this act is not the one whose hash is in the log",
    ),
    Problem.TILE_DIFFERS: words(
        "cette tuile n’est pas celle que donnent les actes", "this tile is not what the acts give"
    ),
    Problem.ROOT_DIFFERS: words(
        "les actes ne mènent pas à l’empreinte signée", "the acts do not lead to the signed hash"
    ),
    Problem.PROOF_FAILS: words(
        "la preuve ne mène pas à l’empreinte signée", "the proof does not lead to the signed hash"
    ),
    Problem.OPENING_DIFFERS: words(
        "ce contenu n’est pas celui dont l’acte garde l’empreinte",
        "this content is not the one whose digest the act holds",
    ),
    Problem.SHORTER: words(
        "le journal est plus court qu’il n’était : des actes signés ont disparu",
        "the log is shorter than it was: signed acts have gone",
    ),
    Problem.FORK: words(
        "le journal ne prolonge pas celui qui avait été signé : un acte au moins y a changé (bifurcation)",
        "the log does not go on from the one that was signed: at least one act has changed (fork)",
    ),
    Problem.REWRITTEN: words(
        "la base de données ne dit plus ce qui a été signé : rien n’est signé de plus",
        "the database no longer says what was signed: nothing more is signed",
    ),
    Problem.BEHIND: words(
        "la base de données a moins d’actes qu’il n’en a été signé",
        "the database has fewer acts than were signed",
    ),
}


def _facts(error: LogError) -> str:
    names = {
        "wanted": words("attendu", "expected"),
        "found": words("trouvé", "found"),
        "signed_by": words("signé par", "signed by"),
        "key": words("clé", "key"),
        "file": words("fichier", "file"),
        "says": words("il se dit n°", "it says it is no."),
        "at": words("daté de", "dated"),
        "before": words("avant", "before"),
        "now": words("maintenant", "now"),
        "signed": words("signés", "signed"),
        "size": words("actes", "acts"),
        "because": words("cause", "cause"),
    }
    told = (f"{names[name]} {_value(value)}" for name, value in error.facts.items() if str(value))
    return ", ".join(told)


def _value(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def problem_words(error: LogError) -> str:
    """« acte 12 : cet acte n’est pas à sa place (il se dit n° 13) »"""
    facts = _facts(error)
    return f"{where_words(error.where)}{words(' :', ':')} {_SENTENCES[error.problem]}{f' ({facts})' if facts else ''}"
