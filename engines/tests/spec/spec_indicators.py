"""How figures per territory are computed, example by example."""

from spec_language import Chapter, Example

from terreau_engines.indicators import compare, count_units, population_by_zone, rate, sum_amounts

# Two zones, North and South, inside one département, D. Communes N1, N2 and S1.
COMMUNES = """
place | zone
N1    | North
N2    | North
S1    | South
"""
WITH_DEPARTEMENT = """
place | zone
N1    | North
N2    | North
S1    | South
N1    | D
N2    | D
S1    | D
D     | D
"""
# Border: two communes here, one in the neighbouring region, where nothing is collected.
BORDER = """
place | zone   | covered
B1    | Border | true
B2    | Border | true
X1    | Border | false
X1    | Beyond | false
"""

COUNTING = Chapter(
    "How many organisations a zone has",
    "A unit is what is counted: an organisation, known by its SIREN. It may work in several places.",
    (
        Example(
            "Several sites in one zone count once there, and once in each commune",
            "The association a works in both communes of North. It is one organisation of North. A zone is "
            "therefore not the sum of its communes.",
            count_units,
            {
                "units": "unit | place\na | N1\na | N2\nb | N1",
                "membership": COMMUNES + "N1 | N1\nN2 | N2\nS1 | S1\n",
            },
            "zone | value\nN1 | 2\nN2 | 1\nNorth | 2\nS1 | -\nSouth | -",
        ),
        Example(
            "A repeated row counts once",
            "Two sources name the same organisation in the same commune.",
            count_units,
            {"units": "unit | place\na | N1\na | N1", "membership": COMMUNES},
            "zone | value\nNorth | 1\nSouth | -",
        ),
        Example(
            "Nothing found is not 0",
            "No source lists every organisation of South. We know of none: the figure stays empty.",
            count_units,
            {"units": "unit | place\na | N1", "membership": COMMUNES},
            "zone | value\nNorth | 1\nSouth | -",
        ),
        Example(
            "0 when the source claims to hold every unit",
            "An exhaustive list without a row for South says that there is none.",
            count_units,
            {"units": "unit | place\na | N1", "membership": COMMUNES},
            "zone | value\nNorth | 1\nSouth | 0",
            {"exhaustive": True},
        ),
        Example(
            "No 0 while a unit that could be there is not placed",
            "The list is exhaustive, but the row of b has no commune: b may work in South.",
            count_units,
            {"units": "unit | place\na | N1\nb | -", "membership": COMMUNES},
            "zone | value | unplaced\nNorth | 1 | 1\nSouth | - | 1",
            {"exhaustive": True},
        ),
        Example(
            "A source that gives only the département",
            "b is known to be in D, nothing finer. It counts in D. For North and South it is one unit that "
            "may be there and is not counted.",
            count_units,
            {"units": "unit | place\na | N1\nb | D", "membership": WITH_DEPARTEMENT},
            "zone | value | unplaced\nD | 2 | 0\nNorth | 1 | 1\nSouth | - | 1",
        ),
        Example(
            "A unit placed by one source is not missing for another",
            "One source gives the commune of a, another only its département. North has a, misses nothing.",
            count_units,
            {"units": "unit | place\na | N1\na | D", "membership": WITH_DEPARTEMENT},
            "zone | value | unplaced\nD | 1 | 0\nNorth | 1 | 0\nSouth | - | 1",
        ),
        Example(
            "A zone across the border counts its part in the region",
            "Nothing is collected in X1. The unit c, found there by chance, is left out, so that the figure "
            "and its denominator speak of the same two communes. Beyond has no commune here: not measured, "
            "even with an exhaustive source.",
            count_units,
            {"units": "unit | place\na | B1\nc | X1", "membership": BORDER},
            "zone | value | places | places_covered\nBeyond | - | 1 | 0\nBorder | 1 | 3 | 2",
            {"exhaustive": True},
        ),
    ),
)

SUMS = Chapter(
    "How much money or how many posts go to a zone",
    "Amounts are whole numbers (cents, posts): sums are exact and nothing is rounded.",
    (
        Example(
            "Every row counts, even twice the same",
            "Two grants of the same amount to the same commune are two grants.",
            sum_amounts,
            {"amounts": "place | amount\nN1 | 1010\nN1 | 1010\nN2 | 5", "membership": COMMUNES},
            "zone | value | rows\nNorth | 2025 | 3\nSouth | - | 0",
        ),
        Example(
            "Money known at the département only",
            "It counts in D, and is said beside North and South instead of being shared out by guess.",
            sum_amounts,
            {"amounts": "place | amount\nN1 | 1000\nD | 300\n- | 7", "membership": WITH_DEPARTEMENT},
            "zone | value | unplaced\nD | 1300 | 1\nNorth | 1000 | 2\nSouth | - | 2",
        ),
        Example(
            "A grant of 0 is a known 0",
            "The source says 0 euro: that was measured.",
            sum_amounts,
            {"amounts": "place | amount\nS1 | 0", "membership": COMMUNES},
            "zone | value | rows\nNorth | - | 0\nSouth | 0 | 1",
        ),
    ),
)

POPULATION = Chapter(
    "How many inhabitants a zone has",
    "Municipal population on 1 January, commune by commune, in today's boundaries.",
    (
        Example(
            "The sum of the communes, year by year",
            "",
            population_by_zone,
            {
                "population": "place | year | population\n"
                "N1 | 2020 | 100\nN2 | 2020 | 40\nS1 | 2020 | 10\n"
                "N1 | 2021 | 90\nN2 | 2021 | 45\nS1 | 2021 | 10",
                "membership": COMMUNES,
            },
            "zone | year | value\n"
            "North | 2020 | 140\nNorth | 2021 | 135\nSouth | 2020 | 10\nSouth | 2021 | 10",
        ),
        Example(
            "A sum with a hole is no sum",
            "N2 was not counted in 2020: North is empty that year, not 100.",
            population_by_zone,
            {
                "population": "place | year | population\nN1 | 2020 | 100\nS1 | 2020 | 10",
                "membership": COMMUNES,
            },
            "zone | year | value | missing\nNorth | 2020 | - | 1\nSouth | 2020 | 10 | 0",
        ),
        Example(
            "A zone across the border counts its part in the region",
            "The inhabitants of X1 stay out, as its organisations do.",
            population_by_zone,
            {
                "population": "place | year | population\nB1 | 2020 | 100\nB2 | 2020 | 50\nX1 | 2020 | 900",
                "membership": BORDER,
            },
            "zone | year | value\nBorder | 2020 | 150",
        ),
    ),
)

RATES = Chapter(
    "A figure per inhabitant, and against the level above",
    "Both sides of a division speak of the same places. An empty figure stays empty.",
    (
        Example(
            "Per 10,000 inhabitants",
            "3 organisations for 1,200 inhabitants.",
            rate,
            {"numerator": "zone | value\nNorth | 3", "denominator": "zone | value\nNorth | 1200"},
            "zone | value\nNorth | 25.0",
        ),
        Example(
            "No inhabitants known: no rate",
            "North has no denominator, the denominator of South is empty, nobody lives in East.",
            rate,
            {
                "numerator": "zone | value\nNorth | 3\nSouth | 2\nEast | 1",
                "denominator": "zone | value\nSouth | -\nEast | 0",
            },
            "zone | value\nEast | -\nNorth | -\nSouth | -",
        ),
        Example(
            "Against the level above",
            "North has 30 per 10,000 where D has 20: 10 more, one and a half times as much. South is not "
            "measured, so it is not compared.",
            compare,
            {
                "values": "zone | value\nNorth | 30\nSouth | -\nD | 20",
                "above": "zone | above\nNorth | D\nSouth | D",
            },
            "zone | above | value | value_above | difference | ratio\n"
            "North | D | 30 | 20 | 10 | 1.5\nSouth | D | - | 20 | - | -",
        ),
        Example(
            "Nothing is so many times 0",
            "The level above is 0: the difference can be told, the ratio cannot.",
            compare,
            {"values": "zone | value\nNorth | 3\nD | 0", "above": "zone | above\nNorth | D"},
            "zone | above | difference | ratio\nNorth | D | 3 | -",
        ),
    ),
)

CHAPTERS = (COUNTING, SUMS, POPULATION, RATES)
