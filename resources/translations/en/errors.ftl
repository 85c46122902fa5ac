## What went wrong (the value) and what to do next (.next). Used by the window and the terminal.

error-unexpected = Something unexpected happened: { $detail }.
    .next = Try again. If it happens again, the log file says more; the settings show where it is.
error-out-of-memory = The memory is full.
    .next = Choose a smaller batch size or a smaller input size, or close other programs.
error-disk-full = The disk is full, so “{ $path }” could not be written.
    .next = Free some space, then continue the run: what was saved before is whole.
error-no-permission = { $path } cannot be read or written, because the permission is missing.
    .next = Choose another folder, or ask the owner of the folder for access.
error-file-gone = { $path } is not there any more, or its drive does not answer.
    .next = Connect the drive or put the file back, then try again.

error-recipe-unknown-key = A recipe has no setting called “{ $key }”.
    .next = Check the spelling; the settings are listed in the README and in every run's recipe.toml.
error-recipe-bad-value = “{ $value }” is not possible for { $key }; possible: { $detail }.
    .next = Choose one of these values.
error-recipe-not-toml = The recipe file cannot be read, because it is not valid TOML: { $detail }.
    .next = Correct the line, or start from the recipe.toml of a run.
error-recipe-newer = The recipe was written by a newer version of this program (schema { $version }).
    .next = Update this program, then open it again.

error-run-exists = There are files in { $path } already, so no run can begin there.
    .next = Choose another folder, or move these files elsewhere first.
error-not-a-run = There is no run in { $path }, because recipe.toml is missing.
    .next = Choose the folder of a run; it holds recipe.toml and events.jsonl.
error-run-broken = The run in { $path } cannot be read, because a file in it is missing or damaged.
    .next = Start a new run; its recipe.toml can be loaded on the Train page.
error-run-in-use = The run in { $path } is being trained by another program right now.
    .next = Wait until it ends, or stop it there.
error-no-trash = The system's trash cannot be used for { $path }. Nothing was deleted.
    .next = Show the folder and delete it there yourself, if you want it gone.
error-run-finished = The run in { $path } is over; there is nothing left to continue.
    .next = Start a new run, with more epochs if you like.
error-no-model-yet = There is no trained model in { $path } yet.
    .next = Train until the baseline is ready; that takes seconds.
error-model-broken = The model { $path } cannot be read, because the file is damaged.
    .next = Train again, or take the file from a backup.
error-checkpoint-broken = The saved state { $path } cannot be read, so the run cannot go on from it.
    .next = Start a new run with the same recipe.
error-stopped-before-model = The run was stopped before there was a model.
    .next = Start again; the first model is ready after seconds.
error-run-photo = Training stopped at { $path }: the photo is gone, was changed, or cannot be read any more.
    .next = Put it back as it was and continue the run, or start a new run without it.
error-loss-not-finite = The loss became infinite at step { $step } even with a learning rate of { $lr }: the steps were too big.
    .next = Start again with a tenth of the learning rate. The best model so far is kept.

error-device-missing = This computer has no “{ $device }” to compute on; there is: { $available }.
    .next = Set Device to “Automatic” under Advanced (train.device=auto).
error-backbone-unknown = There is no backbone called “{ $name }”.
    .next = Choose one of the list on the Model page, or of “finetune-gui models”.
error-backbone-input-size = The backbone { $name } does not take an input size of { $size } pixels.
    .next = Set the input size to 0, which is the backbone's own.
error-backbone-head = The backbone { $name } has a head of a kind that cannot be replaced.
    .next = Choose another backbone.
error-stages-unknown = The recipe lets stages learn that the network does not have: { $names }.
    .next = Choose among these: { $stages }. The Structure view of the Model page sets them by a click.
error-weights-missing = The weights { $path } are not there.
    .next = Choose another backbone, or put the file back.
error-weights-broken = The weights { $path } cannot be read: the file is damaged or holds something else.
    .next = Download or copy it again; if it is not a file of weights, choose another one.
error-weights-do-not-fit = The weights { $path } belong to another network: { $fitting } of its { $wanted } tensors fit, “{ $name }” does not.
    .next = Delete the file and fetch it again, or choose the backbone it belongs to.
error-weights-other-keras = The weights { $path } belong to another network of Keras.
    .next = Delete the file and fetch it again, or choose the backbone it belongs to.
error-weights-not-at-hand = The pretrained weights of { $title } are not on this computer.
    .next = Download them on the Model page, or put { $url } as { $file } into { $folder }.
error-weights-offline = The weights of { $title } could not be fetched, because { $url } does not answer.
    .next = On a computer with a network, download that address and put it as { $file } into { $folder }; or choose EfficientNet-Lite0, which is included.
error-too-few-photos = There are too few readable photos in { $path } to learn from and to judge by.
    .next = Put at least three photos into every class; twenty or more are better.
error-unknown-classes = The model has never learned these classes: { $classes }.
    .next = Choose photos of the classes that the run was trained on.
error-nothing-to-evaluate = None of the photos could be read, so there is nothing to evaluate.
    .next = Check the photos on the Data page.
error-export-format = “{ $format }” is not a format that can be exported; there is: { $available }.
    .next = Choose one of these.
error-export-not-empty = There are files in { $path } already.
    .next = Choose an empty folder.
error-no-photos-here = There is no picture in { $path }.
    .next = Choose a folder with photos, or the photos themselves.
error-self-test = The self-test failed: { $failed }.
    .next = Install the program again; if that does not help, report the table above.
error-no-accelerate = Several processes were started to train together, but the package accelerate is missing.
    .next = Install it with: pip install accelerate. Or start the training in one process.
    .next-bundled = Start the training in one process: this build of the program has no accelerate.
error-not-together = Several processes were started together, but they can share a training alone.
    .next = Run this command in one process. To share a search, start tune with --storage once on each machine.
error-team-too-large = { $processes } processes are to train together, but a batch has only { $batch } photos.
    .next = Choose a larger batch, or start fewer processes.

error-no-openvino = The recipe asks for the runtime OpenVINO, which is not installed.
    .next = Install it with: pip install openvino. Or set the runtime to automatic.
    .next-bundled = Set the runtime to automatic: this build of the program has no OpenVINO.
error-openvino-device = The recipe asks for the runtime OpenVINO, which computes on the CPU here, but the device is { $device }.
    .next = Set the device to CPU, or the runtime to automatic.

error-backbone-pooling = The backbone { $name } has no maps or tokens that could be pooled in another way.
    .next = Set the pooling to “Its own”, or choose a convolutional network or transformer of timm.
error-adapter-no-peft = LoRA needs the library peft, which is not installed.
    .next = Set the adapter to none, or install it with “pip install peft”.
    .next-bundled = Set the adapter to none: this build of the program has no peft.
error-adapter-no-layers = The backbone { $name } has no attention layers that LoRA could be put beside.
    .next = Set the adapter to none, or choose a transformer such as ViT or Swin.
error-folds-class-small =
    { $n ->
        [one] The class “{ $label }” has only one photo that is not kept for the test: too few for { $folds } folds.
       *[other] The class “{ $label }” has only { $n } photos that are not kept for the test: too few for { $folds } folds.
    }
    .next =
        { $n ->
            [0] Add photos of it, or leave the class out.
            [1] Add photos of it, or leave the class out.
           *[other] Choose { $n } folds or fewer, or add photos of it.
        }
error-folds-class-groups =
    { $groups ->
        [one] All photos of the class “{ $label }” belong to one group, which must stay together.
       *[other] The photos of the class “{ $label }” belong to only { $groups } groups, which must stay together: too few to learn, to choose and to judge by.
    }
    .next = Group the photos by something else, or not at all; three groups in each class are the least.
error-folds-few-groups = The photos belong to only { $groups } groups, which must stay together: too few for { $folds } folds.
    .next = Choose { $groups } folds or fewer, or group the photos by something else.
error-ensemble-too-large = The { $models } models of this cross-validation take { $size } GB together, and whoever uses them as one needs them all in memory; at most { $most } GB can be joined.
    .next = Use one of them, or cross-validate with fewer folds and repeats or a smaller backbone.
error-run-of-trials = The run { $path } belongs to a search or cross-validation, which alone can go on with it.
    .next = Continue the search or cross-validation on the Trials page, or with “resume” and its folder.
error-folds-not-done = Not all folds of the cross-validation in { $path } are done.
    .next = Let it go on to its end first.
error-nothing-held-back = This run has no { $split ->
    [test] test
   *[validation] validation
} photos: none were held back from learning for that.
    .next = Judge it by other photos: “finetune-gui evaluate RUN --data FOLDER” in a terminal.
error-not-a-study = There is no cross-validation in { $path }.
    .next = Choose the folder that holds cross_validation.json.
error-study-broken = The files of the cross-validation in { $path } are damaged.
    .next = Run it again; the models in its folders fold-1, fold-2, … can still be opened.
error-study-in-use = Another window or terminal is working on the cross-validation in { $path }.
    .next = Wait until it is done, or stop it there.
error-no-onnx = ONNX files cannot be written, because ONNX is not installed.
    .next = Install it with “pip install "finetune-gui[onnx]"” and start the program again, or export as safetensors.
    .next-bundled = Install the program again, since its installer brings ONNX; or export as safetensors.
error-onnx-impossible = ONNX has no way to compute this network.
    .next = Export it as safetensors, or train with another backbone.
error-onnx-differs = The ONNX file was not kept: its probabilities are off by { $difference } from those of the program.
    .next = Export as safetensors, or train with another backbone.
error-licences-broken = The list of parts { $path } cannot be read, because the file is damaged.
    .next = Install the program again. The licences also stand in the packages of the parts.
