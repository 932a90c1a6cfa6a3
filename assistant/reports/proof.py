"""The end of the report that people sign: decisions on indexes, the proof, signatures. Pure."""

from collections.abc import Iterator, Sequence

from assistant.journal.chain import Anchor
from assistant.reports.audit import LATE, AuditFacts, with_blindness
from assistant.reports.findings import NONE, day
from assistant.reports.homologation_facts import InstallationFacts
from assistant.reports.markup import at, counted
from assistant.reports.paper import Block, PaperHeading, PaperTable, Paragraph
from assistant.review.readings import frozen_of

ANCHORS = 6
"""Anchors of the journal that are told, the last ones."""

PAIR = ("Élément", "Valeur")
"""Heads of a table of facts."""


def decisions_part(facts: AuditFacts) -> Iterator[Block]:
    """What the gate and people decided of indexes on these days."""
    yield PaperHeading("Décisions sur les index", 2)
    if not facts.decisions:
        yield Paragraph("Aucune décision sur un index n'est au journal sur ces jours.")
        return
    rows = tuple(
        (
            at(each.at),
            each.generation,
            each.told,
            facts.called(each.user) or NONE,
            " ".join(filter(None, (each.reason, *each.findings))) or NONE,
        )
        for each in facts.decisions
    )
    heads = ("Le", "Index", "Décision", "Par", "Motif, ou ce que dit le contrôle")
    yield PaperTable("Contrôles et décisions", heads, rows, (2, 4, 3, 3, 6))


# The proof: what this report rests on, and how to check it later.


def proof_part(facts: AuditFacts) -> Iterator[Block]:
    """The journal's state and anchor, and what the installation was."""
    found = facts.installation
    yield PaperHeading("Preuve et identités")
    yield Paragraph(_state(facts))
    if facts.anchor:
        yield from _anchored(facts.anchor, facts.anchors)
    yield PaperTable("Programme et index", PAIR, tuple(_identity(found)), (2, 5))
    weights = tuple(
        (each.use, each.name, each.sha256 or NONE, each.remark or NONE) for each in found.weights
    )
    heads = ("Emploi", "Modèle", "sha256", "Remarque")
    yield PaperTable("Poids des modèles", heads, weights, (3, 3, 6, 4))


def _anchored(anchor: Anchor, known: Sequence[Anchor]) -> Iterator[Block]:
    """The head of the journal, and how its anchor is used later."""
    rows = (
        ("Entrées", str(anchor.number)),
        ("Empreinte de la dernière", anchor.hash),
        ("Ancre du rapport", anchor.line.strip()),
        ("Ancres gardées", str(len(known))),
    )
    yield PaperTable("Tête du journal à l'établissement du rapport", PAIR, rows, (2, 5))
    yield Paragraph(
        "Recopiée dans un fichier, la ligne de l'ancre montre plus tard que rien de ce qui la "
        "précède n'a été récrit : sourcier journal verify --anchors FICHIER"
    )
    last = tuple((f"{each.day:%d/%m/%Y}", str(each.number), each.hash) for each in known[-ANCHORS:])
    yield PaperTable("Dernières ancres", ("Le", "Entrée", "Empreinte"), last, (2, 1, 7))


def _state(facts: AuditFacts) -> str:
    state = facts.installation.journal
    if state.faults:
        return (
            f"LE JOURNAL EST ALTÉRÉ en {counted(state.faults, 'endroit', 'endroits')} : ce rapport "
            "ne doit pas être signé avant que « sourcier journal verify » ne les ait situés."
        )
    return (
        f"Le journal a été vérifié d'un bout à l'autre pour ce rapport : {state.entries} entrées, "
        "aucune altération."
    )


def _identity(found: InstallationFacts) -> Iterator[tuple[str, str]]:
    yield "Programme", found.code
    yield "Machine", found.machine
    if manifest := found.manifest:
        yield "Index en service", manifest.name
        yield "Empreinte de son contenu", manifest.content
        passages = counted(manifest.passages, "passage", "passages")
        yield "Contenu", f"{counted(manifest.documents, 'document', 'documents')}, {passages}"
        yield "Textes à jour au", day(manifest.state_date) if manifest.state_date else NONE
        yield "Vecteurs par", manifest.embedder


# Signatures: who made the report, who read, who decided.

ROOM = "\n\n\n"
"""Lines left for a hand to write."""


def signatures_part(facts: AuditFacts, author: str) -> Iterator[Block]:
    """A line for the author, each reader, and who receives the report."""
    yield PaperHeading("Signatures")
    yield Paragraph(
        "Les lecteurs attestent que les verdicts figés en annexe sont les leurs, donnés avant "
        f"d'avoir vu ceux des autres, sauf ceux qui y sont dits « {LATE} » : deux lecteurs "
        "s'étaient alors déjà prononcés, et leurs verdicts étaient visibles."
    )
    roles: dict[str, list[str]] = {}
    for name, role in _signing(facts, author):
        if role not in (known := roles.setdefault(name, [])):
            known.append(role)
    rows = tuple((f"{name}\n{', '.join(told)}{ROOM}", "", "") for name, told in roles.items())
    received = (f"Reçu, pour la direction{ROOM}", "", "")
    heads = ("Nom et qualité", "Date", "Signature")
    yield PaperTable("À signer", heads, (*rows, received), (4, 2, 5), is_whole=True)


def _signing(facts: AuditFacts, author: str) -> Iterator[tuple[str, str]]:
    if author:
        yield author, "auteur du rapport"
    for each in facts.read:
        for reading, is_blind in with_blindness(frozen_of(each.item.readings)):
            yield facts.called(reading.user), "lecteur" if is_blind else f"lecteur {LATE}"
        for decided in each.item.arbitrations:
            yield facts.called(decided.user), "arbitre"
