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
    "Measured on 2,104 labelled pairs among as many other organisations of the same départements, SIREN "
    "hidden, weights learnt on other organisations (`python -m benchmarks linkage`). From `LINK_AT` on, "
    "links are right 99 times in 100 and are 30 % of the pairs to find (92 in 100 and 28 % with the labels "
    "as they are); from `REVIEW_AT` on, 76 % are found and 60 in 100 are right (52 in 100 with the labels "
    "as they are). On a half of the organisations, with weights of the other half: 99 in 100 and 31 %, 61 "
    "in 100 and 78 %. What is compared was chosen with all these pairs in view: a new list would give a "
    "little less. With both places known, 34 % are linked and 79 % found; else 8 % and 61 %. The goal, 98 "
    "in 100 and 75 % by names and places alone, is not reached: at 98 in 100 at best 38 % are found, at 95 "
    "in 100 51 %, at 90 in 100 60 %.\n\n"
    "What bounds it. Labels: 156 records bear a name that another SIREN bears at the same place (a renewed "
    "number, sister associations, « École de musique »); pairs of such records, whatever their label, are "
    "put aside in the audited figures; and of the 40 wrong pairs that still score highest on one half, read "
    "one by one, 25 say nothing by which a person would tell them apart (« Ring », « Ring nantais »). "
    "Names: at 90 in 100, three pairs in four are found when the names share many letters, more than eight "
    "in ten when one is within the other, three in ten for an acronym or a brand, one in eleven when almost "
    "no letter is shared. Places: most of the lists say a département only. A commune for each record, "
    "former names and brands from the official registers, or the RNA number would be needed for more. « "
    "Other names of the place » counts among the records given: give a whole list, a handful of records "
    "looks too unlike.",
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
