import pytest

from assistant.question.language import Language, detect_language


@pytest.mark.parametrize(
    "question",
    [
        "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?",
        "et pour les travaux ?",
        "R2122-8",
        "délai de paiement",
        "seuil MAPA 2026",
        "Un avenant de 10 % est-il possible ?",
        "L’acheteur doit-il allotir ?",
        "What ?! Le seuil est à 40 000 € ou à 60 000 € ?",
        "",
        "…",
    ],
)
def test_french_unless_english_is_plain(question: str) -> None:
    assert detect_language(question) is Language.FRENCH


@pytest.mark.parametrize(
    "question",
    [
        "What is the payment deadline for a municipality?",
        "Can I buy for 35 000 € without competition?",
        "Who may sign a contract?",
        "HOW LONG MAY A FRAMEWORK AGREEMENT LAST?",
        "How much is the advance payment in a marché de travaux?",
    ],
)
def test_english(question: str) -> None:
    assert detect_language(question) is Language.ENGLISH
