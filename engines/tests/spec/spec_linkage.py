"""How records of one organisation are found, example by example."""

from spec_language import Chapter, Example

from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links

_HEAD = "id | name | acronym | siren | rna | commune | departement | post_code | lon | lat\n"
_BOUNDS = {"link_at": LINK_AT, "review_at": REVIEW_AT}


def _records(*lines: tuple[str, str, str, str, str]) -> dict[str, str]:
    """Of each record: id, name, SIREN, RNA number, département."""
    rows = (
        f"{one} | {name} | - | {siren} | {rna} | - | {dep} | - | - | -"
        for one, name, siren, rna, dep in lines
    )
    return {"organisations": _HEAD + "\n".join(rows)}


LINKING = Chapter(
    "Which records are of one organisation",
    "Identifiers decide first. Then names are compared within a place: Splink gathers the pairs that share "
    "a rare word, a whole name or an acronym and drops the least likely; those left are read closer (words "
    "set side by side even when cut, mistyped or abbreviated, words left over, other names of the place "
    "with the same words, acronyms, activities, kinds of body). Each comparison adds or takes bits, learnt "
    "from labelled pairs; 0 is what most pairs have. A person judges what is doubtful.\n\n"
    "A list that names each organisation once seldom names two records of one: say with `lists` which lists "
    "name each record (the grants of a year, a register), and it counts as well. Spellings of one "
    "organisation take turns there, two organisations meet.\n\n"
    "Measured on 2,104 labelled pairs among as many records of other organisations of the same départements, "
    "SIREN hidden, weights learnt on other organisations (`python -m benchmarks linkage`); 1,994 pairs are "
    "left when the records that cannot judge are put aside. The goal, 98 in 100 right and 75 % found, "
    "depends on how many rivals a record has, so three settings are printed. Each pair against one record of "
    "another organisation of its département: 83 % are found, the goal is reached, but there any likeness "
    "will do, since two records drawn at random hardly ever share a word. Each fifth of the organisations "
    "as a pool of its own, which is never learnt from: 71 % with lists, 66 % by names and places alone. All "
    "of them in one pool: 47 % with lists, 33 % by names and places alone. Neither pool reaches the goal. "
    "`LINK_AT` was set in the one pool: from there on 99 in 100 are right and 34 % are found, or 98 in 100 and "
    "37 % when no list is given; from `REVIEW_AT` on 79 % are found and 70 in 100 are right. With the labels "
    "as they are: 97 in 100 and 32 %, 60 in 100 and 78 %. What is compared was chosen with all these "
    "pairs in view: a new list would give a "
    "little less.\n\n"
    "Token and edit similarity (letters alike when common words are set aside) finds 58 % from 0.8 on and "
    "66 % from 0.7 on. It is right 99.8 times in 100 against one rival, 70 and 52 in the pools of a fifth, "
    "33 and 18 in the one pool: its figures say little without the setting.\n\n"
    "What bounds it. 13 % of the pairs share no key at all and 4 % are left out by the first screen: "
    "acronyms of parts of words, brands, former names. In the one pool 30 wrong links are all that the goal "
    "allows, and 29 % of the pairs score no more than the next wrong one; in the pools of a fifth 13 %. Of the "
    "30 wrong links that score highest in the one pool, read one by one with their years, 4 are one "
    "organisation under two numbers, 11 say nothing by which a person would tell, 15 are two organisations. "
    "Places: with both known, 75 % are found in the pools of a fifth (52 % in the one pool), else 39 % (24 %). "
    "Most lists say a département only. A commune for each record, former names and acronyms from the "
    "official registers, or the RNA number would be needed for more. « Other names of the place » counts "
    "among the records given, and the weights were learnt with whole lists in view: give a whole list, a "
    "handful of records looks too alike.",
    (
        Example(
            "One SIREN is one organisation, whatever the names",
            "A name has changed, and the two sites are far apart.",
            find_links,
            _records(("a", "Coallia", "775680309", "-", "75"), ("b", "AFTAM", "775680309", "-", "18")),
            "a | b | probability | decision\na | b | 1.0 | link",
            _BOUNDS,
        ),
        Example(
            "Two SIREN are two organisations, even with the same name",
            "Two schools of one town are run by two associations with the same title.",
            find_links,
            _records(
                ("a", "OGEC Saint-Joseph", "111111111", "-", "45"),
                ("b", "OGEC Saint-Joseph", "222222222", "-", "45"),
                ("c", "OGEC Saint-Joseph", "222222222", "-", "45"),
            ),
            "a | b | decision\nb | c | link",
            _BOUNDS,
        ),
        Example(
            "Two numbers of the register of associations are two organisations too",
            "The third record has the number of the second.",
            find_links,
            _records(
                ("a", "Amicale laïque de Savenay", "-", "W442000001", "44"),
                ("b", "Amicale laïque de Savenay", "-", "W442000002", "44"),
                ("c", "Amicale de Savenay", "-", "W442000002", "44"),
            ),
            "a | b | decision\nb | c | link",
            _BOUNDS,
        ),
        Example(
            "The same words, cut by one of the lists, that no other record has: a link",
            "What was compared, and what each comparison weighs, is given with the pair.",
            find_links,
            _records(
                ("a", "CTRE SOCIAL DES RIVES DE SOLOGNE", "-", "-", "41"),
                ("b", "Centre social des rives de Sologne", "333333333", "-", "41"),
            ),
            "a | b | decision\na | b | link",
            _BOUNDS,
        ),
        Example(
            "A name within longer ones: a person judges",
            "The short name may be of either, or of a third.",
            find_links,
            _records(
                ("a", "L’Outil en main", "-", "-", "44"),
                ("b", "Outil en main de Guérande", "333333333", "-", "44"),
                ("c", "Outil en main de Clisson", "444444444", "-", "44"),
            ),
            "a | b | decision\na | b | review\na | c | review",
            _BOUNDS,
        ),
        Example(
            "An acronym and a title of which it may be the initials: a person judges",
            "Other titles of the place may have the same initials.",
            find_links,
            _records(
                ("a", "FALEP", "-", "-", "45"),
                ("b", "Fédération des associations laïques d’éducation populaire", "333333333", "-", "45"),
            ),
            "a | b | decision\na | b | review",
            _BOUNDS,
        ),
        Example(
            "Another département is another place",
            "The same title may be taken anywhere.",
            find_links,
            _records(
                ("a", "Recyclerie des Grandes Oreilles", "-", "-", "18"),
                ("b", "Recyclerie des Grandes Oreilles", "-", "-", "45"),
                ("c", "Toute autre chose", "444444444", "-", "18"),
                ("d", "Autre nom", "444444444", "-", "18"),
            ),
            "a | b | decision\nc | d | link",
            _BOUNDS,
        ),
    ),
)

CHAPTERS = (LINKING,)
