"""Writes ``resources/architectures.csv``: which tensors the networks of timm and torchvision have.

``python -m packaging.make_architectures``; to be run again when one of the two is updated. It
builds some 1,450 networks without memory, which takes several minutes.
"""

from __future__ import annotations

import csv
import sys
import warnings
from dataclasses import asdict, fields

import timm
from timm.layers import weight_init

from finetune_gui.core.paths import resource
from finetune_gui.engine import torchvision_networks
from finetune_gui.engine.recognise import TABLE, Architecture, describe


def main() -> int:
    """Write the table; names what cannot be built."""
    warnings.simplefilter("ignore")  # timm's, about networks that nobody should use any more
    # Without memory there is nothing to draw, yet going about it takes most of the time.
    vars(weight_init)["_trunc_normal_"] = lambda tensor, *_limits: tensor
    names = [*timm.list_models(), *torchvision_networks.names()]
    with resource(TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Architecture)], lineterminator="\n")
        writer.writeheader()
        for name in names:
            try:
                writer.writerow(asdict(describe(name)))
            except (RuntimeError, ValueError, TypeError, AssertionError, AttributeError) as error:
                sys.stderr.write(f"left out: {name} ({error})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
