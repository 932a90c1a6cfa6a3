"""A small true desk for the page: four documents, a reader that quotes them, opinions in a list."""

import hashlib
import time
from collections.abc import Generator, Sequence
from datetime import date

from assistant.answers import Answer, Outcome, Removed, Sentence, cite
from assistant.checking import Support
from assistant.evidence import Evidence
from assistant.language import Language
from assistant.page.desk import Holdings, Thumb
from assistant.turn import (
    Dropped,
    Event,
    Exchange,
    Finished,
    Found,
    Reading,
    Result,
    Seconds,
    Waiting,
    Wrote,
)
from ingestion.documents import Block, Document, Kind, Role, assemble
from ingestion.errors import DamagedGeneration
from ingestion.passages import Passage
from tests.pdf_maker import pdf_of

CHECKED = date(2026, 11, 15)

SMALL_PURCHASES = (
    Block("Petits achats : acheter sans publicité ni mise en concurrence", Role.HEADING, 1),
    Block("En bref", Role.HEADING, 2),
    Block(
        "L’acheteur peut passer un marché sans publicité ni mise en concurrence préalables "
        "lorsque la valeur estimée du besoin est inférieure à 60 000 € HT pour des fournitures "
        "ou des services, et à 100 000 € HT pour des travaux (article R. 2122-8)."
    ),
    Block("Ce qui reste à faire", Role.HEADING, 2),
    Block("Même dispensé de procédure, l’acheteur veille à :"),
    Block("- choisir une offre pertinente ;", Role.ITEM),
    Block("- faire une bonne utilisation des deniers publics ;", Role.ITEM),
    Block(
        "- ne pas contracter systématiquement avec un même fournisseur quand plusieurs offres "
        "peuvent répondre au besoin.",
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


class FakeDesk:
    """Finds the same passages for every question; what it answers depends on a word of it."""

    model_name = "lecteur d’essai"

    def __init__(self, pace: float = 0.0) -> None:
        self.pace = pace
        self.opinions: list[tuple[str, Thumb, str]] = []
        self.asked: list[tuple[str, date, tuple[Exchange, ...], Language]] = []
        self.closed = 0
        small = text_document("fiches/petits-achats.md", SMALL_PURCHASES, date(2026, 4, 1))
        written = text_document("fiches/ecrit.md", WRITTEN)
        payment = text_document("fiches/paiement.md", PAYMENT)
        hostile = text_document("fiches/notice.md", HOSTILE)
        clauses, original = clauses_document()
        known = (small, written, payment, hostile, clauses)
        self.documents = {document.id: document for document in known}
        self.originals = {clauses.id: original}
        self.evidence = numbered(
            passage_of(small, "art. R2122-8, en bref", "L’acheteur peut", "R. 2122-8)."),
            passage_of(small, "ce qui reste à faire", "Même dispensé", "R. 2121-6)."),
            passage_of(written, "art. R2112-1", "Un marché", "devis signé."),
            passage_of(clauses, "CCAP, art. 12, p. 2", "En cas de retard", "du marché."),
            passage_of(payment, "art. R2192-10", "Les collectivités", "R. 2192-10)."),
        )
        self.hostile = numbered(passage_of(hostile, "<b>p. 1</b>", "![image]", "</a>"))

    @property
    def holdings(self) -> Holdings:
        titles = tuple(document.title for document in self.documents.values())
        return Holdings("2026-11-15-a1b2c3", 63, 1412, CHECKED, titles)

    def document(self, document_id: str) -> Document:
        return self.documents[document_id]

    def original(self, document_id: str) -> bytes | None:
        return self.originals.get(document_id)

    def rate(self, record_id: str, thumb: Thumb, comment: str) -> None:
        if not record_id.startswith("essai-"):
            raise LookupError(record_id)
        self.opinions.append((record_id, thumb, comment))

    def ask(
        self, question: str, *, as_of: date, history: Sequence[Exchange], language: Language
    ) -> Generator[Event, None, None]:
        self.asked.append((question, as_of, tuple(history), language))
        try:
            for event in self.turn(question, as_of):
                yield event
                time.sleep(self.pace)
        finally:
            self.closed += 1

    def turn(self, question: str, as_of: date) -> Generator[Event, None, None]:
        evidence = self.hostile if "<script>" in question else self.evidence
        if "attendre" in question:
            yield Waiting(2)
            yield Waiting(1)
        yield Found(question, evidence)
        if "panne" in question:
            raise RuntimeError("broken on purpose")
        if "index" in question:
            raise DamagedGeneration("L’index est abîmé. Lancez « sourcier index rollback ».")
        if "lentement" in question:
            for _ in range(600):
                yield Reading(1)
                time.sleep(0.05)
        if "météo" in question:
            answer = Answer(Outcome.ABSTAINED, notice=NOT_FOUND)
        else:
            answer = (
                hostile_answer(evidence) if evidence is self.hostile else small_answer(evidence)
            )
        for sentence in answer.sentences:
            yield Reading(sentence.citations[0])
            cited = tuple(c for c in answer.citations if c.n in sentence.citations)
            yield Wrote(sentence, cited)
        for removed in answer.removed:
            yield Dropped(removed)
        yield Finished(
            Result(
                f"essai-{len(self.asked)}",
                question,
                question,
                as_of,
                answer,
                evidence,
                "rule",
                self.model_name,
                self.holdings.generation,
                Seconds(0.2, 1.1, 3.4),
            )  # fmt: skip
        )


NOT_FOUND = """Je ne trouve pas de passage qui réponde à cette question.

J’ai cherché dans les 63 documents enregistrés, au droit du jour demandé.

Où chercher ailleurs :
- la direction des affaires juridiques de Bercy, rubrique « commande publique » ;
- le service juridique de votre collectivité."""


def numbered(*passages: Passage) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(number, passage, 1 / number, hashlib.sha256(passage.text.encode()).hexdigest())
        for number, passage in enumerate(passages, 1)
    )


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
            "Même dispensé de procédure, l’acheteur veille à :\n- choisir une offre pertinente ;\n"
            "- faire une bonne utilisation des deniers publics ;\n- ne pas contracter "
            "systématiquement avec un même fournisseur quand plusieurs offres peuvent répondre "
            "au besoin.",
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
        cite(*quoting(evidence[1], "choisir une offre pertinente")),
        cite(*quoting(evidence[1], "ne pas contracter systématiquement avec un même fournisseur")),
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
