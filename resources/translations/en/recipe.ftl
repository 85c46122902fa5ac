# The fields of a recipe: label and help. A help says what the field is, which way to turn it, and
# what goes wrong. Then their choices, their units, and the words of the form itself.

recipe-seed = Random seed
    .help = The number from which all chance in a run is drawn: the order of the photos, the augmentation, the dropout.
        The same seed with the same recipe and photos gives the same model again on the same computer.
        Try two or three other seeds to see how much of a result is luck.

recipe-data-validation-fraction = Validation set
    .help = The share of photos that training never learns from. The curves and the choice of the best model are based on them.
        Too few: the validation accuracy jumps about and the choice becomes a matter of luck. Too many: too little is left to learn from. 10–20 % suits most collections.
recipe-data-test-fraction = Test set
    .help = The share of photos that is put aside until the very end, for one honest judgement of the finished model.
        Too few: the final figure is uncertain. Too many: too little is left to learn from. 0 % means no test set; the model is then judged on the validation set, which flatters it a little.
recipe-data-split-seed = Split number
    .help = Decides which photos go into training, validation and test. The same number always gives the same split.
        Keep it as it is while you compare runs: results on different photos cannot be compared.

recipe-augment-preset = Strength
    .help = How much each training photo is changed at random every time it is seen, so that the model learns the object and not the photo.
        Stronger: helps when there are few photos or the model overfits (training accuracy well above validation accuracy), but it then learns more slowly. Too strong: the object can no longer be recognised, and both accuracies stay low.
recipe-augment-rotation = Rotation
    .help = Turns each photo by a random angle of up to this much, to the left or right.
        Raise it when objects lie at any angle, as seen from above. Leave it low where up and down matter, such as the digits 6 and 9.
recipe-augment-horizontal-flip = Mirror left and right
    .help = Swaps left and right in half of the photos.
        Good for most objects. Switch it off where the direction carries the meaning: writing, left and right hands, traffic signs.
recipe-augment-vertical-flip = Mirror top and bottom
    .help = Turns half of the photos upside down.
        Good for photos taken straight from above, such as aerial or microscope photos. Otherwise leave it off: nobody shows the model a car on its roof.
recipe-augment-brightness = Brightness
    .help = Makes each photo brighter or darker at random, by up to this much.
        Raise it when the model will be used in varying light. Too much: details vanish in black or white.
recipe-augment-contrast = Contrast
    .help = Makes each photo starker or flatter at random, by up to this much.
        Raise it when the photos come from several cameras or in varying weather. Too much: flat photos in which nothing can be seen.
recipe-augment-saturation = Saturation
    .help = Makes colours stronger or paler at random, by up to this much.
        Raise it when the cameras differ. Lower it where the strength of a colour tells classes apart, such as ripe and unripe fruit.
recipe-augment-hue = Hue
    .help = Shifts all colours around the colour circle at random; 50 % is half a turn and swaps every colour for its opposite.
        A few per cent even out differences between cameras. Leave it at 0 where colour tells classes apart: a red apple must not turn green.
recipe-augment-crop-scale = Smallest crop
    .help = Each time, training sees a random part of the photo; this is the smallest part, as a share of its area. 100 % switches cropping off.
        Smaller: more variety, and the model learns to recognise an object by its parts. Too small: the object is often outside the part, and the model learns the background.
recipe-augment-blur = Blur
    .help = Blurs each photo at random, by up to this many pixels.
        Raise it when the model will also see shaky or out-of-focus photos. Too much: fine differences between classes disappear.
recipe-augment-erasing = Hide a patch
    .help = How often a grey patch covers a random part of a photo.
        Makes the model look at more than one feature, and helps when objects are partly hidden. Too often: it covers the feature that matters.

recipe-model-backbone = Backbone
    .help = The network that turns a photo into features. It has already learned from a million photos or more; only the rest is learned from yours.
        Larger ones are often more accurate but slower, and need more memory. Begin with a small one.
recipe-model-pretrained = Pretrained weights
    .help = Start from what the backbone has learned from a million photos or more.
        Leave it on. Without it, everything must be learned from your photos alone: that needs many thousands of them and much more time.
recipe-model-freeze = Frozen layers
    .help = Which part of the backbone keeps what it already knows. Frozen layers do not learn.
        Freeze more when there are few photos or the model overfits; it is also faster. Freeze less when your photos look very unlike everyday photos, or when training accuracy stays low.
recipe-model-learning-stages = Learning stages
    .help = The names of the stages that learn when the frozen layers are chosen by hand, with commas between them. Empty: only the head learns.
        The Structure view of the Model page shows the names and sets them by a click.
recipe-model-input-size = Input size
    .help = The side of the square that each photo is scaled to before the network sees it. Automatic (0) is the size that the backbone was made for.
        Larger: small details become visible, but time and memory grow with the square of it. Smaller: faster, but fine differences are lost.
recipe-automatic = Automatic
recipe-model-dropout = Dropout
    .help = The share of features that is hidden at random in each step, so that the model does not rely on a few of them.
        Raise it when the model overfits. Too high: it learns slowly and training accuracy stays low.

recipe-optim-lr = Learning rate
    .help = How large a step the model takes with each correction. The most important knob of all.
        Too high: the loss jitters or even rises. Too low: the loss crawls, and many epochs are wasted.
        Turn it by factors: from 0.001 try 0.0003 or 0.003.
recipe-optim-weight-decay = Weight decay
    .help = Pulls the weights gently towards zero, so that the model prefers simple explanations.
        Raise it when the model overfits (validation loss rises while training loss still falls). Too high: both accuracies stay low.
recipe-optim-optimizer = Optimiser
    .help = The rule by which the weights are corrected. AdamW adapts itself to each weight and works well almost everywhere.
        SGD sometimes ends a little better, but only with a well-chosen learning rate, usually about ten times that of AdamW.
recipe-optim-layer-decay = Layer decay
    .help = How much more slowly each earlier layer learns than the one behind it. 1 lets all of them learn equally fast.
        Lower keeps more of what the backbone knows: good with few photos. Too low: the early layers hardly learn at all. Raise it when your photos look very unlike everyday photos.
recipe-optim-label-smoothing = Label smoothing
    .help = Asks the model not to be completely sure, so that a wrong label does less harm and its confidence becomes more honest.
        0.1 suits most collections; raise it a little when labels are unreliable. Too high: the model becomes undecided. With smoothing, the training loss stays above zero; that is no fault.
recipe-optim-mixing = Mix photos
    .help = Two photos of a batch become one, and the model has to say how much of each there is. It keeps a model with few photos from learning them by heart. It does nothing when the whole backbone is frozen.
        MixUp blends them, CutMix puts a piece of one into the other. The training accuracy stays lower; that is no fault.
recipe-optim-weight-average = Average the weights
    .help = Judges and keeps a moving average of the weights (EMA) instead of the weights themselves. It jitters less from epoch to epoch.
        Closer to 1: over more steps. 0.99 suits most runs; in short runs 0 (off) is as good.
recipe-optim-gradient-clip = Gradient limit
    .help = The largest correction that a single step may ask for; anything above is scaled down. 0 switches the limit off.
        Lower it when the loss shows sudden spikes. Too low: training crawls.

recipe-schedule-shape = Learning-rate schedule
    .help = How the learning rate changes over the run.
        Cosine decay takes large steps at first and fine ones at the end, which usually ends better. Constant keeps it unchanged; the curve then often jitters at the end.
recipe-schedule-warmup-epochs = Warm-up
    .help = For so many epochs the learning rate rises slowly from almost zero, so that the first steps do not destroy what the backbone knows. It never takes more than half of the run.
        Raise it when the loss jumps up at the very beginning. Too long: time is wasted.
recipe-schedule-first-size = Begin with smaller photos
    .help = The size of the photos in the first epoch, as a share of the input size. It grows to all of it over three quarters of the epochs. 100 % switches this off.
        Smaller: the first epochs are several times as fast, but fine details come late. Backbones with a fixed input size, such as ViT, ignore it.

recipe-train-epochs = Epochs
    .help = How many times training goes through all training photos.
        Too few: the curves are still improving when it ends. Too many: it takes longer and the model may overfit; the best epoch is kept in any case. 0 computes the baseline only.
recipe-train-batch-size = Batch size
    .help = How many photos are looked at before each correction.
        Larger: faster on a graphics card and smoother curves, but it needs more memory. Smaller: needs less memory, but the training curve jitters more. When you double it, you can also raise the learning rate somewhat.
recipe-train-patience = Patience
    .help = Training ends early when the validation set has not improved for so many epochs. 0 never ends early.
        Too small: it gives up before an improvement that was still to come. Too large: time is spent on epochs that do not help.
recipe-train-balance-classes = Balance classes
    .help = Makes mistakes on rare classes count more, so that every class weighs the same however many photos it has.
        Switch it on when some classes have far fewer photos than others and are often missed. Common classes may then do a little worse.
recipe-train-freeze-batch-norm = Keep batch statistics
    .help = Keeps the mean and spread of its features that the backbone learned in its pretraining.
        Leave it on with small batches: statistics of a few photos are noise, and the validation curve jitters. With batches of 64 or more, and photos very unlike everyday ones, switching it off can help.
recipe-train-precision = Numeric precision
    .help = How exactly the computer calculates. Automatic runs a short trial and uses the fastest reliable kind.
        32 bits are exact, but slower on many graphics cards. 16 bits save time and memory. Choose 32 bits if a run fails because its loss is no longer a number.
recipe-train-layout = Memory layout
    .help = The order in which the numbers of a photo lie in memory. Automatic runs a short trial and uses the faster one; the result is the same but for rounding.
        Channels last is faster for most networks that convolve; choose the other one only to compare.
recipe-train-threads = CPU threads
    .help = How many parts of the processor calculate at the same time. Automatic runs a short trial and uses the fastest number.
        Choose fewer to keep the computer free for other work; training then takes longer.
recipe-train-compile = Compile the network
    .help = Translates the network into code for this very computer before it trains.
        That takes a minute or two and then saves some time in each step, so only long trainings gain. It needs a C++ compiler on this computer; without one the training goes on as usual.
recipe-train-device = Device
    .help = What the training runs on. Automatic uses the graphics card if there is one that works.
        The CPU always works, but is slower.
recipe-train-frozen-views = Views of each photo
    .help = How many augmented versions of each photo are prepared when the whole backbone is frozen. They are computed once; after that an epoch takes a moment.
        More: more variety. Fewer: the epochs begin sooner.
recipe-train-micro-batch = Photos at once
    .help = How many photos of a batch are computed at once. The corrections stay those of the whole batch. Automatic begins with the whole batch and halves it when the memory is full.
        Smaller: needs less memory, but takes a little longer.
recipe-train-checkpoint-seconds = Save the state every
    .help = How often the complete state is saved during an epoch, so that the run can go on after a crash or power cut. It is also saved after every epoch.
        Shorter: less is lost. Longer: a little faster on slow disks.

choice-augment-preset-none = None
choice-augment-preset-light = Light
choice-augment-preset-medium = Medium
choice-augment-preset-strong = Strong
choice-augment-preset-custom = Custom
choice-model-freeze-none = Nothing
choice-model-freeze-all-but-last-two-stages = All but the last two stages
choice-model-freeze-all-but-last-stage = All but the last stage
choice-model-freeze-backbone = Whole backbone
choice-model-freeze-custom = Chosen by hand
choice-optim-optimizer-adamw = AdamW
choice-optim-optimizer-sgd = SGD with momentum
choice-optim-mixing-none = No
choice-optim-mixing-mixup = MixUp
choice-optim-mixing-cutmix = CutMix
choice-optim-mixing-both = Both, at random
choice-schedule-shape-cosine = Cosine decay
choice-schedule-shape-constant = Constant
choice-train-precision-auto = Automatic
choice-train-precision-float32 = 32 bits (float32)
choice-train-precision-bfloat16 = 16 bits (bfloat16)
choice-train-precision-float16 = 16 bits (float16)
choice-train-layout-auto = Automatic
choice-train-layout-channels-last = Channels last
choice-train-layout-channels-first = Channels first
choice-train-device-auto = Automatic
choice-train-device-cpu = CPU
choice-train-device-cuda = NVIDIA graphics card
choice-train-device-mps = Apple graphics

# Units follow a number; $n is that number.
unit-percent = %
unit-degrees = °
unit-pixels = px
unit-seconds = s
unit-epochs = { $n ->
    [one] epoch
   *[other] epochs
}
unit-photos = { $n ->
    [one] photo
   *[other] photos
}

recipe-form-title = Hyperparameters
recipe-form-default = Default
recipe-form-modified = Modified
recipe-form-default-is = Default: { $value }
recipe-form-reset = Back to the default ({ $value })
recipe-form-help = What is “{ $field }”?
recipe-form-range = From { $low } to { $high }
recipe-form-range-above = Above { $low }, up to { $high }
recipe-form-group-optim = Optimiser
recipe-form-group-schedule = Schedule
recipe-form-group-train = Training
recipe-form-group-seed = Randomness
recipe-form-group-data = Data
recipe-form-group-augment = Augmentation
recipe-form-group-model = Model
unit-views = { $n ->
    [one] view
   *[other] views
}

recipe-train-runtime = Runtime
    .help = What computes the network where it only looks at photos: for the baseline, for validation, evaluation and predictions. Automatic runs a short trial and uses the fastest one that gives the same results but for rounding.
        OpenVINO is often twice as fast on a CPU. It must be installed beside the program, and needs a moment to get ready, so few photos stay with PyTorch when this is automatic.
choice-train-runtime-auto = Automatic
choice-train-runtime-torch = PyTorch
choice-train-runtime-openvino = OpenVINO

# How the model is adapted.
recipe-at-once = All at once
recipe-model-head = Head
    .help = What decides between your classes. A linear head weighs each feature once; that is enough for most collections.
        The small network (MLP) can also combine features. It begins as the linear head and adds a correction, so it is never a worse start. Try it when training accuracy stays low with a frozen backbone; with few photos it overfits sooner.
recipe-model-pooling = Pooling
    .help = How the many places of a photo become one set of features. “Its own” is the way that the backbone's weights were trained with, mostly the average.
        Maximum notices small things that are only in one place. Average and maximum keeps both and gives the head twice as many features. It is for networks of timm that have such places.
recipe-model-adapter = Adapter
    .help = LoRA leaves the pretrained weights as they are and lets small matrices beside the attention layers learn instead. It needs less memory and forgets less; it is for transformers such as ViT and Swin.
        The finished model is an ordinary one: what was learned is added to its weights. LoRA often wants a higher learning rate. It needs the library peft.
recipe-model-lora-rank = Rank of LoRA
    .help = How wide the small matrices are: how much they can learn.
        Larger: can change more, but needs more photos and memory. Smaller: steadier with few photos. 4 to 16 is usual.
recipe-schedule-head-epochs = Head alone first
    .help = So many epochs in which only the head learns and the backbone stays as it is. They take a moment, since the photos go through the backbone only once for each view. Photos are not mixed in them.
        It keeps a head that knows nothing yet from spoiling the backbone. 0: everything learns from the beginning.
recipe-schedule-stage-epochs = Open a stage every
    .help = The backbone begins to learn stage by stage, from the head backwards: one more after so many epochs, as far as the freezing allows. “All at once” opens everything together.
        With few photos one stage at a time is steadier, and you see which stage still helps. It wants more epochs.
recipe-schedule-keep-only-gains = Keep only what helps
    .help = When the epochs of a stage are over and the validation set has not improved, the weights go back to the best ones before, and the stage stays frozen. This guards against fine-tuning too much.
        It has an effect only where the head learns alone first or stages open one after the other. With very few validation photos chance decides: then switch it off.

choice-model-head-linear = Linear
choice-model-head-mlp = Small network (MLP)
choice-model-pooling-own = Its own
choice-model-pooling-average = Average
choice-model-pooling-max = Maximum
choice-model-pooling-both = Average and maximum
choice-model-adapter-none = None
choice-model-adapter-lora = LoRA

recipe-model-weights = Weights of your own
    .help = A file with weights, or the folder of an earlier run, from which this training goes on instead of the published weights. Empty: the published ones.
        They must belong to the backbone above; the Model page recognises it and says whether everything fits.
recipe-model-weights-sha256 = Fingerprint of the weights
    .help = The SHA-256 of the file of weights. Training refuses a file that has changed, so that a repeated run really is the same. Empty: any file will do; a run fills it in.
