"""`sourcier journal list | show | export`: what the journal holds. Door of rich."""

import argparse
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from rich.table import Table
from rich.text import Text

from assistant.cli.asking import iso_date
from assistant.cli.terminal import Terminal
from assistant.identity import ALONE
from assistant.journal import journal_of
from assistant.journal.retention import records
from assistant.journal.vocabulary import ACTS, KINDS

OK, BROKEN = 0, 1

FORGOTTEN = "texte oublié : l'empreinte en reste"


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three actions."""
    listing = actions.add_parser("list", help="les derniers enregistrements")
    listing.add_argument(
        "--last", type=int, default=20, metavar="N", help="combien (défaut : %(default)s)"
    )
    listing.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    listing.set_defaults(run=_list)
    showing = actions.add_parser("show", help="un enregistrement en entier")
    showing.add_argument("id", metavar="ID", help="l'identifiant (voir : journal list)")
    showing.add_argument("--json", action="store_true", help="du JSON, pour les programmes")
    showing.set_defaults(run=_show)
    exporting = actions.add_parser(
        "export",
        help="écrit des enregistrements et leurs textes, en JSON",
        description="Écrit en JSON tout ce que le journal garde ; avec --user, tout ce qui a été "
        "écrit sous un pseudonyme, à remettre à la personne qui le demande. L'export est noté au "
        "journal.",
    )
    exporting.add_argument(
        "--out",
        type=Path,
        metavar="FICHIER",
        help="un .json, ou un .zip qui le contient (défaut : l'écran)",
    )
    exporting.add_argument(
        "--json", action="store_true", help="sans effet : c'est toujours du JSON"
    )
    exporting.set_defaults(run=_export)
    for action in (listing, exporting):
        action.add_argument("--kind", choices=list(KINDS), metavar="GENRE", help=", ".join(KINDS))
        action.add_argument("--day", type=iso_date, metavar="AAAA-MM-JJ", help="jour (UTC)")
        action.add_argument("--user", metavar="PSEUDONYME", help="de qui")


def _chosen(arguments: argparse.Namespace) -> Callable[[Mapping[str, Any]], bool]:
    kind, day, user = arguments.kind, arguments.day, arguments.user

    def is_chosen(entry: Mapping[str, Any]) -> bool:
        return (
            kind in (None, entry["kind"])
            and user in (None, entry["user"])
            and (day is None or str(entry["at"]).startswith(f"{day}"))
        )

    return is_chosen


def _list(arguments: argparse.Namespace) -> int:
    journal, is_chosen = journal_of(arguments.home), _chosen(arguments)
    last = deque((each for each in journal.entries() if is_chosen(each)), arguments.last)
    found = [entry | {"body": journal.body(entry)} for entry in last]
    if arguments.json:
        _print_json([_fields(each) for each in found])
        return OK
    table = Table("identifiant", "le (UTC)", "quoi", "qui", "dont")
    for each in found:
        kind = KINDS.get(each["kind"], each["kind"])
        words = (_id(each), each["at"][:16].replace("T", " "), kind, each["user"], _gist(each))
        table.add_row(*map(Text, words))
    Terminal().print(table if found else "Aucun enregistrement.")
    return OK


def _show(arguments: argparse.Namespace) -> int:
    journal = journal_of(arguments.home)
    entry = journal.entry(arguments.id)
    if entry is None:
        sys.stderr.write(f"Le journal n'a pas d'enregistrement {arguments.id}.\n")
        return BROKEN
    record = entry | {"body": journal.body(entry)}
    if not arguments.json:
        about = (f"n° {entry['number']}", entry["at"], KINDS.get(entry["kind"], entry["kind"]))
        Terminal().print(Text(" · ".join((*about, entry["user"] or "personne")), style="bold"))
    _print_json(_fields(record) if arguments.json else record["body"] or FORGOTTEN)
    return OK


def _export(arguments: argparse.Namespace) -> int:
    journal = journal_of(arguments.home)
    found = [_fields(each) for each in records(journal, _chosen(arguments))]
    told = {"what": "journal", "user": arguments.user, "kind": arguments.kind}
    day = arguments.day and f"{arguments.day}"
    journal.append("export", told | {"day": day, "records": len(found)}, user=ALONE.user)
    if arguments.out is None:
        _print_json(found)
        return OK
    written = json.dumps(found, ensure_ascii=False, indent=2)
    if arguments.out.suffix == ".zip":
        with ZipFile(arguments.out, "w", ZIP_DEFLATED) as archive:
            archive.writestr("journal.json", written)
    else:
        arguments.out.write_text(written, encoding="utf-8")
    sys.stdout.write(f"{len(found)} enregistrements écrits : {arguments.out}\n")
    return OK


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as programs read it; `body` is null once it was forgotten."""
    names = ("number", "at", "kind", "user", "body", "hash")
    return {"id": _id(record)} | {name: record[name] for name in names}


def _id(record: Mapping[str, Any]) -> str:
    return str(record["hash"][:16])


def _gist(record: Mapping[str, Any]) -> str:
    """What a record is about, in a few words."""
    body = record["body"]
    if body is None:
        return FORGOTTEN
    act = body.get("act")
    if act:
        return ACTS.get(record["kind"], {}).get(act, str(act))
    told = next(
        (
            body[name]
            for name in ("question", "file", "what", "day", "before", "user")
            if body.get(name)
        ),
        "",
    )
    return str(told)[:80]


def _print_json(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, indent=2)}\n")
