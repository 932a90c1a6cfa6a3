"""Parts of the file that say how far it can be relied on: measures, results, risks. Pure."""

from collections.abc import Iterator

from assistant.findings import NONE, capital, counted, day, interval, percent
from assistant.homologation.content import content
from assistant.homologation.facts import DECISIONS, Facts, is_built
from assistant.homologation.measures import count, measures
from assistant.language import Language
from assistant.page.words import words
from assistant.papers.paper import Block, Heading, Items, Paragraph, Table

SAID = words(Language.FRENCH)


def measures_part(facts: Facts) -> Iterator[Block]:
    """Each recommendation with its claim, why, and its evidence."""
    found = measures(facts.holds)
    yield Heading("Mesures au regard des recommandations R1 à R35 de l'ANSSI")
    yield Paragraph(
        "Guide ANSSI-PA-102, « Recommandations de sécurité pour un système d'IA générative », "
        "29 avril 2024. « Tenue » ne se dit que de ce qui est construit et testé ; ce qui ne "
        "l'est qu'en partie est « non tenue » et dit ce qui manque. Les preuves sont des fichiers "
        "et des tests du projet."
    )
    totals = tuple((state.value, str(n)) for state, n in count(found).items())
    yield Table("Bilan", ("État", "Recommandations"), totals, (3, 1))
    rows = tuple((m.name, m.title, m.state.value, m.why, "\n".join(m.evidence)) for m in found)
    heads = ("N°", "Recommandation", "État", "Pourquoi", "Preuves")
    yield Table("Recommandations", heads, rows, (1, 3, 2, 6, 5))


def notice_part() -> Iterator[Block]:
    """What users are told before they ask."""
    told = content("systeme")["notice"]
    yield Heading("Information des utilisateurs")
    yield from map(Paragraph, told["paragraphs"])
    shown = ("notice_ai", "notice_responsible", "notice_local")
    yield Items(tuple(f"« {SAID[key]} »" for key in shown))
    yield from map(Paragraph, told["after"])
    yield Items(tuple(told["evidence"]))


def evaluation_part(facts: Facts) -> Iterator[Block]:
    """What was decided of indexes, and what was measured."""
    yield Heading("Résultats d'évaluation")
    decided = tuple(
        (day(each.on), DECISIONS[each.act], each.generation, each.reason or NONE)
        for each in reversed(facts.decisions)
    )
    if decided:
        heads = ("Le", "Décision", "Index", "Motif")
        yield Table("Dernières décisions sur l'index", heads, decided, (2, 3, 3, 5))
    if facts.evaluation is None:
        yield Paragraph(
            "Aucun résultat n'a été joint. Mesurez par « sourcier eval », puis donnez les "
            "questions et les résultats à cette commande par « --evaluation »."
        )
        return
    rows = tuple(
        (capital(measure), percent(each.value), interval(each), counted(each))
        for measure, each in facts.evaluation.items()
        if each
    )
    heads = ("Mesure", "Valeur", "Intervalle à 95 %", "Compte")
    yield Table("Mesures de l'évaluation jointe", heads, rows, (4, 2, 3, 2))


def limits_part() -> Iterator[Block]:
    """What is known not to work, and the advisories accepted."""
    known = content("risques")
    yield Heading("Limites connues")
    yield Items(tuple(each["text"] for each in known["limit"]))
    rows = tuple(
        (v["component"], v["name"], v["what"], v["why"], day(v["accepted"]), day(v["again"]))
        for v in known["vulnerability"]
    )
    heads = ("Composant", "Avis", "Effet", "Acceptée parce que", "Le", "À revoir le")
    yield Table("Vulnérabilités acceptées", heads, rows, (2, 3, 4, 5, 2, 2))


def risks_part() -> Iterator[Block]:
    """What remains."""
    yield Heading("Risques résiduels")
    rows = tuple((r["what"], r["measure"], r["level"]) for r in content("risques")["risk"])
    yield Table("Risques", ("Risque", "Mesures", "Niveau proposé"), rows, (4, 5, 2))
    yield Paragraph("L'autorité d'homologation accepte ou refuse ces risques, avec les siens.")


def procedures_part() -> Iterator[Block]:
    """How to install and to run it, in short."""
    yield Heading("Procédures")
    yield Heading("Installation", 2)
    yield _steps("installation")
    yield Heading("Exploitation", 2)
    yield _steps("operation")


def _steps(name: str) -> Items:
    """What is to be done, as far as this program can."""
    steps = content("systeme")[name]
    return Items(tuple(s["text"] for s in steps if all(map(is_built, s.get("needs", ())))))
