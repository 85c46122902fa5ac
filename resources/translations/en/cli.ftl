## The command line

cli-description = Fine-tune an image classifier on your own computer. Without a command the window opens.
cli-help-basedir = keep everything the program writes under DIR
cli-help-demo = use the demo photos
cli-help-open = open a folder of photos, zip, CSV, run, model file or pictures in the window
cli-help-json = print JSON alone on standard output
cli-help-train = train a model on a folder of photos
cli-help-recipe = start from the recipe in FILE
cli-help-set = change one setting, for example optim.lr=0.0003; may be given again
cli-help-out = put the run into the new folder RUN
cli-help-find-lr = find a learning rate by a short test
cli-help-resume = go on with a run that was paused, interrupted or failed
cli-help-evaluate = how good the model of a run is
cli-help-data = judge on these photos instead of the run's own
cli-help-predict = what the model of a run says about photos or folders of photos
cli-help-csv = also write the answers to FILE
cli-help-check = look for broken, doubled or too few photos
cli-help-export = write the model of a run for other programs
cli-help-format = safetensors, onnx, keras for a network of Keras, script for plain PyTorch, or notebook for the lab notebook as HTML
cli-help-all = list all there are, not only the recommended ones
cli-help-models = list the backbones and whether their weights are at hand
cli-help-doctor = versions, devices and folders
cli-help-self-test = prove that the installed program works
cli-help-tune = find the best settings by trials, within a budget
cli-help-tune-dataset = the photos; or the folder of a search, to go on with it
cli-help-trials = end after so many trials
cli-help-minutes = end after so many minutes (20 where neither is given)
cli-help-tune-out = put the search into the new folder DIR
cli-help-storage = search together with other processes or computers: journal:///shared/fruit.log, or a database as Optuna takes it
cli-help-range = what may change, for example optim.lr=0.0001..0.01, train.batch_size=8,16 or train.epochs=off; may be given again
cli-usage-dataset = give either DATASET or --demo
cli-usage-set = --set needs KEY=VALUE, not “{ $value }”
cli-usage-range = --range needs KEY=LOW..HIGH, KEY=A,B,C or KEY=off, not “{ $value }”
cli-usage-budget = --trials must be 1 or more, --minutes more than 0
cli-usage-tune-study = a search that goes on keeps its settings, ranges, folder and storage: give only --trials or --minutes
cli-trial = Trial { $number }, { $state }: epoch { $epoch } of { $epochs }
cli-trial-accuracy = Trial { $number }, { $state }: epoch { $epoch } of { $epochs }, { $accuracy } of the validation photos right
cli-cancelled = Cancelled.
cli-stopping = Stopping; what was learned so far is kept. Press Ctrl-C again to end at once.
cli-run-started = { $train } photos to learn from, { $validation } to choose by, { $test } to test, in { $classes } classes. Device: { $device }.
cli-run-time = Takes about { $time }.
cli-baseline = Baseline ready after { $seconds } s: { $accuracy } of the validation photos right.
cli-epoch = Epoch { $epoch }: training loss { $train }, validation loss { $validation }, validation accuracy { $accuracy }; about { $left } s left.
cli-evaluated-test = Accuracy on { $n } test photos the model has never seen: { $accuracy }
cli-evaluated-validation = Accuracy on the { $n } validation photos the model was chosen by: { $accuracy }
cli-run-folder = Run: { $path }
cli-next-command = Next: { $command }
cli-accuracy = Accuracy { $accuracy }, macro-F1 { $f1 }, on { $n } photos
cli-no-issues = Nothing wrong was found.
cli-exported = The model is in { $path }
cli-written = Written to { $path }
cli-weights-here = at hand
cli-weights-missing = to be fetched
cli-passed = passed
cli-failed = FAILED
cli-column-class = class
cli-column-precision = precision
cli-column-recall = recall
cli-column-f1 = F1
cli-column-support = photos
cli-column-name = name
cli-column-title = title
cli-column-parameters = parameters
cli-column-weights = weights
cli-job-doctor = Looking at this computer
cli-job-self-test = Self-test

cli-not-installed = not installed

## find-lr

cli-column-lr = learning rate
cli-column-loss = loss
cli-column-smoothed = smoothed
cli-lr-suggestion = Suggested learning rate: { $lr }
cli-lr-none = No learning rate can be suggested.
cli-help-cross-validate = train a model for each of several parts of the photos, judged by that part
cli-help-folds = into how many parts (2 to 20; default: 5)
cli-help-repeats = divide the photos anew so many times (default: 1)
cli-help-group-by = which photos must stay in one part: those with the same beginning of the file name, in the same folder, or with the same entry in the CSV's column “group”
cli-help-ensemble = when all folds are done, make a run whose model takes the mean of theirs
cli-help-baseline = train only a new head on the frozen backbone
cli-help-out-study = the folder for it; one that was begun there with the same settings goes on
cli-fold-started = Model { $number } of { $models }
cli-fold-done = Model { $number }: { $accuracy } right of { $n } photos that it has not seen
cli-folds-interval = Interval: 95 %, corrected because the models share most of their photos (Nadeau and Bengio 2003).
cli-folds-ensemble = All models as one: { $path }
cli-folds-folder = Cross-validation: { $path }
cli-folds-partly = Done so far: { $done } of { $models } models. Go on with: { $command }
cli-test-looks = { $n ->
        [one] These test photos were looked at once.
       *[other] These test photos were looked at { $n } times.
    }
