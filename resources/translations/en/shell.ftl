# The window around the pages.
shell-job-split = Splitting the photos
shell-job-tidy = Tidying up
shell-job-settings = Saving the settings
shell-job-pages = Preparing the pages
shell-job-load-torch = Loading the training engine
shell-why-no-torch = The training engine could not be loaded. See the message for the reason.
shell-why-training = A run is being trained now. Pause or stop it first.
shell-why-no-dataset = Open some photos on the Data page first.
shell-why-one-class = At least two classes are needed, that is two folders with photos.
shell-why-splitting = The photos are being split into training and validation.
shell-why-no-train = No photos are left for training. Add some, or keep fewer for validation and test.
shell-why-no-validation = No photos are left for validation. Add some, or raise its share.

# The rail.
shell-rail = Steps
shell-page-data = Data
shell-page-augment = Augment
shell-page-model = Model
shell-page-train = Train
shell-page-evaluate = Evaluate
shell-page-predict = Predict
shell-page-runs = Runs
shell-page-trials = Trials
shell-page-settings = Settings
shell-step-done = done

# The status line.
shell-ready = Ready
shell-cpu = CPU · { $n ->
    [one] 1 core
   *[other] { $n } cores
  }
shell-no-engine = Training engine missing
shell-baseline = Training: computing the baseline
shell-epoch = Training epoch { $epoch } / { $epochs } · step { $step } / { $steps }
shell-pausing-baseline = Pauses once the baseline is ready…
shell-pausing = Pausing: saving the state…
shell-stopping = Stopping…
shell-cancel-job = Cancel this

# The settings.
shell-settings-look = Language and look
shell-settings-language = Language
shell-settings-theme = Theme
shell-settings-folders = Folders
shell-language-system = As the system
shell-theme-system = As the system
shell-theme-light = Light
shell-theme-dark = Dark
shell-folder-runs = Runs
shell-folder-searches = Searches
shell-folder-cross-validations = Cross-validations
shell-folder-size = { $size } MB
shell-folder-size-large = { $size } GB
shell-folder-weights = Pretrained weights
shell-folder-thumbnails = Thumbnails
shell-folder-log = Log file
shell-folder-photos = Decoded photos
shell-folder-settings = Settings
shell-settings-space = Disk space
shell-photo-cache = Decoded photos, at most
    .help = Photos are decoded once and kept on disk, so that training need not wait for it again. The longest unused ones go first.
shell-photo-cache-none = None
shell-gigabytes-suffix = {" "}GB
shell-kept = Thumbnails and decoded photos take { $megabytes } MB now
shell-clear-caches = Clear
shell-cleared = { $megabytes } MB freed
shell-job-clear = Clearing copies of photos
shell-job-measure = Measuring copies of photos
shell-version = Version { $version }

# The list of runs.
shell-run-running = Running
    .help = It is being trained now, here or in another program.
shell-run-paused = Paused
    .help = It saved its state and can be continued.
shell-run-interrupted = Interrupted
    .help = The program ended while it was running. It can be continued from its last saved state.
shell-run-finished = Finished
    .help = Its model can be evaluated and used.
shell-run-failed = Failed
    .help = It ended with an error. Its model is not offered for predictions.

# Dropping things on the window.
shell-drop-here = Drop it here
shell-drop-here-text = A folder, zip or CSV opens as a dataset; pictures are shown to the model of the finished run.
shell-drop-many = Only one dataset can be open.
shell-drop-many-text = Drop the one folder that holds your class folders.
shell-drop-unknown = This cannot be used here.
shell-drop-unknown-text = Drop a folder of photos, a zip, a CSV file, or pictures such as JPEG and PNG.
shell-drop-no-model = No finished run is open, so no model can answer yet.
shell-drop-no-model-text = Train one, or open a finished one from the list of runs; then drop the pictures again.

# Starting and closing.
shell-interrupted = The last run was interrupted.
shell-interrupted-text = “{ $run }” was still training when the program ended. What was saved is whole.
shell-interrupted-continue = Continue
shell-interrupted-continue-from = { $epoch ->
    [0] Continue
   *[other] Continue from epoch { $epoch }
  }
shell-interrupted-later = Not now
shell-closing = A run is being trained
shell-closing-text = Pausing saves its state, so that it can be continued later. Stopping keeps the best model so far.
shell-closing-trials = Several models are being trained
shell-closing-trials-text = Pausing keeps all that is done. On the Trials page the search or cross-validation can be continued later, exactly where it was.
shell-closing-pause = Pause and close
shell-closing-stop = Stop and close
shell-closing-go-on = Keep training
shell-closing-wait = Closing…
shell-closing-wait-text = What is being trained is saved. The window closes by itself.

# Help for each page (F1).
shell-help-data =
    Open a folder that holds one folder of photos for each class; the folder's name is the class's name.
    A CSV file with path and label, or a zip of either, works too. Or drop it on the window.

    The photos are split into three parts: the training set to learn from, the validation set to
    choose the best model by, and the test set, which is only looked at in the end. Your own files
    are never changed.
shell-help-augment =
    Random changes to each training photo (turned, cropped, brighter, darker) show the network more
    variety than your photos have. The preview is exactly what training sees.

    Choose a strength, then see whether every version would still be recognised by a person. If
    not, choose less.
shell-help-model =
    The backbone is a network that has already learned to see from a million photos; it is fine-tuned
    to your classes. The included one works without a network connection.

    Freezing keeps a part of it as it is: fewer photos are needed and training is faster.
shell-help-train =
    First, a simple classifier on the frozen backbone gives a baseline within seconds. Then the
    network is fine-tuned, and the better one on the validation set is kept.

    The solid curve is the training set, the dashed one the validation set. When the dashed loss rises while the
    solid one falls, the network begins to learn by heart. You can pause or stop at any time; the
    best model is kept.
shell-help-evaluate =
    Here you see how good the run is on photos that it has not learned from. The confusion matrix
    counts what was taken for what: rows are the truth, columns the guess. Click a cell to see its
    photos.

    Accuracy: how many answers were right. Recall: of the photos of a class, how many were found.
    Precision: of the answers for a class, how many were right.
shell-help-predict =
    Drop pictures or a folder here to ask the model of the open run. Each answer comes with its confidence.
    A model knows only its own classes: it also gives an answer for something else.

    You can save the answers as a table, or hand the model to other programs.
shell-help-runs =
    Each training becomes a run: its settings, its curves and its model, kept in one folder.
    Open a run to look at it again. A paused or interrupted run can be continued.
    Give runs names, notes and stars; clone one to change its settings and train again.
    Select 2 to 6 with Ctrl or Shift and compare them: the program says whether a difference is real.
    Delete moves runs to the trash of your system.

shell-help-trials =
    Let the machine try by itself. Best settings: it trains many times with other settings and keeps
    what does best on validation photos. Cross-validation: every photo is judged once by a model that
    has not seen it, which tells more than one split can. The test photos are never used for either.
shell-settings-weights = Pretrained weights
shell-weights-help = Also look in folders that others share, on a network drive for example. They are only read.
shell-weights-add = Add a folder…
shell-weights-remove = Do not look there any more
shell-weights-remove-name = Do not look in { $folder } any more
shell-weights-mirror = Download from
    .help = The address of a server that holds the files of huggingface.co and download.pytorch.org under the same paths. Empty: those two themselves.
shell-weights-mirror-bad = An address begins with http:// or https://. This one is not used.

# A graphics card that stays idle.
shell-settings-device = Computing
shell-gpu-idle = NVIDIA card not used
shell-gpu-unused = The NVIDIA graphics card of this computer is not used.
shell-gpu-build = This build of the program computes on the CPU alone. Install its GPU build to train many times faster on the NVIDIA card; your runs and settings stay.
shell-gpu-torch = The torch that is installed computes on the CPU alone. For the NVIDIA card install the CUDA build of torch: choose CUDA on pytorch.org/get-started and run the command shown there.
shell-gpu-no-driver = No driver for the NVIDIA card is loaded. Install NVIDIA's driver with the system's own tools, then restart the computer.
shell-gpu-no-answer = The driver of the NVIDIA card does not answer, or is older than this program needs. Update NVIDIA's driver, then restart the computer.

# What a file manager hands over.
shell-job-look = Looking at the files
shell-open-missing = What was to be opened is not there.
shell-open-missing-text = { $path } was moved or deleted, or its drive is not connected. Open it from where it is now.
shell-open-unknown = This program cannot open “{ $name }”.
shell-open-unknown-text = It opens a folder, zip or CSV file of photos, pictures, a run, and files with a model's weights.
shell-open-recipe = The recipe “{ $name }” is set.
shell-open-recipe-text = Its settings stand in the form below. Open photos on the Data page, then start.
