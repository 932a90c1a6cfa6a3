"""Remarks: what the figures of an evaluation do not say by themselves. Pure."""

from collections.abc import Iterator, Sequence

from assistant.evaluation.grading import Graded
from assistant.reports.findings import number


def is_sheet(locator: str) -> bool:
    """Whether a citation is of a sheet that explains an article, and not of the article."""
    return "fiche «" in locator


def remarks(graded: Sequence[Graded]) -> Iterator[str]:
    """What the figures do not say by themselves, each in a French sentence."""
    cited = [each.locator for item in graded for each in item.result.answer.citations]
    if sheets := sum(map(is_sheet, cited)):
        one = f"citation sur {len(cited)} est celle"
        many = f"citations sur {len(cited)} sont celles"
        yield (
            f"{number(sheets, one, many)} d'une fiche sur l'article, et non de l'article : "
            "« articles attendus cités » les compte aussi."
        )
    doubtful = sum(
        each.correct and each.question.refusal_expected and not each.refused for each in graded
    )
    if doubtful:
        one = "question à refuser est correcte sans être un refus"
        many = "questions à refuser sont correctes sans être des refus"
        yield (
            f"{number(doubtful, one, many)} : une réponse partielle, qui dit son doute, y suffit, "
            "mais « refus attendus faits » ne compte que les vrais refus."
        )
    uncited = sum(each.correct and bool(each.uncited) for each in graded)
    if uncited:
        yield (
            f"{number(uncited, 'réponse correcte ne cite', 'réponses correctes ne citent')} pas "
            "tous les articles attendus : les faits attendus suffisent à rendre une réponse "
            "correcte, les articles sont mesurés à part."
        )
