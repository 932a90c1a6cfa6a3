"""Was the engine compiled for this processor? Pure.

llama.cpp is compiled on the machine that installs Sourcier, for all that its processor can do. In
an environment that was copied, or a virtual machine that was moved, it may use instructions which
the processor at hand does not have: the first of them ends the process.
"""

import re
from collections.abc import Collection

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


def lacking(compiled_with: str, cpuinfo: str) -> list[str]:
    """The sets of instructions that the engine uses and the processor lacks, as Linux names them.

    `compiled_with` is what llama.cpp says of itself, `cpuinfo` the text of /proc/cpuinfo; a
    processor that has no flags there (ARM) is not judged.
    """
    if (found := _FLAGS.search(cpuinfo)) is None:
        return []
    flags: Collection[str] = found[1].split()
    used = [FLAGS[name] for name in _USED.findall(compiled_with) if name in FLAGS]
    return [flag for flag in used if flag not in flags]
