"""Natures: what a rule is about and whom it binds; never exchanged, never left out. Data.

A line is a nature, then the ways to write it, in French and in English.
"""

NATURES = """
works: travaux | works
supplies: fourniture | supply | supplies
services: service
intellectual: prestation intellectuelle
buyer: acheteur | buyer | acheteur public | vous | you
contracting authority: pouvoir adjudicateur | contracting authority | contracting authorities
contracting entity: entité adjudicatrice | contracting entity | contracting entities
conceding authority: autorité concédante
concessionaire: concessionnaire
holder: titulaire | contractor
candidate: candidat | candidate
tenderer: soumissionnaire | tenderer | bidder
awardee: attributaire
subcontractor: sous traitant | subcontractor
company: opérateur économique | opérateur | entreprise | société | economic operator | company
sme: petite ou moyenne entreprise | petite et moyenne entreprise | pme | sme
state: état | state
local: collectivité territoriale | collectivité | local authority
central: autorité publique centrale
hospital: établissement public de santé
institution: établissement public
adapted: procédure adaptée | mapa | adapted procedure
formalised: procédure formalisée | formalised procedure
open: ouvert | open
restricted: restreint | restricted
negotiated: négocié
electronic: électronique | dématérialisé | electronic
paper: papier | paper
guarantor: établissement garant | garant | guarantor institution | guarantor
concession: concession
framework: accord cadre | framework agreement
public: public | publique
private: privé
law: loi | statute
rule: règlement
decree: décret | decree
ht: hors taxe | ht | excluding vat | excluding tax | excl vat | excl tax | before tax
ttc: toute taxe comprise | ttc | including vat | including tax | incl vat
working day: ouvrable
business day: ouvré
calendar day: calendaire
candidature: candidature
tender: offre | tender | bid
lot: lot
minor: accessoire
main: principal
initial: initial
final: définitif | final
direct: direct | directement
partial: partiel | partiellement
whole: totalité | intégralité | totalement | intégralement
total: total
"""

ACTORS = frozenset(
    {"buyer", "contracting authority", "contracting entity", "conceding authority", "holder"}
    | {"candidate", "tenderer", "subcontractor", "company", "concessionaire", "awardee", "state"}
    | {"local", "law", "rule", "decree"}
)
"""Meanings that can do what a verb says."""

INTERCHANGEABLE = frozenset({"works", "supplies", "services"})
"""Natures between which "et" and "ou" say the same."""
