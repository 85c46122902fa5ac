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
model-other-text = It is not in this list and comes from a recipe file. Choose one of the list to replace it.
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
