"""What was read from sources, what was computed from it, what people bring to it."""

from .contents import FundedContent
from .corrections import Appeal, Choice, Correction
from .figures import IndicatorValue
from .harvests import Harvest, Reject
from .masking import MaskRequest
from .merges import Candidate, Merge
from .pictures import Picture, PictureRelease
from .practices import ERASED_WORDS, Claim, Confirmation, Contradiction, Practice
from .records import Funding, Scheme, SchemeMember, SourceRecord

__all__ = [
    "ERASED_WORDS",
    "Appeal",
    "Candidate",
    "Choice",
    "Claim",
    "Confirmation",
    "Contradiction",
    "Correction",
    "FundedContent",
    "Funding",
    "Harvest",
    "IndicatorValue",
    "MaskRequest",
    "Merge",
    "Picture",
    "PictureRelease",
    "Practice",
    "Reject",
    "Scheme",
    "SchemeMember",
    "SourceRecord",
]
