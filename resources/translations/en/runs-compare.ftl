# Comparing runs.
runs-job-compare = Comparing runs
runs-job-judge = Judging validation photos
runs-comparing = Reading the runs…
runs-judging = The models are asked about their validation photos
runs-compare-title = Compare runs
runs-compare-subtitle = { $n } runs: curves, settings, and whether a difference is real
runs-compare-back = All runs
runs-compare-split = Photos to compare on
runs-compare-reference = Compared with
runs-compare-pair = Which two runs
runs-compare-test-why = For the last word only: whoever chooses a run by its test photos can trust its test accuracy no longer.
runs-compare-test-not-yet = Not every run was evaluated on its test photos. Keep them for the one you choose in the end.
runs-view-overview = Overview
runs-view-photos = Photos where they differ
runs-verdict = Is the difference real?
runs-verdict-real = Real: “{ $better }” is better than “{ $worse }”
runs-verdict-unclear = Cannot tell “{ $first }” and “{ $second }” apart
runs-verdict-same = “{ $first }” and “{ $second }” do the same
runs-verdict-none = “{ $first }” and “{ $second }” cannot be compared
runs-verdict-none-text = There is no photo that both were judged on: they learned from other photos or split them otherwise. Train both on the same photos with the same split to compare them.
runs-verdict-same-text = They are right and wrong on the same photos, all { $n } of them.
runs-verdict-counts = “{ $second }” is right on { $right ->
    [one] 1 photo
   *[other] { $right } photos
  } that “{ $first }” gets wrong, and wrong on { $wrong } that “{ $first }” gets right.
runs-verdict-figures = Accuracy { $points } percentage points (95 % interval { $low } to { $high }), { $p }.
runs-verdict-chance = { $n } photos decide differently, and it could be chance.
runs-verdict-too-few = Only { $n ->
    [one] 1 photo decides
   *[other] { $n } photos decide
  } differently: too few to tell, whichever way they fall. More validation photos would help.
runs-basis-validation = Judged on { $n ->
    [one] 1 validation photo
   *[other] { $n } validation photos
  }; the test (McNemar’s) speaks of these models, and another seed may turn out otherwise.
runs-basis-test = Judged on { $n ->
    [one] 1 test photo
   *[other] { $n } test photos
  }; the test (McNemar’s) speaks of these models, and another seed may turn out otherwise.
runs-basis-common = Only { $n } photos were judged by all, of up to { $most } each.
runs-basis-holm = p is adjusted for { $n } comparisons (Holm).
runs-plot-accuracy = Validation accuracy
runs-plot-loss = Validation loss
runs-metrics = Figures
runs-metric-accuracy = Accuracy, same photos
    .help = On the { $n } photos that all runs judged, with the range in which the true accuracy for photos of this kind probably lies (95 %).
runs-metric-f1 = Macro-F1, same photos
    .help = The mean F1 of all classes, large or small, with its 95 % range from 1,000 random redraws of the photos.
runs-metric-best = Best validation accuracy
    .help = While training, on the run’s own validation photos, with its 95 % range.
runs-metric-loss = Lowest validation loss
    .help = Of the baseline and all epochs. It can only be compared between runs with the same validation photos.
runs-metric-epochs = Epochs
runs-metric-epochs-best = { $epochs ->
    [one] 1, best: { $best }
   *[other] { $epochs }, best: { $best }
  }
runs-metric-epochs-baseline = { $epochs }, best: before fine-tuning
runs-metric-time = Training time
runs-differences = Settings that differ
runs-differences-none = All settings are the same.
runs-no-model = Only curves and settings can be compared.
runs-no-model-text = No model is kept of { $runs } yet.
runs-no-photos-text = { $runs } has no validation photos of its own. Evaluate all of them on the test photos, then they are compared by those.
runs-not-judged = To say whether the difference is real, the models have to be asked photo by photo.
runs-not-judged-text = { $n ->
    [one] Of 1 run the answers to its validation photos are not kept yet.
   *[other] Of { $n } runs the answers to their validation photos are not kept yet.
  } Test photos are left alone.
runs-judge = Ask them now
runs-photos-none = There are none.
runs-photos-pair = { $first } / { $second }
runs-photos-only = Only “{ $run }” is right ({ $n })
runs-photos-truth = { $truth }
runs-photos-other = The other: { $answer }
