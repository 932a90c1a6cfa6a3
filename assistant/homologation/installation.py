"""Parts of the file that say what is installed: system, flows, data, roles, libraries. Pure."""

from collections.abc import Iterator

from assistant.accounts.areas import AREAS, Area
from assistant.findings import NONE, day, number
from assistant.homologation.content import content
from assistant.homologation.facts import Facts
from assistant.homologation.flows import drawing, flows
from assistant.papers.paper import Block, Figure, Heading, Paragraph, Table

ALONE = "un seul utilisateur, en local"


def system_part(facts: Facts) -> Iterator[Block]:
    """What the system is, and what this installation is made of."""
    yield Heading("Description du système")
    yield from map(Paragraph, content("systeme")["description"]["paragraphs"])
    yield Table("Installation", ("Élément", "Valeur"), tuple(_installation(facts)), (1, 3))
    weights = tuple(
        (each.use, each.name, each.licence or NONE, each.sha256 or NONE, each.remark or NONE)
        for each in facts.weights
    )
    heads = ("Emploi", "Modèle", "Licence", "Empreinte sha256", "Remarque")
    yield Table("Poids des modèles", heads, weights, (2, 3, 2, 5, 2))
    yield Table("Réglages", ("Réglage", "Valeur"), facts.settings, (1, 3))


def _installation(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "Programme", facts.code
    yield "Machine", facts.machine
    yield "Comptes", "comptes nominatifs" if facts.has_accounts else ALONE
    manifest = facts.manifest
    if manifest is None:
        yield "Index en service", "aucun"
        return
    yield "Index en service", manifest.name
    yield "Construit le", day(manifest.created_at.astimezone().date())
    yield (
        "Contenu",
        ", ".join(
            (
                number(manifest.documents, "document", "documents"),
                number(manifest.passages, "passage", "passages"),
            )
        ),
    )
    yield "Textes à jour au", day(manifest.state_date) if manifest.state_date else "non indiqué"
    yield "Empreinte du contenu", manifest.content
    yield "Vecteurs par", manifest.embedder


def flows_part(facts: Facts) -> Iterator[Block]:
    """Where data go, drawn and as a table."""
    found = flows(facts.holds)
    yield Heading("Flux de données")
    yield Figure(drawing(found))
    rows = tuple(
        (str(each.number), each.start.label, each.end.label, each.data, each.protection, each.when)
        for each in found
    )
    heads = ("N°", "De", "Vers", "Données", "Protection", "Moment")
    yield Table("Flux", heads, rows, (1, 3, 3, 5, 6, 3))


def data_part(facts: Facts) -> Iterator[Block]:
    """Which data there are, where, and for how long."""
    journal = facts.journal
    yield Heading("Données et conservation")
    rows = tuple(map(tuple, content("systeme")["data"]["rows"]))
    yield Table("Données", ("Données", "Sensibilité", "Lieu", "Durée"), rows, (3, 3, 3, 4))
    yield Heading("Conservation", 2)
    yield from map(Paragraph, content("systeme")["retention"]["paragraphs"])
    since = f"depuis le {day(journal.first)}" if journal.first else "vide"
    chain = "intact"
    if journal.faults:
        chain = f"{number(journal.faults, 'défaut', 'défauts')} : sourcier journal verify les situe"
    yield Table(
        "Journal",
        ("Élément", "Valeur"),
        (
            ("Enregistrements", f"{journal.entries}, {since}"),
            ("Enchaînement", chain),
            ("Conservation des textes", facts.retention),
        ),
        (1, 3),
    )


def roles_part(facts: Facts) -> Iterator[Block]:
    """Who may do what, and who may ask for which address."""
    yield Heading("Rôles")
    if not facts.has_accounts:
        yield Paragraph(
            "Cette installation a un seul utilisateur, qui tient les trois rôles sur l'adresse "
            "locale de sa machine."
        )
    rows = tuple(
        (row["what"], row["buyer"], row["referent"], row["administrator"])
        for row in content("roles")["right"]
    )
    heads = ("Action", "Acheteur", "Référent", "Administrateur")
    yield Table("Matrice des rôles", heads, rows, (5, 2, 2, 2))
    areas = tuple((area.path, area.title, _admitted(area)) for area in AREAS)
    yield Paragraph(
        "La première adresse de ce tableau par laquelle commence celle qui est demandée décide ; "
        "chaque page vérifie le rôle à nouveau, ce qu'un test éprouve pour chaque adresse et "
        "chaque identité (tests/test_matrix.py)."
    )
    yield Table("Adresses de la page", ("Adresse", "Ce qui s'y trouve", "Ouverte à"), areas)


def _admitted(area: Area) -> str:
    """Who may come in, on a machine where people have accounts."""
    if area.is_open:
        return "tous, sans connexion"
    return area.role.label if area.role else "toute personne connectée"


def libraries_part(facts: Facts) -> Iterator[Block]:
    """The libraries that the program names, as installed."""
    yield Heading("Bibliothèques installées")
    yield Table("Dépendances directes", ("Bibliothèque", "Version"), facts.libraries, (2, 1))
