"""A small conversation as Polis exports it, and what came of it here."""

from terreau.deliberate.models import Process, Vote

COMMENTS = """timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1500000000000,hier,0,0,2,1,1,Une place fictive plantée
1500000001000,hier,1,9,0,0,-1,Mots refusés là-bas
1500000002000,hier,2,1,0,0,0,Mots que personne n’a relus
1500000003000,hier,3,1,0,0,1,UNE PLACE FICTIVE PLANTÉE
"""
VOTES = """timestamp,datetime,comment-id,voter-id,vote
1500000009000,hier,0,0,1
1500000005000,hier,0,0,-1
1500000005000,hier,0,1,1
1500000005000,hier,0,2,-1
1500000005000,hier,3,2,0
"""
PEOPLE = """participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,3
0,0,1,1,1,0,1,
1,0,2,1,1,0,1,
2,1,0,2,0,1,-1,0
"""


def files(**changed: str) -> dict[str, bytes]:
    texts = {"comments": COMMENTS, "votes": VOTES, "people": PEOPLE, **changed}
    names = {"comments": "comments.csv", "votes": "votes.csv", "people": "participants-votes.csv"}
    return {names[key]: text.encode() for key, text in texts.items() if text}


def values(process: Process) -> dict[tuple[str, str], int]:
    rows = Vote.objects.filter(statement__process=process)
    return {
        (person, statement): value
        for person, statement, value in rows.values_list(
            "participant__external_id", "statement__external_id", "value"
        )
    }
