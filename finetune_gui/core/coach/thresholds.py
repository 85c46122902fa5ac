"""From where on the rules of the coach speak: every number of theirs, in one table.

Most were set by looking at trainings that were ill on purpose, beside healthy ones; see
``tests/benchmarks/bench_coach.py``, which shows how often they are right.
"""

from __future__ import annotations

# Learning rate
COLLAPSE = 0.15  # validation accuracy fallen this far below the frozen baseline, as a fraction
STILL_COLLAPSED = 0.10  # ... and still as far below it at the end
LOSS_EXPLODED = 1.5  # training loss of an epoch, as a multiple of that of guessing
CRAWL = 0.45  # the training loss fell by less than this share of what there was to gain
CRAWL_EPOCHS = 4  # fewer epochs say nothing about a crawl
ROOM_LEFT = 0.08  # what was left to gain, as a share of the way from guessing to perfect

# Length
STILL_FALLING = 0.06  # validation loss fell by this share over the last third of the epochs
FEW_EPOCHS = 4  # a run of so few may just not have had its time
TURNED = 1.15  # validation loss at the end, as a multiple of its lowest
TURNED_BY = 0.1  # ... and at least so much above it
TURNED_EPOCHS = 2  # the lowest lies at least so many epochs back

# Fit
GAP = 0.12  # training accuracy above validation accuracy, as a fraction
WIDE_GAP = 0.25  # from here on it is a problem even where validation did not get worse
LEARNED_BY_HEART = 0.97  # training accuracy
UNDERFIT = 0.75  # training accuracy at the end
FEW_TO_VARY = 60  # photos of a typical class; with more of them augmentation matters less
AUGMENTED_AWAY = 0.20  # validation accuracy above that on augmented training photos

# Data
FEW_PHOTOS = 8  # of a class, for training
STARVING = 5  # times fewer photos than the largest class
STARVING_RECALL = 0.25  # recall below the mean of the other classes
WIDE_INTERVAL = 0.15  # half of the 95 % interval of the validation accuracy
CONFUSED = 0.3  # share of a class that is called another one
CONFUSED_PHOTOS = 3
EASIER = 0.08  # validation above training accuracy, both on plain photos

# Input
TIMES_LARGER = 3.0  # the photos' shorter side, as a multiple of the network's input
SMALL_INPUT = 192  # pixels; what is seen at more than that is seldom too small

# Values
SANE_LR = {"adamw": 2e-3, "sgd": 0.1}  # up to here a loss that explodes has another cause
DEAD_UNITS = 0.8  # of what the head is given says the same of every photo; half is usual

# Time
WAITED = 0.35  # of the training of a typical epoch
WAITED_SECONDS = 20.0  # in all; less is not worth a word
PINNED_SECONDS = 60.0  # of training; who is done sooner has no need of more speed
DECODED = 0.5  # of the photos, in a typical epoch after the first

# Batch
TINY_BATCH = 4  # photos; with fewer the gradient of a batch is mostly noise
THROWN_BACK = 0.1  # validation accuracy of an epoch below that of the frozen baseline

LITTLE_GAIN = 0.01  # validation accuracy that fine-tuning must add to be worth its time
GOING_WELL_EPOCHS = 2  # before, there is nothing to praise
