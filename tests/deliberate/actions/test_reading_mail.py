"""Reading a mail: what she wrote, and nothing of what she quotes; whatever is received, an answer and no crash."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.deliberate.actions.reading_mail import LONGEST_MAIL, cut_quotes, read_mail

TO = "reponses+abc@terreau.exemple"


def raw_mail(body: str = "La halle.", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["To"] = TO
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def test_plain_words() -> None:
    found = read_mail(raw_mail("Gardons la halle ouverte.\n\nMerci."))
    assert found.words == "Gardons la halle ouverte.\n\nMerci."
    assert (found.sent_to, found.is_automatic, found.problem) == ((TO,), False, "")


@pytest.mark.parametrize(
    "written",
    [
        "Oui.\n\nLe lun. 3 nov. 2026 à 10:00, Terreau <t@terreau.exemple> a écrit :\n> Démarche\n> fictive",
        "Oui.\n\nLe lun. 3 nov. 2026 à 10:00, Terreau\n<t@terreau.exemple> a écrit\u00a0:\n\n> Démarche",
        "Oui.\n\nOn Mon, Nov 3, 2026 at 10:00 AM Terreau <t@terreau.exemple> wrote:\n> Process",
        "Oui.\n-- \nClaude Fictif\nAssociation fictive",
        "Oui.\n\nEnvoyé de mon téléphone",
        "Oui.\n\n-----Message d’origine-----\nDe : Terreau\nTexte cité",
        "Oui.\n\nDe : Terreau\nEnvoyé : lundi 3 novembre\nObjet : Démarche\n\nTexte cité sans chevrons",
        "Oui.\n________________________________\nTexte cité",
        "Le lun. 3 nov. 2026, Terreau a écrit :\n> Démarche\n> fictive\n\nOui.",
        "> Démarche\n> fictive\n\nOui.\n\n> suite",
        "\u200bOui.\x07\u202e",
    ],
)
def test_quotes_and_signatures_are_cut(written: str) -> None:
    assert cut_quotes(written) == "Oui."


def test_words_that_look_like_a_quote_stay() -> None:
    kept = "Le maire a écrit une lettre.\nDe : rien du tout\n2 > 1, non ?"
    assert cut_quotes(kept) == kept


def test_the_plain_part_of_two_is_read_and_a_logo_is_no_attachment() -> None:
    mail = EmailMessage()
    mail["To"] = TO
    mail.set_content("Texte simple")
    mail.add_alternative("<p>Texte en HTML</p>", subtype="html")
    mail.get_payload()[1].add_related(b"x", "image", "png", cid="<logo@x>")
    assert (read_mail(mail.as_bytes()).words, read_mail(mail.as_bytes()).problem) == ("Texte simple", "")


def test_what_is_refused() -> None:
    attached = EmailMessage()
    attached["To"] = TO
    attached.set_content("Voir la pièce jointe")
    forwarded = EmailMessage()
    forwarded.set_content("Voir")
    forwarded["To"] = TO
    forwarded.add_attachment(attached)
    attached.add_attachment(b"x", "application", "pdf", filename="x.pdf")
    html = EmailMessage()
    html["To"] = TO
    html.set_content("<p>Oui</p>", subtype="html")
    assert [read_mail(one.as_bytes()).problem for one in (attached, forwarded, html)] == [
        "attachment",
        "attachment",
        "html",
    ]
    assert read_mail(raw_mail("> tout est cité")).problem == "empty"
    assert read_mail(f"To: {TO}\n\n".encode()).problem == "empty"
    assert read_mail(f"To: {TO}".encode()).problem == "empty"


@pytest.mark.parametrize(
    ("headers", "is_automatic"),
    [
        ({"Auto-Submitted": "auto-replied"}, True),
        ({"Auto-Submitted": "no"}, False),
        ({"Auto-Submitted": "auto-generated; x=y"}, True),
        ({"Precedence": "Bulk"}, True),
        ({"Precedence": "first-class"}, False),
        ({"Return-Path": "<>"}, True),
        ({"List-Id": "<liste.exemple>"}, True),
        ({"X-Auto-Response-Suppress": "All"}, True),
    ],
)
def test_machines_are_known(headers: dict[str, str], is_automatic: bool) -> None:
    assert read_mail(raw_mail(**headers)).is_automatic is is_automatic


def test_a_report_of_a_mail_server_is_automatic() -> None:
    report = f"To: {TO}\nContent-Type: multipart/report; boundary=x\n\n--x\n\nÉchec\n--x--\n"
    assert read_mail(report.encode()).is_automatic


def test_the_address_of_delivery_is_found_among_others() -> None:
    found = read_mail(
        b'To: Quelqu\'un <a@exemple.invalid>, "Halle" <Reponses+ABC@terreau.exemple>\nCc: b@exemple.invalid\n'
        b"Delivered-To: reponses+xyz@terreau.exemple\n\nOui"
    )
    assert found.sent_to == (
        "reponses+xyz@terreau.exemple",
        "a@exemple.invalid",
        "reponses+abc@terreau.exemple",
        "b@exemple.invalid",
    )


@pytest.mark.parametrize(
    ("charset", "content", "told"),
    [
        ("windows-1252", "Été".encode("cp1252"), "Été"),
        ("iso-8859-1", "Été".encode("latin-1"), "Été"),
        ("utf-8", "Été".encode("latin-1"), "Été"),
        ("klingon", "Été".encode(), "Été"),
        ("zlib", "Été".encode(), "Été"),
        ("us-ascii", "Été".encode(), "Été"),
        ("utf-8", b"\x81\x8d oui", "\ufffd\ufffd oui"),
    ],
)
def test_bad_encodings_are_read_as_well_as_can_be(charset: str, content: bytes, told: str) -> None:
    raw = f"To: {TO}\nContent-Type: text/plain; charset={charset}\n\n".encode() + content
    assert read_mail(raw).words == told


def test_two_megabytes_are_not_read_but_their_address_is() -> None:
    found = read_mail(raw_mail("mot " * 500_000))
    assert (found.problem, found.words, found.sent_to) == ("too-long", "", (TO,))
    assert len(raw_mail("mot " * 500_000)) > 2 * LONGEST_MAIL - 10


def test_a_bomb_of_parts_is_not_opened() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=x{n}\n\n--x{n}\n" for n in range(3_000))
    assert read_mail(f"To: {TO}\n{deep}\nOui".encode()).problem == "unreadable"
    wide = "--x\nContent-Type: text/plain\n\nOui\n" * 5_000
    found = read_mail(f"To: {TO}\nContent-Type: multipart/mixed; boundary=x\n\n{wide}--x--".encode())
    assert found.problem == "unreadable"
    long = "; a=b" * 100_000
    assert read_mail(f"To: {TO}\nContent-Type: text/plain{long}\n\nOui".encode()).problem == "unreadable"


HEADERS = st.sampled_from(
    [
        b"To: ",
        b"Content-Type: ",
        b"Content-Type: multipart/mixed; boundary=",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: ",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/plain; charset=",
        b"Auto-Submitted: ",
        b"--x",
        b"",
        b" ",
        b"=?utf-8?q?",
        b"Le x a \xc3\xa9crit :",
        b">",
    ]
)
LINES = st.lists(st.tuples(HEADERS, st.binary(max_size=20)), max_size=12)


@given(LINES)
def test_whatever_comes_is_read_without_a_crash(lines: list[tuple[bytes, bytes]]) -> None:
    found = read_mail(b"\n".join(begin + rest for begin, rest in lines))
    assert found.problem in {"", "attachment", "html", "empty", "unreadable"}
    assert bool(found.words) == (found.problem == "")
    assert "\x00" not in found.words and not any("\ud800" <= one <= "\udfff" for one in found.words)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_mail(raw: bytes) -> None:
    found = read_mail(raw)
    assert bool(found.words) == (found.problem == "")


@given(st.text(max_size=300))
def test_cutting_adds_and_moves_nothing(text: str) -> None:
    cut, rest = cut_quotes(text), iter(text)
    assert all(one in rest for one in cut if not one.isspace())
