"""What is looked for in public data, in the query language of their portals. Pure.

Consolidated contracts (DECP of 2022) have a column for the SIRET of the buyer and none for the
name; notices of the BOAMP have one for the name, and the SIRET and CPV codes in their text only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingestion.errors import IngestionError

_SIREN, _SIRET, _CPV = 9, 14, 8
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PublicDataCriteria:
    """A buyer (SIRET, SIREN or name), a CPV code or its beginning, and days, both included."""

    buyer: str = ""
    cpv: str = ""
    since: date | None = None
    until: date | None = None


def contracts_where(criteria: PublicDataCriteria) -> str:
    """The condition on consolidated contracts; the days are those of notification.

    Raises IngestionError when nothing is looked for, or in a way that these data do not know.
    """
    return _joined(_of_contracts(criteria))


def _of_contracts(criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.buyer:
        number = _number(criteria.buyer)
        if number is None:
            raise IngestionError(
                "Les marchés publiés ne donnent pas le nom de l'acheteur : donnez son SIRET "
                "(14 chiffres) ou son SIREN (9 chiffres)."
            )
        whole = len(number) == _SIRET
        yield f'acheteur_id="{number}"' if whole else f'startswith(acheteur_id,"{number}")'
    if criteria.cpv:
        yield f'startswith(codecpv,"{_cpv(criteria.cpv)}")'
    yield from _days("datenotification", criteria)


def notices_where(criteria: PublicDataCriteria) -> str:
    """The condition on notices of the BOAMP; the days are those of publication.

    Raises IngestionError when nothing is looked for, or in a way that these data do not know.
    """
    return _joined(_of_notices(criteria))


def _of_notices(criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.buyer:
        number = _number(criteria.buyer)
        name = _quoted(criteria.buyer)
        yield f'search(donnees,"{number}")' if number else f"search(nomacheteur,{name})"
    if criteria.cpv:
        code = _cpv(criteria.cpv)
        if len(code) < _CPV:
            raise IngestionError(
                f"Le BOAMP n'a pas de colonne CPV : donnez un code entier, par exemple "
                f"{code.ljust(_CPV, '0')}."
            )
        yield f'search(donnees,"{code}")'
    yield from _days("dateparution", criteria)


def _joined(conditions: Iterator[str]) -> str:
    found = " and ".join(conditions)
    if not found:
        raise IngestionError(
            "Dites ce qui est cherché : --buyer (acheteur), --cpv, --since ou --until."
        )
    return found


def _days(field: str, criteria: PublicDataCriteria) -> Iterator[str]:
    if criteria.since and criteria.until and criteria.until < criteria.since:
        raise IngestionError("Le dernier jour (--until) précède le premier (--since).")
    if criteria.since:
        yield f"{field}>=date'{criteria.since}'"
    if criteria.until:
        yield f"{field}<=date'{criteria.until}'"


def _number(buyer: str) -> str | None:
    """The SIREN or SIRET that a buyer is given by, None for a name."""
    bare = _SPACES.sub("", buyer)
    is_number = bare.isascii() and bare.isdecimal() and len(bare) in (_SIREN, _SIRET)
    return bare if is_number else None


def _cpv(code: str) -> str:
    """The digits of a code, or of its beginning, without the one that checks them."""
    bare = _SPACES.sub("", code).partition("-")[0]
    if not (bare.isascii() and bare.isdecimal() and 2 <= len(bare) <= _CPV):
        raise IngestionError(
            f"« {code[:20]} » n'est ni un code CPV ni son début ; par exemple 45210000 ou 45."
        )
    return bare


def _quoted(text: str) -> str:
    """A text of the query language, whatever stands in it."""
    bare = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return '"' + bare.replace("\\", " ").replace('"', " ") + '"'
