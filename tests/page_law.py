"""The law of the fake desk: an article in three versions, and what rests on it."""

from ingestion.index.lexical import Term
from ingestion.readers.documents import State
from tests.article_versions import version

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
