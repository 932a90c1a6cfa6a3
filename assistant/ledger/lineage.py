"""Lineage: the file and the place where each row of the ledger was read."""

from collections.abc import Iterable, Mapping

from ingestion.ledger.database import Ledger

_PLACES = """
SELECT "row", min(concat(file.name, ', ', place)) FROM lineage JOIN file ON sha256 = file
WHERE column_name IN ('number', 'contract_id')
    AND "row" IN (SELECT unnest(CAST($1 AS VARCHAR[])))
GROUP BY "row"
"""


def places(ledger: Ledger, ids: Iterable[str]) -> Mapping[str, str]:
    """Where the number of each row was read: its file and place in it."""
    found: dict[str, str] = dict(ledger.rows(_PLACES, [list(ids)]))
    return found
