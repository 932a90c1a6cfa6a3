"""The weights in the process that loads them. Door of llama-cpp-python, by its low-level functions.

The library's own `Llama` object keeps a score for every word of the vocabulary and every token of
a batch (311 MB for the default model) and remembers one prefix only.
"""

import codecs
import ctypes
import os
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from threading import Lock
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from assistant.llm.language_model import ChatFormat, Prompt, Segment
from ingestion.errors import ModelUnavailable

# The library imports diskcache, which unpickles what stands on the disk (CVE-2025-69872), for a
# cache that nobody makes here: an empty module in its place is loaded, and never it.
sys.modules.setdefault("diskcache", ModuleType("diskcache"))

import llama_cpp  # noqa: E402
from llama_cpp.llama_grammar import json_schema_to_gbnf  # noqa: E402

CONTEXT_TOKENS = 4096
"""The most that a prompt and its reply may have together."""

PAUSE_TOKENS = 128
"""Tokens read between two pauses, about 1.2 s on two cores; 64 read 10 % slower."""

REMEMBERED_BYTES = 100_000_000
"""Memory for the states of prefixes seen before: about 3,500 tokens of the default model."""

TOO_LONG = "Le modèle n'a pas pu lire le texte : trop long pour sa mémoire."

CHECKED = "Le délai de paiement est de trente jours."
"""What every model of French reads better than chance, whatever its vocabulary."""

CHECKED_SINGLY = 3
"""Its last tokens, which are read one by one as well."""

MOST_DIFFERENT = 0.02
"""One minus the correlation of the scores of two readings of one text: 0.001 when all is well."""

Tokens = tuple[int, ...]

_silence = llama_cpp.llama_log_callback(lambda level, text, data: None)


class LlamaModel:
    """A GGUF file, read greedily; prefixes seen before are restored, not read again."""

    engine = None

    def __init__(
        self, path: Path, name: str, chat_format: ChatFormat, *, plain: bool = False
    ) -> None:
        """Load the weights; raises ModelUnavailable when the library refuses the file.

        `plain` leaves out what llama.cpp calculates in other ways on some processors (matrix
        instructions, weights rearranged): slower, for a processor on which these go wrong.
        """
        if plain:
            os.environ["GGML_CPU_TILED_MM"] = "0"  # read by the library when it first multiplies
        llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
        parameters = _model_parameters(plain=plain)
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        context = model and llama_cpp.llama_init_from_model(model, _context_parameters())
        if not model or not context:
            raise ModelUnavailable(
                f"Le modèle {path.name} ne se charge pas (fichier abîmé ou mémoire insuffisante). "
                "Vérifiez-le : sourcier models verify"
            )
        self._model, self._context = model, context
        self._memory = llama_cpp.llama_get_memory(context)
        self._vocabulary = llama_cpp.llama_model_get_vocab(model)
        self._vocabulary_size = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        self._chat_format = chat_format
        self.name = name
        self._held: Tokens = ()
        self._remembered: OrderedDict[Tokens, bytes] = OrderedDict()
        self._lock = Lock()

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """Always the likeliest token; ends at the model's own end mark or after `max_tokens`."""
        with self._lock, self._choosing(schema) as choose:
            yield from self._read(self._chat_format.segments(prompt))
            decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
            for _ in range(max_tokens):
                token = choose()
                if llama_cpp.llama_vocab_is_eog(self._vocabulary, token):
                    return
                yield decoder.decode(self._spell(token))
                self._decode((token,))

    def disagreement(self) -> str:
        """What is wrong with how this processor calculates, in French; "" when nothing is seen.

        The end of a known text is read token by token, then with the rest at once, which other
        instructions do: the scores must be alike, and the text likelier than chance.
        """
        with self._lock:
            tokens = self._tokenize(CHECKED, mark=False)
            self._forget()
            self._decode(tokens[:-CHECKED_SINGLY])
            surprises = []
            for token in tokens[-CHECKED_SINGLY:]:
                surprises.append(-_log_shares(self._scores())[token])
                self._decode((token,))
            singly = _log_shares(self._scores())
            self._forget()
            self._decode(tokens)
            different = 1 - np.corrcoef(singly, self._scores())[0, 1]
            self._forget()
        if not different <= MOST_DIFFERENT:  # neither when it is not a number
            return f"lu d'un coup ou mot à mot, un même texte diffère de {different:.3f}"
        if not np.mean(surprises) < np.log(self._vocabulary_size):
            return f"une phrase connue est lue au hasard ({np.mean(surprises):.1f})"
        return ""

    @contextmanager
    def _choosing(self, schema: str) -> Iterator[Callable[[], int]]:
        """What names the next token: the likeliest, among those that a JSON schema lets follow."""
        if not schema:
            yield lambda: int(self._scores().argmax())
            return
        rules = json_schema_to_gbnf(schema).encode()
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for sampler in (
            llama_cpp.llama_sampler_init_grammar(self._vocabulary, rules, b"root"),
            llama_cpp.llama_sampler_init_greedy(),
        ):
            llama_cpp.llama_sampler_chain_add(chain, sampler)
        try:
            yield lambda: int(llama_cpp.llama_sampler_sample(chain, self._context, -1))
        finally:
            llama_cpp.llama_sampler_free(chain)

    def _read(self, segments: Sequence[Segment]) -> Generator[None, None, None]:
        """Bring the context to hold exactly these segments, pausing while it reads."""
        cut = [self._tokens(segment) for segment in segments]
        ends = [sum(cut[: i + 1], ()) for i in range(len(cut))]
        if len(ends[-1]) > CONTEXT_TOKENS:
            raise ModelUnavailable(TOO_LONG)
        self._restore(ends)
        for end in ends:
            if len(end) <= len(self._held):
                continue
            for first in range(len(self._held), len(end), PAUSE_TOKENS):
                self._decode(end[first : min(first + PAUSE_TOKENS, len(end))])
                yield
            if end is not ends[-1]:
                self._remember(end)

    def _restore(self, ends: Sequence[Tokens]) -> None:
        """Go back to the longest beginning at hand, in the context or among those remembered.

        The last token is always read anew, since scores are only kept for what was read last.
        """
        whole = ends[-1]
        shared = _common(self._held, whole[:-1])
        known = next((end for end in reversed(ends[:-1]) if end in self._remembered), ())
        if len(known) <= len(shared) and self._cut(len(shared)):
            self._held = shared
            return
        self._forget()
        if known:
            self._remembered.move_to_end(known)
            state = self._remembered[known]
            buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
            llama_cpp.llama_state_seq_set_data(self._context, buffer, len(state), 0)
            self._held = known

    def _cut(self, tokens: int) -> bool:
        """Forget what follows so many tokens; a recurrent model forgets all or nothing."""
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, 0, tokens, -1))

    def _forget(self) -> None:
        llama_cpp.llama_memory_seq_rm(self._memory, 0, -1, -1)
        self._held = ()

    def _remember(self, tokens: Tokens) -> None:
        if tokens in self._remembered:
            return
        size = llama_cpp.llama_state_seq_get_size(self._context, 0)
        buffer = (ctypes.c_uint8 * size)()
        llama_cpp.llama_state_seq_get_data(self._context, buffer, size, 0)
        self._remembered[tokens] = bytes(buffer)
        while sum(map(len, self._remembered.values())) > REMEMBERED_BYTES:
            self._remembered.popitem(last=False)

    def _decode(self, tokens: Tokens) -> None:
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        batch = llama_cpp.llama_batch_get_one(array, len(tokens))
        if llama_cpp.llama_decode(self._context, batch):
            raise ModelUnavailable(TOO_LONG)
        self._held += tuple(tokens)

    def _scores(self) -> NDArray[np.float32]:
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._vocabulary_size,))

    def _tokens(self, segment: Segment) -> Tokens:
        return sum((self._tokenize(piece.text, mark=piece.mark) for piece in segment), ())

    def _tokenize(self, text: str, *, mark: bool) -> Tokens:
        encoded = text.encode(errors="replace")  # half of a surrogate pair is not a letter
        room = len(encoded) + 8
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(
            self._vocabulary, encoded, len(encoded), tokens, room, False, mark
        )
        assert count >= 0, f"{count} tokens for {len(encoded)} bytes"
        return tuple(tokens[:count])

    def _spell(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, 256, 0, False)
        return buffer.raw[: max(0, size)]


def _common(first: Tokens, second: Tokens) -> Tokens:
    """The longest beginning of both."""
    pairs = zip(first, second, strict=False)
    return tuple(a for a, b in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _log_shares(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Natural logarithms of probabilities."""
    below = scores.astype(np.float64) - scores.max()
    shares: NDArray[np.float64] = below - np.log(np.exp(below).sum())
    return shares


def _model_parameters(*, plain: bool) -> llama_cpp.llama_model_params:
    parameters: llama_cpp.llama_model_params = llama_cpp.llama_model_default_params()
    # Weights are rearranged for this processor when loaded; mapping the file as well would keep
    # both forms in memory (600 MB more for the default model).
    parameters.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE
    parameters.use_extra_bufts = not plain
    return parameters


def _context_parameters() -> llama_cpp.llama_context_params:
    parameters: llama_cpp.llama_context_params = llama_cpp.llama_context_default_params()
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_batch = parameters.n_ubatch = PAUSE_TOKENS
    parameters.n_seq_max = 1
    parameters.n_threads = parameters.n_threads_batch = len(os.sched_getaffinity(0))
    parameters.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
    parameters.no_perf = True
    return parameters


# Was the engine compiled for this processor?
#
# It is compiled on the machine that installs Sourcier, for all that its processor can do. In an
# environment that was copied, or a virtual machine that was moved, it may use instructions which
# the processor at hand does not have: the first of them ends the process.

FLAGS = {
    "SSE3": "pni",
    "SSSE3": "ssse3",
    "AVX": "avx",
    "AVX_VNNI": "avx_vnni",
    "AVX2": "avx2",
    "F16C": "f16c",
    "FMA": "fma",
    "BMI2": "bmi2",
    "AVX512": "avx512f",
    "AVX512_VBMI": "avx512vbmi",
    "AVX512_VNNI": "avx512_vnni",
    "AVX512_BF16": "avx512_bf16",
    "AMX_INT8": "amx_int8",
}
"""Sets of instructions as llama.cpp names those it was compiled with, and as Linux does."""

_USED = re.compile(r"(\w+) = 1\b")
_FLAGS = re.compile(r"^flags\s*:(.*)$", re.MULTILINE)


def require_engine() -> None:
    """Raises ModelUnavailable when the engine uses instructions that the processor lacks."""
    described: bytes = llama_cpp.llama_print_system_info()
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    if absent := lacking(described.decode(), cpuinfo):
        raise ModelUnavailable(
            "Le moteur du modèle de langue a été compilé pour un processeur qui a "
            f"{', '.join(absent)} ; celui-ci ne l'a pas (dossier copié, ou machine virtuelle "
            "déplacée). Recompilez-le : make engine"
        )


def lacking(compiled_with: str, cpuinfo: str) -> list[str]:
    """The sets of instructions that the engine uses and the processor lacks, as Linux names them.

    `compiled_with` is what llama.cpp says of itself ("CPU : AVX = 1 | AVX2 = 1 | …"), `cpuinfo` the
    text of /proc/cpuinfo; a processor that has no flags there (ARM) is not judged. Pure.
    """
    if (found := _FLAGS.search(cpuinfo)) is None:
        return []
    flags = found[1].split()
    used = [FLAGS[name] for name in _USED.findall(compiled_with) if name in FLAGS]
    return [flag for flag in used if flag not in flags]
