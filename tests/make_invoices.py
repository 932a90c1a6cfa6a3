"""Writes corpus/commune-fictive: invoices and contracts of a town that does not exist.

`python -m tests.make_invoices` writes the same bytes every time. No SIREN below 000 325 175 was ever
given to a company: all of these begin with 0000, and their bank, 99999, has no name.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parents[1] / "corpus" / "commune-fictive"
TODAY = date(2026, 6, 30)
"""The day on which the export was made."""

INVOICES, FIRST, LAST = 300, date(2025, 1, 6), date(2026, 6, 24)
_SEED = 20260630
_CENT = Decimal("0.01")

Row = dict[str, str]


def with_key(start: str) -> str:
    """A number ended by its Luhn key."""
    total = 0
    for place, digit in enumerate(reversed(start), start=1):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return f"{start}{-total % 10}"


def _siret(number: int) -> str:
    return with_key(with_key(f"0000{number:04}") + "0001")


def _iban(account: int) -> str:
    """An account of a bank that does not exist, with the key of its number."""
    number = f"9999900001{account:011}00"
    return f"FR{98 - int(number + '152700') % 97:02}{number}"


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sends invoices: amounts from `least` to `most`, `days` until each is paid."""

    name: str
    initials: str
    service: str
    objects: tuple[str, ...]
    least: int
    most: int
    rate: str = "20"
    contracts: tuple[str, ...] = ("",)
    days: tuple[int, int] = (14, 27)
    weight: int = 3


_SUPPLIERS = (
    Supplier("Papeterie des Trois Ponts SARL", "PTP", "Affaires générales", ("Ramettes de papier", "Fournitures de bureau", "Classeurs et chemises"), 60, 900, contracts=("2025-FOU-01",), weight=6),
    Supplier("Brasero Travaux Publics SAS", "BTP", "Voirie", ("Enrobés rue Haute", "Réfection de trottoirs", "Reprise de bordures"), 4000, 38000, contracts=("2024-VOI-02",), days=(26, 48), weight=5),
    Supplier("Électricité Vauquelin SARL", "EV", "Bâtiments", ("Dépannage électrique", "Mise en conformité électrique", "Éclairage du gymnase"), 300, 5200, rate="10", contracts=("2025-BAT-03", ""), days=(20, 38), weight=4),
    Supplier("Les Jardins de Sauvagnac SARL", "JS", "Espaces verts", ("Tonte des pelouses", "Plantations de printemps", "Taille des haies"), 800, 6200, contracts=("2025-ESP-01",), weight=5),
    Supplier("Lumiprocess Informatique SAS", "LI", "Informatique", ("Maintenance du parc", "Postes de travail", "Licences bureautiques"), 450, 14500, contracts=("2024-INF-01", "2026-INF-02"), weight=5),
    Supplier("Traiteur Bonnefage SAS", "TB", "Restauration scolaire", ("Repas livrés des écoles", "Goûters du centre de loisirs"), 2500, 9800, rate="5.5", contracts=("2025-RES-01",), weight=6),
    Supplier("Librairie L'Encrier d'Étain", "LE", "Médiathèque", ("Livres jeunesse", "Romans et documentaires", "Abonnements de revues"), 80, 1900, rate="5.5", weight=4),
    Supplier("Plomberie Castagnède EURL", "PC", "Bâtiments", ("Remplacement de chaudière", "Recherche de fuite", "Entretien des sanitaires"), 150, 4300, rate="10", contracts=("2025-BAT-04", ""), weight=4),
    Supplier("Menuiserie Aubervil SARL", "MA", "Bâtiments", ("Portes de l'école Jean-Macé", "Volets de la mairie"), 900, 11000, contracts=("2025-BAT-05",), days=(18, 35), weight=2),
    Supplier("Clairval Propreté SAS", "CP", "Bâtiments", ("Nettoyage des locaux", "Vitrerie", "Produits d'entretien"), 1200, 4800, contracts=("2025-NET-01",), weight=6),
    Supplier("Vigie Alpha Sécurité SAS", "VAS", "Culture", ("Gardiennage de la fête", "Télésurveillance"), 400, 3600, contracts=("2025-SEC-01",), weight=3),
    Supplier("Transports Lormaison SARL", "TL", "Sports", ("Transport des scolaires à la piscine", "Navette du tournoi"), 350, 2400, rate="10", contracts=("2025-TRA-01",), weight=3),
    Supplier("Garage du Pont Neuvic", "GPN", "Voirie", ("Révision du camion-benne", "Pneumatiques", "Contrôle technique"), 120, 2900, weight=3),
    Supplier("Imprimerie Tavernol SA", "IT", "Communication", ("Bulletin municipal", "Affiches", "Cartons d'invitation"), 250, 4200, rate="10", contracts=("2025-COM-01", ""), weight=3),
    Supplier("Cabinet Orsival Conseil", "OC", "Affaires générales", ("Assistance à maîtrise d'ouvrage", "Audit énergétique"), 3000, 19500, contracts=("2025-CON-01",), days=(24, 44), weight=2),
    Supplier("Énergies du Val Rouget SA", "EVR", "Bâtiments", ("Gaz des bâtiments", "Électricité de l'éclairage public"), 1500, 16500, contracts=("2024-ENE-01",), days=(10, 20), weight=5),
    Supplier("Mobilier Delcroix-Fabre SAS", "MDF", "Affaires générales", ("Bureaux et fauteuils", "Tables de réunion"), 600, 8900, contracts=("2025-MOB-01",), weight=2),
    Supplier("Aires de Jeux Pimprenelle SARL", "AJP", "Espaces verts", ("Balançoires du square", "Sols amortissants"), 1500, 12500, contracts=("2025-ESP-02",), weight=1),
)  # fmt: skip
_SWISS = "Signalétique Helvia SA"

_BUYER = "Ville de Port-Valmer"
_BUYERS = {
    _BUYER: _siret(9001),
    "CCAS de Port-Valmer": _siret(9002),
    "Communauté de communes du Pays de Valmer": _siret(9003),
}
_SIRETS = {each.name: _siret(101 + 7 * rank) for rank, each in enumerate(_SUPPLIERS)}


@dataclass(slots=True)
class Made:
    """An invoice while it is made; a day that is None is left empty."""

    supplier: Supplier
    number: str
    issued: date
    net: Decimal
    label: str
    contract: str
    commitment: str
    service: str
    iban: str
    kind: str = "Facture"
    preceding: str = ""
    received: date | None = None
    delivered: str = ""
    status: str = "Déposée"
    status_at: date | None = None
    steps: dict[str, date] = field(default_factory=dict)
    vat: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    currency: str = "EUR"

    def price(self, net: Decimal) -> None:
        """Give it an amount and the tax that follows."""
        self.net = net
        self.vat = (net * Decimal(self.supplier.rate) / 100).quantize(_CENT, ROUND_HALF_UP)
        self.gross = self.net + self.vat


_STEPS = (
    ("Date de service fait", "Service fait", 0.30),
    ("Date de mandatement", "Mandatée", 0.60),
    ("Date de mise à disposition du comptable", "Mise à disposition comptable", 0.70),
    ("Date de mise en paiement", "Mise en paiement", 0.95),
    ("Date de paiement", "Mise en paiement", 1.0),
)
"""The steps of a payment, the status that each gives, and when it comes in the days that it takes."""


def invoices() -> list[Row]:
    """The lines of the export, in the order in which they were received."""
    random = Random(_SEED)
    made = _plain(random, INVOICES - 30)
    made += _planted(random, made)
    made.sort(key=lambda each: (each.received or each.issued, each.number))
    return [_row(each) for each in made]


def _plain(random: Random, count: int) -> list[Made]:
    numbers = dict.fromkeys((each.initials for each in _SUPPLIERS), 0)
    days = sorted(FIRST + timedelta(random.randrange((LAST - FIRST).days)) for _ in range(count))
    made = []
    for rank, day in enumerate(days, start=1):
        supplier = random.choices(_SUPPLIERS, [each.weight for each in _SUPPLIERS])[0]
        numbers[supplier.initials] += 1
        one = Made(
            supplier,
            f"{supplier.initials}-{day.year}-{numbers[supplier.initials]:03}",
            day,
            Decimal(0),
            random.choice(supplier.objects),
            random.choice(supplier.contracts),
            f"EJ{day.year % 100}-{rank:05}",
            supplier.service,
            _iban(1000 + _SUPPLIERS.index(supplier)),
        )
        one.price(Decimal(random.randrange(supplier.least * 100, supplier.most * 100)) * _CENT)
        _live(random, one, random.randint(*supplier.days))
        made.append(one)
    return made


def _live(random: Random, one: Made, days: int) -> None:
    """Give an invoice the days of its life until the export, paid `days` after its start."""
    one.received = one.issued + timedelta(random.choice((0, 0, 1, 1, 2, 3)))
    delivered = one.issued - timedelta(random.randrange(0, 12))
    if random.random() < 0.08:
        delivered = one.received + timedelta(random.randrange(2, 8))
    one.delivered = _french(delivered)
    start = max(one.received, delivered)
    one.status, one.status_at = "Déposée", one.received
    for title, status, when in _STEPS:
        day = start + timedelta(round(days * when))
        if day > TODAY:
            break
        one.steps[title], one.status, one.status_at = day, status, day


def _halt(one: Made, status: str, after: int) -> None:
    """Stop the life of an invoice at a status, some days after it was received."""
    assert one.received
    one.steps.clear()
    one.status, one.status_at = status, one.received + timedelta(after)
    if status == "Suspendue":
        one.steps["Date de suspension"] = one.status_at
    else:
        one.steps["Date de rejet"] = one.status_at


def _planted(random: Random, made: list[Made]) -> list[Made]:
    """The cases of the README: some change an invoice of `made`, the thirty others are new."""
    by_number = {each.number: each for each in made}
    ordinary = [each for each in made if "Date de paiement" in each.steps and each.contract]
    chosen = iter(random.sample(ordinary, 60))
    new = [*_sent_again(chosen), *_nearly_the_same(chosen), *_credits(chosen, by_number)]
    new += _swiss()
    for _ in range(5):
        one = next(chosen)
        one.gross += random.choice((Decimal("9.00"), Decimal("-27.00"), Decimal("0.90")))
    for each in random.sample([one for one in made if one.issued >= date(2026, 3, 1)], 9):
        _halt(each, "Suspendue", random.randrange(4, 12))
    for _ in range(6):
        _halt(next(chosen), "Rejetée", random.randrange(2, 9))
    for _ in range(4):
        next(chosen).received = None
    for each, text in zip(chosen, ("03/2026", "2025", "fin avril 2025"), strict=False):
        each.delivered = text
    for _ in range(5):
        next(chosen).commitment = ""
    for _ in range(3):
        next(chosen).service = ""
    for _ in range(2):
        one = next(chosen)
        one.steps["Date de service fait"] = one.steps["Date de paiement"] + timedelta(4)
    for initials, since in (("CP", date(2025, 10, 1)), ("BTP", date(2026, 2, 1)), ("IT", date(2026, 5, 1))):  # fmt: skip
        for one in (*made, *new):
            if one.supplier.initials == initials and one.issued >= since:
                one.iban = _iban(7000 + len(initials))
    return new


def _sent_again(chosen: Iterator[Made]) -> Iterator[Made]:
    """Four invoices that come twice, the second unpaid."""
    for _ in range(4):
        one = next(chosen)
        assert one.received
        again = replace(one, received=one.received + timedelta(9), steps={}, status="Déposée")
        again.status_at = again.received
        yield again


def _nearly_the_same(chosen: Iterator[Made]) -> Iterator[Made]:
    """Six invoices alike another: in number, in amount, or in day."""
    changes: Sequence[Mapping[str, object]] = (
        {"number": "{}-"}, {"number": "{}B"}, {"number": "F{}"},
        {"days": 3, "number": "{}A"}, {"days": 5, "number": "0{}"}, {"cents": 1, "number": "{}X"},
    )  # fmt: skip
    for change in changes:
        one = next(chosen)
        like = replace(one, number=str(change["number"]).format(one.number), steps={})
        like.issued += timedelta(int(str(change.get("days", 0))))
        like.price(one.net + Decimal(int(str(change.get("cents", 0)))) * _CENT)
        like.received = like.issued + timedelta(2)
        like.status, like.status_at = "Déposée", like.received
        yield like


def _credits(chosen: Iterator[Made], known: Mapping[str, Made]) -> Iterator[Made]:
    """Eighteen credit notes, three of which do not cite their invoice."""
    for rank in range(1, 19):
        one = next(chosen)
        note = replace(one, number=f"AV-{one.number}", kind="Avoir", steps={}, delivered="")
        note.issued = min(one.issued + timedelta(25), LAST)
        note.price((one.net * Decimal(rank % 4 + 1) / 20).quantize(_CENT, ROUND_HALF_UP))
        note.preceding = "" if rank % 6 == 0 else one.number
        note.received = note.issued + timedelta(1)
        note.status, note.status_at = "Mandatée", note.received + timedelta(12)
        if note.status_at > TODAY:
            note.status, note.status_at = "Déposée", note.received
        yield note
    assert known


def _swiss() -> Iterator[Made]:
    """Two invoices in francs of a supplier without SIRET."""
    supplier = Supplier(_SWISS, "SH", "Voirie", ("Panneaux directionnels",), 1, 2, rate="0")
    for number, day, net in (("SH-25-0417", date(2025, 4, 17), 2380), ("SH-26-0209", date(2026, 2, 9), 1745)):  # fmt: skip
        one = Made(supplier, number, day, Decimal(0), "Panneaux directionnels", "", "EJ-CH-1", "Voirie", "")  # fmt: skip
        one.price(Decimal(net))
        one.currency, one.received, one.delivered = "CHF", day + timedelta(2), _french(day)
        one.status, one.status_at = "Mise en paiement", day + timedelta(24)
        one.steps["Date de paiement"] = day + timedelta(25)
        yield one


def _row(one: Made) -> Row:
    """A line of the export; every column is there in each."""
    return {
        "Type de facture": one.kind,
        "Numéro de facture": one.number,
        "Date de facture": _french(one.issued),
        "Date de dépôt": _french(one.received),
        "Code fournisseur": _SIRETS.get(one.supplier.name, ""),
        "Désignation fournisseur": one.supplier.name,
        "Code destinataire": _BUYERS[_BUYER],
        "Désignation destinataire": _BUYER,
        "Nom service exécutant": one.service,
        "Numéro de marché": one.contract,
        "Numéro bon de commande": one.commitment,
        "Facture d'origine": one.preceding,
        "Montant HT": _comma(one.net),
        "Taux de TVA": f"{one.supplier.rate.replace('.', ',')} %",
        "Montant TVA": _comma(one.vat),
        "Montant TTC": _comma(one.gross),
        "Montant à payer": _comma(one.gross),
        "Devise": one.currency,
        "Date de livraison": one.delivered,
        "Statut": one.status,
        "Date du statut": _french(one.status_at),
        "Date de rejet": _french(one.steps.get("Date de rejet")),
        "Date de suspension": _french(one.steps.get("Date de suspension")),
        **{title: _french(one.steps.get(title)) for title, _, _ in _STEPS},
        "IBAN": one.iban,
        "Objet": one.label,
    }


def contracts() -> list[Row]:
    """The lines of the contracts: one a holder, as they are published."""
    random = Random(_SEED + 1)
    rows = [_contract(*values) for values in _CONTRACTS]
    rows += [
        _contract(f"2025-{initials}-{number:02}", buyer, subject, cpv, amount, months, day, [holder], procedure)
        for initials, buyer, subject, cpv, amount, months, day, holder, procedure in _drawn(random)
        for number in [random.randrange(10, 99)]
    ]  # fmt: skip
    lines = [line for row in rows for line in row]
    return [*lines, lines[4], lines[11]]


_V, _C, _P = _BUYERS
_AO, _MAPA, _SANS = "Appel d'offres ouvert", "Procédure adaptée", "Marché sans publicité ni mise en concurrence préalable"  # fmt: skip
_CONTRACTS = (
    ("2024-VOI-02", _V, "Travaux d'entretien de la voirie communale", "45233141", "780000", 48, date(2024, 3, 4), ["Brasero Travaux Publics SAS", "Garage du Pont Neuvic"], _AO),
    ("2024-INF-01", _V, "Maintenance du parc informatique", "50312000", "96000", 12, date(2024, 9, 2), ["Lumiprocess Informatique SAS"], _MAPA),
    ("2026-INF-02", _V, "Maintenance et renouvellement des postes de travail", "30213000", "148000", 36, date(2026, 1, 12), ["Lumiprocess Informatique SAS"], _MAPA),
    ("2024-ENE-01", _V, "Fourniture de gaz et d'électricité", "09123000", "410000", 36, date(2024, 1, 8), ["Énergies du Val Rouget SA"], _AO),
    ("2025-FOU-01", _V, "Fournitures de bureau et papier", "30192000", "28500", 24, date(2025, 1, 2), ["Papeterie des Trois Ponts SARL"], _SANS),
    ("2025-BAT-03", _V, "Travaux d'électricité dans les bâtiments", "45311000", "88000", 36, date(2025, 1, 2), ["Électricité Vauquelin SARL"], _MAPA),
    ("2025-BAT-04", _V, "Travaux de plomberie et de chauffage", "45330000", "64000", 36, date(2025, 1, 2), ["Plomberie Castagnède EURL"], _MAPA),
    ("2025-BAT-05", _V, "Menuiseries des bâtiments communaux", "45421000", "71000", 24, date(2025, 2, 3), ["Menuiserie Aubervil SARL", "Électricité Vauquelin SARL", "Plomberie Castagnède EURL"], _MAPA),
    ("2025-ESP-01", _V, "Entretien des espaces verts", "77310000", "132000", 36, date(2025, 1, 2), ["Les Jardins de Sauvagnac SARL"], _MAPA),
    ("2025-ESP-02", _V, "Aires de jeux du square Colombe", "37535200", "36500", 12, date(2025, 3, 17), ["Aires de Jeux Pimprenelle SARL"], _SANS),
    ("2025-RES-01", _V, "Livraison de repas pour les écoles", "55524000", "690000", 36, date(2025, 1, 2), ["Traiteur Bonnefage SAS"], _AO),
    ("2025-NET-01", _V, "Nettoyage des locaux communaux", "90911200", "186000", 36, date(2025, 1, 2), ["Clairval Propreté SAS"], _MAPA),
    ("2025-SEC-01", _V, "Gardiennage des manifestations", "79710000", "34000", 24, date(2025, 1, 20), ["Vigie Alpha Sécurité SAS"], _SANS),
    ("2025-TRA-01", _V, "Transport des élèves", "60130000", "52000", 24, date(2025, 1, 6), ["Transports Lormaison SARL"], _MAPA),
    ("2025-COM-01", _V, "Impression du bulletin municipal", "79810000", "38000", 24, date(2025, 1, 13), ["Imprimerie Tavernol SA"], _SANS),
    ("2025-CON-01", _V, "Assistance à maîtrise d'ouvrage pour la rénovation énergétique", "71314000", "87500", 18, date(2025, 2, 10), ["Cabinet Orsival Conseil"], _MAPA),
    ("2025-MOB-01", _V, "Mobilier de bureau de la mairie", "39130000", "39000", 12, date(2025, 4, 7), ["Mobilier Delcroix-Fabre SAS"], _SANS),
    ("2025-MOB-02", _V, "Mobilier scolaire de l'école Jean-Macé", "39160000", "37500", 6, date(2025, 7, 21), ["Mobilier Delcroix-Fabre SAS"], _SANS),
    ("2025-MOB-03", _V, "Fauteuils et rayonnages de la médiathèque", "39150000", "31200", 6, date(2025, 11, 3), ["Mobilier Delcroix-Fabre SAS"], _SANS),
    ("C25-04", _C, "Nettoyage des locaux du CCAS", "90911200", "24000", 24, date(2025, 2, 17), ["Clairval Propreté SAS"], _SANS),
    ("P25-011", _P, "Nettoyage des locaux et vitrerie du siège", "90911300", "58000", 24, date(2025, 3, 10), ["Clairval Propreté SAS"], _MAPA),
    ("C25-05", _C, "Portage de repas à domicile", "55521100", "210000", 36, date(2025, 1, 27), ["Traiteur Bonnefage SAS"], _MAPA),
    ("P25-012", _P, "Collecte des déchets ménagers", "90511100", "1240000", 60, date(2025, 5, 26), ["Transports Lormaison SARL", "Garage du Pont Neuvic"], _AO),
    ("P25-013", _P, "Fournitures de bureau et consommables", "30192000", "33000", 24, date(2025, 2, 24), ["Papeterie des Trois Ponts SARL"], _SANS),
    ("P26-001", _P, "Travaux de voirie des zones d'activités", "45233141", "365000", 12, date(2036, 2, 2), ["Brasero Travaux Publics SAS"], _MAPA),
    ("2026-BAT-01", _V, "Rénovation énergétique de l'école Jean-Macé", "45454100", "912000", 14, date(2026, 4, 13), ["Menuiserie Aubervil SARL", "Électricité Vauquelin SARL"], _AO),
    ("2026-ENE-01", _V, "Panneaux photovoltaïques du gymnase", "09331200", "118000", 10, date(2026, 5, 18), ["Électricité Vauquelin SARL"], _MAPA),
    ("2026-LIV-01", _V, "Livres et revues de la médiathèque", "22113000", "57000", 24, date(2026, 2, 9), ["Librairie L'Encrier d'Étain"], _MAPA),
)  # fmt: skip


def _drawn(random: Random) -> Iterator[tuple[str, str, str, str, str, int, date, str, str]]:
    """Small contracts over two years, all without publicity."""
    needs = (
        ("GAR", "Entretien des véhicules", "50110000", "Garage du Pont Neuvic"),
        ("LIV", "Livres documentaires", "22110000", "Librairie L'Encrier d'Étain"),
        ("IMP", "Affiches et dépliants", "22140000", "Imprimerie Tavernol SA"),
        ("PLO", "Dépannages de plomberie", "45330000", "Plomberie Castagnède EURL"),
        ("JAR", "Plantations de massifs", "03451000", "Les Jardins de Sauvagnac SARL"),
        ("LOG", "Logiciels et licences", "48000000", "Lumiprocess Informatique SAS"),
    )
    for _ in range(24):
        initials, subject, cpv, holder = random.choice(needs)
        buyer = random.choice((_V, _V, _C, _P))
        day = date(2025, 1, 6) + timedelta(random.randrange(500))
        amount = str(random.randrange(30, 240) * 100)
        yield initials, buyer, subject, cpv, amount, random.choice((6, 12, 24)), day, holder, _SANS


def _contract(
    number: str,
    buyer: str,
    subject: str,
    cpv: str,
    amount: str,
    months: int,
    day: date,
    holders: Sequence[str],
    procedure: str,
) -> list[Row]:
    return [
        {
            "id": number,
            "acheteur.id": _BUYERS[buyer],
            "acheteur.nom": buyer,
            "nature": "Marché",
            "objet": subject,
            "codeCPV": cpv,
            "procedure": procedure,
            "dureeMois": str(months),
            "dateNotification": day.isoformat(),
            "montant": amount,
            "titulaire.id": _SIRETS[holder],
            "titulaire.denominationSociale": holder,
        }
        for holder in holders
    ]


def _french(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def written(rows: Sequence[Row]) -> bytes:
    """The lines as a file of semicolons, which French workbooks open."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


FILES = {"factures.csv": invoices, "marches.csv": contracts}

if __name__ == "__main__":
    for name, rows in FILES.items():
        (FOLDER / name).write_bytes(written(rows()))
