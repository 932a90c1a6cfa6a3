"""A law that is made up: articles, their versions, and an index of them."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from assistant.calculators.calculation import Ground, Stated
from assistant.calculators.constants import WITHOUT_FIGURE, constants
from assistant.errors import Ungrounded
from ingestion.documents.document import Document, Kind, State
from ingestion.index.lexical import Term
from tests.support.index_home import add, build_and_publish
from tests.support.passage_texts import article_of

CODE = "Code de la commande publique"


def version(
    text: str,
    first: str | None = None,
    end: str | None = None,
    *,
    reference: str = "R2122-8",
    title: str = CODE,
    source: str = "code.jsonl",
    state: State | None = None,
    address: str | None = None,
) -> Document:
    """A version of an article; days are written AAAA-MM-JJ, the end is exclusive."""
    identity = sha256(repr((text, first, end, reference, title, source, state)).encode())
    return Document(
        identity.hexdigest(),
        title,
        source,
        Kind.RULES,
        text,
        path=("Partie réglementaire", "Choix de la procédure"),
        reference=reference,
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(end) if end else None,
        state=state,
        address=address,
    )


def sheet(
    text: str, source: str = "fiches/petits-achats.md", title: str = "Petits achats"
) -> Document:
    """A text that is no article."""
    return Document(sha256(text.encode()).hexdigest(), title, source, Kind.RULES, text)


class FakeLaw:
    """States every constant with its label for a text, but for what it is told otherwise.

    `changed` has other values by name; what is `silent` no text states.
    """

    def __init__(
        self,
        day: date = date(2026, 11, 24),
        changed: Mapping[str, Decimal] | None = None,
        silent: Collection[str] = (),
    ) -> None:
        self._day = day
        self._changed = changed or {}
        self._silent = silent

    @property
    def day(self) -> date:
        return self._day

    def stated(self, name: str) -> Stated:
        constant = constants()[name]
        value = self._changed.get(name, constant.on(self._day))
        if name in self._silent or (value is None and constant.values):
            raise Ungrounded(f"Aucun texte ne dit « {constant.label} » (art. {constant.article}).")
        ground = Ground(
            constant.article, article_of(constant.article, constant.label), 0, len(constant.label)
        )
        return Stated(WITHOUT_FIGURE if value is None else value, ground)


BEFORE: Mapping[str, Any] = {
    "code": CODE,
    "num": "R2122-8",
    "chemin": ["Partie réglementaire"],
    "texte": "L'acheteur achète sans publicité en dessous de 40 000 euros.",
    "etat": "VIGUEUR",
    "valide_du": "2020-01-01",
}

CLOSED = {**BEFORE, "etat": "MODIFIE", "valide_au": "2026-03-31"}

AFTER = {
    **BEFORE,
    "texte": "L'acheteur achète sans publicité en dessous de 60 000 euros.",
    "valide_du": "2026-04-01",
    "id": "LEGIARTI000000000002",
}

OLD = {"num": "R2122-8", "texte": "L'acheteur achète sans publicité.", "motif": "remplacé"}
ADVANCE = {"code": CODE, "num": "R2191-3", "texte": "L'acheteur accorde une avance [sic]."}
OTHER = {"code": "Autre code", "num": "R2191-3", "texte": "Un autre texte."}


def publish_law(home: Path, texts: Path, *articles: Mapping[str, Any]) -> str:
    """Publish an index of these articles; the name of the snapshot."""
    path = texts / "code.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in articles), encoding="utf-8")
    add(home, path)
    return build_and_publish(home)


GENERATION, UNKNOWN = "20261115-000000-000", "20200101-000000-000"

LAW = (
    version(
        "L’acheteur achète sans publicité en dessous de 40 000 euros.",
        "2020-01-01",
        address="https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000000000001",
    ),
    version("L’acheteur achète sans publicité en dessous de 25 000 euros.", state=State.CHANGED),
    version(
        "L’acheteur achète sans publicité en dessous de 60 000 euros.\nIl varie ses fournisseurs.",
        "2026-04-01",
        state=State.IN_FORCE,
        address="https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000000000002",
    ),
    version("<script>alert(1)</script>", reference="R1-1", title="<b>Code</b>"),
)

TERMS = (Term(("petit achat", "gré à gré"), ("R2122-8",)), Term(("avance",), ("R2191-3",)))

ANSWERS = (
    (
        {"at": "2026-05-02T08:00:00+00:00", "hash": "0123456789abcdef" * 4},
        {
            "question": "Sous quel montant acheter <i>sans</i> publicité ?",
            "citations": [{"title": "Code de la commande publique", "locator": "art. R2122-8"}],
        },
    ),
)
