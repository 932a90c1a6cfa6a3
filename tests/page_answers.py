"""What the fake desk answers."""

from assistant.answering.answer import Answer, Outcome, Removed, Sentence, cite
from assistant.citations.checker import Support
from assistant.retrieval.evidence import Evidence

NOT_FOUND = """Je ne trouve pas de passage qui réponde à cette question.

J’ai cherché dans les 63 documents enregistrés, au droit du jour demandé.

Où chercher ailleurs :
- la direction des affaires juridiques de Bercy, rubrique « commande publique » ;
- le service juridique de votre collectivité."""


def quoting(evidence: Evidence, words: str) -> tuple[Evidence, int, int]:
    start = evidence.passage.text.index(words)
    return evidence, start, start + len(words)


def small_answer(evidence: tuple[Evidence, ...]) -> Answer:
    sentences = (
        Sentence(
            "Oui : en dessous de 60 000 € HT, un achat de fournitures ou de services peut être "
            "passé sans publicité ni mise en concurrence préalables.",
            (1,), Support.SUPPORTED,
        ),
        Sentence(
            "Même dispensé de procédure, l’acheteur doit encore :\n- choisir une offre adaptée au "
            "besoin ;\n- employer au mieux l’argent public ;\n- éviter d’acheter toujours au même "
            "fournisseur si d’autres peuvent répondre au besoin.",
            (2,), Support.VERBATIM,
        ),
        Sentence(
            "À 35 000 € HT, le marché dépasse de 10 000 € le seuil de l’écrit : il est conclu "
            "par écrit.",
            (3,), Support.COMPUTED,
        ),
        Sentence(
            "Votre CCAP prévoit une pénalité égale à 1/500 du montant hors taxes de la commande "
            "concernée par jour de retard.",
            (4,), Support.SUPPORTED,
        ),
    )  # fmt: skip
    citations = (
        cite(*quoting(evidence[0], "la valeur estimée du besoin est inférieure à 60 000 € HT")),
        cite(*quoting(evidence[1], "choisir une offre adaptée au besoin")),
        cite(*quoting(evidence[1], "éviter d’acheter toujours au même fournisseur")),
        cite(*quoting(evidence[2], "atteint 25 000 € HT est conclu par écrit")),
        cite(*quoting(evidence[3], "restée sans effet pen-\ndant huit jours, une pénalité égale "
                                   "à 1/500 du montant hors taxes de la commande\nconcernée")),
    )  # fmt: skip
    removed = (
        Removed(
            "Le seuil applicable est de 90 000 € HT.",
            "le montant 90 000 € ne figure pas dans le passage cité",
        ),
    )
    return Answer(Outcome.ANSWERED, sentences, citations, removed)


def hostile_answer(evidence: tuple[Evidence, ...]) -> Answer:
    text = evidence[0].passage.text
    return Answer(
        Outcome.PARTIAL,
        (Sentence(f"<b>{text}</b>", (1,), Support.VERBATIM),),
        (cite(evidence[0], 0, len(text)),),
        (Removed("<script>alert(6)</script>", "<img src=x onerror=alert(7)>"),),
        "<iframe src='http://example.test'></iframe>",
    )
