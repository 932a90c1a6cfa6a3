"""What the codes of eForms notices mean, in French (code lists of the SDK)."""

from collections.abc import Mapping

NOTICES = {
    "brin-ecs": "Avis d'information sur une entreprise",
    "can-desg": "Avis de résultat de concours",
    "can-modif": "Avis de modification de marché",
    "can-social": "Avis d'attribution de marché",
    "can-standard": "Avis d'attribution de marché",
    "can-tran": "Avis d'attribution de marché",
    "cn-desg": "Avis de concours",
    "cn-social": "Avis de marché",
    "cn-standard": "Avis de marché",
    "pin-buyer": "Avis sur un profil d'acheteur",
    "pin-only": "Avis de préinformation",
    "pin-rtl": "Avis de préinformation réduisant les délais",
    "qu-sy": "Avis sur l'existence d'un système de qualification",
    "subco": "Avis de sous-traitance",
    "veat": "Avis en cas de transparence ex ante volontaire",
}
"""Titles of notices, by the code of their type."""

CODES: Mapping[str, Mapping[str, str]] = {
    "contract-nature": {"services": "services", "supplies": "fournitures", "works": "travaux"},
    "procurement-procedure-type": {
        "comp-dial": "dialogue compétitif",
        "innovation": "partenariat d'innovation",
        "neg-w-call": "procédure avec négociation",
        "neg-wo-call": "sans publicité ni mise en concurrence",
        "open": "procédure ouverte",
        "oth-mult": "autre procédure à plusieurs étapes",
        "oth-single": "autre procédure en une étape",
        "restricted": "procédure restreinte",
    },
    "framework-agreement": {
        "fa-mix": "avec et sans remise en concurrence",
        "fa-w-rc": "avec remise en concurrence",
        "fa-wo-rc": "sans remise en concurrence",
    },
    "winner-selection-status": {
        "clos-nw": "aucun titulaire, procédure close",
        "open-nw": "aucun titulaire pour l'instant",
        "selec-w": "un titulaire est choisi",
    },
    "award-criterion-type": {"cost": "Coût", "price": "Prix", "quality": "Qualité"},
    "number-weight": {
        "dec-exa": "",
        "ord-imp": "par ordre d'importance",
        "per-exa": "%",
        "per-mid": "% (milieu de fourchette)",
        "poi-exa": "points",
        "poi-mid": "points (milieu de fourchette)",
    },
    "buyer-legal-type": {
        "body-pl": "organisme de droit public",
        "body-pl-cga": "organisme de droit public contrôlé par l'État",
        "body-pl-la": "organisme de droit public contrôlé par une collectivité",
        "body-pl-ra": "organisme de droit public contrôlé par une région",
        "cga": "État",
        "la": "collectivité locale",
        "pub-undert": "entreprise publique",
        "pub-undert-cga": "entreprise publique contrôlée par l'État",
        "pub-undert-la": "entreprise publique contrôlée par une collectivité",
        "pub-undert-ra": "entreprise publique contrôlée par une région",
        "ra": "région",
    },
    "buyer-contracting-type": {"cont-ent": "oui", "not-cont-ent": "non"},
    "authority-activity": {
        "defence": "défense",
        "econ-aff": "affaires économiques",
        "education": "éducation",
        "env-pro": "protection de l'environnement",
        "gen-pub": "services généraux des administrations publiques",
        "hc-am": "logement et équipements collectifs",
        "health": "santé",
        "pub-os": "ordre et sécurité publics",
        "rcr": "loisirs, culture et culte",
        "soc-pro": "protection sociale",
    },
    "subcontracting-obligation": {
        "none": "aucune obligation",
        "subc-chng": "changements de sous-traitants à signaler",
        "subc-min": "part minimale à sous-traiter",
        "subc-oblig-2009-81": "sous-traitants choisis selon la directive 2009/81/CE",
    },
    "eu-funded": {"eu-funds": "oui", "no-eu-funds": "non"},
}
"""What codes mean, by the name of their list; those of no list here are left as they are."""

ANSWERS = {
    "allowed": "possible",
    "false": "non",
    "no": "non",
    "none": "non",
    "not-allowed": "non",
    "notAllowed": "non",
    "required": "obligatoire",
    "true": "oui",
    "yes": "oui",
}
"""What the answers that many lists share mean."""

UNITS = {"DAY": "jours", "MONTH": "mois", "WEEK": "semaines", "YEAR": "ans"}
CURRENCIES = {"EUR": "€"}
LANGUAGES = {"ENG": "anglais", "FRA": "français"}
