"""A service behind a real server, with OpenAI's client of it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event as Signal
from typing import Any

from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from assistant.answering.answer import Event, Exchange, Finished
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over
from tests.support.page_server import serving

QUESTION = "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?"
DOSSIER = "sourcier/dossier:montelyre-2026"


class ProgramService(FakeService):
    """The same service, which says when a turn has ended and knows its questions standing alone."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.ended = Signal(), Signal()

    def ask(
        self,
        question: str,
        *,
        as_of: date | None,
        history: Sequence[Exchange],
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        self.began.set()
        try:
            for event in super().ask(question, as_of=as_of, history=history, dossier=dossier):
                if isinstance(event, Finished) and history:
                    alone = f"{history[-1].question} {question}"
                    event = Finished(replace(event.result, standalone=alone))
                yield event
        finally:
            self.ended.set()


@dataclass
class Served:
    """A service behind a real server, and OpenAI's client of it."""

    service: ProgramService
    address: str
    client: OpenAI = field(init=False)

    def __post_init__(self) -> None:
        self.client = OpenAI(base_url=f"{self.address}v1", api_key="any", max_retries=0)


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


def told(completion: Any) -> str:
    return str(completion.choices[0].message.content)


@contextmanager
def served() -> Iterator[Served]:
    """One that is asked over HTTP until this ends."""
    service = ProgramService()
    with serving(app_over(service)) as address:
        yield Served(service, address)
