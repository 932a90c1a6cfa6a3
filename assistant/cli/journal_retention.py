"""`sourcier journal purge | erase`: texts forgotten, their hashes kept."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from assistant.identity import ALONE
from assistant.journal import Journal, journal_of
from assistant.journal.retention import erase, months_before, purge
from assistant.review.promoted import promoted_from, take_out
from assistant.settings import load_settings

OK = 0


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
    return OK


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
    return OK


def _written(told: Mapping[str, object]) -> int:
    sys.stdout.write(f"{json.dumps(told)}\n")
    return OK
