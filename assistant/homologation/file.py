"""The file for the homologation as a paper: its parts in the order in which they are read. Pure."""

from collections.abc import Iterator
from datetime import date

from assistant.accounts.areas import AREAS, Area
from assistant.findings import NONE, capital, counted, interval, percent
from assistant.homologation.content import content
from assistant.homologation.facts import Facts, is_built
from assistant.homologation.flows import drawing, flows
from assistant.homologation.measures import count, measures
from assistant.identity import Role
from assistant.language import Language
from assistant.page.words import words, written
from assistant.papers.paper import Block, Figure, Heading, Items, Paper, Paragraph, Table

TITLE = "Dossier d’homologation de Sourcier"
_ROLES = {
    Role.BUYER: "acheteur",
    Role.REFERENT: "référent",
    Role.ADMINISTRATOR: "administrateur",
}
ALONE = "un seul utilisateur, en local"
SAID = words(Language.FRENCH)


def homologation(facts: Facts) -> Paper:
    """The whole file for an installation."""
    parts = (
        _system(facts),
        _flows(),
        _data(facts),
        _roles(facts),
        _measures(facts),
        _notice(),
        _evaluation(facts),
        _limits(),
        _risks(),
        _procedures(),
        _libraries(facts),
    )
    about = f"Établi le {_day(facts.made)} d’après l’installation en service. {facts.code}."
    return Paper(TITLE, about, facts.made, tuple(block for part in parts for block in part))


def _system(facts: Facts) -> Iterator[Block]:
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
    yield "Construit le", _day(manifest.created_at.date())
    yield "Contenu", f"{manifest.documents} documents, {manifest.passages} passages"
    yield "Textes à jour au", _day(manifest.state_date) if manifest.state_date else "non indiqué"
    yield "Empreinte du contenu", manifest.content
    yield "Vecteurs par", manifest.embedder


def _flows() -> Iterator[Block]:
    found = flows()
    yield Heading("Flux de données")
    yield Figure(drawing(found))
    rows = tuple(
        (str(each.number), each.start.label, each.end.label, each.data, each.protection, each.when)
        for each in found
    )
    heads = ("N°", "De", "Vers", "Données", "Protection", "Moment")
    yield Table("Flux", heads, rows, (1, 3, 3, 5, 6, 3))


def _data(facts: Facts) -> Iterator[Block]:
    journal = facts.journal
    yield Heading("Données et conservation")
    rows = tuple(map(tuple, content("systeme")["data"]["rows"]))
    yield Table("Données", ("Données", "Sensibilité", "Lieu", "Durée"), rows, (3, 3, 3, 4))
    yield Heading("Conservation", 2)
    yield from map(Paragraph, content("systeme")["retention"]["paragraphs"])
    since = f"depuis le {_day(journal.first)}" if journal.first else "vide"
    chain = "intact" if not journal.faults else f"{journal.faults} défauts : voir le journal"
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


def _roles(facts: Facts) -> Iterator[Block]:
    yield Heading("Rôles")
    if not facts.has_accounts:
        yield Paragraph(
            "Cette installation a un seul utilisateur, qui tient les trois rôles sur l’adresse "
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
        "chaque page vérifie le rôle à nouveau."
    )
    yield Table("Adresses de la page", ("Adresse", "Ce qui s’y trouve", "Ouverte à"), areas)


def _admitted(area: Area) -> str:
    """Who may come in, on a machine where people have accounts."""
    if area.is_open:
        return "tous, sans connexion"
    return _ROLES[area.role] if area.role else "toute personne connectée"


def _measures(facts: Facts) -> Iterator[Block]:
    found = measures(facts.holds)
    yield Heading("Mesures au regard des recommandations R1 à R35 de l’ANSSI")
    yield Paragraph(
        "Guide ANSSI-PA-102, « Recommandations de sécurité pour un système d’IA générative », "
        "29 avril 2024. « Tenue » ne se dit que de ce qui est construit et testé ; ce qui ne "
        "l’est qu’en partie est « non tenu » et dit ce qui manque. Les preuves sont des fichiers "
        "et des tests du projet."
    )
    totals = tuple((state.value, str(n)) for state, n in count(found).items())
    yield Table("Bilan", ("État", "Recommandations"), totals, (3, 1))
    rows = tuple((m.name, m.title, m.state.value, m.why, "\n".join(m.evidence)) for m in found)
    heads = ("N°", "Recommandation", "État", "Pourquoi", "Preuves")
    yield Table("Recommandations", heads, rows, (1, 3, 2, 6, 5))


def _notice() -> Iterator[Block]:
    told = content("systeme")["notice"]
    yield Heading("Information des utilisateurs")
    yield from map(Paragraph, told["paragraphs"])
    shown = ("notice_ai", "notice_responsible", "notice_local")
    yield Items(tuple(f"« {SAID[key]} »" for key in shown))
    yield from map(Paragraph, told["after"])
    yield Items(tuple(told["evidence"]))


def _evaluation(facts: Facts) -> Iterator[Block]:
    yield Heading("Résultats d’évaluation")
    if facts.evaluation is None:
        yield Paragraph(
            "Aucun résultat n’a été joint. Mesurez par « sourcier eval », puis donnez les "
            "questions et les résultats à cette commande par « --evaluation »."
        )
        return
    rows = tuple(
        (capital(measure), percent(each.value), interval(each), counted(each))
        for measure, each in facts.evaluation.items()
        if each
    )
    heads = ("Mesure", "Valeur", "Intervalle à 95 %", "Compte")
    yield Table("Mesures de l’évaluation jointe", heads, rows, (4, 2, 3, 2))


def _limits() -> Iterator[Block]:
    known = content("risques")
    yield Heading("Limites connues")
    yield Items(tuple(each["text"] for each in known["limit"]))
    rows = tuple(
        (v["component"], v["name"], v["what"], v["why"], _day(v["accepted"]), _day(v["again"]))
        for v in known["vulnerability"]
    )
    heads = ("Composant", "Avis", "Effet", "Acceptée parce que", "Le", "À revoir le")
    yield Table("Vulnérabilités acceptées", heads, rows, (2, 3, 4, 5, 2, 2))


def _risks() -> Iterator[Block]:
    yield Heading("Risques résiduels")
    rows = tuple((r["what"], r["measure"], r["level"]) for r in content("risques")["risk"])
    yield Table("Risques", ("Risque", "Mesures", "Niveau proposé"), rows, (4, 5, 2))
    yield Paragraph("L’autorité d’homologation accepte ou refuse ces risques, avec les siens.")


def _procedures() -> Iterator[Block]:
    yield Heading("Procédures")
    yield Heading("Installation", 2)
    yield _steps("installation")
    yield Heading("Exploitation", 2)
    yield _steps("operation")


def _steps(name: str) -> Items:
    """What is to be done, as far as this program can."""
    steps = content("systeme")[name]
    return Items(tuple(s["text"] for s in steps if all(map(is_built, s.get("needs", ())))))


def _libraries(facts: Facts) -> Iterator[Block]:
    yield Heading("Bibliothèques installées")
    yield Table("Dépendances directes", ("Bibliothèque", "Version"), facts.libraries, (2, 1))


def _day(day: date) -> str:
    return written(SAID, day)
