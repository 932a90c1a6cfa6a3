"""The vocabulary of the journal: every kind of entry, and every act of those that have some.

A body says its act as `act`. Names are what is written, values how a French reader is told.
"""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "answer": "réponse",
    "opinion": "avis d'un lecteur",
    "upload": "dépôt d'une pièce",
    "export": "export",
    "dossier": "dossier",
    "ledger": "factures et achats",
    "index": "index",
    "evaluation": "évaluation",
    "review": "relecture",
    "session": "session",
    "account": "compte",
    "backup": "sauvegarde",
    "restore": "restauration",
    "anchor": "ancre",
    "retention": "purge",
    "erasure": "effacement",
    "recovery": "reprise",
}
"""An answer holds its question and outcome: refused, removed sentences, stopped or failed turns."""

ACTS: Mapping[str, Mapping[str, str]] = {
    "dossier": {
        "created": "ouvert",
        "described": "décrit",
        "piece_set": "genre d'une pièce corrigé",
        "pieces_removed": "pièces retirées",
        "deleted": "effacé",
    },
    "ledger": {"imported": "fichiers importés", "explained": "anomalie expliquée"},
    "index": {
        "added": "textes ajoutés",
        "removed": "textes retirés",
        "built": "construit",
        "gate_passed": "questions de contrôle réussies",
        "gate_refused": "questions de contrôle manquées",
        "refused": "refusé",
        "published": "mis en service",
        "forced": "mis en service malgré le contrôle",
        "rolled_back": "index précédent remis en service",
        "noticed": "index en service constaté, autre que le dernier annoncé",
        "discarded": "supprimé",
    },
    "evaluation": {"asked": "question posée", "measured": "jeu de questions mesuré"},
    "review": {
        "marked": "réponse annotée",
        "sampling": "tirage réglé",
        "replayed": "question rejouée",
        "promoted": "question d'évaluation ajoutée",
        "corrected": "question d'évaluation corrigée",
        "removed": "question d'évaluation retirée",
        "looked": "réponse touchée par un changement revue",
    },
    "session": {
        "opened": "ouverte",
        "closed": "fermée",
        "refused": "refusée",
        "locked": "compte bloqué",
        "revoked": "révoquée",
    },
    "account": {
        "created": "créé",
        "roles": "rôles changés",
        "teams": "équipes changées",
        "password": "mot de passe choisi",
        "reset": "mot de passe à choisir",
        "unlocked": "débloqué",
        "disabled": "désactivé",
        "enabled": "réactivé",
    },
    "recovery": {"line_unfinished": "ligne inachevée retirée après une panne"},
}

IN_SERVICE = ("published", "forced", "rolled_back", "noticed")
"""Acts of entries of kind "index" that name the one in service from then on."""
