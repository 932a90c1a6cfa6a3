"""The same weights by the library's own high-level object, as frameworks drive them."""

import os
from pathlib import Path
from typing import Any

from llama_cpp import Llama
from llama_cpp.llama_grammar import LlamaGrammar

from assistant.llm.llama import CONTEXT_TOKENS
from tests.studies.strategies.strategy import LONGEST, Moment, Reached, prompt


class Library:
    """llama-cpp-python's `Llama`, greedy, with the chat format of the file."""

    def __init__(self, path: Path) -> None:
        threads = len(os.sched_getaffinity(0))
        self._llama = Llama(
            str(path),
            n_ctx=CONTEXT_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            flash_attn=True,
            verbose=False,
        )

    def generate(self, request: str, reached: Reached, grammar: str | None = None) -> str:
        messages: Any = [
            {"role": "system", "content": prompt("system").fill()},
            {"role": "user", "content": request},
        ]
        chunks: Any = self._llama.create_chat_completion(
            messages,
            temperature=0.0,
            max_tokens=LONGEST,
            stream=True,
            grammar=LlamaGrammar.from_string(grammar, verbose=False) if grammar else None,
        )
        text = ""
        for chunk in chunks:
            if piece := chunk["choices"][0]["delta"].get("content"):
                reached(Moment.TEXT)
                text += piece
        return text.strip()
