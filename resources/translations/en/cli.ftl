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
cli-help-resume = go on with a run that was paused, killed or failed
cli-help-evaluate = how good the model of a run is
cli-help-data = judge on these photos instead of the run's own
cli-help-predict = what the model of a run says about photos or folders of photos
cli-help-csv = also write the answers to FILE
cli-help-check = look for broken, doubled or too few photos
cli-help-export = write the model of a run for other programs
cli-help-format = safetensors, or keras for a network of Keras
cli-help-all = list all there are, not only the recommended ones
cli-help-models = list the backbones and whether their weights are at hand
cli-help-doctor = versions, devices and folders
cli-help-self-test = prove that the installed program works
cli-help-later = not part of this version yet
cli-usage-dataset = give either DATASET or --demo
cli-usage-set = --set needs KEY=VALUE, not “{ $value }”
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
