"""A tree of statements says the same in both of its forms, whatever its texts, to a parser that is not ours."""

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from terreau.observe.rdf import Iri, Literal, Node, to_json_ld, to_turtle

# A parser of RDFLib warns of its own older class.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset):DeprecationWarning")

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


def _both(root: Node) -> tuple[rdflib.Graph, rdflib.Graph]:
    return (
        rdflib.Graph().parse(data=to_json_ld(root), format="json-ld"),
        rdflib.Graph().parse(data=to_turtle(root), format="turtle"),
    )


@given(title=TEXTS, name=TEXTS, path=TEXTS)
def test_any_text_is_read_back_from_both_forms(title: str, name: str, path: str) -> None:
    inner = Node("foaf:Agent", "", {"foaf:name": Literal(name)})
    root = Node(
        "dcat:Catalog",
        "https://exemple.invalid/" + path,
        {"dct:title": Literal(title, language="fr"), "dct:publisher": inner, "dct:subject": None},
    )
    json_ld, turtle = _both(root)
    assert isomorphic(json_ld, turtle)
    titles = list(turtle.objects(None, rdflib.DCTERMS.title))
    assert titles == [rdflib.Literal(title, lang="fr")]
    assert list(turtle.objects(None, rdflib.FOAF.name)) == [rdflib.Literal(name)]


def test_a_thing_of_two_kinds_keeps_both() -> None:
    page = "https://exemple.invalid/page"
    root = Node(
        "dcat:Dataset",
        "https://exemple.invalid/jeu",
        {
            "dcat:landingPage": Node("foaf:Document", page),
            "dcat:accessURL": [Node("rdfs:Resource", page), Iri("https://exemple.invalid/b")],
        },
    )
    json_ld, turtle = _both(root)
    assert isomorphic(json_ld, turtle)
    assert len(list(turtle.objects(rdflib.URIRef(page), rdflib.RDF.type))) == 2


def test_a_typed_value() -> None:
    size = Literal("12", datatype="xsd:nonNegativeInteger")
    root = Node("dcat:Distribution", "https://exemple.invalid/f", {"dcat:byteSize": size})
    for graph in _both(root):
        assert [value.toPython() for value in graph.objects(None, rdflib.DCAT.byteSize)] == [12]
