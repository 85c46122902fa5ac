# The Train page: what the two stages do, how far they are, and how it ended.

train-title = Train
train-subtitle = A baseline on the frozen backbone first, then fine-tuning; the better of the two is kept.

train-start = Start training
train-start-new = Start a new run
train-pause = Pause
train-stop = Stop and keep the best
train-stop-tip = Ends the run now. The best model so far is kept and can be used.
train-pause-tip = Saves everything and stops. You can continue later, even after a restart.
train-continue = Continue from epoch { $epoch }
train-continue-start = Continue
train-stopping = Stopping…
train-pausing = Pausing…
train-show-live = Show the run in progress
train-open-data = Open a dataset
train-evaluate = Evaluate

train-tile-accuracy = Validation accuracy
train-tile-accuracy-tip = The share of validation photos that the best model so far gets right.
train-tile-baseline = Baseline
train-tile-baseline-tip = The validation accuracy of the frozen backbone alone. Fine-tuning is kept if in the end it does at least as well.
train-tile-loss = Validation loss
train-tile-loss-tip = How wrong and how sure the best model so far is on the validation photos. Lower is better.
train-tile-speed = Speed
train-tile-speed-tip = How many training photos are worked through in a second, averaged over the last steps.
train-tile-left = Time left
train-tile-left-tip = An estimate for the rest of the fine-tuning. Patience may end it earlier.
train-speed = { $speed } photos/s
train-none = –

train-status-ready = Ready: { $photos } training photos, { $classes } classes.
train-status-ready-time = Ready: { $photos } training photos, { $classes } classes. Takes about { $time }.
train-status-torch = PyTorch is still loading; training starts as soon as it is there.
train-status-preparing = Preparing the run
train-status-preparing-finetune = Preparing the fine-tuning
train-status-photos = { $what } · { $done } of { $total }
train-status-step = Fine-tuning: epoch { $epoch } of { $epochs } · step { $step } of { $steps }
train-status-paused = Paused at step { $step } of { $steps }.
train-status-interrupted = This run was interrupted at step { $step } of { $steps }. Nothing up to the last saved state is lost.
train-status-finished = Finished in { $time }.
train-status-failed = This run failed.
train-status-elsewhere = Another run is being trained right now.
train-status-followed = Another program trains this run; its progress is shown here.

train-progress-features-train = Baseline: looking at the training photos
train-progress-features-validation = Baseline: looking at the validation photos
train-progress-views = Looking at the photos with the frozen backbone
train-progress-trials = Trying out what is fastest on this computer
train-progress-evaluating = Evaluating the best model

train-plot-loss = Loss
train-plot-accuracy = Accuracy
train-plot-lr = Learning rate
train-plot-training = Training
train-plot-training-mean = Training, mean of an epoch
train-plot-training-step = Training, each step
train-plot-validation = Validation
train-plot-baseline = Baseline
train-plot-best = Best
train-plot-at = Epoch { $epoch }
train-plot-ensemble = This model is made of several, each with curves of its own on the Trials page.
train-plot-empty = The curves appear here during training.
train-plot-hint = Thin line: each step. Thick line: mean over the last epoch. Wheel zooms, dragging moves, double click shows everything.
train-plot-show-all = Show everything
train-plot-export = Save the plot
train-plot-save-picture = Save as a picture (PNG)…
train-plot-save-table = Save as a table (CSV)…
train-filter-png = Pictures (*.png)
train-filter-csv = Tables (*.csv)
train-filter-recipe = Recipes (*.toml)

train-form-running = Read-only: this is the recipe of the run in progress.
train-form-modified = { $n ->
    [one] 1 changed
   *[other] { $n } changed
}
train-form-group-device = Computer
train-form-change = Change settings
train-form-folded = { $epochs } · rate { $lr }
train-form-menu = Recipe file
train-form-load = Open a recipe file…
train-form-save = Save as a recipe file…
train-form-use-run = Use the recipe of this run
train-form-loaded = The recipe “{ $name }” is now in the form.
train-form-saved = The recipe was saved as “{ $name }”.
train-form-go = Change on its page
train-form-model = { $backbone } · frozen: { $freeze }
train-form-split = { $train } / { $validation } / { $test }

train-log-title = Log
train-log-copy = Copy the log
train-log-empty = What happens during a run is written here.
train-log-error = Error: { $text }
train-log-caution = Note: { $text }
train-log-started = { $backbone }, { $n } training photos, { $classes } classes, on { $device }
train-log-baseline = Baseline: validation accuracy { $accuracy }, loss { $loss }, in { $time }
train-log-epoch = Epoch { $epoch } of { $epochs }: { $accuracy } right, loss { $loss } (training { $train_loss })
train-log-epoch-best = Epoch { $epoch } of { $epochs }: { $accuracy } right, loss { $loss } (training { $train_loss }) · best
train-log-ended-done = All epochs are done, in { $time }.
train-log-ended-early-stop = Ended early, as the validation set had not improved for a while. It took { $time }.
train-log-ended-stopped = Stopped by you after { $time }. The best model was kept.
train-log-evaluated = Evaluated on { $n } photos: accuracy { $accuracy }, macro F1 { $f1 }
train-log-paused = Paused at step { $step }; the complete state is saved.
train-log-setup = Fastest here: { $training } for training, { $inference } in { $runtime } for looking at photos, { $threads ->
    [one] 1 thread
   *[other] { $threads } threads
}.
train-log-no-compiler = This computer has no C++ compiler for the network: it is trained as it is.
train-log-resumed = Continued from step { $step }.
train-log-undone = The loss became infinite at step { $step }: the epoch is begun again with half the learning rate, { $lr }.
train-log-halved = The memory was full: now { $n } photos are computed at once. The batch stays as it is.
train-log-skipped = { $path } cannot be read and was left out.
train-log-baseline-won = The baseline was not beaten; its model is kept: { $accuracy } on the validation set.
train-log-finetune-won = Fine-tuning won: { $accuracy } on the validation set in epoch { $epoch }, against { $baseline } of the baseline ({ $gain } points).

train-result-finetune = Fine-tuning won with { $accuracy }
train-result-finetune-text = That is { $gain } percentage points more validation photos right than the baseline ({ $baseline }). The model of epoch { $epoch } was kept.
train-result-equal-text = It gets as many validation photos right as the baseline, and has also learned from altered photos, so it is the better choice for new ones. The model of epoch { $epoch } was kept.
train-result-ensemble = { $models } models of a cross-validation answer as one
train-result-ensemble-text = On photos that they had not seen they were right in { $accuracy } of the cases, each by itself; together they are mostly a little better.
train-result-ensemble-judge = { " " }Only test photos can tell.
train-result-ensemble-unjudged = { " " }How much, nothing can tell: there are no test photos that they have not learned from.
train-result-baseline = The baseline stays the best with { $accuracy }
train-result-baseline-text = Fine-tuning did not do better on the validation set, so the model of the baseline was kept; it is ready to use. A lower learning rate or more photos may help.
train-result-perfect-text = It already gets every validation photo right, so there was nothing left for fine-tuning to improve. The model of the baseline was kept.
train-result-baseline-only = The baseline is ready with { $accuracy }
train-result-baseline-only-text = The recipe asked for no epochs of fine-tuning. The model of the baseline was kept.
train-result-early = Training ended early because the validation set had not improved for { $patience ->
    [one] 1 epoch
   *[other] { $patience } epochs
}.
train-result-stopped = You stopped the run. The best model up to then was kept and can be used.

train-rail-epoch = Epoch { $epoch } of { $epochs }
train-rail-baseline = Baseline
train-rail-paused = Paused
train-rail-interrupted = Interrupted
train-rail-failed = Failed
train-rail-done = { $accuracy } accuracy

train-job = Training
train-job-estimate = Estimating how long training takes
train-job-save-table = Saving a table
train-job-read-recipe = Opening a recipe
train-job-save-recipe = Saving a recipe

train-log-openvino-from = { $photos ->
    [one] Fewer than 1 photo at once is looked at in PyTorch
   *[other] Fewer than { $photos } photos at once are looked at in PyTorch
}: OpenVINO needs a moment to get ready.
train-log-openvino-missing = This run used OpenVINO, which is not installed any more: PyTorch takes its place. Results may differ in their last digits.
train-log-openvino-fails = OpenVINO cannot compute this network here as PyTorch does: PyTorch takes its place.

# The stages that were opened one after the other.
train-log-stage-kept = { $stage ->
    [0] The head alone: { $gain } points on the validation set. Kept.
   *[other] { $opened ->
        [one] { $stage ->
            [one] The last stage: { $gain } points on the validation set. Kept.
           *[other] Stage { $stage } from the head: { $gain } points on the validation set. Kept.
        }
       *[other] All { $opened } stages: { $gain } points on the validation set. Kept.
    }
}
train-log-stage-undone = { $stage ->
    [0] The head alone: { $gain } points on the validation set. It did not help, so its weights went back.
   *[other] { $opened ->
        [one] { $stage ->
            [one] The last stage: { $gain } points on the validation set. It did not help, so the weights went back and it stays frozen.
           *[other] Stage { $stage } from the head: { $gain } points on the validation set. It did not help, so the weights went back and it stays frozen.
        }
       *[other] All { $opened } stages: { $gain } points on the validation set. That did not help, so the weights went back.
    }
}
train-stages-baseline = Frozen baseline { $accuracy }
train-stages-head = Head { $gain }
train-stages-last = Last stage { $gain }
train-stages-stage = Stage { $stage } from head { $gain }
train-stages-all = { $opened } stages { $gain }
train-stages-kept = kept
train-stages-not-kept = not kept
train-stages-step = { $what }, { $verdict }
train-stages-help = What each part gained on the validation set when it began to learn, in percentage points. Stages are counted from the head. What did not help was undone.

train-log-based-on-file = It starts from the weights in { $name }.
train-log-based-on-run = It is based on the run “{ $name }”.
train-log-based-on-head = The classes are those of the earlier model, and its head does better ({ $accuracy }) than a fresh one: it is kept.
train-log-based-on-seen = { $n ->
    [one] The earlier model has learned from one of the photos
   *[other] The earlier model has learned from { $n } of the photos
} that this run is judged by, so the figures flatter it. Use the same split number as then.
