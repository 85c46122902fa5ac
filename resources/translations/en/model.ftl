# The Model page: which backbone, its weights, and what of it learns.
model-job-list = Looking for weights
model-job-fetch = Downloading weights
model-job-count = Counting parameters
model-downloading = Downloading

model-title = Model
model-subtitle = Start from a network that already knows photos: choose it, and choose how much of it learns.
model-next = Next: Train

model-list = Backbone
model-list-waiting = The list is on its way
model-list-waiting-text = It waits for the training engine, which is loading.
model-list-failed = No list
model-list-failed-text = The training engine could not be loaded, and it is what knows the backbones.
model-other = This recipe uses the backbone { $name }
model-other-text = Nothing of that name is known here. Choose one of the list to replace it.
model-check-again = Check again
model-check-help = Look again which weights are on this computer

model-character-speed = Speed
model-character-balance = Balance
model-character-accuracy = Accuracy
model-character-speed-help = Quick to train, also without a graphics card.
model-character-balance-help = Some more accuracy for some more time.
model-character-accuracy-help = The best results; wants a graphics card or patience.
model-parameters = { $count } parameters
model-pixels = { $size } px
model-thousand = { $value } k
model-million = { $value } M
model-megabytes = { $value } MB

model-weights-included = Included
model-weights-at-hand = At hand
model-weights-included-help = The weights come with this program.
model-weights-at-hand-help = The weights are on this computer.
model-download = Download { $size }
model-download-name = Download the weights of { $title }, { $size }
model-download-cancel = Cancel the download of { $title }
model-download-progress = { $done } of { $total }
model-download-starting = Connecting…
model-download-stopping = Stopping…
model-download-name-progress = Download of { $title }
model-open-folder = Open folder
model-copy-address = Copy address
model-address-copied = Copied
model-weights-wanted = To train with this backbone, download its weights first.
model-why-no-weights = The pretrained weights of the chosen backbone are not on this computer. Download them on the Model page.

model-view-recommended = Recommended
model-view-all = All backbones
model-search = Search name or family
model-size = Size
model-size-any = Any size
model-size-small = Small: up to 10 M
model-size-medium = Medium: up to 40 M
model-size-large = Large: over 40 M
model-only-at-hand = Only with weights at hand
    .help = Only those whose pretrained weights are on this computer.
model-only-free = Free for any use
    .help = Only those whose weights have a licence that sets no conditions for what you do with them. Others may forbid commercial use.
model-use = Use this backbone
model-count-shown = { $n ->
    [one] 1 of { $all }
   *[other] { $n } of { $all }
}
model-none-shown = Nothing fits. Search for another word or take a filter away.
model-column-name = Name
    .help = The name of the network and, after the dot, how it was pretrained.
model-column-family = Family
    .help = Networks of one family are built alike. “torchvision” are those of PyTorch's own library, “Keras” those of Keras.
model-column-parameters = Parameters
    .help = How many numbers the network has learned. More of them know more, and take more time and memory.
model-column-input = Input
    .help = The side of the square photos that the network was made for, in pixels. Larger photos show smaller things and take more time.
model-column-speed = Photos/s
    .help = How many photos a second this computer looks at with it. It is measured before a training and when the structure is open; “–” was not measured yet.
model-column-accuracy = ImageNet
    .help = How many of ImageNet's photos of a thousand classes the pretrained network gets right, as its makers published it. A good hint of what it can do with your photos, no promise.
model-column-licence = Licence
    .help = What the makers of the weights allow.
model-imagenet = ImageNet { $value }

model-start = Starting point
model-start-pretrained = It already knows edges, textures and shapes from a million photos. Learning on from there is called transfer learning: a few dozen photos a class are enough, and minutes instead of days.
model-start-scratch = Everything is learned from your photos alone. That takes many thousands of them and much more time.

model-freeze-text = A frozen layer keeps what it has learned from a million photos; the others adapt to yours. The head, which decides between your classes, always learns.
model-freeze-scratch = Without pretrained weights a frozen layer would keep random values. Freeze nothing here.
model-freeze-none-text = For most collections
model-freeze-all-but-last-two-stages-text = Faster, steadier with few photos
model-freeze-all-but-last-stage-text = For a few dozen photos a class
model-freeze-backbone-text = The fastest; for very few photos
model-freeze-picture = { $frozen } of { $total } parts frozen, the others learn
model-legend-frozen = frozen
model-legend-learns = learns
model-legend-head = head
model-learning = { $count } learn
model-count = { $learning } of { $all } parameters learn
model-count-for = { $learning } of { $all } parameters learn, counted for two classes
model-count-waiting = Counting…

model-details = Details
model-input-own = Automatic is the size that the backbone was made for, { $size } px.

# How the model adapts, and when which part of it learns.
model-adapting = Adapting
model-timeline = When what learns
model-timeline-head = Head
model-timeline-stage = Stage { $stage } from head
model-timeline-frozen = The backbone is frozen: the head alone learns in all epochs.
model-timeline-at-once = All that is not frozen learns from the first epoch on.
model-timeline-head-only = The head learns alone in all { $epochs ->
    [one] 1 epoch
   *[other] { $epochs } epochs
}; the backbone does not begin. Train longer, or shorten the time of the head.
model-timeline-head-first = First the head alone, for { $epochs ->
    [one] 1 epoch
   *[other] { $epochs } epochs
}.
model-timeline-then-all = From epoch { $epoch } on, all that is not frozen.
model-timeline-then-stages = From epoch { $epoch } on, one more stage every { $every ->
    [one] epoch
   *[other] { $every } epochs
}.
model-timeline-reached = All { $stages } stages that may learn get their turn ({ $reached } of { $stages }).
model-timeline-too-short = Only { $reached } of { $stages } stages get their turn. Train longer to open more.

model-keras-hint = More backbones come with Keras: pip install "finetune-gui[keras]"
    .bundled = More backbones come with Keras, which this build of the program does not have.
