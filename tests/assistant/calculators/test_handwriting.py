"""Amounts and days as hands write them."""

import pytest

from assistant.calculators.handwriting import as_read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("av1 +54k signé, ht", "av1 +54 k€ signé, ht"),
        ("22k + 18,5k ht", "22 k€ + 18,5 k€ ht"),
        ("35k de mobilier", "35 k€ de mobilier"),
        ("100k flyers", "100k flyers"),
        ("12k repas à 5 €", "12k repas à 5 €"),
        ("un écran 4k à 300 €", "un écran 4k à 300 €"),
        ("60k€", "60k€"),
        ("deux millions quatre ht", "2,4 millions € ht"),
        ("deux millions quatre cents €", "2,4 millions €"),
        ("un ca de 3 millions pour 900 000 euros", "un ca de 3 millions € pour 900 000 euros"),
        ("3 millions pour 900 000 francs", "3 millions pour 900 000 francs"),
        ("deux millions quatre mille €", "deux millions quatre mille €"),
        ("trois millions deux lots", "trois millions deux lots"),
        ("oct. 2026 132,0", "octobre 2026 132,0"),
        ("le 3 déc. 2026", "le 3 décembre 2026"),
        ("18/01/27", "18/01/2027"),
    ],
)
def test_figures_are_read_as_they_are_meant(written: str, read: str) -> None:
    assert as_read(written) == read
