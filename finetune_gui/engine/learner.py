"""What learns: the parameters in groups, their optimiser, and the moving average of the weights."""

from __future__ import annotations

from typing import Any

import torch
from timm.optim._param_groups import param_groups_layer_decay
from torch import nn

from finetune_gui.core.recipe import OptimRecipe, Recipe
from finetune_gui.engine.average import moving_average
from finetune_gui.engine.checkpoint import Learner


def parameter_groups(network: nn.Module, optim: OptimRecipe) -> Any:
    """What learns, in groups for torch's optimisers; ``lr_scale`` is a group's share of ``lr``.

    The head gets all of it, each layer before it ``layer_decay`` times that of the one behind it
    (Clark et al. 2020, ELECTRA); biases and norms are not decayed.
    """
    return param_groups_layer_decay(
        network, weight_decay=optim.weight_decay, layer_decay=optim.layer_decay
    )


def make_optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimiser with a learning rate for each layer, see `parameter_groups`."""
    optim = recipe.optim
    groups = parameter_groups(network, optim)
    if optim.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=optim.lr, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=optim.lr)


def make_learner(network: nn.Module, recipe: Recipe) -> Learner:
    """All that learns of ``network``, at its beginning."""
    decay = recipe.optim.weight_average
    average = moving_average(network, decay) if decay else None
    return Learner(network, make_optimizer(network, recipe), average)
