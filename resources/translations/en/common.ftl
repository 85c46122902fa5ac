# Words that several pages share.
common-app-name = Finetune
common-ok = OK
common-cancel = Cancel
common-close = Close
common-dismiss = Dismiss
common-save = Save
common-open = Open
common-reset = Reset
common-reset-all = Restore defaults
common-default = Default
common-changed = Changed
common-advanced = Advanced
common-retry = Try again
common-yes = Yes
common-no = No
common-on = On
common-off = Off
common-all = All
common-none = None
common-choose-folder = Choose folder…
common-choose-file = Choose file…
common-show-in-folder = Show in folder
common-training = Training
common-validation = Validation
common-test = Test
common-split-train = Training
common-split-validation = Validation
common-split-test = Test
common-loss = Loss
common-accuracy = Accuracy
common-precision = Precision
common-recall = Recall
common-macro-f1 = Macro F1
common-confidence = Confidence
common-class = Class
common-epoch = Epoch
common-step = Step
common-run = Run
common-dataset = Dataset
common-baseline = Baseline
common-best = Best
common-loading = Loading…
common-working = Working…
common-unknown = unknown
common-photos = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
common-classes = { $n ->
    [one] 1 class
   *[other] { $n } classes
  }
common-epochs = { $n ->
    [one] 1 epoch
   *[other] { $n } epochs
  }
common-percent = { $value } %
common-seconds-left = { $seconds } s left
common-minutes-left = { $minutes } min left
common-hours-left = { $hours } h { $minutes } min left
