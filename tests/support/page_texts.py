"""Documents, passages and answers that pages show, and the words of a page."""

import hashlib
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser

from assistant.answering.answer import Answer, Outcome, Removed, Sentence, cite
from assistant.citations.checker import Support
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Block, Document, Kind, Role, assemble
from tests.support.pdf_maker import pdf_of


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(str(html))
    return tags


def words_of(page: str) -> str:
    """What a page says, with single spaces."""
    return " ".join(parsed(page).text.replace("\u00a0", " ").split())


CHECKED = date(2026, 11, 15)

SMALL_PURCHASES = (
    Block("Petits achats : acheter sans publicité ni mise en concurrence", Role.HEADING, 1),
    Block("En bref", Role.HEADING, 2),
    Block(
        "L’acheteur peut commander sans publicité ni mise en concurrence préalables "
        "lorsque la valeur estimée du besoin est inférieure à 60 000 € HT pour des fournitures "
        "ou des services, et à 100 000 € HT pour des travaux (article R. 2122-8)."
    ),
    Block("Ce qui reste à faire", Role.HEADING, 2),
    Block("Même dispensé de procédure, l’acheteur doit encore :"),
    Block("- choisir une offre adaptée au besoin ;", Role.ITEM),
    Block("- employer au mieux l’argent public ;", Role.ITEM),
    Block(
        "- éviter d’acheter toujours au même fournisseur si d’autres peuvent répondre au besoin.",
        Role.ITEM,
    ),
    Block(
        "Le seuil se compare à la valeur totale des prestations homogènes, et non à celle d’une "
        "commande isolée : découper un besoin pour rester sous le seuil est interdit "
        "(articles R. 2121-4 et R. 2121-6)."
    ),
    Block("Avant le 1er avril 2026", Role.HEADING, 2),
    Block("Pour les fournitures et les services, le seuil de dispense était de 40 000 € HT."),
)

WRITTEN = (
    Block("Marché écrit : à partir de quel montant ?", Role.HEADING, 1),
    Block(
        "Un marché dont la valeur estimée atteint 25 000 € HT est conclu par écrit "
        "(article R. 2112-1). En dessous, un écrit reste conseillé : bon de commande, devis signé."
    ),
)

PAYMENT = (
    Block("Délais de paiement", Role.HEADING, 1),
    Block(
        "Les collectivités territoriales et leurs établissements publics paient leurs "
        "fournisseurs dans un délai de 30 jours (article R. 2192-10)."
    ),
)

CLAUSES = (
    ("COMMUNE DE VALMORIN", "Cahier des clauses administratives particulières", ""),
    (
        "Article 12 - Pénalités de retard",
        "En cas de retard dans l'exécution des prestations, le titulaire encourt, par jour",
        "calendaire de retard et après une mise en demeure restée sans effet pen-",
        "dant huit jours, une pénalité égale à 1/500 du montant hors taxes de la commande",
        "concernée. Le montant total des pénalités est plafonné à 10 % du montant du marché.",
        "",
        "Article 13 - Avance",
        "Une avance est accordée au titulaire lorsque le montant initial du marché dépasse",
        "50 000 euros hors taxes et que sa durée d'exécution excède deux mois.",
    ),
)

HOSTILE = (
    Block("Notice <script>alert(1)</script>", Role.HEADING, 1),
    Block("![image](http://example.test/x.png) <img src=x onerror=alert(2)> ${alert(3)} {{value}}"),
    Block("[lien](javascript:alert(4)) <a href='javascript:alert(5)'>cliquez</a>"),
)


def text_document(source: str, blocks: Sequence[Block], valid_from: date | None = None) -> Document:
    text, pages, headings = assemble(blocks)
    identity = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        identity, blocks[0].text, source, Kind.RULES, text, pages, headings,
        valid_from=valid_from, state_date=CHECKED,
    )  # fmt: skip


def clauses_document() -> tuple[Document, bytes]:
    original = pdf_of(CLAUSES)
    blocks = [
        Block(line, Role.HEADING if line.startswith("Article") else Role.PARAGRAPH, 1, page)
        for page, lines in enumerate(CLAUSES, 1)
        for line in filter(None, lines)
    ]
    text, pages, headings = assemble(blocks)
    identity = hashlib.sha256(original).hexdigest()
    title = "CCAP – Fournitures de bureau"
    return Document(identity, title, "ccap.pdf", Kind.TENDER, text, pages, headings), original


def passage_of(document: Document, locator: str, beginning: str, ending: str) -> Passage:
    """The span of the document from one string to the end of another."""
    start = document.text.index(beginning)
    end = document.text.index(ending, start) + len(ending)
    page = next((page.number for page in document.pages if page.start <= start < page.end), None)
    return Passage(
        f"{document.id[:16]}:{start}-{end}", document.id, document.title, document.source,
        document.kind, locator, (), (), document.text[start:end], start, end, page, page,
        document.valid_from, document.valid_to, document.state_date,
    )  # fmt: skip


def numbered(*passages: Passage) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(number, passage, 1 / number, hashlib.sha256(passage.text.encode()).hexdigest())
        for number, passage in enumerate(passages, 1)
    )


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
