"""What questions about the wait before the signature ask to calculate, by their days. Pure."""

import re
from functools import partial

from assistant.calculators.award import StandstillAsked
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import MAY_I, QuestionFacts, first, of_role
from assistant.calculators.needs import Likely, Missing, MissingFact, completed, figure
from assistant.calculators.requests.time_limits import BY_POST, PROCEDURES
from assistant.calculators.time_limits import Procedure

_ELECTRONICALLY = re.compile(
    r"\bplate[- ]?formes?\b|\bprofil (?:d')?acheteur\b|\b(?:e-?)?mails?\b|\bcourriels?\b"
    r"|\b(?:via|sur|par) (?:place|maximilien|megalis|aws|achatpublic)\b"
    r"|\belectroniques?\b|\belectroniquement\b|\bmessagerie\b|\bdemat\w*"
)

_POSTED = re.compile(r"\bpost(?:es|ee|ees)\b")

_EITHER_WAY = re.compile(
    rf"(?:{_ELECTRONICALLY.pattern}) ou (?:\w+ )?(?:{BY_POST.pattern})"
    rf"|(?:\bcourrier|\bpapier|\bpost\w+|\brecommande\w*)[^,;.?]{{0,12}} ou [^,;.?]{{0,12}}"
    rf"(?:{_ELECTRONICALLY.pattern})"
)

_TOLD_WAY = re.compile(
    r"rejets sont partis par (?:(?P<electronic>voie electronique)|courrier postal)"
)

_REJECTED = re.compile(
    r"\b(?:rejet|non retenu|pas (?:ete )?retenu|evince|ecarte|elimine|perdant|standstill"
    r"|(?:tous )?les autres (?:candidats|entreprises|concurrents|societes|soumissionnaires|ont)\b)"
)

_ONLY_ONE = re.compile(
    r"\b(?:une|qu'une|un|qu'un) seule? (?:offre|pli|reponse|soumission)\b"
    r"(?! (?:retenu|recevable|valable|conforme|regulier|acceptable|est|etait))|"
    r"\bseule?s? (?:entreprise|candidat\w*|operateur|soumissionnaire|societe|fournisseur"
    r"|prestataire)\b(?:(?!\b(?:parmi|sur|retenu|recu|valable|conforme|evinc|ecart|rejet|perd))[^,;.?])"
    r"{0,40}\b(?:particip|repond|candidat|depos|remis|soumission)"
)

_OF_LOTS = re.compile(r"\blots? ?(?:n ?°? ?)?\w+\b.*\blots?\b")
"""Several lots, of which one may have had one tender and another several."""

_WHEN_TO_SIGN = re.compile(
    r"\b(?:quand|quel jour|dates?|(?:1er|premier) jour|au plus tot)\b[^.?]{0,60}\bsign"
    r"|\bsign(?!\w* (?:le )?\d)\w+ [^.?]{0,30}"
    r"\b(?:quand|quel jour|quelle date|au plus tot|possible|trop tot)\b"
    r"|\bfaut-il attendre\b|\bstandstill\b"
    r"|\b(?:ve(?:ut|ux|ulent)|voulons|voudr(?:ai\w*|ions)|souhait\w+|compt\w+|envisag\w+|prevoi\w*|allons|va)"
    r" (?:le )?sign\w+"
    r"|\bsign\w+ le \d[^?]{0,40}\b(?:delai|respect\w*|legal|regulier|possible)\b"
    r"|\bsign\w+ le \d[^?]{0,60}\b(?:droit|permis|trop (?:tot|vite)|valable|normal)\b"
    r"|\b(?:faut|dois|doit|devons|obliges?) (?:\w+ ){0,4}attendre\b|\battendre \d+ jours\b"
    r"|\b(?:combien de (?:jours|temps)|quel nombre de jours|delais?)\b[^?]{0,70}"
    r"\b(?:avant|pour) (?:de |la |l'|pouvoir )*sign\w+"
    rf"|{MAY_I} (?:signer|conclure)\b|\bcombien de (?:jours|temps) .{{0,20}}\battendre\b"
    r"|\bdate de (?:la )?signature\b|\bsignature (?:possible|prevue|au plus tot)\b"
)

_SENT_REJECTION = re.compile(
    r"\b(?:(?P<winner>(?:attributaire|titulaire|marche|gagnant|laureat)s?\b[^,;:.?]{0,30}"
    r"(?:notifi|inform|prevenu|avis|envo)\w*)"
    r"|(?P<sent>env(?:o|err)\w+|post(?:e|es|ee|ees)\b|expedi\w+|transmi\w+|adress\w+|parti(?!r\b)\w*|notifi\w+|inform\w+|prevenu\w*|averti\w*"
    r"|rejets?(?= (?:\w+ ){0,3}$)|notification des rejets)"
    r"|(?P<signed>sign\w+)"
    r"|(?P<other>datee?s?|cao|commission|decision|seance|reunion|ouverture|analyse|(?:lettres?|courriers?|rejets?)[^,;:.?]{0,25}sign\w+|recu\w*|limite|remise"
    r"|attribu\w+|publi\w+))\b"
)

_OTHER_LETTER = re.compile(r"\b(?:recours|demand\w+ (?:[\w']+ ){0,4}motifs?)\b[^.,:;?]{0,30}$")

_WAY = "Les rejets sont partis par"


def standstill(facts: QuestionFacts) -> Asked | Missing | None:
    """The first day on which the contract may be signed."""
    sent = of_role(facts.days, _SENT_REJECTION, "sent", _OTHER_LETTER)
    signed = of_role(facts.days, _SENT_REJECTION, "signed")
    is_alone = not sent and facts.says(_ONLY_ONE) and not facts.says(_OF_LOTS)
    is_adapted = facts.says(PROCEDURES[Procedure.ADAPTED])
    is_asked = facts.says(_WHEN_TO_SIGN) and (is_alone or facts.says(_REJECTED))
    is_told = facts.days or is_alone or is_adapted
    if not is_asked or not is_told or len(sent) > 1 or len(signed) > 1:
        return None
    if sent and not all(each.role(_SENT_REJECTION) for each in facts.days):
        return None
    asked = partial(
        StandstillAsked,
        is_formalised=not is_adapted,
        is_only_tenderer=is_alone,
        signed=first(signed),
    )
    if is_adapted or is_alone:
        return asked(sent=first(sent))
    question = "Quel jour les notifications de rejet ont-elles été envoyées ?"
    if not sent:
        return completed(asked, sent=figure(question, sent))
    return completed(asked, sent=figure(question, sent), is_electronic=_way(facts))


def _way(facts: QuestionFacts) -> MissingFact:
    """Whether the rejections are sent electronically, unless it is not said or not known."""
    told = _TOLD_WAY.search(facts.words)
    if told:
        is_electronic: bool | None = bool(told["electronic"])
    elif facts.says(_EITHER_WAY) or facts.says(_POSTED, _ELECTRONICALLY):
        is_electronic = None
    elif facts.says(BY_POST) or facts.says(_POSTED):
        is_electronic = False
    else:
        is_electronic = True if facts.says(_ELECTRONICALLY) else None
    return MissingFact(
        "Les notifications de rejet sont-elles parties par voie électronique ?",
        is_electronic,
        (
            (
                Likely("les rejets partent par voie électronique", f"{_WAY} voie électronique."),
                True,
            ),
            (Likely("les rejets partent autrement", f"{_WAY} courrier postal."), False),
        ),
    )
