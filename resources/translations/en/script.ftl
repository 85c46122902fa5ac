# Comments of the script that shows a run as plain code, and the dialog that shows it.
# A comment has at most 95 signs a line, and as many lines as are written here.
script-head =
    The run “{ $run }” as plain PyTorch: it trains the same model from the same photos.
    Written by Finetune GUI, which it does not need.
script-reached = The run reached { $accuracy } % on its validation photos.
script-run-it =
    Run it:    pip install torch torchvision timm pillow numpy safetensors
               python THIS_FILE.py
script-same-pictures = It draws the same random numbers as the run did, so it comes to the same model, but for rounding.
script-places = Where things are. The options --photos and --weights say otherwise.
script-model = The pretrained network, and the classes in the order of its scores.
script-preprocessing =
    How a photo becomes input. This belongs to the pretrained weights: with another mean or size
    everything runs as well, only worse.
script-augmentation = How strongly the training photos are changed: ranges around “unchanged”, and for the crop the smallest area.
script-training = How it learns.
script-stop-after = the run was stopped here, before its last epoch
script-sizes = the side of the inputs in each epoch: small ones first, they are quicker
script-views = so many random views of each photo come round again and again
script-mlp =
    A head with one hidden layer. Its last layer begins at zero, so at first it is exactly the
    linear head, and only adds to it as it learns.
script-build = The network with a fresh head for our classes.
script-embedded =
    The file calls its tensors otherwise, but they are in the same order. The head of ImageNet's
    thousand classes does not fit and is left out.
script-head-name = how the names of the head's tensors begin
script-own = Your own weights: all but their head, which may tell other classes apart.
script-kept-head = The head of the earlier model knows these classes: it is kept where it does better.
script-package = The pretrained weights come with the package { $package }.
script-load =
    The photo the right way up, its shorter side at SHORTER_SIDE. A large JPEG is decoded at half
    or a quarter of its size (draft), which is several times quicker.
script-grey = 16 bits of grey by their range (convert alone would cut them off), transparency on white.
script-centre = What validation and prediction see: the square in the middle.
script-augment =
    What training sees: a random view. The numbers depend on seed, epoch and photo alone, so each
    epoch shows something new, and the same run always the same.
script-rotate = Turned around the middle; the corners show mirrored surroundings instead of black.
script-erase = A grey rectangle over 2 to 20 % of the picture: no single part may decide alone.
script-inputs =
    A batch [N, 3, H, W] of photos, each (number, path, class): centred for judging, or the random
    view of an epoch for training.
script-compute = What a network gives for many photos, without learning from them.
script-judge = Accuracy, and the loss (cross-entropy).
script-baseline =
    The baseline: a linear head on the features of the frozen network, fitted by L-BFGS
    (multinomial logistic regression). Of four strengths of the penalty on large weights, the one
    with the lowest validation loss is kept.
script-balance = Weights with which each class counts the same, however many photos it has.
script-batches = The training photos in random order, cut into batches; a last single photo joins the one before.
script-schedule = The learning rate: rising over the warm-up where there is one, then along the schedule.
script-batch-norm =
    Batch norm keeps the statistics of the pretrained network: those of a few photos are noise.
script-batch-norm-frozen = Batch norm learns the statistics of the batches, except in frozen layers.
script-mixing = Two photos of a batch become one, and so do their labels.
script-average =
    A moving average of the weights is what is judged and kept. Early on, when they move most, it
    follows closely.
script-finetune = Fine-tuning: the network learns, starting from the fitted head.
script-finetune-head =
    The head alone learns. The features of the frozen network never change, so they are computed
    once for each view, and an epoch takes milliseconds.
script-learns = What learns; the rest stays frozen. These are the beginnings of the parameters' names.
script-phases = from epoch, to epoch, what begins to learn (the head always learns)
script-open = The network is opened stage by stage, so that a head which knows nothing yet moves no early layer.
script-go-back =
    A stage that did not help is undone: the weights go back to the best model, and it learns no
    more.
script-optimizer =
    Each layer learns LAYER_DECAY times as fast as the one behind it: early layers know edges and
    colours already. Biases and norms are not decayed.
script-best =
    The best model is kept: more photos right, or as many with a lower loss. Where two are alike,
    the last epoch wins, whose learning rate has come to rest.
script-photos = The photos of one split with their numbers, which augmentation is drawn from.
script-photos-manifest = The photos of one split, from the run's manifest.json (option --manifest).
script-first-model = First the baseline: the mark that fine-tuning must beat.
script-list = All photos: split, class, file.
script-job = Writing the script
script-dialog-title = Show me the code
script-dialog-text = This run as one plain PyTorch script, which you can read, change and run without this program. It trains the same model from the same photos.
script-view = The script
script-copy = Copy
script-copied = The script is on the clipboard.
script-save = Save…
script-save-title = Save the script
script-filter = Python script
script-saved = The script is in { $path }
script-saved-text = Run it with Python where torch, torchvision and timm are installed.
script-waiting = Writing the script…
script-show = Show me the code…
script-show-help = The run as one plain PyTorch script that needs nothing of this program
script-language = Comments
