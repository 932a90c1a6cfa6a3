"""The index in service, the build that runs, the candidate and its verdict, as pages. Pure."""

from collections.abc import Iterator

from assistant.accounts.identity import ALONE
from assistant.evaluation.runs import AnswerChange
from assistant.publishing.build_record import Build, BuildState, BuildStep
from assistant.publishing.decisions import CandidateIndex, GateVerdict
from assistant.reports.markup import (
    NOTHING,
    Html,
    at,
    counted,
    element,
    group_thousands,
    hidden,
    join_html,
)
from assistant.web.admin.frame import facts, post, reason_field, section
from ingestion.index.store import Manifest
from ingestion.legislation.versions import Difference

# What the gate said of a candidate, question by question. Pure.


def verdict_html(verdict: GateVerdict) -> Html:
    """What the gate said, and what became of each question."""
    told = (
        "Le candidat répond au moins aussi bien que l'index en service."
        if verdict.passed
        else "Le candidat est refusé par les questions de contrôle."
    )
    worse = len(verdict.of(AnswerChange.WORSE))
    counts = (
        ("Questions posées", str(len(verdict.judged))),
        ("Devenues fausses", str(worse)),
        ("Devenues correctes", str(len(verdict.of(AnswerChange.BETTER)))),
        ("Laissées de côté", str(len(verdict.left_out))),
    )
    reasons = [element("li", each) for each in verdict.reasons]
    return join_html(
        [
            element("h3", "Questions de contrôle"),
            element("p", told, class_="passed" if verdict.passed else "alert"),
            element("ul", *reasons, class_="reasons") if reasons else NOTHING,
            facts(counts),
            *_folded(verdict),
        ]
    )


def _folded(verdict: GateVerdict) -> Iterator[Html]:
    for change in AnswerChange:
        found = verdict.of(change)
        if not found:
            continue
        items = (
            element("li", each.question, *(element("small", fault) for fault in each.after))
            for each in found
        )
        summary = element("summary", f"Réponse {change} ({len(found)})")
        yield element("details", summary, element("ul", *items), open=change is AnswerChange.WORSE)
    if verdict.left_out:
        why = "L'index en service n'a pas leur article, ou elles portent sur un dossier."
        items = (element("li", question) for question in verdict.left_out)
        summary = element("summary", f"Laissées de côté ({len(verdict.left_out)})")
        yield element("details", summary, element("p", why), element("ul", *items))


# The index in service, the build that runs and the candidate, as pages. Pure.


def served_html(served: Manifest | None, *, can_go_back: bool) -> Html:
    """The index that answers now, and the way back to the one before."""
    if served is None:
        told = "Aucun index n'est en service : construisez-en un, puis mettez-le en service."
        return section("En service", element("p", told), name="served")
    return section("En service", described(served), _back(can_go_back), name="served")


def described(manifest: Manifest) -> Html:
    """What a generation holds."""
    day = f"{manifest.state_date:%d/%m/%Y}" if manifest.state_date else "non indiqué"
    warnings = [element("li", each) for each in manifest.warnings]
    told = element("summary", counted(len(warnings), "avertissement", "avertissements"))
    pairs = (
        ("Index", manifest.name),
        ("Construit le", at(manifest.created_at)),
        ("Textes à jour au", day),
        ("Documents", group_thousands(manifest.documents)),
        ("Passages", group_thousands(manifest.passages)),
    )
    folded = element("details", told, element("ul", *warnings)) if warnings else NOTHING
    return join_html([facts(pairs), folded])


def _back(can_go_back: bool) -> Html:
    if not can_go_back:
        return NOTHING
    form = post("/rollback", "Revenir à l'index précédent", reason_field("Raison", required=False))
    told = element("summary", "Revenir à l'index précédent")
    return element("details", told, form)


def build_html(build: Build | None, log: str) -> Html:
    """The build: to be begun, running with its steps, or how the last one ended."""
    running = build is not None and build.state is BuildState.RUNNING
    parts = [_told(build)] if build else []
    if running:
        parts.append(post("/build/stop", "Arrêter la construction", kind="danger"))
    else:
        parts.append(post("/build", "Construire un index candidat", kind="main"))
    if log:
        summary = element("summary", "Journal de la construction")
        parts.append(element("details", summary, element("pre", log, tabindex=0)))
    inside = element("div", *parts, data_running="yes" if running else None, id="build-state")
    return section("Construction", inside, name="build")


def _told(build: Build) -> Html:
    by = "" if build.user == ALONE.user else f" par {build.user}"
    line = f"Construction {build.state}, commencée le {at(build.began)}{by}."
    if build.state is BuildState.RUNNING and not build.steps:
        line += " Chargement des modèles…"
    said = [element("p", each) for each in build.said]
    steps = element("ul", *map(_step, build.steps), class_="steps")
    if build.state is not BuildState.RUNNING:
        steps = element("details", element("summary", "Étapes"), steps)
    return join_html([element("p", line, role="status"), *said, steps if build.steps else NOTHING])


def _step(step: BuildStep) -> Html:
    """A step as a bar with its numbers, and the time that it may still take."""
    bar = element("progress", value=step.done, max=max(step.total, 1), aria_label=step.name)
    told = f"{step.done} sur {step.total}{_left(step)}"
    return element("li", element("span", step.name), bar, element("span", told, class_="hint"))


def _left(step: BuildStep) -> str:
    spent = (step.told - step.began).total_seconds()
    if not 0 < step.done < step.total or spent < 2:
        return ""
    left = round(spent / step.done * (step.total - step.done))
    minutes, seconds = divmod(left, 60)
    return f", reste {minutes} min {seconds:02} s" if minutes else f", reste {seconds} s"


def candidate_html(
    candidate: CandidateIndex,
    manifest: Manifest,
    served: Manifest | None,
    changes: Difference | None,
) -> Html:
    """The candidate: what it holds, what differs, what the gate said, and the decision."""
    verdict = candidate.verdict
    is_fresh = served is None or candidate.is_examined(served.name)
    return section(
        "Candidat",
        described(manifest),
        _difference(manifest, served, changes) if served and changes else NOTHING,
        verdict_html(verdict) if verdict else NOTHING,
        _decision(candidate, passes=is_fresh and (verdict is None or verdict.passed)),
        NOTHING if is_fresh else _again(),
        name="candidate",
    )


def _difference(manifest: Manifest, served: Manifest, changes: Difference) -> Html:
    """How many texts and passages differ from the index in service."""
    articles = (
        ("versions ajoutées", len(changes.added)),
        ("réécritures", len(changes.changed)),
        ("fins de validité", len(changes.ended)),
        ("changements de dates", len(changes.redated)),
        ("versions retirées", len(changes.removed)),
    )
    others = (
        ("ajouts", len(changes.others_added)),
        ("modifications", len(changes.others_changed)),
        ("retraits", len(changes.others_removed)),
    )
    told = (
        ("Articles", _counts(articles)),
        ("Autres textes", _counts(others)),
        (
            "Documents",
            f"{group_thousands(served.documents)} → {group_thousands(manifest.documents)}",
        ),
        ("Passages", f"{group_thousands(served.passages)} → {group_thousands(manifest.passages)}"),
    )
    link = element("a", "Voir chaque texte qui change", href="/admin/candidat/textes")
    title = element("h3", "Ce qui change par rapport à l'index en service")
    return join_html([title, facts(told), element("p", link)])


def _counts(named: tuple[tuple[str, int], ...]) -> str:
    told = (f"{name} : {number}" for name, number in named if number)
    return ", ".join(told) or "rien ne change"


def _decision(candidate: CandidateIndex, *, passes: bool) -> Html:
    """Publish, or refuse with a reason; against the gate only with force and a reason."""
    name = hidden("generation", candidate.generation)
    publishing = post(
        "/publish",
        "Mettre en service" if passes else "Mettre en service malgré tout",
        name,
        NOTHING if passes else hidden("force", "yes"),
        reason_field("Raison (gardée au journal)", required=not passes),
        kind="main" if passes else "danger",
    )
    refusing = post(
        "/refuse",
        "Refuser ce candidat",
        name,
        reason_field("Raison du refus", required=True),
    )
    return join_html(
        [element("h3", "Décision"), element("div", publishing, refusing, class_="acts")]
    )


def _again() -> Html:
    told = (
        "L'index en service a changé depuis que les questions ont été posées : posez-les de "
        "nouveau avant de décider."
    )
    return join_html([element("p", told), post("/gate", "Poser de nouveau les questions")])
