"""The fields of eForms notices that are read: what each is called, its business term, its path.

Terms are those of the eForms regulation (EU) 2019/1780, paths those of its SDK. In a path, "//"
passes over any number of elements.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its French label, its term ("BT-131"), and where it stands below its section."""

    label: str
    term: str
    path: str


_PROJECT = "ProcurementProject"
_TERMS = "TenderingTerms"
_PROCESS = "TenderingProcess"
_CONTRACT = (
    Field("Objet", "BT-24", f"{_PROJECT}/Description"),
    Field("Nature du marché", "BT-23", f"{_PROJECT}/ProcurementTypeCode"),
    Field(
        "Code CPV principal",
        "BT-262",
        f"{_PROJECT}/MainCommodityClassification/ItemClassificationCode",
    ),
    Field(
        "Code CPV additionnel",
        "BT-263",
        f"{_PROJECT}/AdditionalCommodityClassification/ItemClassificationCode",
    ),
    Field(
        "Valeur estimée hors TVA",
        "BT-27",
        f"{_PROJECT}/RequestedTenderTotal/EstimatedOverallContractAmount",
    ),
    Field(
        "Valeur maximale de l'accord-cadre",
        "BT-271",
        f"{_PROJECT}/RequestedTenderTotal//FrameworkMaximumAmount",
    ),
    Field("Lieu d'exécution", "BT-728", f"{_PROJECT}/RealizedLocation/Description"),
    Field(
        "Lieu d'exécution (code NUTS)",
        "BT-5071",
        f"{_PROJECT}/RealizedLocation/Address/CountrySubentityCode",
    ),
    Field("Informations complémentaires", "BT-300", f"{_PROJECT}/Note"),
)

CHANGE = (
    Field("Avis modifié", "BT-758", "ChangedNoticeIdentifier"),
    Field("Motif de la modification", "BT-140", "ChangeReason/ReasonCode"),
    Field("Explication de la modification", "BT-762", "ChangeReason/ReasonDescription"),
    Field("Modification", "BT-141", "Change/ChangeDescription"),
)
BUYER = (
    Field("Acheteur", "BT-500", "PartyName/Name"),
    Field("SIRET ou identifiant", "BT-501", "PartyLegalEntity/CompanyID"),
    Field("Rue", "BT-510", "PostalAddress/StreetName"),
    Field("Code postal", "BT-512", "PostalAddress/PostalZone"),
    Field("Ville", "BT-513", "PostalAddress/CityName"),
    Field("Courriel", "BT-506", "Contact/ElectronicMail"),
    Field("Téléphone", "BT-503", "Contact/Telephone"),
)
CONTRACTING = (
    Field("Profil d'acheteur", "BT-508", "BuyerProfileURI"),
    Field(
        "Statut de l'acheteur",
        "BT-11",
        "ContractingPartyType/PartyTypeCode[@listName='buyer-legal-type']",
    ),
    Field(
        "Entité adjudicatrice",
        "BT-740",
        "ContractingPartyType/PartyTypeCode[@listName='buyer-contracting-type']",
    ),
    Field("Activité de l'acheteur", "BT-10", "ContractingActivity/ActivityTypeCode"),
)
PROCEDURE = (
    Field("Intitulé", "BT-21", f"{_PROJECT}/Name"),
    Field("Référence de l'acheteur", "BT-22", f"{_PROJECT}/ID"),
    *_CONTRACT,
    Field("Type de procédure", "BT-105", f"{_PROCESS}/ProcedureCode"),
    Field("Description de la procédure", "BT-88", f"{_PROCESS}/Description"),
    Field(
        "Procédure accélérée",
        "BT-106",
        f"{_PROCESS}/ProcessJustification/ProcessReasonCode[@listName='accelerated-procedure']",
    ),
    Field(
        "Nombre maximal de lots par candidat",
        "BT-31",
        f"{_TERMS}/LotDistribution/MaximumLotsSubmittedNumeric",
    ),
    Field(
        "Nombre maximal de lots attribués à un candidat",
        "BT-33",
        f"{_TERMS}/LotDistribution/MaximumLotsAwardedNumeric",
    ),
    Field(
        "Motif d'exclusion",
        "BT-67",
        f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/Description",
    ),
    Field("Date d'envoi de l'avis", "BT-05", "IssueDate"),
)
LOT = (
    Field("Référence du lot", "BT-22", f"{_PROJECT}/ID"),
    *_CONTRACT,
    Field("Durée", "BT-36", f"{_PROJECT}/PlannedPeriod/DurationMeasure"),
    Field("Date de début", "BT-536", f"{_PROJECT}/PlannedPeriod/StartDate"),
    Field("Date de fin", "BT-537", f"{_PROJECT}/PlannedPeriod/EndDate"),
    Field(
        "Nombre maximal de reconductions",
        "BT-58",
        f"{_PROJECT}/ContractExtension/MaximumNumberNumeric",
    ),
    Field("Reconductions", "BT-57", f"{_PROJECT}/ContractExtension/Renewal/Period/Description"),
    Field("Options", "BT-54", f"{_PROJECT}/ContractExtension/OptionsDescription"),
    Field(
        "Accord-cadre",
        "BT-765",
        f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode[@listName='framework-agreement']",
    ),
    Field(
        "Nombre maximal de titulaires de l'accord-cadre",
        "BT-113",
        f"{_PROCESS}/FrameworkAgreement/MaximumOperatorQuantity",
    ),
    Field(
        "Système d'acquisition dynamique",
        "BT-766",
        f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode[@listName='dps-usage']",
    ),
    Field("Enchère électronique", "BT-767", f"{_PROCESS}/AuctionTerms/AuctionConstraintIndicator"),
    Field(
        "Date limite de remise des offres",
        "BT-131",
        f"{_PROCESS}/TenderSubmissionDeadlinePeriod/EndDate",
    ),
    Field(
        "Date limite de remise des candidatures",
        "BT-1311",
        f"{_PROCESS}/ParticipationRequestReceptionPeriod/EndDate",
    ),
    Field(
        "Date limite des demandes de renseignements",
        "BT-13",
        f"{_PROCESS}/AdditionalInformationRequestPeriod/EndDate",
    ),
    Field("Ouverture des plis", "BT-132", f"{_PROCESS}/OpenTenderEvent/OccurrenceDate"),
    Field(
        "Délai de validité des offres", "BT-98", f"{_TERMS}/TenderValidityPeriod/DurationMeasure"
    ),
    Field("Remise par voie électronique", "BT-17", f"{_PROCESS}/SubmissionMethodCode"),
    Field("Adresse de remise", "BT-18", f"{_TERMS}/TenderRecipientParty/EndpointID"),
    Field(
        "Adresse des documents de la consultation",
        "BT-15",
        f"{_TERMS}/CallForTendersDocumentReference/Attachment/ExternalReference/URI",
    ),
    Field("Langue de l'offre", "BT-97", f"{_TERMS}/Language/ID"),
    Field("Variante", "BT-63", f"{_TERMS}/VariantConstraintCode"),
    Field("Critère de sélection", "BT-750", f"{_TERMS}//SelectionCriteria/Description"),
    Field(
        "Marché réservé",
        "BT-71",
        f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/"
        "TendererRequirementTypeCode[@listName='reserved-procurement']",
    ),
    Field(
        "Exécution réservée",
        "BT-736",
        f"{_TERMS}/ContractExecutionRequirement/"
        "ExecutionRequirementCode[@listName='reserved-execution']",
    ),
    Field("Condition d'exécution", "BT-70", f"{_TERMS}/ContractExecutionRequirement/Description"),
    Field(
        "Facturation électronique",
        "BT-743",
        f"{_TERMS}/ContractExecutionRequirement/ExecutionRequirementCode[@listName='einvoicing']",
    ),
    Field(
        "Garantie exigée pour l'offre",
        "BT-751",
        f"{_TERMS}/RequiredFinancialGuarantee/GuaranteeTypeCode",
    ),
    Field("Garantie", "BT-75", f"{_TERMS}/RequiredFinancialGuarantee/Description"),
    Field("Financement et paiement", "BT-77", f"{_TERMS}/PaymentTerms/Note"),
    Field("Sous-traitance", "BT-65", f"{_TERMS}//SubcontractingConditionsCode"),
    Field("Fonds de l'Union européenne", "BT-60", f"{_TERMS}/FundingProgramCode"),
    Field(
        "Accord sur les marchés publics de l'OMC",
        "BT-115",
        f"{_PROCESS}/GovernmentAgreementConstraintIndicator",
    ),
    Field("Délai de recours", "BT-99", f"{_TERMS}/AppealTerms/PresentationPeriod/Description"),
)
RESULT = (
    Field("Issue", "BT-142", "TenderResultCode"),
    Field("Offre la plus basse", "BT-710", "LowerTenderAmount"),
    Field("Offre la plus élevée", "BT-711", "HigherTenderAmount"),
)
TOTAL = (Field("Valeur du marché attribué", "BT-161", "TotalAmount"),)
TENDER = (Field("Montant de l'offre retenue", "BT-720", "LegalMonetaryTotal/PayableAmount"),)
WINNER = (Field("Titulaire", "BT-500", "PartyName/Name"),)
REVIEW = (Field("Organe de recours", "BT-500", "PartyName/Name"),)
