# The lab notebook: of each run what changed, what happened, what the coach said, what is next.
notebook-job = Reading the runs
notebook-job-save = Writing the notebook
notebook-of = Lab notebook: { $dataset }
notebook-count = { $n ->
    [one] One run.
   *[other] { $n } runs.
}
notebook-best = The best one is “{ $run }” with { $accuracy } on its validation photos.
notebook-written = Written by Finetune GUI on { $when }
notebook-overview = All runs
notebook-overview-help = Validation accuracy of the best model of each run. The line through a dot is its 95 % interval: where two overlap much, the runs may be equally good.
notebook-overview-runs = Run
notebook-starred = Starred
notebook-photos = { $train } photos to train, { $validation } to validate, { $test } to test
notebook-changed = What changed
notebook-first = The first run, with these settings:
notebook-since-parent = Compared with “{ $run }”, of which it is a changed copy:
notebook-since-previous = Compared with “{ $run }”, the run before:
notebook-nothing-changed = Nothing: the same settings and as many photos
notebook-setting = { $field }: { $value }
notebook-photos-changed = Photos, { $split }: { $before } → { $after }
notebook-happened = What happened
notebook-validation = Validation accuracy
notebook-baseline = Frozen baseline
notebook-test = Test accuracy
notebook-macro-f1 = Macro-F1
notebook-time = Time
notebook-interval = { $low } to { $high } % (95 %, n = { $n })
notebook-gain = { $gain } points by fine-tuning
notebook-kept-epoch = The model of epoch { $epoch } was kept.
notebook-kept-baseline = The baseline stayed the best model.
notebook-state = { $state }, after { $epochs ->
    [one] 1 epoch.
   *[other] { $epochs } epochs.
}
notebook-accuracy = Accuracy
notebook-loss = Loss
notebook-epoch = Epoch
notebook-curve-training = Training
notebook-curve-validation = Validation
notebook-coach = What the coach said
notebook-coach-silent = Nothing.
notebook-next = What to try next
notebook-note = Note
notebook-open = Lab notebook…
notebook-open-help = All runs with these photos: what changed, what happened, what the coach said and what to try next
notebook-title = Lab notebook
notebook-text = All runs with the same photos, the oldest first.
notebook-language = Language
notebook-save-html = Save as HTML…
notebook-save-pdf = Save as PDF…
notebook-save-title = Save the lab notebook
notebook-filter-html = Web page
notebook-filter-pdf = PDF
notebook-saved = The notebook is in { $path }
notebook-saved-html = One file with all plots. Every browser opens it.
notebook-saved-pdf = Ready to print or to hand in.
notebook-waiting = Reading the runs…
notebook-page = Page { $page } of { $pages }
