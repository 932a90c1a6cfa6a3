"""Colophon: in which conditions the run was made, and how its measures are defined. Pure."""

from collections.abc import Iterator
from dataclasses import fields

from assistant.confidence import RESAMPLINGS, SEED
from assistant.evaluation import Digest, Evaluation
from assistant.findings import MEANINGS, capital, day, listed
from assistant.page.markup import Html, element, unbroken
from assistant.report.figures import Section, note, section, table

METHOD = (
    "Les parts ont un intervalle de Wilson. Les moyennes et le F1 ont un intervalle par "
    f"rééchantillonnage des questions (bootstrap, {RESAMPLINGS} tirages, graine {SEED}) ; de "
    "largeur nulle, il dit que toutes les valeurs sont égales, non que la mesure est certaine. "
    "Phrases et citations d'une même réponse sont comptées comme indépendantes : leur intervalle "
    "est un peu trop étroit. Un intervalle ne dit rien du choix des questions."
)


def identity_section(evaluation: Evaluation) -> Section:
    """What is needed to make the run again."""
    identity = evaluation.identity
    digests = [*identity.files, *identity.prompts]
    kinds = ["questions"] * len(identity.files) + ["invite"] * len(identity.prompts)
    if evaluation.baseline:
        digests, kinds = [*digests, evaluation.baseline], [*kinds, "essai précédent"]
    return section(
        "identite",
        "Identité de l'essai",
        element("dl", *_conditions(evaluation)),
        table(
            "Empreintes des fichiers (SHA-256)",
            ("", "Fichier", "Empreinte"),
            [_print(kind, each) for kind, each in zip(kinds, digests, strict=True)],
        ),
    )


def method_section() -> Section:
    """What each measure counts, and what its interval is."""
    terms = (
        (element("dt", capital(measure)), element("dd", unbroken(f"{meaning}.")))
        for measure, meaning in MEANINGS.items()
    )
    return section(
        "methode",
        "Ce qui est mesuré",
        element("dl", *(each for pair in terms for each in pair)),
        note(METHOD),
    )


def _conditions(evaluation: Evaluation) -> Iterator[Html]:
    identity = evaluation.identity
    manifest = identity.manifest
    state = day(manifest.state_date) if manifest.state_date else "inconnue"
    settings = (
        f"{each.name} = {getattr(identity.settings, each.name)}"
        for each in fields(identity.settings)
    )
    for term, told in (
        ("Date", f"{day(identity.began)}, {identity.began:%H:%M (UTC%z)}"),
        ("Questions", f"{len(evaluation.graded)} posées sur {evaluation.planned}"),
        ("Programme", identity.code),
        ("Modèle de langue", identity.model),
        ("Modèle de similarité", manifest.embedder),
        ("Index", f"génération {manifest.name}, {manifest.passages} passages"),
        ("Dossiers", listed(_dossiers(evaluation)) or "aucun"),
        ("Textes à jour au", state),
        ("Empreinte du contenu", manifest.content),
        ("Réglages", " ; ".join(settings)),
        ("Machine", identity.machine),
    ):
        yield element("dt", term)
        yield element("dd", told)


def _dossiers(evaluation: Evaluation) -> list[str]:
    results = (item.result for item in evaluation.graded if item.result.dossier)
    return [f"{each.dossier}, génération {each.dossier_generation}" for each in results]


def _print(kind: str, digest: Digest) -> tuple[str, str, Html]:
    return capital(kind), digest.name, element("code", digest.sha256)
