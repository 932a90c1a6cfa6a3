"""The situation of a purchase: who buys, and what. Values."""

from enum import StrEnum


class Buyer(StrEnum):
    """Kinds of buyers between which the rules differ; the value is its word on the command line."""

    STATE = "etat"
    LOCAL = "collectivite"
    HOSPITAL = "hopital"
    OTHER_AUTHORITY = "autre-pouvoir"
    ENTITY = "entite"

    @property
    def label(self) -> str:
        """The kind in French."""
        return _BUYERS[self]


class Nature(StrEnum):
    """What is bought; the value is its word on the command line."""

    WORKS = "travaux"
    SUPPLIES = "fournitures"
    SERVICES = "services"
    SOCIAL_SERVICES = "services-sociaux"

    @property
    def label(self) -> str:
        """The nature in French."""
        return _NATURES[self]


_BUYERS = {
    Buyer.STATE: "État ou autre autorité publique centrale",
    Buyer.LOCAL: "collectivité territoriale, son établissement public ou leur groupement",
    Buyer.HOSPITAL: "établissement public de santé",
    Buyer.OTHER_AUTHORITY: "autre pouvoir adjudicateur",
    Buyer.ENTITY: "entité adjudicatrice",
}
_NATURES = {
    Nature.WORKS: "travaux",
    Nature.SUPPLIES: "fournitures",
    Nature.SERVICES: "services",
    Nature.SOCIAL_SERVICES: "services sociaux et autres services spécifiques",
}
