"""Contracts of a table with a line for each state of one: the later are its changes. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingestion.ledger.records import Comment, Record, RecordPart, RecordValue, refused, warned
from ingestion.ledger.rows import PurchaseChange, folded

STATE = "state"
"""The field that numbers the states of a contract, from 0 as it was notified."""

_CHANGED = {"notified": "at", "amount": "amount", "months": "months"}

_Key = tuple[str, str]
_What = tuple[str | None, str | None]


def told_as_changes(records: Sequence[Record], comments: list[Comment]) -> tuple[Record, ...]:
    """Each contract in its first state, each line of a later one as a change of it.

    A first state that is no longer that of the notification is said in `comments`, and a change of
    a number that several contracts have is left out.
    """
    if not any(value.column == STATE for record in records for value in record.values):
        return tuple(records)
    lowest: dict[_Key, int] = {}
    for record in records:
        lowest[_key(record)] = min(_state(record), lowest.get(_key(record), _state(record)))
    first: dict[_Key, dict[_What, Record]] = {key: {} for key in lowest}
    for record in records:
        if _state(record) == lowest[key := _key(record)]:
            first[key].setdefault(_what(record), record)
    return tuple(_told(records, lowest, first, comments))


def _told(
    records: Sequence[Record],
    lowest: Mapping[_Key, int],
    first: Mapping[_Key, Mapping[_What, Record]],
    comments: list[Comment],
) -> Iterator[Record]:
    seen: set[tuple[_Key, int]] = set()
    for record in records:
        key, state = _key(record), _state(record)
        plain = replace(record, values=tuple(v for v in record.values if v.column != STATE))
        if state == lowest[key]:
            if state:
                said = f"Marché modifié sans son état d'origine ({record.place}) : compté ainsi."
                comments.append(warned("MODIFICATION", said, record.place))
            yield plain
        elif len(first[key]) > 1:
            said = f"Modification d'un numéro de plusieurs contrats ({record.place})."
            comments.append(refused("MODIFICATION", said, record.place))
            yield plain
        elif (key, state) not in seen:  # else another of those who hold it
            seen.add((key, state))
            [contract] = first[key].values()
            yield _change(record, contract)


def _change(record: Record, first: Record) -> Record:
    """A later state as the contract that it is one of, with its change."""
    changed = tuple(
        RecordValue(_CHANGED[v.column], v.text, v.place)
        for v in record.values
        if v.column in _CHANGED
    )
    kept = tuple(v for v in first.values if v.column != STATE)
    return Record(record.place, kept, (RecordPart(PurchaseChange.table, changed),))


def _key(record: Record) -> _Key:
    said = {value.column: value.text for value in record.values}
    buyer = said.get("buyer_siret") or said.get("buyer_name", "")
    return folded(buyer), said.get("contract_id", "")


def _state(record: Record) -> int:
    number = next((v.text for v in record.values if v.column == STATE), "").removesuffix(".0")
    return int(number) if number.isdecimal() else 0


def _what(record: Record) -> _What:
    """The day and the amount, which tell a contract from another of its number."""
    said = {value.column: value.text for value in record.values}
    return said.get("notified"), said.get("amount")
