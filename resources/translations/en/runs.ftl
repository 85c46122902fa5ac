# The list of runs: what its columns, filters and actions say.
runs-job-open = Opening the run
runs-job-list = Looking for runs
runs-job-notes = Keeping what you wrote
runs-job-trash = Moving runs to the trash
runs-column-star = Star
    .help = Click a star to find the run again quickly.
runs-column-name = Name
    .help = F2 gives the run another name. Its folder keeps its own.
runs-column-started = Started
    .help = When the run was begun.
runs-column-curve = Curve
    .help = Validation accuracy of the baseline and after each epoch, each curve in its own scale. The dot is the best.
runs-column-state = State
    .help = Where the run stands.
runs-column-accuracy = Accuracy
    .help = The best validation accuracy, and the range in which the true accuracy for photos of this kind probably lies (95 %).
runs-column-data = Photos
    .help = The folder, how many photos, and their version: the same photos in the same splits have the same version.
runs-column-changes = What is different
    .help = Which settings differ from the run that this one was made from.
runs-name-second = { $backbone } · { $epochs ->
    [one] 1 epoch
   *[other] { $epochs } epochs
  }
runs-version = v { $version }
runs-interval = { $low }–{ $high } %
runs-accuracy-hint = Judged on { $n ->
    [one] 1 validation photo
   *[other] { $n } validation photos
  }. In 95 of 100 cases the range below holds the true accuracy for photos of this kind.
runs-accuracy-test = On { $n ->
    [one] 1 test photo
   *[other] { $n } test photos
  }: { $percent }
runs-changes-data = Photos: { $before } → { $after }
runs-changes-from = from “{ $run }”
runs-changes-gone = The run that it was made from is gone
runs-changes-nothing = The same settings
runs-changes-none = This run was not made from another one.
runs-curve-spoken = Curve of { $epochs } epochs
runs-starred = Starred
runs-not-starred = Not starred
runs-star-hint = Click to set or remove the star
runs-broken = Unreadable
runs-search = Search runs
runs-hide-failed = Hide failed runs
runs-starred-only = Starred only
runs-nothing-found = No run matches. Empty the search or uncheck the filters.
runs-count = { $n ->
    [0] Every training is kept here
    [one] 1 run, the newest first
   *[other] { $n } runs, the newest first
  }
runs-count-shown = { $n } of { $all } runs
runs-empty = No runs yet
runs-empty-text = Each training becomes a run with its settings, curves and model. Start the first one on the Train page.
runs-go-train = Go to Train
runs-more = More: name, note, star, folder, trash
runs-continue = Continue
runs-further = Fine-tune further
runs-further-help = Begin a new training from the model of this run, with these or other photos.
runs-clone = Clone
runs-clone-help = Take over the settings of this run, to change some and train again.
runs-compare = Compare
runs-compare-help = Select 2 to 6 runs (Ctrl or Shift with a click) and compare them.
runs-rename = Rename
runs-note = Note…
runs-star = Star
runs-trash = Move to trash
runs-cloned = The settings of “{ $run }” are taken over. Changed: { $changes }. The photos stay those that are open.
runs-cloned-same = The settings of “{ $run }” are taken over; they are those that were set already. The photos stay those that are open.
runs-note-title = Note
runs-note-text = What did you try, and what did you see?
runs-note-keep = Keep
runs-note-unsaved = This is not kept yet. Press Escape again to drop it, or Keep.
runs-trash-title = Move to the trash?
runs-trash-text = Settings, curves, model and evaluation go with the folder. You can bring it back from the trash of your system.
runs-trashed = { $n ->
    [one] The run is in the trash.
   *[other] { $n } runs are in the trash.
  }
