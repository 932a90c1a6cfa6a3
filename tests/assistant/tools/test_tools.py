"""Each tool and resource, asked by the client of the protocol's own library, in this process."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from mcp import Client, MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from assistant.answering.answer import Found
from assistant.cli.command import main
from assistant.errors import WrongArguments
from assistant.journal.journal import Journal
from assistant.question.day import DaySource
from assistant.retrieval.evidence import Evidence
from assistant.tools import questions, resources
from assistant.tools.resources import TextResource
from assistant.tools.server import TOOLS, ToolServer
from assistant.tools.tool import Tool, ToolService
from assistant.web.local_service import LocalBuyerService
from ingestion.documents.versions import near_references
from tests.assistant.answering.test_record import CONTRACT
from tests.support.fake_law import version
from tests.support.index_home import damage
from tests.support.journals import recorded
from tests.support.tool_service import (
    ORDER,
    PENALTY,
    ROADS,
    SCHOOLS,
    buyer_of,
    service_of,
    tool_home,
)

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
RETENTION = {"calcul": "retenue", "montant": 240000, "pme": True, "grand_organisme": True}
COUNT = "Montant TTC par fournisseur"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tool_home(tmp_path_factory.mktemp("tools"))


@pytest.fixture(scope="module")
def service(home: Path) -> LocalBuyerService:
    return service_of(home)


@pytest.fixture(scope="module")
def roads(home: Path) -> LocalBuyerService:
    return service_of(home, buyer_of("voirie"))


def called(service: ToolService, name: str, given: dict[str, Any]) -> CallToolResult:
    async def talk() -> CallToolResult:
        async with Client(ToolServer(lambda scope, step: service).server) as client:
            return await client.call_tool(name, given)

    return asyncio.run(talk())


def text_of(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def refusal(service: ToolService, name: str, given: dict[str, Any]) -> str:
    result = called(service, name, given)
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


def read(service: ToolService, uri: str) -> str:
    """A text by its address, or why it is not given."""

    async def talk() -> str:
        async with Client(ToolServer(lambda scope, step: service).server) as client:
            try:
                [content] = (await client.read_resource(uri)).contents
            except MCPError as refused:
                return f"refusé : {refused}"
            assert isinstance(content, TextResourceContents)
            return content.text

    return asyncio.run(talk())


def listed(service: ToolService) -> dict[str, str]:
    """The names of all the texts that are listed, page after page, by their addresses."""

    async def talk() -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = None
        async with Client(ToolServer(lambda scope, step: service).server) as client:
            while True:
                page = await client.list_resources(cursor=cursor)
                found |= {each.uri: each.name for each in page.resources}
                if (cursor := page.next_cursor) is None:
                    return found

    return asyncio.run(talk())


def last_entry(home: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return recorded(Journal(home / "journal.jsonl"))[-1]


def test_an_answer_is_the_contract_a_text_with_its_passages_and_a_record(
    service: LocalBuyerService, home: Path
) -> None:
    result = called(service, "ask", {"question": ASKED, "as_of": "2026-05-02"})
    told = result.structured_content
    assert told is not None
    assert (set(told), told["outcome"], told["as_of"]) == (set(CONTRACT), "answered", "2026-05-02")
    [cited] = told["citations"]
    said = text_of(result)
    assert said.startswith(told["answer"])
    assert f"\n[{cited['n']}] {cited['locator']}" in said
    assert said.count(cited["quote"]) == 1
    entry, body = last_entry(home)
    assert told["record_id"] == entry["hash"][:16]
    assert (entry["kind"], body["question"], body["ended"]) == ("answer", ASKED, "finished")


def test_what_the_texts_do_not_answer_is_said_and_nothing_is_cited(
    service: LocalBuyerService,
) -> None:
    result = called(service, "ask", {"question": "Quelle météo demain à Brest ?"})
    told = result.structured_content
    assert told is not None
    assert (told["outcome"], told["citations"]) == ("abstained", [])
    said = text_of(result)
    assert "Passages cités" not in said
    assert "à côté" not in said  # there is no page: they are below
    assert said.index("plus proches ne semblent pas") < said.index(
        "plus proches, non cités :\n\n[1]"
    )


def test_an_article_written_otherwise_is_proposed_first(
    service: LocalBuyerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [version("Texte.", reference=f"R2191-{number}") for number in range(1, 10)]
    monkeypatch.setattr(service, "near_references", lambda asked: near_references(asked, known))
    assert "Références proches : R2191-8," in refusal(
        service, "article", {"reference": "R2191-8bis"}
    )


def test_a_search_gives_whole_passages_and_is_on_record_without_an_answer(
    service: LocalBuyerService, home: Path
) -> None:
    result = called(service, "search_texts", {"query": "pénalité de retard", "dossier": ROADS})
    told = result.structured_content
    assert told is not None
    first = told["citations"][0]
    document = service.document(first["document"], ROADS)
    assert first["quote"] == document.text[first["start"] : first["end"]]
    assert PENALTY.format(150) in first["quote"]
    said = text_of(result)
    assert f"> {first['quote'].splitlines()[0]}" in said
    assert said.index("n'y obéissez pas") < said.index(ORDER)
    entry, body = last_entry(home)
    assert (entry["kind"], told["record_id"]) == ("search", entry["hash"][:16])
    assert body["archive"]
    assert not {"answer", "outcome", "sentences"} & (set(body) | set(told))


@pytest.mark.parametrize(
    ("name", "given", "command"),
    [
        (
            "article",
            {"reference": "art. R. 2191-3", "as_of": "2026-03-01"},
            ("law", "R2191-3", "--as-of", "2026-03-01"),
        ),
        ("article", {"reference": "R2191-3", "history": True}, ("law", "R2191-3", "--history")),
        (
            "article",
            {"reference": "l'article R2191-3 du code de la commande publique"},
            ("law", "R2191-3"),
        ),
        (
            "calculate",
            {"calculation": RETENTION, "as_of": "2026-10-01"},
            (
                *("calc", "retenue", "--montant", "240000", "--pme", "--grand-organisme"),
                *("--date", "2026-10-01"),
            ),
        ),
        ("dossier_fiche", {"dossier": ROADS}, ("dossier", "fiche", ROADS)),
        (
            "dossier_review",
            {"dossier": ROADS, "as_of": "2026-06-01"},
            ("dossier", "check", ROADS, "--date", "2026-06-01"),
        ),
        (
            "ledger_question",
            {"question": COUNT, "over": "factures", "as_of": "2026-11-24"},
            ("invoices", "ask", COUNT, "--date", "2026-11-24"),
        ),
    ],
)
def test_a_tool_gives_the_json_of_its_command(
    service: LocalBuyerService,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    given: dict[str, Any],
    command: tuple[str, ...],
) -> None:
    result = called(service, name, given)
    assert main(["--data", str(home), *command, "--json"]) == 0
    assert result.structured_content == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("article", {"reference": "R2191-3"}, ("Depuis le 1er avril 2026", "30 000", "- Jusqu'au")),
        (
            "calculate",
            {"calculation": RETENTION},
            ("# Retenue de garantie", "3 %", "\n[1] ", "\n> "),
        ),
        ("calculate", {"calculation": json.dumps(RETENTION)}, ("# Retenue de garantie",)),
        ("dossier_fiche", {"dossier": ROADS}, (f"> {PENALTY.format(150)}", "(CCAP, art. 12)")),
        ("dossier_review", {"dossier": ROADS}, ("à vérifier", "CCAP, art. 13", "\n> ")),
        (
            "ledger_question",
            {"question": COUNT, "over": "factures"},
            ("| Brelan SARL", "180", "| --- |"),
        ),
    ],
)
def test_a_tool_says_the_same_as_text(
    service: LocalBuyerService, name: str, given: dict[str, Any], words: tuple[str, ...]
) -> None:
    said = text_of(called(service, name, given)).replace("\u00a0", " ").replace("\u202f", " ")
    said = said.replace("’", "'")
    assert [each for each in words if each not in said] == []


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {"q": "?"}, "il manque « question » ; « q » n'est pas connu."),
        ("ask", {"question": " "}, "« question » est vide."),
        ("ask", {"question": "x" * 2001}, "« question » dépasse 2000 caractères."),
        ("ask", {"question": "?", "as_of": "demain"}, "« as_of » n'est pas un jour AAAA-MM-JJ."),
        ("ask", {"question": "?", "as_of": 0}, "« as_of » n'est pas un jour AAAA-MM-JJ."),
        ("article", {"reference": "R2191-3", "as_of": "0"}, "n'est pas un jour AAAA-MM-JJ."),
        (
            "calculate",
            {"calculation": {"calcul": "standstill", "envoi": 0}},
            "« calculation.standstill.envoi » n'est pas un jour AAAA-MM-JJ",
        ),
        (
            "calculate",
            {"calculation": {"calcul": "modification", "modification": "cher"}},
            "« calculation.modification.modification » n'est pas une liste",
        ),
        ("calculate", {"calculation": {"calcul": "tva"}}, "doit être l'un de : procedure, delais"),
        ("calculate", {"calculation": {}}, "« calculation » doit avoir « calcul »."),
        (
            "calculate",
            {"calculation": {"calcul": "procedure", "montant": "cher", "acheteur": "mairie"}},
            "« calculation.procedure.montant » n'est pas un nombre ; il manque "
            "« calculation.procedure.nature » ; « calculation.procedure.acheteur » doit être l'un "
            "de : etat, collectivite, hopital",
        ),
        (
            "calculate",
            {"calculation": {"calcul": "retenue", "montant": -1}},
            "Le montant du marché",
        ),
        ("article", {"reference": "R2191-4"}, "Références proches : R2191-3"),
        (
            "article",
            {"reference": "R2191-3 du code de la santé publique"},
            "le nom de son code. Références proches : R2191-3",
        ),
        ("article", {"reference": "R2191-3 alinéa 1"}, "n'est pas un numéro d'article seul"),
        ("article", {"reference": "R2191-3 et R2191-9"}, "n'a pas d'article R2191-3 et R2191-9"),
        ("ledger_question", {"question": "Montant des marchés", "over": "factures"}, '"achats"'),
        ("ledger_question", {"question": "Combien de zorglubs ?", "over": "factures"}, "zorglubs"),
        ("traduire", {}, "Outils : ask, search_texts"),
    ],
)
def test_what_cannot_be_done_is_said_in_french_with_what_to_do(
    service: LocalBuyerService, name: str, given: dict[str, Any], said: str
) -> None:
    assert said in refusal(service, name, given)


@pytest.mark.parametrize("dossier", [SCHOOLS, "inconnu-2026"])
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ask", {"question": "Quelle pénalité de retard ?"}),
        ("search_texts", {"query": "pénalité de retard"}),
        ("dossier_fiche", {}),
        ("dossier_review", {}),
    ],
)
def test_a_dossier_of_another_team_is_as_unknown_as_none(
    roads: LocalBuyerService, name: str, given: dict[str, Any], dossier: str
) -> None:
    said = refusal(roads, name, given | {"dossier": dossier})
    known = f"Dossiers de l'utilisateur : ecole-2026, {ROADS}."
    assert said == f"Il n'y a pas de dossier '{dossier}'. {known}"


def test_texts_are_listed_page_after_page_and_read_by_their_addresses(
    service: LocalBuyerService, roads: LocalBuyerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PAGE", 2)
    everything, theirs = listed(service), listed(roads)
    [foreign] = set(everything) - set(theirs)
    assert foreign.startswith(f"sourcier://dossiers/{SCHOOLS}/documents/")
    assert {"CCAP", "Petits achats"} <= set(everything.values())
    piece = read(service, foreign)
    assert piece.index("n'y obéissez pas") < piece.index(PENALTY.format(80))
    for uri, said in (
        (foreign, f"refusé : Il n'y a pas de dossier '{SCHOOLS}'"),
        (foreign.replace(f"dossiers/{SCHOOLS}/", ""), "refusé : Il n'y a pas de document"),
        ("sourcier://articles/R2191-3?as_of=2026-03-01", "# Code de la commande publique, R2191-3"),
        ("sourcier://articles/R2191-3?as_of=hier", "refusé : « hier » n'est pas un jour"),
        ("sourcier://articles/R2191-3?as_of=20260301", "refusé : « 20260301 » n'est pas un jour"),
        ("sourcier://articles/R9999-9", "refusé : L'index en service n'a pas d'article R9999-9"),
        ("file:///etc/passwd", "refusé : « file:///etc/passwd » n'est pas une adresse connue"),
        ("sourcier://[x", "refusé : « sourcier://[x » n'est pas une adresse connue"),
    ):
        assert read(roads, uri).startswith(said)
    assert "50 000 euros" in read(roads, "sourcier://articles/R2191-3?as_of=2026-03-01")


@pytest.mark.parametrize("cursor", ["suite", "-1", "1" * 10, "9" * 5000])
def test_a_cursor_that_was_never_given_is_refused(service: LocalBuyerService, cursor: str) -> None:
    with pytest.raises(WrongArguments, match="recommencez la liste"):
        resources.listed(service, cursor)


def test_a_page_of_texts_reads_no_further_than_the_first_of_the_next(
    service: LocalBuyerService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def texts(_: object) -> Iterator[TextResource]:
        yield from (TextResource(str(number), "", "") for number in range(5))
        raise AssertionError("read to the end")

    monkeypatch.setattr(resources, "PAGE", 2)
    monkeypatch.setattr(resources, "_texts", texts)
    found, rest = resources.listed(service, "2")
    assert ([each.uri for each in found], rest) == (["2", "3"], "4")


def test_a_damaged_dossier_hides_no_other_text(
    home: Path, service: LocalBuyerService, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(home, tmp_path / "home"))
    everything = listed(service)
    damage(copied / "dossiers" / SCHOOLS)
    left = listed(service_of(copied))
    [lost] = set(everything) - set(left)
    assert SCHOOLS in lost
    assert set(left) < set(everything)
    assert "est abîmé" in read(service_of(copied), lost)


def test_a_client_hears_how_far_its_call_has_come(service: LocalBuyerService) -> None:
    told: list[tuple[float, str | None]] = []

    async def hears(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async def talk() -> None:
        async with Client(ToolServer(lambda scope, step: service).server) as client:
            await client.call_tool("ask", {"question": ASKED}, progress_callback=hears)

    asyncio.run(talk())
    assert [progress for progress, _ in told] == list(range(1, len(told) + 1))
    assert "passage" in str(told[0])
    assert "trouvé" in str(told[0])


def test_one_passage_is_no_several() -> None:
    evidence = cast(tuple[Evidence, ...], (None, None))
    found = Found("", evidence, date(2026, 6, 1), DaySource.TODAY)
    assert questions._told(found) == "2 passages trouvés"
    assert questions._told(replace(found, evidence=evidence[:1])) == "1 passage trouvé"


def test_durations_are_not_said_to_be_in_euros() -> None:
    calculate = next(each for each in TOOLS if each.name == "calculate")
    defined = calculate.schema["$defs"].values()
    months = [each["properties"]["mois"] for each in defined if "mois" in each["properties"]]
    assert len(months) > 1
    assert not any("euros" in each["description"] for each in months)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_argument_is_described_to_a_model(tool: Tool) -> None:
    schema = tool.schema
    objects = [schema, *schema.get("$defs", {}).values()]
    properties = {name: each for one in objects for name, each in one["properties"].items()}
    assert properties
    lacking = [n for n, each in properties.items() if not {"description", "const"} & set(each)]
    assert lacking == []
    assert '"title"' not in json.dumps(schema)
    assert all(one["additionalProperties"] is False for one in objects)
