"""Articles that a dossier cites: those that the code does not have, and those that changed."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assistant.calculators.constants import constants
from assistant.tenders.clauses import DossierClause
from assistant.tenders.conformity.checks import Case, CheckFault
from assistant.tenders.conformity.rules import ConformityRule, Unchecked
from assistant.tenders.conformity.values import looked_at
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.document import Document
from ingestion.documents.references import Reference
from ingestion.documents.versions import may_apply, sort_versions
from ingestion.legislation.owners import SIGLE, with_owners

_ARTICLE = re.compile(r"[LRD][1-3]\d{3,4}-\d+(?:-\d+)*")
_CODE = re.compile(
    rf"\bcode\b(?: (?:d[eu]s?\b )?(?:la |l['’])?(?P<name>\w+))?|\bCCP\b|(?P<other>{SIGLE})",
    re.IGNORECASE,
)
_OTHERS = re.compile(rf"{SIGLE}[\s,.(]*(?:art(?:icle)?s?\.?\s*)?$", re.IGNORECASE)
_OURS = "commande"
_OWN_PARTS = re.compile(r"[LRD][23]")
"""Where no code is named: those of contracts, the first part has numbers of many other codes."""
_AFTER, _BEFORE = 150, 60
"""Characters in which a paragraph names the code of an article."""


def unknown(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The articles that the indexed code does not have, or has only until an earlier day.

    Of an article whose versions all begin later, the earlier ones may not be indexed.
    """
    day = case.code.day
    for key, places in _cited(rule, case).items():
        versions = case.code.versions(key)
        if not _may_have_begun(versions, day) and _on(versions, day) is None:
            said = "pas en vigueur" if versions else "introuvable"
            yield CheckFault(places, f"{key} : {said} au {day:%d/%m/%Y}", {"found": key})


def _may_have_begun(versions: Sequence[Document], day: date) -> bool:
    return bool(versions) and all(each.valid_from and each.valid_from > day for each in versions)


def changed(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The articles whose text is no longer that of the day of the dossier."""
    for key, places in _cited(rule, case).items():
        versions = case.code.versions(key)
        then, now = (_on(versions, day) for day in (case.code.day, case.day))
        if then and now and then.text != now.text:
            since = f" depuis le {now.valid_from:%d/%m/%Y}" if now.valid_from else ""
            yield CheckFault(places, f"{key} : autre texte{since}", {"found": key})


def _cited(rule: ConformityRule, case: Case) -> Mapping[str, tuple[Passage, ...]]:
    """Where each article of the code is cited; raises Unchecked where no code is indexed."""
    cited: defaultdict[str, list[Passage]] = defaultdict(list)
    for clause in looked_at(rule.where, case.clauses):
        for reference, owner in with_owners(clause.passage.text):
            is_ours = not owner and _is_ours(reference, clause)
            if is_ours and _ARTICLE.fullmatch(reference.key):
                cited[reference.key].append(
                    clause.sentences_of(SentenceSpan(reference.start, reference.end))
                )
    if cited and not any(case.code.versions(each.article) for each in constants().values()):
        raise Unchecked("le code de la commande publique n'est pas dans l'index")
    return {key: tuple(dict.fromkeys(places)) for key, places in cited.items()}


def _is_ours(reference: Reference, clause: DossierClause) -> bool:
    """Whether the nearest code named in the paragraph is that of public procurement.

    Where none is, the number has to be of its main parts and no other code named in the clause.
    """
    text = clause.passage.text
    after = text[reference.end : reference.end + _AFTER].partition("\n")[0]
    before = text[max(0, reference.start - _BEFORE) : reference.start].rpartition("\n")[2]
    named = _CODE.search(after) or next(reversed([*_CODE.finditer(before)]), None)
    if named is None:
        others = any(map(_is_of_another, _CODE.finditer(text)))
        return bool(_OWN_PARTS.match(reference.key)) and not others
    return not _is_of_another(named) and not _OTHERS.search(before)


def _is_of_another(named: re.Match[str]) -> bool:
    return bool(named["other"] or (named["name"] and named["name"].lower() != _OURS))


def _on(versions: Sequence[Document], day: date) -> Document | None:
    standing = [version for version in sort_versions(versions) if may_apply(version, day)]
    return standing[-1] if standing else None
