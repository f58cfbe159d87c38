"""How much waits for an answer, page by page."""

from terreau.observe.models import Contradiction, MaskRequest

from .corrections import WAITS, corrections_to_review
from .custodians import letters_to_send
from .masking import mask_requests
from .merges import pairs_waiting
from .practices import contradictions


def waiting() -> dict[str, int]:
    """Name of the address → how many wait there, 0 included."""
    return {
        "observe:corrections": corrections_to_review().filter(WAITS).count(),
        "observe:mask_requests": mask_requests().filter(state=MaskRequest.State.OPEN).count(),
        "observe:merge_review": pairs_waiting(),
        "observe:claims": letters_to_send().count(),
        "observe:contradictions": contradictions().filter(state=Contradiction.State.OPEN).count(),
    }
