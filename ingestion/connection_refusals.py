"""How a PostgreSQL server and its library refuse to connect, told in French. Pure.

At that moment there is no code to tell refusals apart: their words, in English or French, are all
there is.
"""

import re

_ACCOUNT = r"(?:user|role|utilisateur|rôle) [\"«]\s?(?P<name>[^\"»]+?)\s?[\"»]"
_DATABASE = r"(?:database|base de données) [\"«]\s?(?P<name>[^\"»]+?)\s?[\"»]"

_REFUSALS = tuple(
    (re.compile(words), told)
    for words, told in (
        (
            rf"FATAL:\s+(?:la )?{_DATABASE} (?:does not exist|n.existe pas)",
            "{server} n'a pas de base « {name} ». Créez-la (createdb {name}), ou corrigez "
            "« {setting} » dans settings.toml.",
        ),
        (
            rf"FATAL:.*pg_hba\.conf.*{_ACCOUNT}",
            "{server} n'admet pas le compte « {name} » depuis cette machine. Autorisez-le dans "
            "pg_hba.conf, ou corrigez « {setting} » dans settings.toml.",
        ),
        (
            rf"FATAL:\s+(?!too many|trop ).*{_ACCOUNT}",
            "{server} refuse le compte « {name} » : il n'existe pas, ou son mot de passe n'est pas "
            "le bon. Corrigez « {setting} » dans settings.toml, ou le mot de passe (PGPASSWORD ou "
            "~/.pgpass).",
        ),
        (
            r"no password supplied",
            "{server} demande un mot de passe : donnez-le par PGPASSWORD ou par ~/.pgpass.",
        ),
        (
            r"Connection refused|No such file or directory",
            "{server} ne répond pas : rien n'écoute à son adresse. Démarrez-le, ou corrigez "
            "« {setting} » dans settings.toml.",
        ),
    )
)


def refusal(said: str, server: str, setting: str) -> str:
    """What was said, in French with the remedy that fits; `setting` is what names the server."""
    for words, told in _REFUSALS:
        if found := words.search(said):
            return told.format(server=server, setting=setting, **found.groupdict())
    return (
        f"{server} ne répond pas ({said}). Démarrez-le, ou corrigez « {setting} » "
        "dans settings.toml (mot de passe : PGPASSWORD ou ~/.pgpass)."
    )
