"""The fields and codes of eForms notices: what each is called, its business term, its path."""

from collections.abc import Mapping
from dataclasses import dataclass

# What the codes of eForms notices mean, in French (code lists of the SDK).

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


# The fields of eForms notices that are read: what each is called, its business term, its path.
#
# Terms are those of the eForms regulation (EU) 2019/1780, paths those of its SDK. In a path, "//"
# passes over any number of elements.


@dataclass(frozen=True, slots=True)
class NoticeField:
    """A field: its French label, its term ("BT-131"), and where it stands below its section."""

    label: str
    term: str
    path: str


_PROJECT = "ProcurementProject"
_TERMS = "TenderingTerms"
_PROCESS = "TenderingProcess"
_CONTRACT = (
    NoticeField("Objet", "BT-24", f"{_PROJECT}/Description"),
    NoticeField("Nature du marché", "BT-23", f"{_PROJECT}/ProcurementTypeCode"),
    NoticeField(
        "Code CPV principal",
        "BT-262",
        f"{_PROJECT}/MainCommodityClassification/ItemClassificationCode",
    ),
    NoticeField(
        "Code CPV additionnel",
        "BT-263",
        f"{_PROJECT}/AdditionalCommodityClassification/ItemClassificationCode",
    ),
    NoticeField(
        "Valeur estimée hors TVA",
        "BT-27",
        f"{_PROJECT}/RequestedTenderTotal/EstimatedOverallContractAmount",
    ),
    NoticeField(
        "Valeur maximale de l'accord-cadre",
        "BT-271",
        f"{_PROJECT}/RequestedTenderTotal//FrameworkMaximumAmount",
    ),
    NoticeField("Lieu d'exécution", "BT-728", f"{_PROJECT}/RealizedLocation/Description"),
    NoticeField(
        "Lieu d'exécution (code NUTS)",
        "BT-5071",
        f"{_PROJECT}/RealizedLocation/Address/CountrySubentityCode",
    ),
    NoticeField("Informations complémentaires", "BT-300", f"{_PROJECT}/Note"),
)

CHANGE = (
    NoticeField("Avis modifié", "BT-758", "ChangedNoticeIdentifier"),
    NoticeField("Motif de la modification", "BT-140", "ChangeReason/ReasonCode"),
    NoticeField("Explication de la modification", "BT-762", "ChangeReason/ReasonDescription"),
    NoticeField("Modification", "BT-141", "Change/ChangeDescription"),
)
BUYER = (
    NoticeField("Acheteur", "BT-500", "PartyName/Name"),
    NoticeField("SIRET ou identifiant", "BT-501", "PartyLegalEntity/CompanyID"),
    NoticeField("Rue", "BT-510", "PostalAddress/StreetName"),
    NoticeField("Code postal", "BT-512", "PostalAddress/PostalZone"),
    NoticeField("Ville", "BT-513", "PostalAddress/CityName"),
    NoticeField("Courriel", "BT-506", "Contact/ElectronicMail"),
    NoticeField("Téléphone", "BT-503", "Contact/Telephone"),
)
CONTRACTING = (
    NoticeField("Profil d'acheteur", "BT-508", "BuyerProfileURI"),
    NoticeField(
        "Statut de l'acheteur",
        "BT-11",
        "ContractingPartyType/PartyTypeCode[@listName='buyer-legal-type']",
    ),
    NoticeField(
        "Entité adjudicatrice",
        "BT-740",
        "ContractingPartyType/PartyTypeCode[@listName='buyer-contracting-type']",
    ),
    NoticeField("Activité de l'acheteur", "BT-10", "ContractingActivity/ActivityTypeCode"),
)
PROCEDURE = (
    NoticeField("Intitulé", "BT-21", f"{_PROJECT}/Name"),
    NoticeField("Référence de l'acheteur", "BT-22", f"{_PROJECT}/ID"),
    *_CONTRACT,
    NoticeField("Type de procédure", "BT-105", f"{_PROCESS}/ProcedureCode"),
    NoticeField("Description de la procédure", "BT-88", f"{_PROCESS}/Description"),
    NoticeField(
        "Procédure accélérée",
        "BT-106",
        f"{_PROCESS}/ProcessJustification/ProcessReasonCode[@listName='accelerated-procedure']",
    ),
    NoticeField(
        "Nombre maximal de lots par candidat",
        "BT-31",
        f"{_TERMS}/LotDistribution/MaximumLotsSubmittedNumeric",
    ),
    NoticeField(
        "Nombre maximal de lots attribués à un candidat",
        "BT-33",
        f"{_TERMS}/LotDistribution/MaximumLotsAwardedNumeric",
    ),
    NoticeField(
        "Motif d'exclusion",
        "BT-67",
        f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/Description",
    ),
    NoticeField("Date d'envoi de l'avis", "BT-05", "IssueDate"),
)
LOT = (
    NoticeField("Référence du lot", "BT-22", f"{_PROJECT}/ID"),
    *_CONTRACT,
    NoticeField("Durée", "BT-36", f"{_PROJECT}/PlannedPeriod/DurationMeasure"),
    NoticeField("Date de début", "BT-536", f"{_PROJECT}/PlannedPeriod/StartDate"),
    NoticeField("Date de fin", "BT-537", f"{_PROJECT}/PlannedPeriod/EndDate"),
    NoticeField(
        "Nombre maximal de reconductions",
        "BT-58",
        f"{_PROJECT}/ContractExtension/MaximumNumberNumeric",
    ),
    NoticeField(
        "Reconductions", "BT-57", f"{_PROJECT}/ContractExtension/Renewal/Period/Description"
    ),
    NoticeField("Options", "BT-54", f"{_PROJECT}/ContractExtension/OptionsDescription"),
    NoticeField(
        "Accord-cadre",
        "BT-765",
        f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode[@listName='framework-agreement']",
    ),
    NoticeField(
        "Nombre maximal de titulaires de l'accord-cadre",
        "BT-113",
        f"{_PROCESS}/FrameworkAgreement/MaximumOperatorQuantity",
    ),
    NoticeField(
        "Système d'acquisition dynamique",
        "BT-766",
        f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode[@listName='dps-usage']",
    ),
    NoticeField(
        "Enchère électronique", "BT-767", f"{_PROCESS}/AuctionTerms/AuctionConstraintIndicator"
    ),
    NoticeField(
        "Date limite de remise des offres",
        "BT-131",
        f"{_PROCESS}/TenderSubmissionDeadlinePeriod/EndDate",
    ),
    NoticeField(
        "Date limite de remise des candidatures",
        "BT-1311",
        f"{_PROCESS}/ParticipationRequestReceptionPeriod/EndDate",
    ),
    NoticeField(
        "Date limite des demandes de renseignements",
        "BT-13",
        f"{_PROCESS}/AdditionalInformationRequestPeriod/EndDate",
    ),
    NoticeField("Ouverture des plis", "BT-132", f"{_PROCESS}/OpenTenderEvent/OccurrenceDate"),
    NoticeField(
        "Délai de validité des offres", "BT-98", f"{_TERMS}/TenderValidityPeriod/DurationMeasure"
    ),
    NoticeField("Remise par voie électronique", "BT-17", f"{_PROCESS}/SubmissionMethodCode"),
    NoticeField("Adresse de remise", "BT-18", f"{_TERMS}/TenderRecipientParty/EndpointID"),
    NoticeField(
        "Adresse des documents de la consultation",
        "BT-15",
        f"{_TERMS}/CallForTendersDocumentReference/Attachment/ExternalReference/URI",
    ),
    NoticeField("Langue de l'offre", "BT-97", f"{_TERMS}/Language/ID"),
    NoticeField("Variante", "BT-63", f"{_TERMS}/VariantConstraintCode"),
    NoticeField("Critère de sélection", "BT-750", f"{_TERMS}//SelectionCriteria/Description"),
    NoticeField(
        "Marché réservé",
        "BT-71",
        f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/"
        "TendererRequirementTypeCode[@listName='reserved-procurement']",
    ),
    NoticeField(
        "Exécution réservée",
        "BT-736",
        f"{_TERMS}/ContractExecutionRequirement/"
        "ExecutionRequirementCode[@listName='reserved-execution']",
    ),
    NoticeField(
        "Condition d'exécution", "BT-70", f"{_TERMS}/ContractExecutionRequirement/Description"
    ),
    NoticeField(
        "Facturation électronique",
        "BT-743",
        f"{_TERMS}/ContractExecutionRequirement/ExecutionRequirementCode[@listName='einvoicing']",
    ),
    NoticeField(
        "Garantie exigée pour l'offre",
        "BT-751",
        f"{_TERMS}/RequiredFinancialGuarantee/GuaranteeTypeCode",
    ),
    NoticeField("Garantie", "BT-75", f"{_TERMS}/RequiredFinancialGuarantee/Description"),
    NoticeField("Financement et paiement", "BT-77", f"{_TERMS}/PaymentTerms/Note"),
    NoticeField("Sous-traitance", "BT-65", f"{_TERMS}//SubcontractingConditionsCode"),
    NoticeField("Fonds de l'Union européenne", "BT-60", f"{_TERMS}/FundingProgramCode"),
    NoticeField(
        "Accord sur les marchés publics de l'OMC",
        "BT-115",
        f"{_PROCESS}/GovernmentAgreementConstraintIndicator",
    ),
    NoticeField(
        "Délai de recours", "BT-99", f"{_TERMS}/AppealTerms/PresentationPeriod/Description"
    ),
)
RESULT = (
    NoticeField("Issue", "BT-142", "TenderResultCode"),
    NoticeField("Offre la plus basse", "BT-710", "LowerTenderAmount"),
    NoticeField("Offre la plus élevée", "BT-711", "HigherTenderAmount"),
)
TOTAL = (NoticeField("Valeur du marché attribué", "BT-161", "TotalAmount"),)
TENDER = (NoticeField("Montant de l'offre retenue", "BT-720", "LegalMonetaryTotal/PayableAmount"),)
WINNER = (NoticeField("Titulaire", "BT-500", "PartyName/Name"),)
REVIEW = (NoticeField("Organe de recours", "BT-500", "PartyName/Name"),)
