"""Options of the commands that ask public portals. Nothing is asked without one of them."""

from datetime import date

from assistant.cli.options import iso_date, option
from ingestion.opendata.fetching import PublicDataCriteria

CPV = option("--cpv CODE", "code CPV, par exemple 45210000")
SINCE = option("--since AAAA-MM-JJ", "à partir de ce jour", iso_date)
UNTIL = option("--until AAAA-MM-JJ", "jusqu'à ce jour compris", iso_date)


def criteria_of(
    buyer: str | None, cpv: str | None, since: date | None, until: date | None
) -> PublicDataCriteria:
    """What is looked for."""
    return PublicDataCriteria(buyer or "", cpv or "", since, until)
