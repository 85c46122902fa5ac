# How good the model is, and what it gets wrong.
evaluate-job = Evaluating the model
evaluate-job-read = Reading the evaluation
evaluate-job-save = Saving the evaluation

evaluate-title = Evaluate
evaluate-subtitle-start = How good the model is on photos it did not learn from
evaluate-subtitle-test = { $run } on { $n ->
    [one] 1 test photo
   *[other] { $n } test photos
  } it has never seen{ $looks ->
    [0] {""}
    [one] {" "}· looked at once
   *[other] {" "}· looked at { $looks } times
  }
evaluate-subtitle-validation = { $run } on { $n ->
    [one] 1 validation photo
   *[other] { $n } validation photos
  } · not learned from, but used to choose the best epoch
evaluate-validation-why = Validation photos were not learned from, but the best epoch was chosen by them. On new photos expect a little less.
evaluate-validation-only = This run kept no test photos, so it is judged on its validation photos. They were not learned from, but the best epoch was chosen by them: on new photos expect a little less. A share for testing can be set on the Data page.
evaluate-test-why = Test photos were kept away from the whole training, so this is the fairest figure. Each look at them is counted: whoever looks often and keeps what does best chooses by them.
evaluate-split = Photos to judge by
evaluate-split-help = Test photos were kept away from the whole training, so they give the fairest figure. Validation photos were not learned from either, but the best epoch was chosen by them.
evaluate-save = Save as…
evaluate-save-choose = Choose a folder for the evaluation
evaluate-next = Next: Predict

evaluate-accuracy = Accuracy
evaluate-accuracy-hint = { $right } of { $of } right
evaluate-accuracy-help = How many of all photos the model named correctly.
evaluate-macro-f1 = Macro F1
evaluate-macro-f1-hint = mean of all classes
evaluate-macro-f1-help = The mean F1 of the classes, from 0 to 1. Every class counts the same, however few photos it has. Much lower than the accuracy: some small class is recognised badly.
evaluate-weakest = Weakest class
evaluate-weakest-hint = { $percent } found
evaluate-weakest-none-hint = every class found completely
evaluate-weakest-help = The class with the lowest recall: the one whose photos are missed most often.
evaluate-confused = Most confused
evaluate-confused-hint = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
evaluate-confused-none-hint = no mistakes
evaluate-confused-help = The pair of classes with the most mistakes: what the photos are, then what the model said.

evaluate-view = What to show
evaluate-matrix = Confusion matrix
evaluate-classes = Per class
evaluate-mode = What the cells show
evaluate-mode-counts = Counts
evaluate-mode-help-counts = How many photos.
evaluate-mode-truth = By truth
evaluate-mode-help-truth = Per cent of each row: of the photos that are this class, what the model called them.
evaluate-mode-guess = By guess
evaluate-mode-help-guess = Per cent of each column: of the photos called this class, what they are.
evaluate-matrix-hint = Rows: what it is. Columns: what the model said. Click a cell to see its photos.

evaluate-cell-right = { $n } of { $of } photos of “{ $truth }” were recognised ({ $percent }).
evaluate-cell-wrong = { $n } of { $of } photos of “{ $truth }” { $n ->
    [one] was
   *[other] were
  } taken for “{ $guess }” ({ $percent }).
evaluate-cell-right-none = No photo of “{ $truth }” was recognised.
evaluate-cell-wrong-none = No photo of “{ $truth }” was taken for “{ $guess }”.
evaluate-cell-guess-right = Of { $of } photos called “{ $guess }”, { $n } really { $n ->
    [one] is
   *[other] are
  } ({ $percent }).
evaluate-cell-guess-wrong = Of { $of } photos called “{ $guess }”, { $n } { $n ->
    [one] is
   *[other] are
  } “{ $truth }” ({ $percent }).
evaluate-cell-no-photos = There is no photo of “{ $truth }” here.

evaluate-column-class = Class
    .help = The name of the class. Click a row to see its mistakes.
evaluate-column-precision = Precision
    .help = Of the photos that the model called this class, how many really are. Low: it says the name too often.
evaluate-column-recall = Recall
    .help = Of the photos that are this class, how many the model found. Low: it overlooks the class.
evaluate-column-f1 = F1
    .help = Precision and recall in one number from 0 to 1. It is high only where both are.
evaluate-column-support = Photos
    .help = How many photos of this class were judged. With fewer than about 20, chance has a large part in the figures.

evaluate-mistakes = Mistakes
evaluate-mistakes-hint = surest first · { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
evaluate-photos-hint = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
evaluate-shown-right = { $truth }, recognised
evaluate-shown-wrong = { $truth }, taken for { $guess }
evaluate-shown-class = { $truth }, not recognised
evaluate-all-mistakes = Back to all mistakes
evaluate-guess = { $guess } · { $percent }
evaluate-truth = is { $truth }
evaluate-fact-truth = Really is
evaluate-fact-guess = The model said
evaluate-no-mistakes = No mistakes: all { $n } photos are right.
evaluate-none-here = No photo belongs here.
evaluate-unreadable = { $n ->
    [one] 1 photo could not be read and was not judged.
   *[other] { $n } photos could not be read and were not judged.
  }

evaluate-empty-title = Nothing to evaluate yet
evaluate-empty-text = Train a model first, or open an earlier run. What it gets right and wrong is shown here.
evaluate-go-train = Go to Train
evaluate-training-title = The run is still training
evaluate-training-text = When it is done, its model is judged here on photos it did not learn from.
evaluate-failed-title = This run failed
evaluate-failed-text = A model of a failed run is not judged. The Train page says what went wrong.
evaluate-no-model-title = This run has no model yet
evaluate-no-model-text = It stopped before the first model was ready. Continue it on the Train page.
evaluate-not-yet-title = This run was not evaluated yet
evaluate-not-yet-text = Its best model so far is there. Judging it does not change the run.
evaluate-start = Evaluate now
evaluate-reading = Reading the evaluation…
evaluate-running = Judging the photos…
evaluate-running-count = { $done } of { $total } photos
evaluate-cancelled = The evaluation was cancelled. What was judged before is still shown.
evaluate-no-photos-title = No photos are left to judge this model by
evaluate-no-photos-text = Its models have learned from all photos of the dataset, and no test photos were kept apart. What they reached one by one stands on the Train page.
evaluate-go-predict = Go to Predict
evaluate-no-torch-title = The training engine is not there
evaluate-no-torch-text = Without it nothing can be evaluated. The message at the top of the window says why.
evaluate-saved = Saved in { $path }
evaluate-saved-text = Scores, confusion matrix and the answer for each photo. The CSV files open in a spreadsheet.
evaluate-rail-percent = { $percent } right
evaluate-waiting = Waiting for the training to end…
