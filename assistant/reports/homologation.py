"""The file for the homologation as a paper: its parts in the order in which they are read. Pure."""

from collections.abc import Iterator

from assistant.accounts.areas import AREAS, Area
from assistant.law.state_dates import state_range
from assistant.publishing.history import IndexEvent
from assistant.question.language import Language
from assistant.reports.findings import NONE, capital, day, estimate_cells
from assistant.reports.homologation_claims import (
    count,
    described,
    drawing,
    flows,
    load_content,
    measures,
    sovereignty,
)
from assistant.reports.homologation_facts import ENGINE, InstallationFacts, is_built
from assistant.reports.markup import at, counted, load_words, what_leaves
from assistant.reports.paper import (
    Block,
    Items,
    Paper,
    PaperFigure,
    PaperHeading,
    PaperTable,
    Paragraph,
)

# Parts of the file that say how far it can be relied on: measures, results, risks. Pure.

SAID = load_words(Language.FRENCH)


def measures_part(facts: InstallationFacts) -> Iterator[Block]:
    """Each recommendation with its claim, why, and its evidence."""
    found = measures(facts.holds)
    yield PaperHeading("Mesures au regard des recommandations R1 à R35 de l'ANSSI")
    yield Paragraph(
        "Guide ANSSI-PA-102, « Recommandations de sécurité pour un système d'IA générative », "
        "29 avril 2024. « Tenue » ne se dit que de ce qui est construit et testé ; ce qui ne "
        "l'est qu'en partie est « non tenue » et dit ce qui manque. Les preuves sont des fichiers "
        "et des tests du projet."
    )
    totals = tuple((state.value, str(n)) for state, n in count(found).items())
    yield PaperTable("Bilan", ("État", "Recommandations"), totals, (3, 1))
    rows = tuple((m.name, m.title, m.state.value, m.why, "\n".join(m.evidence)) for m in found)
    heads = ("N°", "Recommandation", "État", "Pourquoi", "Preuves")
    yield PaperTable("Recommandations", heads, rows, (1, 3, 2, 6, 5))


def notice_part(facts: InstallationFacts) -> Iterator[Block]:
    """What users are told before they ask."""
    told = load_content("systeme")["notice"]
    yield PaperHeading("Information des utilisateurs")
    yield from map(Paragraph, told["paragraphs"])
    leaving = what_leaves(SAID, facts.holds, dict(facts.settings).get(ENGINE, ""))
    shown = (SAID["notice_ai"], SAID["notice_responsible"], leaving)
    yield Items(tuple(f"« {each} »" for each in shown))
    yield from map(Paragraph, told["after"])
    yield Items(tuple(told["evidence"]))


def evaluation_part(facts: InstallationFacts) -> Iterator[Block]:
    """What was decided of indexes, and what was measured."""
    yield PaperHeading("Résultats d'évaluation")
    events = tuple(
        (at(each.at), each.told, each.generation, each.user or NONE, _why(each))
        for each in reversed(facts.decisions)
    )
    if events:
        acts = ("Le", "Acte", "Index", "Par", "Motif")
        yield PaperTable("Histoire de l'index, les derniers actes", acts, events, (2, 3, 3, 2, 5))
    if facts.evaluation is None:
        yield Paragraph(
            "Aucun résultat n'a été joint. Mesurez par « sourcier eval », puis donnez les "
            "questions et les résultats à cette commande par « --evaluation »."
        )
        return
    rows = tuple(
        (capital(measure), *estimate_cells(each))
        for measure, each in facts.evaluation.items()
        if each
    )
    heads = ("Mesure", "Valeur", "Intervalle à 95 %", "Compte")
    yield PaperTable("Mesures de l'évaluation jointe", heads, rows, (4, 2, 3, 2))


def sovereignty_part(facts: InstallationFacts) -> Iterator[Block]:
    """Who holds what, and the offer as Gaia-X describes one."""
    yield PaperHeading("Fiche de souveraineté")
    found = sovereignty(facts.holds)
    rows = tuple((each.what, each.told, "\n".join(each.evidence)) for each in found)
    yield PaperTable("Souveraineté", ("Question", "Réponse", "Preuves"), rows, (3, 6, 5))
    yield PaperHeading("Description de l'offre", 2)
    yield Paragraph(
        "Vocabulaire de Gaia-X ; déclaration de l'organisme, que personne n'a certifiée."
    )
    pairs = tuple(described(facts.holds))
    yield PaperTable("Auto-description", ("Propriété", "Valeur"), pairs, (2, 3))


def accessibility_part() -> Iterator[Block]:
    """The statement, and what was measured."""
    said = load_content("accessibilite")["statement"]
    yield PaperHeading("Accessibilité")
    yield from map(Paragraph, said["paragraphs"])
    yield Items(tuple(said["limits"]))
    yield Paragraph("Preuves :")
    yield Items(tuple(said["evidence"]))


def _why(event: IndexEvent) -> str:
    return " ".join(filter(None, (event.reason, *event.findings))) or NONE


def limits_part() -> Iterator[Block]:
    """What is known not to work, and the advisories accepted."""
    known = load_content("risques")
    yield PaperHeading("Limites connues")
    yield Items(tuple(each["text"] for each in known["limit"]))
    rows = tuple(
        (v["component"], v["name"], v["what"], v["why"], day(v["accepted"]), day(v["again"]))
        for v in known["vulnerability"]
    )
    heads = ("Composant", "Avis", "Effet", "Acceptée parce que", "Le", "À revoir le")
    yield PaperTable("Vulnérabilités acceptées", heads, rows, (2, 3, 4, 5, 2, 2))


def risks_part() -> Iterator[Block]:
    """What remains."""
    yield PaperHeading("Risques résiduels")
    rows = tuple((r["what"], r["measure"], r["level"]) for r in load_content("risques")["risk"])
    yield PaperTable("Risques", ("Risque", "Mesures", "Niveau proposé"), rows, (4, 5, 2))
    yield Paragraph("L'autorité d'homologation accepte ou refuse ces risques, avec les siens.")


def procedures_part() -> Iterator[Block]:
    """How to install and to run it, in short."""
    yield PaperHeading("Procédures")
    yield PaperHeading("Installation", 2)
    yield _steps("installation")
    yield PaperHeading("Exploitation", 2)
    yield _steps("operation")


def _steps(name: str) -> Items:
    """What is to be done, as far as this program can."""
    steps = load_content("systeme")[name]
    return Items(tuple(s["text"] for s in steps if all(map(is_built, s.get("needs", ())))))


# Parts of the file that say what is installed: system, flows, data, roles, libraries. Pure.

ALONE = "un seul utilisateur, en local"


def system_part(facts: InstallationFacts) -> Iterator[Block]:
    """What the system is, and what this installation is made of."""
    yield PaperHeading("Description du système")
    yield from map(Paragraph, load_content("systeme")["description"]["paragraphs"])
    yield PaperTable("Installation", ("Élément", "Valeur"), tuple(_installation(facts)), (1, 3))
    weights = tuple(
        (each.use, each.name, each.licence or NONE, each.sha256 or NONE, each.remark or NONE)
        for each in facts.weights
    )
    heads = ("Emploi", "Modèle", "Licence", "Empreinte sha256", "Remarque")
    yield PaperTable("Poids des modèles", heads, weights, (2, 3, 2, 5, 2))
    yield PaperTable("Réglages", ("Réglage", "Valeur"), facts.settings, (1, 3))


def _installation(facts: InstallationFacts) -> Iterator[tuple[str, str]]:
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
                counted(manifest.documents, "document", "documents"),
                counted(manifest.passages, "passage", "passages"),
            )
        ),
    )
    yield "Textes à jour", state_range(manifest)
    yield "Empreinte du contenu", manifest.content
    yield "Vecteurs par", manifest.embedder


def flows_part(facts: InstallationFacts) -> Iterator[Block]:
    """Where data go, drawn and as a table."""
    found = flows(facts.holds)
    yield PaperHeading("Flux de données")
    yield PaperFigure(drawing(found))
    rows = tuple(
        (str(each.number), each.start.label, each.end.label, each.data, each.protection, each.when)
        for each in found
    )
    heads = ("N°", "De", "Vers", "Données", "Protection", "Moment")
    yield PaperTable("Flux", heads, rows, (1, 3, 3, 5, 6, 3))


def data_part(facts: InstallationFacts) -> Iterator[Block]:
    """Which data there are, where, and for how long."""
    journal = facts.journal
    yield PaperHeading("Données et conservation")
    rows = tuple(map(tuple, load_content("systeme")["data"]["rows"]))
    yield PaperTable("Données", ("Données", "Sensibilité", "Lieu", "Durée"), rows, (3, 3, 3, 4))
    yield PaperHeading("Conservation", 2)
    yield from map(Paragraph, load_content("systeme")["retention"]["paragraphs"])
    since = f"depuis le {day(journal.first)}" if journal.first else "vide"
    chain = "intact"
    if journal.faults:
        chain = (
            f"{counted(journal.faults, 'défaut', 'défauts')} : sourcier journal verify les situe"
        )
    yield PaperTable(
        "Journal",
        ("Élément", "Valeur"),
        (
            ("Enregistrements", f"{journal.entries}, {since}"),
            ("Enchaînement", chain),
            ("Conservation des textes", facts.retention),
        ),
        (1, 3),
    )


def roles_part(facts: InstallationFacts) -> Iterator[Block]:
    """Who may do what, and who may ask for which address."""
    yield PaperHeading("Rôles")
    if not facts.has_accounts:
        yield Paragraph(
            "Cette installation a un seul utilisateur, qui tient les trois rôles sur l'adresse "
            "locale de sa machine."
        )
    rows = tuple(
        (row["what"], row["buyer"], row["referent"], row["administrator"])
        for row in load_content("roles")["right"]
    )
    heads = ("Action", "Acheteur", "Référent", "Administrateur")
    yield PaperTable("Matrice des rôles", heads, rows, (5, 2, 2, 2))
    areas = tuple((area.path, area.title, _admitted(area)) for area in AREAS)
    yield Paragraph(
        "La première adresse de ce tableau par laquelle commence celle qui est demandée décide ; "
        "chaque page vérifie le rôle à nouveau, ce qu'un test éprouve pour chaque adresse et "
        "chaque identité (tests/assistant/web/test_matrix.py)."
    )
    yield PaperTable("Adresses de la page", ("Adresse", "Ce qui s'y trouve", "Ouverte à"), areas)


def _admitted(area: Area) -> str:
    """Who may come in, on a machine where people have accounts."""
    if area.is_open:
        return "tous, sans connexion"
    return area.role.label if area.role else "toute personne connectée"


def libraries_part(facts: InstallationFacts) -> Iterator[Block]:
    """The libraries that the program names, as installed."""
    yield PaperHeading("Bibliothèques installées")
    yield PaperTable("Dépendances directes", ("Bibliothèque", "Version"), facts.libraries, (2, 1))


TITLE = "Dossier d'homologation de Sourcier"


def homologation(facts: InstallationFacts) -> Paper:
    """The whole file for an installation."""
    parts = (
        system_part(facts),
        flows_part(facts),
        data_part(facts),
        roles_part(facts),
        measures_part(facts),
        notice_part(facts),
        evaluation_part(facts),
        sovereignty_part(facts),
        accessibility_part(),
        limits_part(),
        risks_part(),
        procedures_part(),
        libraries_part(facts),
    )
    about = f"Établi le {day(facts.made)} d'après l'installation en service. {facts.code}."
    return Paper(TITLE, about, facts.made, tuple(block for part in parts for block in part))
