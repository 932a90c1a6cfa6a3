"""`sourcier journal`: verify and anchor; the other actions have their own files. Door of rich."""

import argparse
import json
import sys
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from time import monotonic

from assistant.cli import journal_reading, journal_retention
from assistant.cli.adding import progress_bars
from assistant.cli.terminal import Terminal
from assistant.identity import ALONE
from assistant.journal import Fault, Journal, journal_of
from ingestion.durable import replace_bytes

OK, BROKEN = 0, 1

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
    journal_reading.register(actions)
    journal_retention.register(actions)


def _verify(arguments: argparse.Namespace) -> int:
    faults = _watched(journal_of(arguments.home), arguments.anchors)
    if arguments.json:
        fields = {"intact": not faults, "faults": [asdict(fault) for fault in faults]}
        sys.stdout.write(f"{json.dumps(fields, ensure_ascii=False, indent=2)}\n")
    else:
        _tell(faults)
    return BROKEN if faults else OK


def _watched(journal: Journal, anchors: Path | None) -> tuple[Fault, ...]:
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


def _tell(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        sys.stdout.write(f"{fault.what}, ligne {fault.line} : {fault.reason}\n")
    if not faults:
        sys.stdout.write("Le journal est intact.\n")


def _anchor(arguments: argparse.Namespace) -> int:
    journal = journal_of(arguments.home)
    anchor = journal.anchor(user=ALONE.user)
    if anchor is None:
        sys.stderr.write("Le journal est vide : rien à ancrer.\n")
        return BROKEN
    if arguments.out:
        replace_bytes(arguments.out, journal.anchors.read_bytes())
    if arguments.json:
        fields = {"day": f"{anchor.day}", "number": anchor.number, "hash": anchor.hash}
        sys.stdout.write(f"{json.dumps(fields)}\n")
    else:
        sys.stdout.write(f"Ancré : n° {anchor.number}, {anchor.hash}, le {anchor.day:%d/%m/%Y}.\n")
    return OK
