"""A text written elsewhere becomes paragraphs, and a hostile file becomes a sentence."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.deliberate.enums import ParagraphKind
from terreau.deliberate.importing import (
    LONGEST_TEXT,
    MOST_BLOCKS,
    PARAGRAPH_LENGTH,
    Block,
    UnreadableText,
    as_pasted,
    clean_words,
    from_docx,
    from_file,
    from_markdown,
    from_pasted,
)

from .docx_files import bomb, docx, line, lying_bomb, styles

HEADING, PARAGRAPH, ITEM = ParagraphKind.HEADING, ParagraphKind.PARAGRAPH, ParagraphKind.ITEM


def told(blocks: list[Block]) -> list[tuple[str, str]]:
    return [(block.kind, block.words) for block in blocks]


def test_pasted_words_end_a_paragraph_at_an_empty_line():
    text = "# Les lieux\r\n\r\nUn lieu ouvert,\r\nà tous.\r\n\r\n\r\n- le jour\r\n- la nuit\r\n1. d’abord"
    assert told(from_pasted(text)) == [
        (HEADING, "Les lieux"),
        (PARAGRAPH, "Un lieu ouvert,\nà tous."),
        (ITEM, "le jour"),
        (ITEM, "la nuit"),
        (ITEM, "1. d’abord"),
    ]


def test_pasted_lines_are_paragraphs_when_no_line_is_empty():
    assert told(from_pasted("Un\nDeux")) == [(PARAGRAPH, "Un"), (PARAGRAPH, "Deux")]


def test_markdown_keeps_words_and_structure_and_no_html():
    text = (
        "# Une *politique*\n\nDes [lieux](https://exemple.invalid/) et\ndes gens.\n\n- un\n\n  suite\n- deux\n\n"
        "> cité\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>\n"
    )
    assert told(from_markdown(text)) == [
        (HEADING, "Une politique"),
        (PARAGRAPH, "Des lieux (https://exemple.invalid/) et des gens."),
        (ITEM, "un"),
        (PARAGRAPH, "suite"),
        (ITEM, "deux"),
        (PARAGRAPH, "cité"),
        (PARAGRAPH, "a | b"),
        (PARAGRAPH, "1 | 2"),
        (PARAGRAPH, "<script>alert(1)</script>"),
    ]


@pytest.mark.parametrize("text", ["> " * 10_000 + "fin", "- " * 30 + "fin"])
def test_markdown_of_too_many_levels_is_refused_rather_than_cut(text):
    with pytest.raises(UnreadableText, match="niveaux"):
        from_markdown(text)


def test_docx_gives_headings_by_the_name_of_their_style_items_and_words():
    body = (
        line("Des lieux", '<w:pStyle w:val="Titre1"/>')
        + "<w:p><w:r><w:t>Un </w:t></w:r><w:ins><w:r><w:t>beau</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>vieux</w:delText></w:r></w:del><w:r><w:tab/><w:t>lieu</w:t></w:r></w:p>"
        + line("ouvert", "<w:numPr/>")
        + line("")
        + f"<w:tbl><w:tr><w:tc>{line('une case')}</w:tc></w:tr></w:tbl>"
    )
    found = from_docx(docx(body, styles=styles({"Titre1": "heading 1"})))
    assert told(found) == [
        (HEADING, "Des lieux"),
        (PARAGRAPH, "Un beau lieu"),
        (ITEM, "ouvert"),
        (PARAGRAPH, "une case"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(), "démesuré"),
        (bomb("<w:p/>" * 600_000), "démesuré"),
        (bomb(line("a" * 3_000_000)), "trop long"),
        (bomb(line("a") * 40_000), "paragraphes"),
        (lying_bomb(), "abîmé"),
    ],
    ids=["spaces", "tags", "words", "paragraphs", "lying about its size"],
)
def test_docx_that_unfolds_without_end_is_refused(content, said):
    assert len(content) < 200_000
    with pytest.raises(UnreadableText, match=said):
        from_docx(content)


def test_docx_of_thousands_of_parts_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"word/{number}.xml", "")
    with pytest.raises(UnreadableText, match="démesuré"):
        from_docx(made.getvalue())


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_docx_that_names_other_files_or_entities_is_refused(doctype):
    with pytest.raises(UnreadableText, match="appelle d’autres fichiers"):
        from_docx(docx(line("&e;"), before=doctype))


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 n'est pas une archive",
        docx("<w:p>")[:200],
        docx("<w:p></w:x>"),
        docx("<w:p>" * 600 + "</w:p>" * 600),
    ],
    ids=["not an archive", "cut", "not XML", "too deep"],
)
def test_damaged_docx_is_refused_with_a_sentence(content):
    with pytest.raises(UnreadableText, match="collez"):
        from_docx(content)


def test_archive_that_is_no_document_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(UnreadableText, match="traitement de texte"):
        from_docx(made.getvalue())


def test_file_is_what_its_content_says():
    assert told(from_file(docx(line("Un")), "texte.md")) == [(PARAGRAPH, "Un")]
    assert told(from_file("\ufeff# Un\n\ndeux".encode(), "texte.MD")) == [
        (HEADING, "Un"),
        (PARAGRAPH, "deux"),
    ]
    assert told(from_file(b"Un\n\ndeux *trois*", "texte.txt")) == [
        (PARAGRAPH, "Un"),
        (PARAGRAPH, "deux *trois*"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7 ...", "texte.pdf", "DOCX ou en Markdown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "texte.doc", "DOCX ou en Markdown"),
        ("accentué".encode("latin-1"), "texte.txt", "UTF-8"),
        (b"un\x00deux", "texte.txt", "pas un texte"),
        (b"a" * 5_000_001, "texte.txt", "5 Mo"),
        (b"", "texte.txt", "vide"),
        (b" \n\n \t", "texte.md", "vide"),
    ],
)
def test_file_that_is_not_read_says_what_to_do(content, name, said):
    with pytest.raises(UnreadableText, match=said):
        from_file(content, name)


@pytest.mark.parametrize("read", [from_pasted, from_markdown])
def test_text_beyond_the_sizes_is_refused_and_the_largest_is_read(read):
    with pytest.raises(UnreadableText, match="2\u202f000\u202f000 caractères"):
        read("a" * 2_000_000)
    with pytest.raises(UnreadableText, match="coupez-le, chacun"):
        read("a" * (PARAGRAPH_LENGTH + 1))
    with pytest.raises(UnreadableText, match="300 paragraphes"):
        read("mot\n\n" * (MOST_BLOCKS + 1))
    largest = "\n\n".join(["a" * (PARAGRAPH_LENGTH - 2)] * (LONGEST_TEXT // PARAGRAPH_LENGTH))
    assert len(read(largest)) == LONGEST_TEXT // PARAGRAPH_LENGTH
    assert len(read("mot\n\n" * MOST_BLOCKS)) == MOST_BLOCKS


def test_what_no_keyboard_types_is_left_out():
    assert clean_words(
        "\ufeffun\x00\x07 \u202edeux\u2066\r\n  trois\t\tquatre  \r\n\r\n\r\n\r\ncinq\xa0!"
    ) == ("un deux\ntrois quatre\n\ncinq\xa0!")


@given(st.text())
def test_cleaned_words_are_clean(text):
    once = clean_words(text)
    assert clean_words(once) == once
    assert "\x00" not in once


@given(st.text(alphabet=st.sampled_from("ab1.-*#>|`[]() \n\x00"), max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    for read in (from_pasted, from_markdown):
        try:
            blocks = read(text)
        except UnreadableText as refusal:
            assert "vide" in str(refusal)
        else:
            assert all(block.words == clean_words(block.words) != "" for block in blocks)


@given(st.text(alphabet=st.sampled_from("ab1.-*#>|`[]() \n\x00"), max_size=200))
def test_what_is_looked_at_is_what_is_published_then(text):
    try:
        typed = as_pasted(from_markdown(text))
        looked_at = from_pasted(typed)
    except UnreadableText:
        return
    assert from_pasted(f"  {typed}\n".strip()) == looked_at, "as a form sends it back"


def test_words_read_from_a_file_are_typed_again_with_their_structure():
    blocks = from_markdown("# Titre\n\nUn\nsuite\n\n- a\n- b\n\n1. c")
    assert from_pasted(as_pasted(blocks)) == blocks


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(content):
    for name in ("texte.docx", "texte.md", "texte"):
        for start in (b"", b"PK\x03\x04"):
            try:
                assert from_file(start + content, name)
            except UnreadableText as refusal:
                assert str(refusal)
