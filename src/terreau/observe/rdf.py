"""A small tree of RDF statements, written as JSON-LD or as Turtle.

Names of types and properties are written with a prefix of PREFIXES: ``dct:title``.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# What neither an IRI nor Turtle's <…> may hold; the rest is left as it is.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Iri:
    """A thing that is only named here."""

    address: str


@dataclass(frozen=True)
class Literal:
    """A text in a ``language``, or a value of a ``datatype`` such as ``xsd:date``; or neither: plain text."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Node:
    """A thing that is described here. Without ``address`` it has no name of its own.

    ``properties``: a value None is left out, a list says the same property several times.
    """

    type: str
    address: str = ""
    properties: Mapping[str, "Value | Sequence[Value] | None"] = field(default_factory=dict)

    def statements(self) -> Iterator[tuple[str, list["Value"]]]:
        """Each property with its values; those without any are left out."""
        for name, said in self.properties.items():
            values = [said] if isinstance(said, (Iri, Literal, Node)) else list(said or ())
            if values:
                yield name, values


Value = Iri | Literal | Node


def to_json_ld(root: Node) -> str:
    """The tree as JSON-LD 1.1, its prefixes given in the document itself: nothing has to be fetched to read it."""
    document = {"@context": PREFIXES, **_as_json(root)}
    return json.dumps(document, ensure_ascii=False, indent=1)


def to_turtle(root: Node) -> str:
    """The tree as Turtle: one paragraph for each thing that has an address. ``root`` has one."""
    prefixes = [f"@prefix {prefix}: <{address}> ." for prefix, address in PREFIXES.items()]
    paragraphs: list[str] = []
    _put_paragraphs(root, paragraphs)
    return "\n".join(prefixes) + "\n\n" + "\n".join(dict.fromkeys(paragraphs))


def _safe(address: str) -> str:
    return _NOT_IN_IRI.sub(lambda found: quote(found[0]), address)


def _as_json(value: Value) -> dict[str, Any]:
    if isinstance(value, Iri):
        return {"@id": _safe(value.address)}
    if isinstance(value, Literal):
        kind = {"@language": value.language} if value.language else {}
        kind |= {"@type": value.datatype} if value.datatype else {}
        return {"@value": value.text, **kind}
    name = {"@id": _safe(value.address)} if value.address else {}
    said = {name: [_as_json(one) for one in values] for name, values in value.statements()}
    return {**name, "@type": value.type, **said}


def _put_paragraphs(node: Node, paragraphs: list[str]) -> str:
    """``node`` as it is named in a sentence; its description goes to ``paragraphs`` if it has an address."""
    own = f"<{_safe(node.address)}>" if node.address else ""
    rank = len(paragraphs)
    if own:
        paragraphs.append("")  # holds its rank: a thing is described before those that it speaks of
    lines = [f"a {node.type}"]
    for name, values in node.statements():
        lines.append(f"{name} " + ", ".join(_as_turtle(value, paragraphs) for value in values))
    description = " ;\n  ".join(lines)
    if not own:
        return f"[ {description} ]"
    paragraphs[rank] = f"{own} {description} .\n"
    return own


def _as_turtle(value: Value, paragraphs: list[str]) -> str:
    if isinstance(value, Iri):
        return f"<{_safe(value.address)}>"
    if isinstance(value, Node):
        return _put_paragraphs(value, paragraphs)
    text = "".join(_ESCAPES.get(sign, sign) for sign in value.text)
    suffix = f"@{value.language}" if value.language else f"^^{value.datatype}" if value.datatype else ""
    return f'"{text}"{suffix}'
