"""The indicators that the observatory publishes: the question, the formula, the sources, who is in charge.

Three things a page may say where there is no figure:
- *not measured*: no source of the indicator was read, or the territory is outside the region. No row at all;
- *none that our sources know*: sources were read, found nothing, and do not claim to hold everything. A row
  without a value;
- 0: only when ``exhaustive``, that is when the source itself claims to hold every case of the region, and no
  row that could not be placed might belong there. The engine holds this rule.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Measure(Enum):
    """How two territories compare: a count by its share of the whole, a rate by its difference."""

    COUNT = "count"
    RATE = "rate"
    EUROS = "euros"


@dataclass(frozen=True)
class Indicator:
    """One published figure.

    ``sources``: codes of the sources it reads; empty: every source of the directory. ``exhaustive``: whether
    those sources claim to hold every case (see above). ``by_year``: one value a year, else one as of the
    newest source. ``steward``: who answers for the definition and the date; empty: nobody is in charge.
    """

    code: str
    title: str | Promise
    question: str | Promise
    unit: str | Promise
    formula: str | Promise
    periodicity: str | Promise
    sources: tuple[str, ...] = ()
    measure: Measure = Measure.COUNT
    decimals: int = 0
    by_year: bool = False
    exhaustive: bool = False
    steward: str = ""


PER = 10_000  # inhabitants

ORGANISATIONS = Indicator(
    code="organisations",
    title=_("Organisations"),
    question=_("Combien d’organisations travaillent ici, d’après nos sources ?"),
    unit=_("organisations"),
    formula=_(
        "Nombre de numéros SIREN différents, en activité, qui ont ici un lieu d’activité. Une organisation "
        "qui a plusieurs lieux sur le territoire compte une fois. Les acteurs sans SIREN ne sont pas comptés."
    ),
    periodicity=_("à chaque lecture des sources"),
)
ORGANISATIONS_PER_10000 = Indicator(
    code="organisations_per_10000",
    title=_("Organisations pour 10 000 habitants"),
    question=_("Y en a-t-il plus ou moins qu’ailleurs, à population égale ?"),
    unit=_("pour 10 000 habitants"),
    formula=_(
        "Organisations × 10 000 ÷ population municipale de la dernière année connue, sur les seules communes "
        "de la région."
    ),
    periodicity=_("à chaque lecture des sources"),
    measure=Measure.RATE,
    decimals=1,
)
ESS_ORGANISATIONS = Indicator(
    code="ess_organisations",
    title=_("Organisations dans le périmètre de l’ESS"),
    question=_("Combien sont dans l’économie sociale et solidaire, au sens de la loi de 2014 ?"),
    unit=_("organisations"),
    formula=_("Comme « Organisations », en gardant celles que notre règle place dans le périmètre de l’ESS."),
    periodicity=_("à chaque lecture des sources"),
)
WORK_INTEGRATION = Indicator(
    code="work_integration",
    title=_("Structures d’insertion par l’activité économique"),
    question=_("Combien de structures d’insertion travaillent ici ?"),
    unit=_("structures"),
    formula=_(
        "Nombre de numéros SIREN différents, en activité, qui ont ici un lieu inscrit sur la liste des "
        "structures conventionnées pour l’insertion par l’activité économique."
    ),
    periodicity=_("à chaque lecture de la liste"),
    # The list holds those under agreement in one month; it does not say that it holds them all: no zero.
    sources=("siae",),
)
FUNDED_POSTS = Indicator(
    code="funded_posts",
    title=_("Postes financés par l’État (adultes-relais, FONJEP)"),
    question=_("Combien de postes l’État finance-t-il ici ?"),
    unit=_("postes"),
    formula=_(
        "Nombre de postes financés dans l’année, placés dans la commune quand la source la donne, sinon dans "
        "le département."
    ),
    periodicity=_("annuelle"),
    sources=("adulte_relais", "fonjep"),
    by_year=True,
)
FUNDED_AMOUNT = Indicator(
    code="funded_amount",
    title=_("Montants versés par l’État"),
    question=_("Combien l’État a-t-il versé ici dans l’année, d’après nos sources ?"),
    unit=_("€"),
    formula=_(
        "Somme des montants de l’année, au centime, placés dans la commune quand la source la donne, sinon "
        "dans le département. Les sources ne couvrent pas les mêmes aides d’une année à l’autre : ces "
        "montants ne disent pas une évolution."
    ),
    periodicity=_("annuelle"),
    sources=("subventions_etat_2010", "adulte_relais", "fonjep"),
    measure=Measure.EUROS,
    by_year=True,
)
POPULATION = Indicator(
    code="population",
    title=_("Population"),
    question=_("Combien d’habitants, et comment leur nombre change-t-il ?"),
    unit=_("habitants"),
    formula=_(
        "Population municipale au 1er janvier, dans les limites d’aujourd’hui. Somme des communes situées "
        "dans la région ; l’année reste vide quand le chiffre d’une commune manque."
    ),
    periodicity=_("annuelle"),
    sources=("population",),
    by_year=True,
    exhaustive=True,
)

INDICATORS = {
    indicator.code: indicator
    for indicator in (
        ORGANISATIONS,
        ORGANISATIONS_PER_10000,
        ESS_ORGANISATIONS,
        WORK_INTEGRATION,
        FUNDED_POSTS,
        FUNDED_AMOUNT,
        POPULATION,
    )
}
