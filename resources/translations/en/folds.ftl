# Cross-validation.
folds-job = Cross-validation
folds-job-read = Reading the cross-validation
folds-job-outlook = Looking at how the photos can be divided
folds-metric-accuracy = Accuracy
folds-metric-macro-f1 = Macro F1
folds-metric-macro-precision = Precision
folds-metric-macro-recall = Recall
folds-column-mean = mean
folds-column-sd = ± sd
folds-column-interval = 95 % interval
folds-column-model = Model
folds-column-state = State
folds-column-accuracy = Right
folds-column-epoch = Best epoch
folds-baseline = baseline
folds-setup = New cross-validation
folds-kind = What to train
folds-kind-baseline = Baseline only
folds-kind-baseline-tip = A new head on the frozen backbone, for each fold: seconds, and often a good guide.
folds-kind-full = Full recipe
folds-kind-full-tip = What the Train page would do, once for each fold.
folds-number = Folds
folds-number-tip = Into how many parts the photos are divided. Each part is judged by a model that has learned from the others; five or ten are usual.
folds-repeats = Repeats
folds-repeats-tip = How often the photos are divided anew. More repeats make the mean steadier and take that many times as long.
folds-group-by = Group by
folds-group-none = Nothing
folds-group-none-tip = Each photo is divided by itself.
folds-group-prefix = Same name beginning
folds-group-prefix-tip = Photos whose file names are alike up to the last “_”, “-”, dot or space: scene12_001.jpg and scene12_002.jpg.
folds-group-folder = Same folder
folds-group-folder-tip = Photos that lie in the same folder, where classes have folders inside.
folds-group-column = Column “group”
folds-group-column-tip = What the CSV's column “group” says. Photos without an entry stand alone.
folds-start = Start
folds-go-on = Go on
folds-pause = Pause
folds-stop = Stop
folds-outlook-wait = Looking at how the photos can be divided…
folds-outlook-running = A model that is paused or stopped goes on later exactly where it was.
folds-outlook-photos =
    { $models ->
        [one] { $n } photos, one model.
       *[other] { $n } photos, { $models } models.
    }
folds-outlook-groups = { $n } groups, the largest with { $largest } photos.
folds-outlook-test =
    { $n ->
        [one] One test photo stays locked.
       *[other] { $n } test photos stay locked.
    }
folds-outlook-related =
    { $n ->
        [one] One of them belongs to a group that is learned from: a model made of all folds is not judged by it.
       *[other] { $n } of them belong to groups that are learned from: a model made of all folds is not judged by those.
    }
folds-outlook-time = Takes { $time }.
folds-earlier = Earlier ones of these photos
folds-earlier-none = None yet.
folds-earlier-done =
    { $models ->
        [one] one model
       *[other] { $models } models
    }
folds-earlier-part = { $done } of { $models } models
folds-empty-title = How good is it, really?
folds-empty-text = One split into training and validation can be lucky. Cross-validation divides the photos into folds and trains a model for each, judged by photos that had no say in it. You get a mean with its spread, and an honest answer for every photo, which also finds wrong labels.
folds-stopped = Stopped. The models that are done stay.
folds-stopped-text = “Go on” trains the others; a half-trained one goes on where it was.
folds-doing = Model { $number } of { $models }
folds-ending = Saving where it is…
folds-no-run-yet = This model has not been begun yet.
folds-row-repeat = Repeat { $repeat }, fold { $fold }
folds-state-done = done
folds-state-live = training…
folds-state-half = half done
folds-state-waiting = waiting
folds-ensemble = Use all as one model
folds-ensemble-tip = Makes a run whose model asks all these models and takes the mean of their answers. Usually a little better than one alone, and that many times as large and as slow.
folds-job-ensemble = Making one model of all folds
folds-progress-ensemble = Reading the models
folds-log-ensemble = The model answers with the mean of { $models } models of a cross-validation.
folds-open = Open this model
folds-view = What to look at
folds-view-models = Models
folds-view-answers = Confusion matrix and mistakes
folds-plot = Accuracy of each model on the photos that choose its epoch
folds-plot-model = Each model
folds-plot-mean = Mean of the models
folds-mean = { $mean } ± { $sd } %
folds-one-so-far = one model so far
folds-none-done = No model is done yet
folds-none-done-text = The confusion matrix and the mistakes appear here with the first one.
folds-no-interval = no interval: all came out alike
folds-interval-help = Mean over the folds ± their standard deviation. Below is the 95 % interval in which the figure of such a model on new photos of the same kind probably lies. The models share most of their photos, so it is widened as Nadeau and Bengio (2003) propose; it is still an estimate. The photos of a fold have no say in the model that is judged by them: other photos choose its epoch.
folds-words = Photos it had not seen: { $right } right of { $n }.
folds-words-repeats = Answers for photos it had not seen: { $right } right of { $n }, each photo once in every repeat.
folds-words-interval = With another set of photos of this kind expect between { $low } and { $high }.
folds-words-part = So far { $done } of { $models } models.
folds-labels-hint = Each photo was judged by a model that has not learned from it. Where such a model is sure and wrong, look at the label first.
