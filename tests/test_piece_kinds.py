"""Names as buyers and suppliers write them, and the kind that each is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.tenders.pieces import Confidence, KindGuess, PieceKind, guess_kind

SURE = {
    PieceKind.NOTICE: """
        Avis d'appel public à la concurrence.pdf
        AAPC_2025-014.pdf
        Avis BOAMP 26-12345.pdf
        BOAMP.xml
        Avis_rectificatif_n1.pdf
        Avis d'attribution.pdf
        annonce légale.pdf
        JOUE 2026-S-045.html
        avis de marché JOUE.pdf
        Avis.pdf
        Avis d'appel à candidatures.pdf
    """,
    PieceKind.RC: """
        RC.pdf
        R.C.pdf
        R.C..pdf
        Règlement de consultation.docx
        Règlement de la consultation.pdf
        reglement_consultation_v3.pdf
        ReglementConsultation.pdf
        2025_S_03_RC.pdf
        01 - RC - Entretien des espaces verts.pdf
        RC_phase candidature.pdf
        Règlement de l'appel d'offres.pdf
        RDC-2026-11.odt
        Règlement du concours.pdf
        Règlement particulier de la consultation.pdf
        DCE/1-Pieces administratives/RC modifié le 12-03.pdf
    """,
    PieceKind.CCAP: """
        CCAP.pdf
        C.C.A.P..pdf
        C.C.A.P.docx
        2025_S_03_CCAP_V2 (signé).pdf
        CCAPv2.pdf
        CCAP_lots_1_à_4.pdf
        ccap-def.odt
        Cahier des Clauses Administratives Particulières.pdf
        02_CCAP_nettoyage des locaux_VF.pdf
        CCAP et ses annexes.pdf
        CCAP (rectifié le 12-03).pdf
        M25012_CCAP.PDF
    """,
    PieceKind.CCTP: """
        CCTP.pdf
        C.C.T.P.pdf
        CCTP lot 01 - Gros oeuvre.pdf
        CCTP_Lot2_Assurance flotte automobile.docx
        CCTP-indice B.pdf
        Cahier des clauses techniques particulières.pdf
        Cahier des clauses techniques communes.pdf
        03-cctp_VDEF.pdf
        20260115 CCTP Curage des réseaux.pdf
    """,
    PieceKind.CCP: """
        CCP.pdf
        CCP_2026-04.docx
        CCATP.pdf
        Cahier des clauses particulières.pdf
        Cahier des charges.pdf
        CDC fourniture de vélos.pdf
        CCAP-CCTP.pdf
        CCAP_CCTP_MAPA12.pdf
    """,
    PieceKind.AE: """
        AE.docx
        A.E.pdf
        AE_lot1.docx
        Acte d'engagement.docx
        Acte d’engagement - lot 3.odt
        acte_engagement.pdf
        ATTRI1.doc
        ATTRI1_2025.pdf
        04 - Actes d'engagement.docx
        AE vierge.docx
        AE à compléter.docx
    """,
    PieceKind.BPU: """
        BPU.xlsx
        B.P.U.xlsx
        BPU_lot2_v3.xls
        Bordereau des prix unitaires.xlsx
        Bordereau de prix.ods
        bordereau_prix_unitaires.pdf
        BPU à remplir.xlsx
        BPU - cadre.xlsx
        Grille de prix.xlsx
        Catalogue de prix.xlsx
    """,
    PieceKind.DPGF: """
        DPGF.xlsx
        D.P.G.F.xlsx
        DPGF lot 5 plomberie.xlsx
        CDPGF_Lot03.xlsx
        Décomposition du prix global et forfaitaire.pdf
        DPF.xlsx
        DPGF à compléter.ods
    """,
    PieceKind.DQE: """
        DQE.xlsx
        D.Q.E..xlsx
        Détail quantitatif estimatif.xlsx
        DQE_vierge.xlsx
        Détail estimatif.pdf
        Devis quantitatif estimatif.xlsx
    """,
    PieceKind.ANNEX: """
        Annexe 1.pdf
        Annexe 2 au CCTP - liste des sites.pdf
        annexe n°3 CCAP RGPD.pdf
        CCTP annexe 4 - plans.pdf
        Annexes techniques.pdf
        Annexe A - Inventaire.xlsx
        ANNEXE_RC_criteres.pdf
    """,
    PieceKind.QUESTIONS: """
        Réponses aux questions n°2.pdf
        Questions-réponses.pdf
        QR.pdf
        Q-R n°3.docx
        Q&R 12 mars.pdf
        FAQ candidats.pdf
        Questions des candidats.xlsx
        Réponse aux questions CCTP.pdf
        Renseignements complémentaires n° 1.pdf
        questions_reponses_lot2.pdf
        Réponses à la question sur le BPU.pdf
    """,
    PieceKind.OFFER: """
        offre technique SARL Dupont.pdf
        Offre.pdf
        Offre financière.xlsx
        offre_variante.pdf
        Mémoire technique.docx
        Memoire_technique_Dupont.pdf
        mémoire justificatif.pdf
        Note méthodologique.pdf
        attestation assurance.pdf
        Attestation URSSAF 2026.pdf
        Attestation de régularité fiscale.pdf
        Kbis.pdf
        Attestation RC pro.pdf
        extrait K-bis Dupont.pdf
        RIB.pdf
        CV chef de projet.pdf
        Certificat Qualibat.pdf
        Certificat ISO 14001.pdf
        Devis n°2026-44.pdf
        Liste des références.pdf
        Références clients.docx
        Moyens humains et matériels.pdf
        Déclaration sur l'honneur.pdf
        Dossier de candidature.pdf
        Délégation de signature.pdf
        Sous-détail de prix.xlsx
        Présentation de l'entreprise.pdf
    """,
}
PROBABLE = {
    PieceKind.OFFER: """
        Annexe 2 BPU rempli.xlsx
        Annexe financière complétée.xlsx
        Cadre de mémoire technique complété.docx
        DC1.pdf
        DC2_Dupont.pdf
        DC1-2019.docx
        Formulaire_DC2.docx
        DC4 sous-traitance.pdf
        DUME.xml
        DUME_rempli.pdf
        Lettre de candidature.docx
        Attestation de visite.pdf
        BPU rempli.xlsx
        BPU_complété_SARL Dupont.xlsx
        BPU Dupont SAS.xlsx
        DPGF chiffrée.xlsx
        DQE_renseigné.xlsx
        AE signé.pdf
        AE_lot1_signee.pdf
        Acte d'engagement complété.pdf
        CCTP paraphé SARL Martin.pdf
        Attestation assurance RC 2026.pdf
        Offre AE.pdf
        Offre et BPU.pdf
        SARL Dupont.pdf
        document signé.pdf
        scan complété.pdf
    """,
    PieceKind.BPU: """
        annexe 1 AE - BPU.xlsx
        BPU-DQE.xlsx
        Annexe financière BPU.xlsx
    """,
    PieceKind.DPGF: "Annexe 2 DPGF.xlsx",
    PieceKind.AE: "AE valant CCAP.pdf",
    PieceKind.RC: "RC et CCAP.pdf",
    PieceKind.ANNEX: """
        Cadre de mémoire technique.docx
        cadre_reponse_technique.docx
        Trame mémoire technique à compléter.docx
        Modèle d'offre.docx
        Plan de masse.pdf
        Planning prévisionnel.pdf
        Étude géotechnique.pdf
        Diagnostic amiante.pdf
        Programme de l'opération.pdf
        CRT.docx
    """,
}
UNKNOWN = """
    document1.pdf
    scan0012.pdf
    Lens.pdf
    Rapport d'analyse des offres.pdf
    PV d'ouverture.pdf
    Courrier au préfet.docx
    Avis technique CSTB.pdf
    Avis de la commission.pdf
    2026-03.pdf
    image.png
"""


def names(lines: str) -> list[str]:
    return [line.strip() for line in lines.strip().splitlines()]


TABLE = [
    *((name, kind, Confidence.SURE) for kind, lines in SURE.items() for name in names(lines)),
    *(
        (name, kind, Confidence.PROBABLE)
        for kind, lines in PROBABLE.items()
        for name in names(lines)
    ),
    *((name, PieceKind.OTHER, Confidence.NONE) for name in names(UNKNOWN)),
]


@pytest.mark.parametrize(("name", "kind", "confidence"), TABLE)
def test_a_name_gives_a_kind(name: str, kind: PieceKind, confidence: Confidence) -> None:
    guess = guess_kind(name)
    assert (guess.kind, guess.confidence) == (kind, confidence), guess.reason


def test_the_table_is_large() -> None:
    assert len({name for name, _, _ in TABLE}) >= 150


TITLE = (
    "MARCHÉ PUBLIC DE SERVICES\n\nCAHIER DES CLAUSES ADMINISTRATIVES PARTICULIÈRES\n(C.C.A.P.)\n"
)


def test_a_title_is_enough_for_a_probable_kind() -> None:
    assert guess_kind("document1.pdf", TITLE) == KindGuess(
        PieceKind.CCAP,
        Confidence.PROBABLE,
        "la première page est intitulée « CAHIER DES CLAUSES ADMINISTRATIVES PARTICULIÈRES »",
    )


def test_a_title_confirms_a_name_that_says_two_pieces() -> None:
    assert guess_kind("RC et CCAP.pdf", "Règlement de la consultation").confidence == "sûr"


def test_a_title_that_says_otherwise_leaves_a_doubt() -> None:
    guess = guess_kind("CCTP.pdf", TITLE)
    assert (guess.kind, guess.confidence) == (PieceKind.CCTP, Confidence.PROBABLE)
    assert "mais la première page est intitulée" in guess.reason


def test_a_sentence_is_no_title() -> None:
    page = "Le CCAP prévaut sur le CCTP.\nCCAP et CCTP sont remis aux candidats."
    assert guess_kind("document1.pdf", page).confidence is Confidence.NONE


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("CCTP.pdf", "MÉMOIRE TECHNIQUE\nSARL Dupont\nCCTP"),
        ("CCTP.pdf", "CCTP lot 3\nMémoire technique\nDupont"),
        ("scan.pdf", "CCTP lot 3\nMémoire technique\nDupont"),
        ("mémoire technique.docx", "CCTP\nCahier des clauses techniques particulières"),
        ("AE signé.pdf", "ACTE D'ENGAGEMENT"),
        ("RC.pdf", "Attestation d'assurance responsabilité civile"),
    ],
)
def test_what_may_be_an_offer_is_never_surely_a_piece_of_the_buyer(name: str, page: str) -> None:
    guess = guess_kind(name, page)
    assert (guess.kind, guess.confidence) == (PieceKind.OFFER, Confidence.PROBABLE)


supplied = st.sampled_from(
    ["offre technique", "mémoire technique", "DC1", "attestation", "SARL Dupont", "Kbis"]
)
pieces = st.sampled_from(["CCAP", "CCTP", "RC", "AE", "BPU", "acte d'engagement"])


@given(supplied, pieces, st.sampled_from([" ", "_", " - ", "-"]), st.booleans())
def test_a_name_that_says_both_is_an_offer_to_confirm(
    supplier: str, piece: str, link: str, piece_first: bool
) -> None:
    words = (piece, supplier) if piece_first else (supplier, piece)
    guess = guess_kind(f"{link.join(words)}.pdf")
    assert (guess.kind, guess.confidence) == (PieceKind.OFFER, Confidence.PROBABLE)


@given(st.text(max_size=80), st.text(max_size=300))
def test_any_name_and_page_give_a_reason(name: str, page: str) -> None:
    assert guess_kind(name, page).reason
