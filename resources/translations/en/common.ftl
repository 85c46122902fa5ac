# Words that several pages share.
common-app-name = Finetune
common-cancel = Cancel
common-close = Close
common-dismiss = Dismiss
common-open = Open
common-reset-all = Restore defaults
common-advanced = Advanced
common-on = On
common-off = Off
common-all = All
common-choose-folder = Choose folder…
common-show-in-folder = Show in folder
common-split-train = Training
common-split-validation = Validation
common-split-test = Test
common-confidence = Confidence
common-class = Class
common-loading = Loading…
common-working = Working…
common-photos = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
common-classes = { $n ->
    [one] 1 class
   *[other] { $n } classes
  }
common-percent = { $value } %
common-seconds-left = { $seconds } s left
common-minutes-left = { $minutes } min left
common-hours-left = { $hours } h { $minutes } min left

# A rough duration; $large and $small are whole numbers.
common-time-rough = { $form ->
    [seconds] { $large } s
    [minutes_seconds] { $large } min { $small } s
    [minutes] { $large } min
    [hours] { $large } h
   *[hours_minutes] { $large } h { $small } min
}
