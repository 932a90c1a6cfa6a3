"""Contracts of the DECP in JSON and XML: formats of 2019, 2022, 2.0.3, and of the portal. Pure."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ingestion.errors import UnreadableFile
from ingestion.ledger.records import Contents, Record, RecordPart, RecordValue
from ingestion.readers.markup import Element, parse_xml

_CONTRACT = {
    "contract_id": ("id",),
    "buyer_siret": ("acheteur/id", "autoriteConcedante/id", "acheteur.id"),
    "buyer_name": ("acheteur/nom", "acheteur.nom", "autoriteConcedante/nom"),
    "subject": ("objet",),
    "nature": ("nature",),
    "procedure": ("procedure",),
    "cpv": ("codeCPV",),
    "amount": ("montant", "valeurGlobale"),
    "months": ("dureeMois",),
    "notified": ("dateNotification", "dateSignature"),
    "published": ("datePublicationDonnees",),
    "place": ("lieuExecution/nom", "lieuExecution/code"),
    "form": ("formePrix",),
}
_HOLDERS = ("titulaires", "concessionnaires")
_HOLDER = {"siret": ("id",), "name": ("denominationSociale", "nom")}
_CHANGES = "modifications"
_CHANGE = {
    "at": (
        "dateNotificationModification",
        "dateSignatureModification",
        "datePublicationDonneesModification",
    ),
    "amount": ("montant", "valeurGlobale"),
    "months": ("dureeMois",),
    "subject": ("objetModification",),
}

# The lines of the portal that consolidates the DECP: a contract has one for each of its changes and
# of its acts of subcontracting, three holders at most, and a word where there is nothing.

_LINE = {
    column: tuple(path.replace("/", "_").lower() for path in paths)
    for column, paths in _CONTRACT.items()
}
_LINE_PARTS: tuple[tuple[str, Mapping[str, tuple[str, ...]]], ...] = (
    *(
        (
            "purchase_holder",
            {"siret": (f"titulaire_id_{n}",), "name": (f"titulaire_denominationsociale_{n}",)},
        )
        for n in (1, 2, 3)
    ),
    (
        "purchase_change",
        {
            "at": ("datenotificationmodificationmodification",),
            "amount": ("montantmodification",),
            "months": ("dureemoismodification",),
        },
    ),
)
_NOTHING = ("CDL", "INX NC", "NC")


@dataclass(frozen=True, slots=True)
class _Node:
    """A JSON value or an XML element; those of a list have the name of their list."""

    name: str
    path: str
    text: str = ""
    children: tuple["_Node", ...] = ()

    def found(self, path: str) -> Iterator["_Node"]:
        """The nodes at a path below this one."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                yield from child.found(rest) if rest else (child,)


def read_json(data: bytes) -> Contents:
    """The contracts of a JSON file; raises UnreadableFile when it is none of the DECP."""
    try:
        tree = json.loads(data, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError as error:
        raise UnreadableFile(f"JSON illisible ({error})") from error
    roots = tuple(_json_nodes("", "", tree))
    if lines := [root for root in roots if _is_line(root)]:
        return Contents("DECP JSON, lignes du portail", tuple(map(_line_record, lines)))
    return _contents("DECP JSON", roots)


def read_xml(data: bytes) -> Contents:
    """The contracts of an XML file; raises UnreadableFile when it is none of the DECP."""
    root = parse_xml(data)
    return _contents("DECP XML", (_Node("", "", children=(_xml_node(root, "/marches"),)),))


def _contents(format_: str, roots: tuple[_Node, ...]) -> Contents:
    records = tuple(
        _record(contract)
        for root in roots
        for contracts in root.found("marches")
        for contract in _holding("id", contracts)
    )
    if not records:
        raise UnreadableFile("aucun marché ni contrat de concession au format des DECP")
    return Contents(format_, records)


def _record(contract: _Node) -> Record:
    holders = (group for name in _HOLDERS for group in contract.found(name))
    changes = (node for group in contract.found(_CHANGES) for node in _unwrapped(group))
    return Record(
        contract.path,
        tuple(_values(contract, _CONTRACT)),
        (
            *(
                RecordPart("purchase_holder", tuple(_values(node, _HOLDER)))
                for group in holders
                for node in _holding("id", group)
            ),
            *(RecordPart("purchase_change", tuple(_values(node, _CHANGE))) for node in changes),
        ),
    )


def _is_line(root: _Node) -> bool:
    return all(next(root.found(name), None) for name in ("id", "acheteur_id"))


def _line_record(line: _Node) -> Record:
    said = replace(line, children=tuple(e for e in line.children if e.text not in _NOTHING))
    parts = (RecordPart(table, tuple(_values(said, columns))) for table, columns in _LINE_PARTS)
    return Record(
        line.path, tuple(_values(said, _LINE)), tuple(each for each in parts if each.values)
    )


def _values(node: _Node, columns: Mapping[str, tuple[str, ...]]) -> Iterator[RecordValue]:
    for column, paths in columns.items():
        found = (each for path in paths for each in node.found(path) if each.text)
        if first := next(found, None):
            yield RecordValue(column, first.text, first.path)


def _holding(name: str, node: _Node) -> Iterator[_Node]:
    """The highest nodes, this one or below, that have a child of this name."""
    if any(child.name == name for child in node.children):
        yield node
    else:
        for child in node.children:
            yield from _holding(name, child)


def _unwrapped(node: _Node) -> Iterator[_Node]:
    """The changes below their list, which some formats wrap once more."""
    if any(child.name == "modification" for child in node.children):
        yield from node.found("modification")
    elif node.children:
        yield node


def _json_nodes(name: str, path: str, value: object) -> Iterator[_Node]:
    match value:
        case dict():
            children = (
                node
                for key, below in value.items()
                for node in _json_nodes(str(key), f"{path}/{key}", below)
            )
            yield _Node(name, path, children=tuple(children))
        case list():
            for number, below in enumerate(value, start=1):
                yield from _json_nodes(name, f"{path}[{number}]", below)
        case None:
            pass
        case _:
            yield _Node(name, path, " ".join(str(value).split()))


def _xml_node(element: Element, path: str) -> _Node:
    """An element as a node; those of the same name among its children are numbered."""
    name = str(element.tag).rpartition("}")[2]
    below = [child for child in element if isinstance(child.tag, str)]
    many = {tag for tag, count in Counter(child.tag for child in below).items() if count > 1}
    numbers: Counter[str] = Counter()
    children = []
    for child in below:
        numbers[child.tag] += 1
        child_path = f"{path}/{str(child.tag).rpartition('}')[2]}"
        number = f"[{numbers[child.tag]}]" if child.tag in many else ""
        children.append(_xml_node(child, child_path + number))
    return _Node(name, path, " ".join((element.text or "").split()), tuple(children))
