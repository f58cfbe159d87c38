"""How the two parties of a commitment are called, if they may be."""

from terreau.commitments.models import Commitment

from .commitments import shown_party


def owner_name(commitment: Commitment) -> str:
    shown = shown_party(commitment.owner)
    return shown.name if shown else commitment.owner_name


def beneficiary_name(commitment: Commitment) -> str:
    shown = shown_party(commitment.beneficiary)
    return shown.name if shown else commitment.beneficiary_name
