# The search for the best settings.

search-job = Searching for the best settings
search-job-compare = Comparing with the default
search-job-read = Reading searches
search-progress-trials = Trials
search-progress-time = Searching (seconds)
search-progress-folds = Comparing with the default

## States and answers

search-state-running = running
search-state-unfinished = unfinished
search-state-complete = finished
search-state-pruned = ended early
search-state-failed = failed
search-state-earlier = earlier search
search-state-cut = out of time
search-study-running = Running
search-study-paused = Paused
search-study-stopped = Stopped
search-study-interrupted = Interrupted
search-study-done = Finished

search-default-settings = Default: the settings of the form
search-nothing-yet = No trial has finished yet.
search-no-verdict = The winner has not been compared with the default yet.
search-no-verdict-why = The best of many trials is partly the luckiest. The comparison trains both anew and judges them on photos that neither has seen.
search-verdict-better = Better by { $points } percentage points, and that is real
search-verdict-chance = Better by { $points } percentage points, which could be chance
search-verdict-not-better = No better than the default: stay with it
search-verdict-figures = On { $photos } photos in { $folds } parts, each judged by models that had not seen it: { $winner } right with the new settings, { $default } with the default. The true difference lies between { $low } and { $high } points (95 % certain). The test photos were not touched.
search-verdict-default = The default settings are the best that was found
search-verdict-default-why = No trial did better on the validation photos. There is nothing to change.
search-verdict-short = There was no time to compare the winner with the default
search-verdict-short-why = Whether it is really better is not known. A comparison takes about { $time }.
search-verdict-only = Only the default settings were tried to the end
search-verdict-only-why = No other trial ended with a result, so nothing is known of better settings. Search on with more time.
search-verdict-broken = The default settings cannot be trained here; these can
search-verdict-broken-why = The trial with the default settings failed, so there is nothing to compare with. Why it failed stands in its row.
search-verdict-few = The winner cannot be compared with the default
search-verdict-few-why = A class has fewer than three photos for training and validation. Add photos to it.

## The panel

search-title = Find the best settings for me
search-intro = The program trains many times with different settings and keeps the best. All that is not listed below stays as it is.
search-steps = How it goes
search-step-form = Your settings first
search-step-form-text = The first trial is the form as it is. All others are measured against it.
search-step-try = Better guesses after that
search-step-try-text = Each trial learns from those before. One without hope ends early, so the time goes to those that promise something.
search-step-answer = An honest answer
search-step-answer-text = The winner and your settings are compared once more on several parts of your photos. That yours are just as good is an answer too.
search-budget = How long
search-budget-5 = 5 minutes
search-budget-20 = 20 minutes
search-budget-60 = 60 minutes
search-budget-480 = Overnight
search-budget-trials = Trials
search-trials-count = Number of trials
search-budget-hint = A third to a half of the time goes into the comparison with the default.
search-budget-hint-trials = The comparison with the default comes after them and takes as long as eight trials.
search-budget-hint-night = Eight hours. A third to a half of the time goes into the comparison with the default.
search-space = What may change
search-space-summary = { $n ->
    [one] 1 setting may change
   *[other] { $n } settings may change
}
search-space-show = Choose…
search-space-hide = Done
search-space-reset = Restore ranges
search-space-from = { $field }, from
search-space-to = { $field }, to
search-space-choices = { $field }, choices
search-space-to-short = to
search-space-hint-size = 0 means the size the backbone was made for.
search-space-hint-backbone = Technical names with commas between them. Those whose weights are on this computer stand here.
search-augmentation = Augmentation
search-start = Start the search
search-empty = Open your photos first
search-empty-text = Then the program can try out which settings suit them best: learning rate, augmentation, what learns, and more.
search-empty-go = Open photos
search-earlier = Earlier searches on these photos
search-earlier-line = { $started } · { $budget }
search-earlier-trials = { $n ->
    [one] 1 trial
   *[other] { $n } trials
}
search-earlier-minutes = { $n } minutes
search-open = Open
search-new = New search
search-pause = Pause
search-stop = Stop
search-continue = Continue
search-more = Search on for { $budget }
search-use = Use these settings
search-used = The form on the Train page now holds these settings.
search-open-run = Open its run
search-compare = Compare with the default
search-working-baseline = Getting ready…
search-waiting = Waiting for what is going on to end…
search-working-trial = Trial { $number }: epoch { $epoch } of { $epochs }
search-working-compare = Comparing: training { $done } of { $total }
search-pausing = Saving the trial…
search-elsewhere = Another program is searching here.

search-tile-best = Best so far
search-tile-default = Default
search-tile-trials = Trials
search-tile-time = Time
search-tile-validation = right of the validation photos
search-tile-same = is the default
search-tile-trial = trial { $number }
search-tile-of = of { $n }
search-tile-of-minutes = of { $n } min
search-tile-early = { $n } ended early
search-tile-learned = knows { $n } earlier ones

search-table = Trials
search-column-number = Trial
search-column-number-help = Each trial is a run. Double click opens it on the Train page.
search-column-changes = Settings
search-column-changes-help = What differs from the default.
search-column-accuracy = Accuracy
search-column-accuracy-help = Of its best model, on the validation photos.
search-column-state = State
search-column-state-help = “Ended early”: at the same point of the training it was worse than most.
search-column-time = Time
search-column-time-help = How long it trained.
search-table-away = The run of this trial is on another computer.

search-view = Plot
search-view-history = Progress
search-view-parallel = Settings
search-view-importance = Importance
search-plot-history = Validation accuracy of the trials
search-plot-trial = Trial
search-plot-best = Best so far
search-plot-at = Trial { $number }
search-plot-empty = The first finished trial appears here.
search-parallel-empty = After three finished trials you see here which values do well.
search-parallel-name = Settings of the trials, one line for each
search-parallel-accuracy = Accuracy
search-importance-empty = After six finished trials you see here which settings matter.
search-importance-name = How much each setting matters
