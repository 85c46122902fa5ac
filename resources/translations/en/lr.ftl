# The learning-rate finder: a test of rates from tiny to huge, and three short trainings.

lr-title = Find a learning rate
lr-subtitle = The rate grows from one correction to the next while the loss is watched. Your runs and models are not touched. It takes about a minute.
lr-find = Find…
lr-find-tip = Find a learning rate by a short test
lr-start = Start the test
lr-again = Test again
lr-try = Try three
lr-try-tip = Trains briefly with a third of the suggestion, with it, and with three times it.
lr-use-it = Use it
lr-use = Use { $lr }
lr-empty = The curve appears here during the test.
lr-view-test = Test
lr-view-trials = Three short trainings

lr-plot = Loss by learning rate
lr-plot-loss = Loss
lr-plot-raw = Loss, each correction
lr-plot-at = Learning rate { $lr }
lr-plot-suggested = Suggested
lr-plot-jitters = Rises for good
lr-plot-hint = Each point is the loss of the same few training photos after one more correction. Wheel zooms, dragging moves, double click shows everything.

lr-plot-trials = Validation loss of three short trainings
lr-trial-lower = A third
lr-trial-suggested = Suggested
lr-trial-higher = Three times
lr-trial-lower-step = A third, training, each step
lr-trial-suggested-step = Suggested, training, each step
lr-trial-higher-step = Three times, training, each step
lr-trials-hint = Dashed: validation, at the end of each epoch. Thin: training, each step.

lr-progress-test = Testing learning rates
lr-progress-trials = Training briefly with three learning rates
lr-job-find = Finding a learning rate
lr-job-try = Trying three learning rates

lr-found = Suggested learning rate: { $lr }
lr-not-found = The test cannot tell
lr-reason-falls = From { $rises } on the loss jitters and rises for good; half of that learns fast and stays stable. Before that it may rise for a moment and come back, as it does in the first epochs of a training.
lr-reason-falls-on = The loss is lowest here, and even the highest rate of the test does not make it rise for good.
lr-reason-bounded = The loss hardly falls at any rate, since the head is fitted already. From { $rises } on it jitters and rises for good; half of that stays stable. “Try three” shows whether it helps.
lr-reason-flat = The loss stays where it is at every rate of the test, so it shows nothing to choose by. Keep the rate that is set; more photos or fewer frozen layers may show more.
lr-reason-rises = The loss rises from the lowest rates of the test on, so none of them helps. Check that the photos are in the right classes; more photos may help as well.
lr-reason-few-photos = There are too few training photos: a test on them says nothing about others. Keep the rate that is set, or add photos.

lr-trials-suggested = The suggested rate does best. Use { $lr }.
lr-trials-lower = A third of the suggested rate does better. Use { $lr }.
lr-trials-higher = Three times the suggested rate does better. Use { $lr }.
lr-trials-alike = All three do about equally well or the difference may be chance. { $lr } is a good choice.
lr-trials-none = The loss exploded with all three. Test again, or choose a far lower rate.
lr-trials-figures = Validation loss and accuracy: { $figures }
lr-trial-figures = { $lr }: { $loss }, { $accuracy }
lr-trial-exploded = { $lr }: exploded
