import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from ingestion.encoders.network import (
    Adapter,
    joined,
    learnt,
    merge,
    open_to_learning,
    read_adapter,
    write_adapter,
)
from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import Taught, find_taught, own_folder, taught_file


class _Network(nn.Module):
    """Two layers of numbered blocks, and one that is not of them."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 4))
        self.head = nn.Linear(4, 2)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.head(self.encoder(rows))
        return answer


def _taught_network() -> tuple[_Network, Adapter, torch.Tensor, torch.Tensor]:
    """A network, what it was taught, rows, and what the taught network makes of them."""
    torch.manual_seed(3)
    network, rows = _Network(), torch.randn(5, 6)
    plain = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    learning = open_to_learning(network, rank=2)
    for layer in learning.values():
        layer.up.data.normal_()
    expected = network(rows).detach()
    untaught = _Network()
    untaught.load_state_dict(plain)
    return untaught, learnt(learning, {"lessons": "5"}), rows, expected


def test_what_was_learnt_is_merged_into_the_weights(tmp_path: Path) -> None:
    network, adapter, rows, expected = _taught_network()
    write_adapter(tmp_path / "a" / "file.safetensors", adapter)
    read = read_adapter(tmp_path / "a" / "file.safetensors")
    assert read.card == {"lessons": "5"}
    assert not torch.allclose(network(rows), expected, atol=1e-2)
    merge(network, read)
    torch.testing.assert_close(network(rows), expected, atol=1e-2, rtol=1e-2)


def test_only_the_linear_layers_of_numbered_blocks_learn() -> None:
    network = _Network()
    assert set(open_to_learning(network, rank=2)) == {"encoder.0", "encoder.2"}
    learning = {name for name, each in network.named_parameters() if each.requires_grad}
    assert learning == {f"encoder.{layer}.{part}" for layer in (0, 2) for part in ("down", "up")}


def test_blocks_below_the_lowest_stay_as_they_are() -> None:
    network = _Network()
    assert set(open_to_learning(network, rank=2, lowest=2)) == {"encoder.2"}
    learning = {name for name, each in network.named_parameters() if each.requires_grad}
    assert learning == {"encoder.2.down", "encoder.2.up"}


def test_what_was_learnt_twice_is_one_adapter() -> None:
    network, first, rows, _ = _taught_network()
    second = Adapter(
        {"encoder.2": torch.randn(3, 8)}, {"encoder.2": torch.randn(4, 3)}, {"a": rows}, {"b": "c"}
    )
    both = joined(first, second)
    assert (both.own, both.card) == (second.own, second.card)
    twice = copy.deepcopy(network)
    merge(twice, first)
    merge(twice, second)
    merge(network, both)
    torch.testing.assert_close(network(rows), twice(rows), atol=1e-4, rtol=1e-4)


def test_layers_of_its_own_are_kept(tmp_path: Path) -> None:
    own = {"relevant.weight": torch.tensor([[0.5, -2.0]])}
    write_adapter(tmp_path / "file.safetensors", Adapter({}, {}, own))
    assert read_adapter(tmp_path / "file.safetensors").own["relevant.weight"].tolist() == [
        [0.5, -2.0]
    ]


@pytest.mark.parametrize("content", [b"", b"not weights", b"\x08" + bytes(7) + b"{}      "])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="models train"):
        read_adapter(path)


def test_the_data_folder_comes_before_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr("ingestion.models.catalogue.SHIPPED", shipped)
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) is None
    shipped.mkdir()
    with_project = taught_file(shipped, Taught.RETRIEVER, "ab" * 32)
    with_project.touch()
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) == with_project
    assert find_taught(tmp_path, Taught.RETRIEVER, "cd" * 32) is None, "of other weights"
    own_folder(tmp_path).mkdir(parents=True)
    own = taught_file(own_folder(tmp_path), Taught.RETRIEVER, "ab" * 32)
    own.touch()
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) == own
