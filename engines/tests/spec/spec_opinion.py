"""How votes on statements become groups, and what unites, distinguishes and divides them, example by example."""

from spec_language import Chapter, Example

from terreau_engines.opinion import (
    distinguish,
    divide,
    find_groups,
    polis_priorities,
    polis_statistics,
    unite,
)

# Ten people: a–e are of group 0, f–j of group 1; 1 agrees, 0 passes, -1 disagrees, « . » was not asked.
_GROUPS = "participant | group\n" + "\n".join(
    f"{name} | {number // 5}" for number, name in enumerate("abcdefghij")
)
_SAID = {"1": "1", "0": "0", "-": "-1"}


def _votes(**statements: str) -> str:
    rows = [
        f"{name} | {statement} | {_SAID[said]}"
        for statement, all_said in statements.items()
        for name, said in zip("abcdefghij", all_said, strict=True)
        if said != "."
    ]
    return "participant | statement | vote\n" + "\n".join(rows)


GROUPS = Chapter(
    "Which groups of opinion there are",
    "Each vote is +1 (agrees), −1 (disagrees) or 0 (passes); the last row of a pair counts. A group is a class: in "
    "each group g, each statement j has its own chance of being agreed with,\n\n"
    "    chance(g, j) = (A + 2·share(j)) ÷ (A + D + 2)\n\n"
    "where A and D are the votes of the group that agree and disagree, and share(j) = (agree + 1) ÷ (agree + disagree "
    "+ 2) among everybody: the group starts with two votes cast as everybody casts them. The likelihood multiplies the "
    "chances of the votes that were cast. What was not asked is absent from it, never filled with a mean; passes say "
    "nothing of a group. A person's probability of being in a group is the weight of the group, (members + 1) ÷ "
    "(people + groups), times the chances of her votes, divided by the sum of the same over groups; chances and "
    "memberships are found from each other in turns.\n\n"
    "The start is fixed: votes centred on the mean of their statement and divided by the root of its number of votes "
    "give axes, people are cut along them into as many groups as allowed (6). Then the two groups whose union loses "
    "least evidence become one, again and again down to one. The evidence for k groups is the logarithm of the "
    "probability of the votes averaged over all chances the groups might have,\n\n"
    "    Σ over g and j of ln B(A + 2·share, D + 2·(1 − share)) − ln B(2·share, 2·(1 − share))\n"
    "    + ln Γ(k) − ln Γ(k + people) + Σ over g of ln Γ(1 + members) − Σ memberships · ln memberships\n\n"
    "and the k with the most evidence is kept; 1 means no clear groups. A group has at least five people. Beyond "
    "400,000 votes, k is sought among the people of as many votes, then everybody is placed.\n\n"
    "Nothing is drawn at random, and people and statements are put in an order that depends on the votes alone: "
    "neither the order of rows nor names change a figure, unless people or statements are interchangeable.\n\n"
    "Stability: people are drawn again with replacement (20 times, fixed seed), each of those drawn counted once, and "
    "everything is computed again. The stability of a group is the mean, over the draws, of its likeness (people in "
    "both ÷ people in either) to the nearest group of the draw; that of a statement is the share of the draws in which "
    "it still unites, or still distinguishes that nearest group. About two people in three are drawn (of at most "
    "100,000 votes), so the stability of the whole is understated.\n\n"
    "Measured with planted groups (`python -m benchmarks opinion`): mean adjusted Rand index 0.97 to 1.00 of what an "
    "oracle that knows the true chances reaches.",
    (
        Example(
            "Two groups",
            "Five people say the contrary of five others on four statements. `sure` is the probability of the group.",
            find_groups,
            {"votes": _votes(s1="11111-----", s2="11111-----", s3="-----11111", s4="-----11111")},
            "participant | group\na | 0\nb | 0\nc | 0\nd | 0\ne | 0\nf | 1\ng | 1\nh | 1\ni | 1\nj | 1",
        ),
        Example(
            "No clear groups",
            "Everybody agrees on one statement, half on another: one statement alone makes no group.",
            find_groups,
            {"votes": _votes(s1="1111111111", s2="1-1-1-1-1-")},
            "participant | group | sure\n" + "\n".join(f"{name} | 0 | 1.0" for name in "abcdefghij"),
        ),
        Example(
            "Who only passes is in no group",
            "A person whose group nobody can tell is not forced into one.",
            find_groups,
            {"votes": "participant | statement | vote\na | s1 | 0\nb | s1 | 1\nb | s1 | 0"},
            "participant | group | sure | opinions\na | - | - | 0\nb | - | - | 0",
        ),
    ),
)

COMMON = Chapter(
    "What unites, what distinguishes, what divides",
    "Shares are of the votes cast, passes too: who passes does not take a side. The lower bound of a share p of n "
    "votes is Wilson's with z = 1.2816, above which the share is 9 times in 10,\n\n"
    "    (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n)\n\n"
    "and 0 with fewer than five votes. Groups were made from the same votes: scores rank statements, they do not "
    "prove that groups exist; stability tells how far to trust them.",
    (
        Example(
            "A statement unites when every group takes the same side",
            "All of group 0 and four of five in group 1 agree with s1: 5 of 5 has the lower bound 0.753, 4 of 5 "
            "0.514: above ½. With s2, group 1 is divided.",
            unite,
            {"votes": _votes(s1="1111111110", s2="11111110--"), "groups": _GROUPS},
            "statement | side | weakest | bound\ns1 | agree | group 1 | 0.5135305\ns2 | - | group 1 | 0.1798669",
        ),
        Example(
            "And every college",
            "The college of users gave four votes only: nothing can be said of it, so nothing unites all.",
            unite,
            {
                "votes": _votes(s1="1111111111"),
                "groups": _GROUPS,
                "colleges": "participant | college\n"
                + "\n".join(f"{name} | {'users' if name in 'abcd' else 'founders'}" for name in "abcdefghij"),
            },
            "statement | side | weakest | bound\ns1 | - | college users | 0.0",
        ),
        Example(
            "A statement distinguishes a group that takes a side the others do not",
            "Four of group 0 agree and one passes: (4 + 1) ÷ (5 + 2) = 0.714, against (1 + 1) ÷ (5 + 2) = 0.286 of the "
            "others; score: (5/6 − 2/6) ÷ √(7/12 · 5/12 · 2/6) = 1.757, not above 2.3263. On s2, 5 of 5 "
            "against 0 of 5, it is above.",
            distinguish,
            {"votes": _votes(s1="111101----", s2="11111-----"), "groups": _GROUPS},
            "statement | group | side | share | others | score | tells\n"
            "s1 | 0 | agree | 0.7142857 | 0.2857143 | 1.7566201 | false\n"
            "s1 | 1 | disagree | 0.7142857 | 0.1428571 | 2.3094011 | false\n"
            "s2 | 0 | agree | 0.8571429 | 0.1428571 | 2.9277002 | true\n"
            "s2 | 1 | disagree | 0.8571429 | 0.1428571 | 2.9277002 | true",
        ),
        Example(
            "A statement divides when groups take opposite sides",
            "Gap: the largest share that agrees less the smallest, (5 + 1) ÷ 7 − (0 + 1) ÷ 7.",
            divide,
            {"votes": _votes(s1="11111-----", s2="11111000--"), "groups": _GROUPS},
            "statement | gap | divides\ns1 | 0.7142857 | true\ns2 | 0.7142857 | false",
        ),
    ),
)

POLIS = Chapter(
    "The published Polis method, beside",
    "So that anyone can compare. A, D, P: votes of a group that agree, disagree, pass; S: all. Missing votes are "
    "filled with the mean of the statement; people with at least min(7, statements) votes are placed on two principal "
    "components, scaled by √(statements ÷ votes), and clustered by k-means for k = 2…5, the best mean silhouette (over "
    "2,000 people at most). Its statistics are checked against what servers stored; its groups may differ from a "
    "server's, which starts from its last result.",
    (
        Example(
            "Representativeness",
            "Share (A + 1) ÷ (S + 2) = 6/7; share score 2·√(S + 1)·((A + 1) ÷ (S + 1) − ½) = √6; ratio to the share of "
            "the other groups; ratio score with one added to each count.",
            polis_statistics,
            {"votes": _votes(s1="11111-----"), "groups": _GROUPS},
            "statement | group | votes | cast | share | share_score | ratio | ratio_score\n"
            "s1 | 0 | 5 | 5 | 0.8571429 | 2.4494897 | 6.0 | 2.9277002\n"
            "s1 | 1 | 0 | 5 | 0.1428571 | -1.6329932 | 0.1666667 | -2.9277002",
        ),
        Example(
            "Group-aware consensus and priority",
            "Consensus 6/7 · 5/7. Priority with extremity E = 0.5, nobody passing but one: "
            "((1 − 2/12) · 1.5 · 10/12 · (1 + 8·2^(−10/5)))².",
            polis_priorities,
            {
                "votes": _votes(s1="1111111110"),
                "groups": _GROUPS,
                "extremity": "statement | extremity\ns1 | 0.5",
            },
            "statement | consensus | priority\ns1 | 0.6122449 | 9.765625",
        ),
    ),
)

CHAPTERS = (GROUPS, COMMON, POLIS)
