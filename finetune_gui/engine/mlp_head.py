"""A head with one hidden layer that begins as exactly the linear head it is put in place of."""

from __future__ import annotations

from torch import Tensor, nn
from typing_extensions import override

from finetune_gui.engine.network import head_of

_HIDDEN = 256


class MlpHead(nn.Linear):
    """``scores = linear(x) + mlp(x)``, features [N, F] to scores [N, C].

    It is its linear part with a correction whose last layer begins at zero (as the residual
    branches of Goyal et al. 2017, section 5.1): the fitted baseline is its starting point, and
    whatever knows how to fill or read a linear head knows this one.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        last = nn.Linear(_HIDDEN, out_features)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        # Features of some backbones are hundreds of times larger than those of others.
        self.mlp = nn.Sequential(
            nn.LayerNorm(in_features), nn.Linear(in_features, _HIDDEN), nn.GELU(), last
        )

    @override
    def forward(self, input: Tensor) -> Tensor:
        """Scores [N, C]."""
        correction: Tensor = self.mlp(input)
        return super().forward(input) + correction


def give_mlp_head(network: nn.Module) -> None:
    """Put an `MlpHead` in the place of the linear head of ``network``.

    Raises:
        UserError: its head is not linear.
    """
    linear = head_of(network)
    name = next(name for name, part in network.named_modules() if part is linear)
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, MlpHead(linear.in_features, linear.out_features))
