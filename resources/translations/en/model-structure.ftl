# The inside of a network: its stages, what they see, and what of it learns.
model-job-structure = Looking into the network
model-job-maps = Making feature maps

model-half = Part of the model
model-half-backbone = Backbone
model-half-structure = Structure
model-structure-view = The stages of the network
model-structure-waiting = The structure is on its way

model-stage = Stage { $n }
model-stage-stem = Entry
model-stage-head = Head
model-block-frozen = frozen
model-block-learns = learns
model-bar-compute = Compute
model-bar-rate = Rate
model-block-described = { $title }: { $sight }. Output { $output }, { $count } parameters, { $compute } of the work. Learning rate { $rate } that of the head: { $state }.
model-shape-scores = { $n ->
    [one] 1 score
   *[other] { $n } scores
}
model-shape-tokens = { $n } patches × { $channels }

model-sees-edges = edges and colours
model-sees-textures = textures
model-sees-parts = parts of objects
model-sees-objects = whole objects
model-sees-patches = cuts into patches
model-sees-early = compares patches, early
model-sees-middle = compares patches, middle
model-sees-late = compares patches, late
model-sees-all = decides
model-sees-edges-text = Sees few pixels at a time: edges, corners, colours. Nearly all photos share these.
model-sees-textures-text = Puts edges together to textures and simple patterns.
model-sees-parts-text = Sees parts of objects: an eye, a wheel, a handle.
model-sees-objects-text = Sees large parts and whole objects. What it looks for depends most on the photos it learned from.
model-sees-patches-text = Cuts the photo into patches and turns each into a row of numbers.
model-sees-early-text = Each patch looks at all others. Here mostly at near ones: position, colour, texture.
model-sees-middle-text = Patches exchange what they know, near and far. There is no clear order from texture to part here.
model-sees-late-text = Patches of one object become alike: it is about what is in the photo, less about where.
model-sees-all-text = Turns what was found into one score for each of your classes. It is new, so it always learns.

model-note-convolves = Stages close to the photo see small things that all photos share; later ones see larger ones. Few photos: freeze the early stages.
model-note-attends = This network compares places of the photo with each other (attention). What its stages see is less clearly ordered from small to large than in others.
model-fact-learning = Learns
model-fact-learning-of = { $learning } of { $all } parameters
model-fact-memory = Memory
model-fact-time = Time
model-about = about { $amount }
model-gigabytes = { $value } GB
model-time-unknown = once training can start
model-time-measuring = being measured…
model-learn-all = Let everything learn

model-maps = Feature maps
model-filters = Filters
model-maps-name = The { $n } strongest feature maps of this stage
model-filters-name = The first { $n } filters
model-maps-note = The { $n } strongest of { $all } channels. Bright: here the channel found what it looks for.
model-filters-note = { $n } of { $all } filters: the small patterns that the first layer looks for in the photo.
model-maps-random = The weights of this backbone are not in use or not on this computer, so these are random.
model-maps-head = The head makes no picture: it adds up what it is given to { $n ->
    [one] one score
   *[other] one score for each class
}.
model-maps-no-photo = Open photos on the Data page, or drop one on the square at the left.
model-maps-none = What this stage gives cannot be laid out as pictures.

model-photo-drop = Choose a photo
model-photo-drop-text = or drop one here
model-photo-drop-help = Click to choose a photo, or drop one here
model-photo-next = Next photo
model-photo-random = Random
model-photo-size = { $size } × { $size }

model-layers = Layers of this stage
model-layer-kind = Layer
    .help = What the layer does; for a convolution the size of its window in pixels and, behind the slash, its step.
model-layer-output = Output
    .help = The size of what comes out for one photo.
model-layer-parameters = Parameters
    .help = How many numbers the layer has learned.
model-layer-name = Name
    .help = The layer's place in the code of the network.
model-layer-convolution = Convolution
model-layer-depthwise = Depthwise conv.
model-layer-linear = Linear
model-layer-batch-norm = Batch norm
model-layer-norm = Norm
model-layer-activation = Activation
model-layer-pool = Pooling
model-layer-attention = Attention
model-layer-parameter = Learned numbers

model-freeze-custom-text = Choose stage by stage in the structure
