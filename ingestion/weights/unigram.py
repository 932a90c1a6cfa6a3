"""The tokenizer of the embedded embedding model, in the JSON that `tokenizers` reads.

SentencePiece unigram as multilingual models use it: normalise, one leading space before each
word, `<s>` and `</s>` around the text.
"""

from ingestion.weights.e5_file import Vocabulary

MAX_TOKENS = 512
MASK = "<mask>"

# The model's own normalisation is NFKC and two rules more: these vanish, those become one space.
VANISHING = r"[\x{01}-\x{08}\x{0b}\x{0e}-\x{1f}\x{7f}\x{8f}\x{9f}]"
SPACES = r"[\s\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]+"


def tokenizer(vocabulary: Vocabulary) -> dict[str, object]:
    """Describe the whole tokenizer: the content of `tokenizer.json`."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added(vocabulary, number) for number in _special(vocabulary)],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": VANISHING}, "content": ""},
                {"type": "Replace", "pattern": {"Regex": SPACES}, "content": " "},
                {"type": "Strip", "strip_left": True, "strip_right": True},
            ],
        },
        "pre_tokenizer": _metaspace(),
        "post_processor": _template(vocabulary),
        "decoder": _metaspace(),
        "model": {
            "type": "Unigram",
            "unk_id": vocabulary.unknown,
            "vocab": list(zip(vocabulary.pieces, vocabulary.scores, strict=True)),
            "byte_fallback": False,
        },
    }


def settings(vocabulary: Vocabulary) -> dict[str, object]:
    """Name the special pieces for transformers: the content of `tokenizer_config.json`."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": MAX_TOKENS,
        "padding_side": "right",
        "truncation_side": "right",
        "clean_up_tokenization_spaces": False,
        "bos_token": vocabulary.pieces[vocabulary.begin],
        "cls_token": vocabulary.pieces[vocabulary.begin],
        "eos_token": vocabulary.pieces[vocabulary.end],
        "sep_token": vocabulary.pieces[vocabulary.end],
        "pad_token": vocabulary.pieces[vocabulary.padding],
        "unk_token": vocabulary.pieces[vocabulary.unknown],
    }


def _special(vocabulary: Vocabulary) -> list[int]:
    numbers = {vocabulary.begin, vocabulary.padding, vocabulary.end, vocabulary.unknown}
    if vocabulary.pieces[-1] == MASK:
        numbers.add(len(vocabulary.pieces) - 1)
    return sorted(numbers)


def _added(vocabulary: Vocabulary, number: int) -> dict[str, object]:
    piece = vocabulary.pieces[number]
    return {
        "id": number,
        "content": piece,
        "single_word": False,
        "lstrip": piece == MASK,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _metaspace() -> dict[str, object]:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}


def _template(vocabulary: Vocabulary) -> dict[str, object]:
    ends = {vocabulary.pieces[n]: n for n in (vocabulary.begin, vocabulary.end)}
    begin, end = ({"SpecialToken": {"id": piece, "type_id": 0}} for piece in ends)
    first, second = ({"Sequence": {"id": part, "type_id": 0}} for part in "AB")
    return {
        "type": "TemplateProcessing",
        "single": [begin, first, end],
        "pair": [begin, first, end, end, second, end],
        "special_tokens": {
            piece: {"id": piece, "ids": [number], "tokens": [piece]}
            for piece, number in ends.items()
        },
    }
