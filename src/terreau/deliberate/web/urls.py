"""Addresses of deliberation, and its main pages."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from .locking import unless_locked
from .views import (
    changing,
    conferences,
    contribution,
    contributions,
    drafting,
    following,
    moderation,
    presence,
    processes,
    proposals,
    replies,
    reply_files,
    resonances,
    results,
    roles,
    sheets,
    statements,
    text_writing,
    texts,
    voting,
)

app_name = "deliberate"
NAVIGATION = [("deliberate:processes", _("Délibérer"))]

urlpatterns: list[URLPattern] = [
    path("demarches/", processes.processes, name="processes"),
    # Mandate, steps, roles, review of words
    path("demarches/nouvelle/", drafting.start, name="start"),
    path("demarches/relectures/", moderation.words_waiting, name="words_waiting"),
    path("demarches/<slug:slug>/", processes.process, name="process"),
    path("demarches/<slug:slug>/modifier/", drafting.draft, name="draft"),
    path("demarches/<slug:slug>/etapes/<slug:token>/presents/", changing.attendance, name="attendance"),
    path("demarches/<slug:slug>/etapes/<slug:token>/<slug:verb>/", changing.step, name="step"),
    path("demarches/<slug:slug>/arreter/", changing.stop, name="stop"),
    path("demarches/<slug:slug>/deliberation/", changing.deliberation, name="deliberation"),
    path("demarches/<slug:slug>/roles/", roles.roles, name="roles"),
    path("demarches/<slug:slug>/interets/", roles.interests, name="interests"),
    path("demarches/<slug:slug>/presences.csv", presence.presence_file, name="presence_file"),
    path("demarches/<slug:slug>/relectures/", moderation.refusals, name="refusals"),
    path("demarches/<slug:slug>/mots/<slug:token>/", moderation.words, name="words"),
    path("demarches/<slug:slug>/mots/<slug:token>/modifier/", moderation.rewrite, name="rewrite"),
    # Mail
    path("demarches/<slug:slug>/suivre/", following.follow, name="follow"),
    path("demarches/<slug:slug>/repondre/<slug:token>/<slug:secret>/", following.answer, name="answer"),
    # Proposals and replies
    path("reponses-dues/", replies.due, name="replies_due"),
    path("reponses-dues.atom", reply_files.due_feed, name="replies_due_feed"),
    path("mes-reponses/", replies.mine, name="my_replies"),
    path("demarches/<slug:slug>/propositions/", proposals.proposals, name="proposals"),
    path("demarches/<slug:slug>/propositions.csv", reply_files.proposals_csv, name="proposals_csv"),
    path("demarches/<slug:slug>/propositions/nouvelle/", proposals.proposal_new, name="proposal_new"),
    path("demarches/<slug:slug>/propositions/tirer/", proposals.proposal_draw, name="proposal_draw"),
    path("demarches/<slug:slug>/propositions/<slug:token>/", proposals.proposal, name="proposal"),
    path(
        "demarches/<slug:slug>/propositions/<slug:token>/dossier.json",
        reply_files.proposal_file,
        name="proposal_file",
    ),
    path(
        "demarches/<slug:slug>/propositions/<slug:token>/version/",
        proposals.proposal_rewrite,
        name="proposal_rewrite",
    ),
    path("demarches/<slug:slug>/propositions/<slug:token>/reunion/", replies.judge, name="proposal_judge"),
    path("demarches/<slug:slug>/propositions/<slug:token>/repondre/", replies.reply, name="proposal_reply"),
    path("demarches/<slug:slug>/reponses/", replies.process_replies, name="replies"),
    path("demarches/<slug:slug>/reponses.atom", reply_files.due_feed, name="replies_feed"),
    # The regional conference, and resonances
    path("conferences/", conferences.conferences, name="conferences"),
    path("conferences.ics", conferences.calendar_file, name="conferences_calendar"),
    path("conferences.atom", conferences.clock_feed, name="conferences_feed"),
    path("demarches/<slug:slug>/conference/", conferences.conference, name="conference"),
    path("demarches/<slug:slug>/conference/tenir/", conferences.conference_keep, name="conference_keep"),
    path("resonances/", resonances.resonances, name="resonances"),
    path("resonances/nouveau/", resonances.matrix_new, name="matrix_new"),
    path("resonances/<slug:slug>/", resonances.matrix, name="matrix"),
    path("resonances/<slug:slug>/tenir/", resonances.matrix_keep, name="matrix_keep"),
    path("resonances/<slug:slug>.csv", resonances.matrix_csv, name="matrix_csv"),
    # statements
    path("demarches/<slug:slug>/affirmations/", statements.statements, name="statements"),
    path("demarches/<slug:slug>/affirmations/nouvelle/", statements.statement_new, name="statement_new"),
    path("demarches/<slug:slug>/affirmations/depart/", statements.statement_seeds, name="statement_seeds"),
    path("demarches/<slug:slug>/affirmations/<slug:token>/", statements.statement, name="statement"),
    path("demarches/<slug:slug>/avis/", voting.vote, name="vote"),
    path("demarches/<slug:slug>/avis/miens/", voting.my_votes, name="my_votes"),
    path("demarches/<slug:slug>/feuilles/", sheets.sheets, name="sheets"),
    path("demarches/<slug:slug>/feuilles/saisie/", sheets.sheet_desk, name="sheet_desk"),
    path("demarches/<slug:slug>/feuille/<int:number>/<slug:secret>/", voting.sheet_vote, name="sheet_vote"),
    path("demarches/<slug:slug>/ecran/", sheets.screen, name="screen"),
    path("demarches/<slug:slug>/resultats/", results.results, name="results"),
    path("demarches/<slug:slug>/resultats/publier/", results.result_publish, name="result_publish"),
    path("demarches/<slug:slug>/resultats/<str:name>", results.result_file, name="result_file"),
    # Texts written together
    path("demarches/<slug:slug>/textes/", texts.texts, name="texts"),
    path("demarches/<slug:slug>/textes/nouveau/", text_writing.text_new, name="text_new"),
    path("demarches/<slug:slug>/textes/<slug:token>/", texts.text, name="text"),
    path("demarches/<slug:slug>/textes/<slug:token>/ecrire/", text_writing.text_edit, name="text_edit"),
    path("demarches/<slug:slug>/textes/<slug:token>/versions/", texts.versions, name="text_versions"),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/versions/<int:old>-<int:new>/",
        texts.difference,
        name="text_difference",
    ),
    path("demarches/<slug:slug>/textes/<slug:token>/empreinte/", texts.footprint, name="text_footprint"),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/contributions/",
        contributions.contributions,
        name="text_contributions",
    ),
    path(
        "demarches/<slug:slug>/textes/<slug:token>/paragraphes/<slug:key>/",
        contributions.paragraph,
        name="paragraph",
    ),
    path("demarches/<slug:slug>/contributions/<slug:token>/", contribution.contribution, name="contribution"),
]

MANDATE = {
    "process", "draft", "step", "attendance", "stop", "roles", "interests", "presence_file", "follow",
}  # fmt: skip
"""Open also to whoever declared an interest in the whole process: it says what the process is, nothing of what people
say there, and is where she hands over her role and ends her interest. Every other page of it is closed to her.
"""

for _page in urlpatterns:
    if str(_page.pattern).startswith("demarches/<slug:slug>/") and _page.name not in MANDATE:
        _page.callback = unless_locked(_page.callback)
