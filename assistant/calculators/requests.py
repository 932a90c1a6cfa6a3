"""Calculations asked in words: "Quelle procédure pour 150 000 € de fournitures ?" Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from assistant.calculators.amounts import add_months
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import (
    Asked,
    Missing,
    buyer,
    choice,
    completed,
    figure,
    nature,
)
from assistant.calculators.contract_requests import advance, modification, payment, retention
from assistant.calculators.facts import QuestionFacts, read_facts
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.calculators.unread import is_left_to_texts
from assistant.errors import WrongFigures
from assistant.question.parts import speaks_of_a_part
from assistant.retrieval.ranking import REGIMES

# Questions about the award of a contract that give figures: what they ask to calculate. Pure.

_MAY_I = r"\b(?:puis-je|peut-on|peut-elle|pouvons-nous|on peut|je peux|ai-je le droit de)\b"
_MUST_I = r"\b(?:dois-je|doit-on|devons-nous|faut-il|(?:suis-je|est-on|sommes-nous) obliges? de)\b"
_OBJECT = (
    r"(?: (?!(?:a|au|aux|aupres|avant|apres|avec|chez|contre|dans|en|par|sans|sous|sur|pour)\b)"
    r"[a-z'-]+){0,5}"
)
"""What is bought, in a few words: a person, a means or a condition makes another question of it."""

_AMOUNT = r"\d[\d .,]*(?:k?€|k ?euros?|euros?|m€)(?: ?ht| hors taxes?| ttc)?"
_WHICH_PROCEDURE = re.compile(
    rf"{_MAY_I} (?:acheter|commander|depenser){_OBJECT} (?:pour )?{_AMOUNT}{_OBJECT} ?(?:\?|$)|"
    r"\bquelle (?:est la )?(?:procedure|publicite|mise en concurrence)\b|\bprocedure ou pas\b"
    rf"|\b(?:acheter|achat|commander|commande|besoin)\b{_OBJECT} (?:de |pour )?{_AMOUNT}{_OBJECT}"
    r"(?: ?[,:.]|,? et)? (?:que|comment|quelles? (?:regles?|demarches?|formalites?))"
    r"(?: dois-je| doit-on| devons-nous| faut-il)? (?:faire|suivre|respecter|proceder) ?(?:\?|$)"
    rf"|{_MAY_I}.{{0,20}}\b(?:acheter|commander|signer|contracter|passer|conclure|confier|faire)\b"
    r"[^.?]{0,60}\b(?:sans (?:publicite|mise en concurrence)|de gre a gre|directement|en mapa"
    r"|en procedure adaptee)\b"
    rf"|{_MUST_I} (?:faire|lancer|organiser|passer par|recourir a|publier|mettre|prevoir)\b.{{0,8}}"
    r"\b(?:publicite|mise en concurrence|en concurrence|appel d'offres|avis|procedure formalisee)\b"
    r"|\b(?:procedure (?:formalisee|adaptee)|mapa|appel d'offres|gre a gre) (?:est-elle |est-il )?"
    r"(?:obligatoire|possible|suffi\w+|autorisee?|\?)"
)
# Specific services follow a procédure adaptée at any amount (R2123-1, 3°).
_SPECIFIC_SERVICE = re.compile(
    r"\b(?:restauration (?:scolaire|collective)|periscolaire|extrascolaire|spectacles?|insertion"
    r"|enseignement|culturels?|sportifs?|soins|traiteur|repas|formation|hotellerie|postaux"
    r"|juridiques|avocats?|aide a domicile|(?:accompagnement|aide|action)s? social\w*"
    r"|prestations? de creches?|haltes?-garderies?|(?:gestion|services) (?:d'une |de (?:la )?)"
    r"(?:cantine|creche)s?|(?:hebergement|securite|surveillance)"
    r"(?! (?:informatique|web|et (?:de )?protection)))\b"
)
_LOT = re.compile(r"(?<!\ben )\b(?P<lot>lots?)\b")
# "une jeune entreprise innovante" is who sells (R2122-9-1 looks at what is bought).
_INNOVATIVE = re.compile(
    r"(?<!entreprise )(?<!entreprises )(?<!societe )(?<!societes )(?<!start-up )(?<!start-ups )"
    r"(?<!startup )(?<!startups )(?<!pme )\binnovante?s?\b"
)

_NOTICE = re.compile(r"\b(?:avis|aapc)\b(?! d'attribution| de modification| rectificatif)")
_WHICH_DAY = re.compile(
    r"\bau plus tot\b|\bdate limite\b|\bquel(?:le)? (?:est l[ea] )?(?:date|delai)\b|\bquand\b"
    r"|\bdelai (?:minim|de remise|de reception)|\bcombien de (?:jours|temps)\b"
)
_SENT_NOTICE = re.compile(
    r"\b(?:(?P<sent>envo\w+|transmi\w+|adress\w+|part|parti\w*)"
    r"|(?P<other>publi\w+|paru\w*|limite|remise|recu\w*|reception|depot|notifi\w+|sign\w+))\b"
)
_PRIOR_NOTICE = re.compile(r"\bpreinformation(?:(?!\bavis\b)[^,;.?]){0,40}$")
_OTHER_SENDING = re.compile(
    r"\b(?:questions?|dce|dossier|candidats?|entreprises?|precisions?|reponses?)\b"
    r"(?:(?!\bavis\b)[^;.?]){0,40}$"
)
# "le service des urgences" is who needs it; "urgent ou non" says nothing.
_URGENT = re.compile(
    r"(?<!non )(?<!non-)(?<!pas )(?<!service d')(?<!services d')"
    r"\burgen(?:ce|te?s?)\b(?! (?:ou|et) (?:non|pas)\b)"
)
_PROCEDURES = {
    Procedure.OPEN: re.compile(r"\b(?:appel d'offres|ao) (?:restreint ou )?ouvert\b|\baoo\b"),
    Procedure.RESTRICTED: re.compile(r"\b(?:appel d'offres|ao) (?:ouvert ou )?restreint\b|\baor\b"),
    Procedure.NEGOTIATED: re.compile(r"\bprocedure avec negociation\b"),
    Procedure.ADAPTED: re.compile(r"\bmapa\b|\bprocedure adaptee\b"),
}
_WHOEVER_BUYS = {Procedure.OPEN, Procedure.ADAPTED}
"""Procedures whose time limits are the same for every buyer."""

_BY_POST = re.compile(
    r"\b(?:papier|postale?s?|postaux|recommandee?s?|par courriers?)\b(?! electronique)"
    r"|\bcourriers?\b(?! electronique)"
    r"(?![^,;.?]* (?:par|via|sur|depuis) (?:la |le |notre )?"
    r"(?:plate[- ]?forme|profil (?:d')?acheteur|(?:e-?)?mails?|courriels?|voie electronique"
    r"|messagerie))"
)

_REJECTED = re.compile(r"\b(?:rejet|non retenu|evince|ecarte|standstill)")
_WHEN_TO_SIGN = re.compile(
    r"\bquand\b.{0,40}\bsign|\bsign\w+ quand\b|\bfaut-il attendre\b|\bstandstill\b"
    rf"|{_MAY_I} (?:signer|conclure)\b|\bcombien de (?:jours|temps) .{{0,20}}\battendre\b"
    r"|\bdate de (?:la )?signature\b|\bsignature (?:possible|prevue|au plus tot)\b"
)
_SENT_REJECTION = re.compile(
    r"\b(?:(?P<winner>(?:attributaire|titulaire|marche|gagnant|laureat)s?\b[^,;:.?]{0,30}"
    r"(?:notifi|inform|prevenu|avis|envo)\w*)"
    r"|(?P<sent>envo\w+|transmi\w+|adress\w+|parti\w*|notifi\w+|inform\w+|prevenu\w*)"
    r"|(?P<other>recu\w*|sign\w+|limite|remise|attribu\w+|publi\w+))\b"
)
_OTHER_LETTER = re.compile(r"\b(?:recours|demand\w+ (?:[\w']+ ){0,4}motifs?)\b[^.,:;?]{0,30}$")
_TURNOVER = re.compile(r"\bchiffres? d'affaires\b|\b(?:un|le|du) ca\b|\bca (?:minim|annuel|exig)")
_LEAST = re.compile(r"\b(?:minim|exig|demand|impos|plafon|maxim)")
_WHOSE_AMOUNT = re.compile(
    r"\b(?:(?P<contract>marche|contrat|besoin|lot|estime)|(?P<turnover>chiffres? d'affaires|ca)\b)"
)


def procedure(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, where it is plainly asked."""
    return _procedure_of(facts) if _WHICH_PROCEDURE.search(facts.words) else None


def _procedure_of(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, for the amount that the question gives."""
    if speaks_of_a_part(facts.words):
        return None
    if facts.natures in {(), (Nature.SERVICES,)} and _SPECIFIC_SERVICE.search(facts.words):
        return None
    needs = [each for each in facts.amounts if not each.role(_LOT)]
    lots = [each for each in facts.amounts if each.role(_LOT)]
    if not facts.amounts or len(needs) > 1 or len(lots) > 1:
        return None
    given = [each.value for each in needs if not each.is_with_tax]
    asked = partial(
        ProcedureAsked,
        lot=next((each.value for each in lots), None),
        is_innovative=bool(_INNOVATIVE.search(facts.words)),
    )
    return completed(
        asked,
        amount=figure(
            "Quel est le montant hors taxes de tout le besoin, lots et reconductions compris ?",
            given,
        ),
        nature=nature(facts),
        buyer=buyer(facts),
    )


def time_limits(facts: QuestionFacts) -> Asked | Missing | None:
    """The earliest day on which candidatures or tenders may be due."""
    is_asked = _NOTICE.search(facts.words) and _WHICH_DAY.search(facts.words)
    procedures = [each for each, named in _PROCEDURES.items() if named.search(facts.words)]
    sent = [
        each.value
        for each in facts.days
        if each.role(_SENT_NOTICE) == "sent"
        and not _PRIOR_NOTICE.search(each.before)
        and not _OTHER_SENDING.search(each.before)
    ]
    if not is_asked or not facts.days or len(procedures) > 1 or len(sent) > 1:
        return None
    asked = partial(
        TimeLimitsAsked,
        is_electronic=not _BY_POST.search(facts.words),
        is_urgent=bool(_URGENT.search(facts.words)),
        has_prior_notice=_has_prior_notice(facts, sent),
    )
    needed = {
        "procedure": choice(
            "Quelle est la procédure : appel d'offres ouvert, restreint, avec négociation ?",
            procedures,
            *(Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED),
        ),
        "sent": figure("Quel jour l'avis a-t-il été envoyé à la publication ?", sent),
    }
    if facts.buyers or not _WHOEVER_BUYS & {*procedures}:
        needed["buyer"] = buyer(facts, Buyer.LOCAL, Buyer.ENTITY)
    else:
        asked = partial(asked, buyer=Buyer.LOCAL)
    return completed(asked, **needed)


def _has_prior_notice(facts: QuestionFacts, sent: Sequence[date]) -> bool:
    """Whether a prior notice shortens the time: sent 35 days to twelve months before (R2161-3)."""
    prior = [each.value for each in facts.days if _PRIOR_NOTICE.search(each.before)]
    if not prior or not sent:
        return "preinformation" in facts.words
    return timedelta(days=35) <= sent[0] - prior[0] and sent[0] <= add_months(prior[0], 12)


def standstill(facts: QuestionFacts) -> Asked | Missing | None:
    """The first day on which the contract may be signed."""
    is_asked = _REJECTED.search(facts.words) and _WHEN_TO_SIGN.search(facts.words)
    sent = [
        each.value
        for each in facts.days
        if each.role(_SENT_REJECTION) == "sent" and not _OTHER_LETTER.search(each.before)
    ]
    if not is_asked or not facts.days or len(sent) > 1:
        return None
    asked = partial(
        StandstillAsked,
        is_electronic=not _BY_POST.search(facts.words),
        is_formalised=not _PROCEDURES[Procedure.ADAPTED].search(facts.words),
    )
    return completed(
        asked,
        sent=figure(
            "Quel jour les notifications de rejet ont-elles été envoyées ?",
            sent,
        ),
    )


def turnover(facts: QuestionFacts) -> Asked | Missing | None:
    """The highest turnover that may be required of candidates."""
    is_asked = _TURNOVER.search(facts.words) and _LEAST.search(facts.words)
    contract = [each for each in facts.amounts if each.role(_WHOSE_AMOUNT) != "turnover"]
    if not is_asked or not facts.amounts or len(contract) > 1 or speaks_of_a_part(facts.words):
        return None
    given = [each.value for each in contract if not each.is_with_tax]
    return completed(
        TurnoverAsked,
        amount=figure(
            "Quel est le montant estimé hors taxes du marché ou du lot ?",
            given,
        ),
    )


# A calculation wrongly begun is worse than none: what is not plain is left to the texts, but for
# the procedure of an amount where people's questions around are answered by it.

_READERS = (time_limits, standstill, turnover, advance, retention, payment, modification)

JudgedOdds = Callable[[str], float | None]
"""The logarithm of the odds that the procedure of its amount answers a question, as readers judged
of those around it (ingestion/index/judged_figures.py); None where none was judged: words tell."""

ANSWERED, PLAINLY_ASKED = 0.4, 0.15
"""Logarithms of the odds above which a procedure is calculated.

The first whatever words ask, the second where these plainly ask it. Chosen on 2,839 questions with
an amount, each by those of other authors: 630 are calculated or asked back for what they lack, of
which readers held 591 to be answered; by words alone 165, 133.
"""


def unjudged(_: str) -> float | None:
    """The odds where nothing was judged."""
    return None


def parse_calculation(
    question: str, today: date, judged: JudgedOdds = unjudged
) -> Asked | Missing | None:
    """The calculation that a French question asks for, with the figures it gives.

    Missing when it lacks one fact. None when it gives no figure, asks about the rule itself, about
    what is not calculated or about several calculations, or when its figures cannot be true.
    """
    facts = read_facts(question, today)
    if any(regime.question.search(facts.words) for regime in REGIMES):
        return None
    if any(each.is_limit or each.is_share for each in facts.amounts):
        return None
    if len(facts.natures) > 1 or len(facts.buyers) > 1:
        return None
    try:
        return _only_one(facts, question, judged)
    except WrongFigures:
        return None


def calculator_of(asked: Asked | Missing) -> type[Asked] | None:
    """What is calculated, None where it lacks facts of many values."""
    if isinstance(asked, Missing):
        return type(asked.cases[0][1]) if asked.cases else None
    return type(asked)


def _only_one(facts: QuestionFacts, question: str, judged: JudgedOdds) -> Asked | Missing | None:
    """The only calculation that is asked for; none where several are.

    A procedure that no other stands beside counts as judgements tell, whatever words ask for it,
    where there are any.
    """
    plain = _read_by(procedure, facts)
    others = [asked for read in _READERS if (asked := _read_by(read, facts)) is not None]
    if others:
        return others[0] if plain is None and len(others) == 1 else None
    if not facts.amounts or is_left_to_texts(procedure.__name__, facts.words):
        return plain
    odds = judged(question)
    if odds is None:
        return plain
    bound = ANSWERED if plain is None else PLAINLY_ASKED
    return _procedure_of(facts) if odds > bound else None


def _read_by(
    read: Callable[[QuestionFacts], Asked | Missing | None], facts: QuestionFacts
) -> Asked | Missing | None:
    """What is asked in words of which the reader passes over none that may change it."""
    return None if is_left_to_texts(read.__name__, facts.words) else read(facts)
