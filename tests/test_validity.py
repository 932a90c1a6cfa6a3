from datetime import date

import pytest

from assistant.law.hierarchy import applies

EVE, DAY, NEXT = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2)


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("Avant le 1er avril 2026, le seuil était de 40 000 € HT.", (True, False, False)),
        ("Le seuil est de 40 000 € jusqu'au 1er avril 2026.", (True, True, False)),
        ("Le seuil est de 40 000 € jusqu’au 1er avril 2026 inclus.", (True, True, False)),
        ("Le seuil est de 60 000 € depuis le 1er avril 2026.", (False, True, True)),
        ("À compter du 1er avril 2026, le seuil est de 60 000 €.", (False, True, True)),
        ("À partir du 2 avril 2026, le seuil est de 60 000 €.", (False, False, True)),
        ("DEPUIS LE 1ER AVRIL 2026, le seuil change.", (False, True, True)),
        ("Depuis le 1er avril\n2026, le seuil change.", (False, True, True)),
        ("Depuis le 1er\u00a0avril\u00a02026, le seuil change.", (False, True, True)),
        (
            "Depuis le 1er avril 2026 et jusqu'au 1er avril 2026, un jour seulement.",
            (False, True, False),
        ),
        ("Le seuil est de 60 000 € HT.", (True, True, True)),
        ("L'offre est remise avant le 15 du mois.", (True, True, True)),
        ("Le décret du 1er avril 2026 fixe le seuil.", (True, True, True)),
        ("Avant le 31 juin 2026, le seuil était autre.", (True, True, True)),
        ("Depuis le 0 avril 2027, le seuil est autre.", (True, True, True)),
        ("", (True, True, True)),
    ],
)
def test_a_sentence_applies_on_its_days(sentence: str, days: tuple[bool, bool, bool]) -> None:
    assert tuple(applies(sentence, day) for day in (EVE, DAY, NEXT)) == days
