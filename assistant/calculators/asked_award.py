"""Questions about the award of a contract that give figures: what they ask to calculate. Pure."""

import re
from functools import partial

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import Facts
from assistant.calculators.missing import Missing, amount, buyer, choice, completed, day, nature
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.situation import Buyer
from assistant.calculators.standstill import StandstillAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.calculators.turnover import TurnoverAsked

_MAY_I = r"\b(?:puis-je|peut-on|peut-elle|pouvons-nous|on peut|je peux|ai-je le droit de)\b"
_MUST_I = r"\b(?:dois-je|doit-on|devons-nous|faut-il|(?:suis-je|est-on|sommes-nous) obliges? de)\b"
_WHICH_PROCEDURE = re.compile(
    r"\bquelle (?:est la )?(?:procedure|publicite|mise en concurrence)\b|\bprocedure ou pas\b"
    rf"|{_MAY_I}.{{0,20}}\b(?:acheter|commander|signer|contracter|passer|conclure|confier|faire)\b"
    r"[^.?]{0,60}\b(?:sans (?:publicite|mise en concurrence)|de gre a gre|directement|en mapa"
    r"|en procedure adaptee)\b"
    rf"|{_MUST_I} (?:faire|lancer|organiser|passer par|recourir a|publier|mettre|prevoir)\b.{{0,8}}"
    r"\b(?:publicite|mise en concurrence|en concurrence|appel d'offres|avis|procedure formalisee)\b"
    r"|\b(?:procedure (?:formalisee|adaptee)|mapa|appel d'offres|gre a gre) (?:est-elle |est-il )?"
    r"(?:obligatoire|possible|suffi\w+|autorisee?|\?)"
)
_OTHER_THAN_A_PURCHASE = re.compile(
    r"\b(?:avenant|modifi|resili|rejet|negoci|contest|recours|refere|pay|paiement|factur|infructu"
    r"|sans suite|annul|prolong|urgen|livres?\b|oeuvre|brevet|exclusiv|similaire|concours|jury"
    r"|primes?\b|reserve)"
)
_LOT = re.compile(r"\b(?P<lot>lots?)\b")

_NOTICE = re.compile(r"\b(?:avis|aapc)\b(?! d'attribution| de modification| rectificatif)")
_WHICH_DAY = re.compile(
    r"\bau plus tot\b|\bdate limite\b|\bquel(?:le)? (?:est l[ea] )?(?:date|delai)\b|\bquand\b"
    r"|\bdelai (?:minim|de remise|de reception)|\bcombien de (?:jours|temps)\b"
)
_SENT_NOTICE = re.compile(
    r"\b(?:(?P<sent>envo\w+|transmi\w+|adress\w+|part|parti\w*)"
    r"|(?P<other>publi\w+|paru\w*|limite|remise|recu\w*|reception|depot|notifi\w+|sign\w+))\b"
)
_PROCEDURES = {
    Procedure.OPEN: re.compile(r"\b(?:appel d'offres|ao) (?:restreint ou )?ouvert\b|\baoo\b"),
    Procedure.RESTRICTED: re.compile(r"\b(?:appel d'offres|ao) (?:ouvert ou )?restreint\b|\baor\b"),
    Procedure.NEGOTIATED: re.compile(r"\bprocedure avec negociation\b"),
    Procedure.ADAPTED: re.compile(r"\bmapa\b|\bprocedure adaptee\b"),
}
_WHOEVER_BUYS = {Procedure.OPEN, Procedure.ADAPTED}
"""Procedures whose time limits are the same for every buyer."""

_BY_POST = re.compile(r"\b(?:papier|postale?|courrier|recommandee?)\b")

_REJECTED = re.compile(r"\b(?:rejet|non retenu|evince|ecarte|standstill)")
_WHEN_TO_SIGN = re.compile(
    r"\bquand\b.{0,40}\bsign|\bsign\w+ quand\b|\bfaut-il attendre\b|\bstandstill\b"
    rf"|{_MAY_I} (?:signer|conclure)\b|\bcombien de (?:jours|temps) .{{0,20}}\battendre\b"
    r"|\bdate de (?:la )?signature\b|\bsignature (?:possible|prevue|au plus tot)\b"
)
_SENT_REJECTION = re.compile(
    r"\b(?:(?P<sent>envo\w+|transmi\w+|adress\w+|parti\w*|notifi\w+|inform\w+|prevenu\w*)"
    r"|(?P<other>recu\w*|sign\w+|limite|remise|attribu\w+|publi\w+))\b"
)

_TURNOVER = re.compile(r"\bchiffres? d'affaires\b|\b(?:un|le|du) ca\b|\bca (?:minim|annuel|exig)")
_LEAST = re.compile(r"\b(?:minim|exig|demand|impos|plafon|maxim)")
_WHOSE_AMOUNT = re.compile(
    r"\b(?:(?P<contract>marche|contrat|besoin|lot|estime)|(?P<turnover>chiffres? d'affaires|ca)\b)"
)


def procedure(facts: Facts) -> Asked | Missing | None:
    """Which procedure and which publicity."""
    is_asked = _WHICH_PROCEDURE.search(facts.words)
    if not is_asked or _OTHER_THAN_A_PURCHASE.search(facts.words):
        return None
    needs = [each for each in facts.amounts if not each.role(_LOT)]
    lots = [each for each in facts.amounts if each.role(_LOT)]
    if not facts.amounts or len(needs) > 1 or len(lots) > 1:
        return None
    given = [each.value for each in needs if not each.is_with_tax]
    asked = partial(
        ProcedureAsked,
        lot=next((each.value for each in lots), None),
        is_innovative="innovant" in facts.words,
    )
    return completed(
        asked,
        amount=amount(
            "montant HT du besoin",
            "Quel est le montant hors taxes de tout le besoin, lots et reconductions compris ?",
            given,
        ),
        nature=nature(facts),
        buyer=buyer(facts, Buyer.LOCAL, Buyer.STATE),
    )


def time_limits(facts: Facts) -> Asked | Missing | None:
    """The earliest day on which candidatures or tenders may be due."""
    is_asked = _NOTICE.search(facts.words) and _WHICH_DAY.search(facts.words)
    procedures = [each for each, named in _PROCEDURES.items() if named.search(facts.words)]
    sent = [each.value for each in facts.days if each.role(_SENT_NOTICE) == "sent"]
    if not is_asked or not facts.days or len(procedures) > 1 or len(sent) > 1:
        return None
    asked = partial(
        TimeLimitsAsked,
        is_electronic=not _BY_POST.search(facts.words),
        is_urgent="urgen" in facts.words,
        has_prior_notice="preinformation" in facts.words,
    )
    needed = {
        "procedure": choice(
            "procédure",
            "Quelle est la procédure : appel d'offres ouvert, restreint, avec négociation ?",
            procedures,
            (Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED),
        ),
        "sent": day(
            "envoi de l'avis",
            "Quel jour l'avis a-t-il été envoyé à la publication ?",
            sent,
        ),
    }
    if facts.buyers or not _WHOEVER_BUYS & {*procedures}:
        needed["buyer"] = buyer(facts, Buyer.LOCAL, Buyer.ENTITY)
    else:
        asked = partial(asked, buyer=Buyer.LOCAL)
    return completed(asked, **needed)


def standstill(facts: Facts) -> Asked | Missing | None:
    """The first day on which the contract may be signed."""
    is_asked = _REJECTED.search(facts.words) and _WHEN_TO_SIGN.search(facts.words)
    sent = [each.value for each in facts.days if each.role(_SENT_REJECTION) == "sent"]
    if not is_asked or not facts.days or len(sent) > 1:
        return None
    asked = partial(
        StandstillAsked,
        is_electronic=not _BY_POST.search(facts.words),
        is_formalised=not _PROCEDURES[Procedure.ADAPTED].search(facts.words),
    )
    return completed(
        asked,
        sent=day(
            "envoi des notifications de rejet",
            "Quel jour les notifications de rejet ont-elles été envoyées ?",
            sent,
        ),
    )


def turnover(facts: Facts) -> Asked | Missing | None:
    """The highest turnover that may be required of candidates."""
    is_asked = _TURNOVER.search(facts.words) and _LEAST.search(facts.words)
    contract = [each for each in facts.amounts if each.role(_WHOSE_AMOUNT) != "turnover"]
    if not is_asked or not facts.amounts or len(contract) > 1:
        return None
    given = [each.value for each in contract if not each.is_with_tax]
    return completed(
        TurnoverAsked,
        amount=amount(
            "montant estimé HT",
            "Quel est le montant estimé hors taxes du marché ou du lot ?",
            given,
        ),
    )
