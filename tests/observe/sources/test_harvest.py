"""A whole harvest: idempotent, all or nothing, one at a time, journaled; and what parties and sites become."""

import csv
import datetime as dt
import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.db import connection
from django.db.models import Count

from terreau.commons.enums import Diffusion, Nature, PartyKind, Perimeter, PerimeterBasis
from terreau.commons.models import JournalEntry, Party, Site, Source, public_id
from terreau.observe.actions import harvest, harvest_all, parties
from terreau.observe.actions.harvesting import run
from terreau.observe.actions.harvesting.report import as_text, report_path
from terreau.observe.models import Funding, Harvest, MaskRequest, Reject, SchemeMember, SourceRecord
from terreau.observe.sources.errors import SourceError
from tests.factories import make_user

from .conftest import declare

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db
SIREN, OTHER_SIREN, SIRET = "732829320", "662042449", "73282932000074"
FIELDS = {
    "name": "nom",
    "siren": "siren",
    "siret": "siret",
    "rna": "rna",
    "commune": "com",
    "address": "adresse",
    "year": "annee",
    "amount_cents": "montant",
    "scheme_detail": "detail",
    "observed_on": "le",
    "legal_category": "cj",
    "nature": "nature",
    "website": "web",
}
HEADER = ["id", *FIELDS.values()]


def table(*rows: dict[str, str]) -> str:
    return (
        "\n".join([",".join(HEADER), *(",".join(row.get(name, "") for name in HEADER) for row in rows)])
        + "\n"
    )


def row(key: str, name: str = "Association fictive", **more: str) -> dict[str, str]:
    return {"id": key, "nom": name, "com": "37261", **more}


def run_it(write: Write, *rows: dict[str, str], code: str = "essai", **more: Any) -> Harvest:
    path = write(table(*rows), f"{code}.csv")
    return harvest(source=declare(FIELDS, **{"code": code, **more}), path=path)


def counts(done: Harvest) -> tuple[int, int, int, int]:
    return done.added, done.changed, done.unchanged, done.removed


def test_first_second_and_third_run(region: None, write: Write) -> None:
    user = make_user()
    path = write(table(row("1", siren=SIREN), row("2", "Autre"), row("3", "Troisième")))
    declaration = declare(FIELDS)
    assert counts(harvest(source=declaration, path=path, by=user)) == (3, 0, 0, 0)
    before = list(Party.objects.order_by("pk").values())

    again = harvest(source=declaration, path=path)
    assert counts(again) == (0, 0, 3, 0)
    assert "Rien n’a changé" in again.message
    assert list(Party.objects.order_by("pk").values()) == before

    path.write_text(table(row("3", "Troisième"), row("1", "Nom changé", siren=SIREN), row("4", "Nouvelle")))
    assert counts(harvest(source=declaration, path=path)) == (1, 1, 1, 1)
    assert set(Party.objects.values_list("name", flat=True)) == {"Nom changé", "Troisième", "Nouvelle"}
    assert Site.objects.count() == 3
    assert SourceRecord.objects.get(key="3").line == 2

    entries = JournalEntry.objects.filter(verb="harvest").order_by("pk")
    assert [entry.by for entry in entries] == [user, None, None]
    assert entries[0].subject == "source:essai"
    assert entries[0].details["added"] == 3


def test_what_is_stored_of_a_row(region: None, write: Write) -> None:
    run_it(
        write,
        row(
            "1",
            siret=SIRET,
            adresse="1 rue fictive",
            le="2021-05-06",
            detail="ACI",
            annee="2020",
            montant="10.5",
        ),
        scheme="work_integration",
        vintage=dt.date(2022, 1, 1),
        constants={"posts": 2, "purpose": "Poste"},
    )
    party = Party.objects.get()
    assert party.identity == f"siren:{SIREN}"
    assert party.public_id == public_id(party.identity)
    assert party.siren == SIREN
    site = Site.objects.get()
    assert (site.identity, site.siret, site.party) == (f"siret:{SIRET}", SIRET, party)
    assert site.commune and site.commune.code == "37261"
    assert site.departement and site.departement.code == "37"
    record = SourceRecord.objects.get()
    assert record.observed_on == dt.date(2021, 5, 6)
    assert record.values["siret"] == SIRET
    assert "created_on" not in record.values
    funding = Funding.objects.get()
    assert (funding.year, funding.amount_cents, funding.posts, funding.purpose) == (2020, 1050, 2, "Poste")
    assert funding.commune == site.commune
    assert funding.departement is None
    assert SchemeMember.objects.get().detail == "ACI"
    assert Source.objects.get(code="essai").vintage == dt.date(2022, 1, 1)
    assert party.search_text.startswith("association ficti")
    assert "tour" in party.search_text


def test_the_source_believed_first_is_shown_then_the_newest(region: None, write: Write) -> None:
    run_it(
        write,
        row("1", "Nom ancien", siren=SIREN, le="2019-01-01", web="https://a.fr"),
        code="b",
        precedence=20,
    )
    run_it(write, row("1", "Nom rare", siren=SIREN), code="c", precedence=90)
    assert Party.objects.get().name == "Nom ancien"
    run_it(
        write,
        row("1", "Nom ancien", siren=SIREN, le="2019-01-01", web="https://a.fr"),
        row("2", "Nom récent", siren=SIREN, le="2021-01-01"),
        code="b",
        precedence=20,
    )
    assert Party.objects.get().name == "Nom récent"
    assert Party.objects.get().website == "https://a.fr"
    run_it(write, row("1", "Nom premier", siren=SIREN), code="a", precedence=1)
    party = Party.objects.get()
    assert party.name == "Nom premier"
    assert all(word in party.search_text for word in ("rare", "recent"))
    run_it(write, code="a", precedence=1)
    assert Party.objects.get().name == "Nom récent"


def test_a_site_takes_its_address_from_the_record_that_names_its_commune(region: None, write: Write) -> None:
    fields = {"name": "nom", "siret": "siret", "departement": "dep", "commune": "com", "address": "adresse"}
    a = write(f"id,nom,siret,dep,com,adresse\n1,A,{SIRET},45,,9 rue d’ailleurs\n", "a.csv")
    b = write(f"id,nom,siret,dep,com,adresse\n1,A,{SIRET},,37261,1 rue d’ici\n", "b.csv")
    harvest(source=declare(fields, code="a", precedence=1), path=a)
    site = Site.objects.select_related("commune", "departement").get()
    assert (site.commune, site.departement and site.departement.code) == (None, "45")
    harvest(source=declare(fields, code="b", precedence=9), path=b)
    site = Site.objects.select_related("commune", "departement").get()
    assert site.commune and site.commune.code == "37261"
    assert (site.departement and site.departement.code, site.address) == ("37", "1 rue d’ici")


def test_nature_kind_and_perimeter(region: None, write: Write) -> None:
    run_it(
        write,
        row("1", "Asso", cj="9220"),
        row("2", "Mairie", siren="213702616"),
        row("3", "Société", cj="5710"),
        row("4", "Coopérative déguisée", cj="5710", nature="cooperative"),
        row("5", "Collectif", nature="group"),
    )
    found = {party.name: (party.nature, party.kind, party.perimeter) for party in Party.objects.all()}
    assert found == {
        "Asso": (Nature.ASSOCIATION, PartyKind.ORGANISATION, Perimeter.IN),
        "Mairie": (Nature.PUBLIC, PartyKind.PUBLIC_BODY, Perimeter.OUT),
        "Société": (Nature.COMPANY, PartyKind.ORGANISATION, Perimeter.UNKNOWN),
        "Coopérative déguisée": (Nature.COOPERATIVE, PartyKind.ORGANISATION, Perimeter.IN),
        "Collectif": (Nature.GROUP, PartyKind.GROUP, Perimeter.UNKNOWN),
    }


def test_a_public_service_place_known_by_nothing_else(region: None, write: Write) -> None:
    run_it(write, row("1", "Guichet"), constants={"public_service": True})
    assert Party.objects.get().perimeter_basis == PerimeterBasis.PUBLIC_SERVICE


def test_an_association_known_by_its_rna_joins_its_siren(region: None, write: Write) -> None:
    run_it(write, row("1", rna="W372000001"), row("2", "Seule", rna="W372000002"), code="rna", precedence=9)
    alone = Party.objects.get(rna="W372000001")
    run_it(write, row("9", "Nom SIRENE", siren=SIREN, rna="W372000001"), code="sirene2", precedence=1)
    joined = Party.objects.get(siren=SIREN)
    assert joined.pk == alone.pk
    assert (joined.identity, joined.public_id) == (f"siren:{SIREN}", public_id(f"siren:{SIREN}"))
    assert joined.records.count() == 2
    assert counts(
        run_it(
            write, row("1", rna="W372000001"), row("2", "Seule", rna="W372000002"), code="rna", precedence=9
        )
    ) == (0, 1, 1, 0)
    assert Party.objects.count() == 2


def test_an_association_joins_a_siren_that_is_here_already_with_all_it_has(
    region: None, write: Write
) -> None:
    run_it(write, row("1", "Par son SIREN", siren=SIREN), code="a")
    run_it(
        write, row("1", "Par son RNA", rna="W372000001", annee="2020", montant="1"), code="b", scheme="fonjep"
    )
    moved = Party.objects.get(rna="W372000001")
    MaskRequest.objects.create(party=moved, reason="fictif")
    Party.objects.filter(pk=moved.pk).update(diffusion=Diffusion.MASKED)
    run_it(write, row("1", "Les deux", siren=SIREN, rna="W372000001"), code="c")
    party = Party.objects.get()
    assert (party.siren, party.rna, party.diffusion) == (SIREN, "W372000001", Diffusion.MASKED)
    assert party.records.count() == 3
    assert party.sites.count() == 3
    assert party.fundings.count() == 1
    assert party.schemes.count() == 1
    assert party.mask_requests.count() == 1


def test_a_masked_party_stays_masked(region: None, write: Write) -> None:
    run_it(write, row("1"), row("2", "Autre"))
    Party.objects.filter(name="Association fictive").update(diffusion=Diffusion.MASKED)
    run_it(write, row("1", "Nom changé"), row("2", "Autre"))
    assert Party.objects.get(name="Nom changé").diffusion == Diffusion.MASKED
    run_it(write, row("2", "Autre"))
    assert Party.objects.get(diffusion=Diffusion.MASKED).records.count() == 0
    run_it(write, row("1", "Revenue"), row("2", "Autre"))
    assert Party.objects.get(name="Revenue").diffusion == Diffusion.MASKED


def test_a_failure_half_way_leaves_the_previous_data(
    region: None, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_it(write, row("1", siren=SIREN), vintage=dt.date(2020, 1, 1))
    before = [list(model.objects.order_by("pk").values()) for model in (Party, Site, SourceRecord, Source)]
    journal = JournalEntry.objects.count()

    def fail(*_some: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(run, "_store_rejects", fail)
    with pytest.raises(RuntimeError, match="disk full"):
        run_it(write, row("1", "Nom changé", siren=SIREN), row("2", "Autre"), vintage=dt.date(2021, 1, 1))
    after = [list(model.objects.order_by("pk").values()) for model in (Party, Site, SourceRecord, Source)]
    assert after == before
    assert JournalEntry.objects.count() == journal
    last = Harvest.objects.first()
    assert last and last.status == Harvest.Status.FAILED
    assert "Erreur inattendue (RuntimeError)" in last.message
    assert (last.added, last.rows_read) == (0, 0)


def test_a_bad_file_leaves_a_failed_harvest_with_its_message(region: None, write: Write) -> None:
    run_it(write, row("1"))
    with pytest.raises(SourceError, match="Colonnes absentes"):
        harvest(source=declare(FIELDS), path=write("id,autre\n1,x\n"))
    last = Harvest.objects.first()
    assert last and last.status == Harvest.Status.FAILED
    assert "Colonnes absentes" in last.message
    assert Party.objects.count() == 1


def test_two_harvests_at_once(region: None, write: Write) -> None:
    folder = Path(live_settings.DATA_DIR)
    folder.mkdir(exist_ok=True)
    with (folder / "harvest.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(SourceError, match="Une autre moisson est en cours"):
            run_it(write, row("1"))
    assert not Harvest.objects.exists()
    assert run_it(write, row("1")).status == Harvest.Status.DONE


def test_a_harvest_cut_short_is_closed_by_the_next(region: None, write: Write) -> None:
    run_it(write, row("1"))
    cut = Harvest.objects.create(source_id="essai")
    run_it(write, row("1"))
    cut.refresh_from_db()
    assert (cut.status, cut.message) == (Harvest.Status.FAILED, "Interrompue avant la fin.")


def test_no_region_says_what_to_do(db: None, state: Path, write: Write) -> None:
    with pytest.raises(SourceError, match="terreau init"):
        run_it(write, row("1"))


def test_rejects_are_stored_and_written_safe_for_a_spreadsheet(region: None, write: Write) -> None:
    path = write(
        table(row("1", siren="=1+2"), row("2", ""), row("1"), row("3", com="75056")) + "4,trop,court\n"
    )
    done = harvest(source=declare(FIELDS), path=path)
    kept = SourceRecord.objects.count()
    assert done.rows_read == 5 == done.rows_out_of_region + done.rows_rejected + done.rows_repeated + kept
    assert (done.rows_out_of_region, done.rows_rejected, done.rows_repeated) == (1, 2, 1)
    stored = list(Reject.objects.values_list("line", "field", "value", "reason", "whole_row"))
    assert stored == [
        (2, "siren", "=1+2", "invalid_siren", False),
        (3, "", "2", "missing_name", True),
        (4, "", "1", "duplicate_key", True),
        (6, "", "", "ragged_row", True),
    ]
    day = dt.date.fromisoformat(str(done.ended_at.astimezone().date()))
    with report_path("essai", day).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert lines[0] == ["ligne", "champ", "valeur", "raison", "explication", "ligne entière"]
    assert lines[1][:4] == ["2", "siren", "'=1+2", "invalid_siren"]
    assert lines[1][4].startswith("le numéro SIREN")
    assert len(lines) == 5
    harvest(source=declare(FIELDS), path=path)
    assert Reject.objects.count() == 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert as_text(f"{start}cmd") == f"'{start}cmd"
    assert as_text("cmd") == "cmd"


def test_unmapped_columns_and_progress(region: None, write: Write) -> None:
    stages: list[tuple[str, int, int]] = []
    path = write("id,nom,com,inconnue,connue\n1,A,37261,x,y\n")
    done = harvest(
        source=declare({"name": "nom", "commune": "com"}, ignored=["connue"]),
        path=path,
        progress=lambda *stage: stages.append(stage),
    )
    assert done.unmapped_columns == ["inconnue"]
    assert stages == [("lecture", 0, 3), ("tri", 1, 3), ("écriture", 2, 3), ("terminé", 3, 3)]


def test_two_identities_with_one_public_id_both_stay(
    region: None, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "public_id", lambda text: public_id("#" * text.count("#")))
    run_it(write, row("1"), row("2", "Autre"))
    assert Party.objects.values("public_id").distinct().count() == 2


def test_the_number_of_queries_does_not_grow_with_rows(
    region: None, write: Write, django_assert_max_num_queries: Any
) -> None:
    # On PostgreSQL a table is written by several statements, and counted again when it has grown much.
    most, more = (84, 8) if connection.vendor == "sqlite" else (120, 16)
    with django_assert_max_num_queries(most) as few:
        run_it(write, *(row(str(n), f"Fictive {n}") for n in range(3)))
    with django_assert_max_num_queries(len(few) + more):
        run_it(write, *(row(str(n), f"Fictive {n}") for n in range(300)), code="autre")
    assert Party.objects.count() == 303


def test_all_shipped_sources_twice(real_region: None) -> None:
    seen: list[tuple[int, int]] = []
    first = harvest_all(by=None, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 7) for n in range(1, 8)]
    kept = dict(SourceRecord.objects.order_by().values_list("source").annotate(Count("pk")))
    for done in first.done:
        rows = done.rows_out_of_region + done.rows_rejected + done.rows_repeated + kept[done.source_id]
        assert done.rows_read == rows, done.source_id
        assert done.unmapped_columns == []
    assert kept["siae"] == 142
    assert kept["mediation_numerique"] == 426
    assert kept["france_services"] == 152
    assert kept["adulte_relais"] == 700
    assert kept["fonjep"] == 169
    assert kept["subventions_etat_2010"] >= 392
    assert kept["ess_numerique"] >= 50
    assert not Party.objects.filter(records__isnull=True).exists()
    assert not Site.objects.filter(records__isnull=True).exists()
    second = harvest_all(by=None)
    assert str(second) == "7 sources lues, rien n’a changé"


def test_a_source_that_fails_does_not_stop_the_others(real_region: None, tmp_path: Path) -> None:
    folder = tmp_path / "miennes"
    folder.mkdir()
    about = (
        'title = "x"\npublisher = "x"\nlicence = "etalab-2.0"\nformat = "csv"\ncovers = "x"\nkey = ["id"]\n'
    )
    for code in ("bonne", "mauvaise"):
        (folder / f"{code}.toml").write_text(
            f'code = "{code}"\npath = "{code}.csv"\n{about}[fields]\nname = "nom"\ncommune = "com"\n'
        )
    (folder / "bonne.csv").write_text("id,nom,com\n1,Fictive,37261\n")
    with pytest.raises(SourceError, match=r"mauvaise.*n’existe pas"):
        harvest_all(by=None, codes=["siae"], folder=folder)
    assert SourceRecord.objects.filter(source="bonne").count() == 1
    assert SourceRecord.objects.filter(source="siae").count() == 142
