"""`sourcier journal`: list, show, verify, anchor, purge. Door of rich, for these."""

import argparse
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from rich.table import Table
from rich.text import Text

from assistant.accounts.identity import ALONE
from assistant.cli.adding import progress_bars
from assistant.cli.options import Terminal, iso_date
from assistant.journal.journal import (
    ACTS,
    KINDS,
    Journal,
    erase,
    journal_of,
    months_before,
    purge,
    records,
)
from assistant.journal.verification import ChainFault
from assistant.review.gold import promoted_from, take_out
from assistant.settings import load_settings
from ingestion.durable import replace_bytes

# `sourcier journal list | show | export`: what the journal holds. Door of rich.

OK, BROKEN = 0, 1

FORGOTTEN = "texte oublié : l'empreinte en reste"


def register_reading(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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


# `sourcier journal purge | erase`: texts forgotten, their hashes kept.

JOURNAL_RETENTION_OK = 0


def register_retention(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two actions."""
    purging = actions.add_parser(
        "purge",
        help="oublie les textes plus anciens que la durée de conservation",
        description="Oublie pour de bon les textes des enregistrements plus anciens que "
        "« retention_months » de settings.toml (12 mois par défaut). Les empreintes restent, le "
        "journal se vérifie toujours, et la purge y est notée. Le serveur le fait de lui-même "
        "chaque jour. Les sauvegardes déjà faites ne sont pas touchées.",
    )
    purging.add_argument("--months", type=_months, metavar="N", help="une autre durée, en mois")
    purging.set_defaults(run=_purge)
    erasing = actions.add_parser(
        "erase",
        help="oublie tous les textes d'une personne",
        description="Oublie pour de bon tous les textes écrits sous un pseudonyme. Les empreintes "
        "restent, le journal se vérifie toujours, et l'effacement y est noté. Exportez d'abord ce "
        "qui doit être remis : sourcier journal export --user PSEUDONYME. Les questions de cette "
        "personne qu'un référent a mises au jeu d'évaluation sont nommées, et retirées avec "
        "--questions. Ne sont pas touchés : les sauvegardes déjà faites, les motifs d'un contrôle "
        "refusé qui citent une de ces questions, les explications d'anomalies, qui ne portent que "
        "le pseudonyme.",
    )
    erasing.add_argument("--user", required=True, metavar="PSEUDONYME", help="de qui")
    erasing.add_argument(
        "--questions", action="store_true", help="retire aussi ses questions du jeu d'évaluation"
    )
    erasing.set_defaults(run=_erase)
    for action in (purging, erasing):
        action.add_argument("--json", action="store_true", help="un objet JSON")


def _months(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre de mois")
    return int(text)


def _purge(arguments: argparse.Namespace) -> int:
    months = arguments.months or load_settings(arguments.home).retention_months
    before = months_before(datetime.now(UTC), months)
    journal = journal_of(arguments.home)
    count = purge(journal, before, user=ALONE.user)
    _warn(journal)
    return _told(arguments, count, f"antérieurs au {before:%d/%m/%Y}")


def _erase(arguments: argparse.Namespace) -> int:
    home, pseudonym = arguments.home, arguments.user
    journal = journal_of(home)
    questions = promoted_from(home, journal, pseudonym)
    count = erase(journal, pseudonym, user=ALONE.user)
    if arguments.questions:
        take_out(home, journal, questions, user=ALONE.user)
    _warn(journal)
    if arguments.json:
        return _written({"forgotten": count, "questions": questions})
    _told(arguments, count, f"de {pseudonym}")
    if questions:
        named = " ; ".join(questions)
        if arguments.questions:
            sys.stdout.write(f"Questions retirées du jeu d'évaluation : {named}.\n")
        else:
            sys.stdout.write(
                f"Restent au jeu d'évaluation, avec ses mots : {named}. Pour les retirer : page du "
                f"référent, ou sourcier journal erase --user {pseudonym} --questions\n"
            )
    return JOURNAL_RETENTION_OK


def _warn(journal: Journal) -> None:
    """Say that lines of an earlier version keep their texts."""
    if held := sum("body" in entry for entry in journal.entries()):
        sys.stderr.write(
            f"Attention : {held} lignes d'une version antérieure portent leur texte, qui ne peut "
            "en être ôté sans rompre la chaîne.\n"
        )


def _told(arguments: argparse.Namespace, count: int, whose: str) -> int:
    if arguments.json:
        return _written({"forgotten": count})
    sys.stdout.write(f"Textes {whose} oubliés : {count}.\n")
    return JOURNAL_RETENTION_OK


def _written(told: Mapping[str, object]) -> int:
    sys.stdout.write(f"{json.dumps(told)}\n")
    return JOURNAL_RETENTION_OK


# `sourcier journal`: verify and anchor; the other actions have their own files. Door of rich.

JOURNAL_OK, JOURNAL_BROKEN = 0, 1

_SLOW = 2
"""Seconds after which a wait is shown."""

EPILOG = """\
exemples :
  sourcier journal verify                            rien n'a été modifié, retiré, ajouté, déplacé ?
  sourcier journal anchor --out /mnt/ailleurs/ancres une copie des ancres, à garder ailleurs
  sourcier journal verify --anchors /mnt/ailleurs/ancres
  sourcier journal list --kind answer --last 50
  sourcier journal show 3f2a9c0d1e4b5a67
  sourcier journal export --user u-7c1d --out mes-donnees.json
  sourcier journal erase --user u-7c1d               oublie les textes, garde les empreintes
  sourcier journal purge                             applique la durée de conservation
"""

VERIFY = """\
Relit toute la chaîne, tous les textes et les ancres, et situe ce qui a été touché : modification,
suppression, insertion, déplacement, fin coupée, texte altéré. Une fin coupée ne se voit que d'une
ancre gardée ailleurs : celles de cette machine se coupent avec le reste.

Un second vérificateur, écrit pour bash, sed, awk et sha256sum, doit conclure de même :
  bash {script} DOSSIER_DE_DONNÉES [ANCRES]

codes de sortie : 0 intact, 1 touché
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = subparsers.add_parser(
        "journal",
        help="vérifie, montre, exporte et purge le journal",
        description="Le journal de tout ce qui a été demandé, répondu et fait. Chaque ligne tient "
        "à la précédente par son empreinte ; les textes sont gardés à part et peuvent être "
        "oubliés.",
        epilog=EPILOG,
        formatter_class=shape,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    script = files("assistant.journal").joinpath("verify.sh")
    verifying = actions.add_parser(
        "verify",
        help="trouve et situe ce qui a été touché",
        description=VERIFY.format(script=script),
        formatter_class=shape,
    )
    verifying.add_argument(
        "--anchors", type=Path, metavar="FICHIER", help="des ancres gardées ailleurs"
    )
    verifying.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    verifying.set_defaults(run=_verify)
    anchoring = actions.add_parser(
        "anchor",
        help="ancre le dernier enregistrement, et donne les ancres à garder ailleurs",
        description="Note le numéro et l'empreinte du dernier enregistrement. Cela se fait aussi "
        "de soi-même au premier enregistrement de chaque jour.",
    )
    anchoring.add_argument(
        "--out", type=Path, metavar="FICHIER", help="y écrit toutes les ancres, pour ailleurs"
    )
    anchoring.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    anchoring.set_defaults(run=_anchor)
    register_reading(actions)
    register_retention(actions)


def _verify(arguments: argparse.Namespace) -> int:
    faults = _watched(journal_of(arguments.home), arguments.anchors)
    if arguments.json:
        fields = {"intact": not faults, "faults": [asdict(fault) for fault in faults]}
        sys.stdout.write(f"{json.dumps(fields, ensure_ascii=False, indent=2)}\n")
    else:
        _tell(faults)
    return JOURNAL_BROKEN if faults else JOURNAL_OK


def _watched(journal: Journal, anchors: Path | None) -> tuple[ChainFault, ...]:
    """The faults of a journal; a bar appears when finding them takes more than two seconds."""
    progress, begun = progress_bars(Terminal(is_stderr=True)), monotonic()
    bar = progress.add_task("Vérification")

    def told(done: int, total: int) -> None:
        progress.update(bar, completed=done, total=total)
        if monotonic() - begun > _SLOW:
            progress.start()

    try:
        return journal.faults(anchors, told)
    finally:
        if progress.live.is_started:
            progress.stop()


def _tell(faults: tuple[ChainFault, ...]) -> None:
    for fault in faults:
        sys.stdout.write(f"{fault.what}, ligne {fault.line} : {fault.reason}\n")
    if not faults:
        sys.stdout.write("Le journal est intact.\n")


def _anchor(arguments: argparse.Namespace) -> int:
    journal = journal_of(arguments.home)
    anchor = journal.anchor(user=ALONE.user)
    if anchor is None:
        sys.stderr.write("Le journal est vide : rien à ancrer.\n")
        return JOURNAL_BROKEN
    if arguments.out:
        replace_bytes(arguments.out, journal.anchors.read_bytes())
    if arguments.json:
        fields = {"day": f"{anchor.day}", "number": anchor.number, "hash": anchor.hash}
        sys.stdout.write(f"{json.dumps(fields)}\n")
    else:
        sys.stdout.write(f"Ancré : n° {anchor.number}, {anchor.hash}, le {anchor.day:%d/%m/%Y}.\n")
    return JOURNAL_OK
