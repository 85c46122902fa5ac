# The Model page: starting from a file of one's own or from an earlier run.
model-job-look = Looking at the weights
model-file-choose = Choose a file…
model-file-choose-help = Start from weights of your own: .safetensors, .pt or .pth. A file or the folder of a run can also be dropped here.
model-file-kinds = Weights
model-file-any = All files
model-file-looking = Looking at { $name }…
model-file-is = { $name } is { $title }
model-file-fits = fits: { $fitting } of { $wanted } tensors
model-file-classes = { $n ->
    [one] 1 class
   *[other] { $n } classes
}
model-file-part = taken from its entry “{ $part }”
model-file-run = a run of this program; its split of the photos is taken too
model-file-export = a model of this program
model-file-ambiguous = { $name } fits several networks
model-file-ambiguous-text = They have the same tensors but want differently prepared photos. Choose the one that these weights were trained as.
model-file-unknown = { $name } holds { $n } tensors of an unknown network
model-file-unknown-text = Choose the network that it belongs to; then you see whether it fits.
model-file-which = Network
model-file-choose-network = Choose or type a name
model-file-misfit = { $name } does not fit { $title }
model-file-missing = { $n } missing
model-file-reshaped = { $n } of another shape
model-file-unexpected = { $n } left over
model-file-use = Start from it
model-file-another = Choose another file…
model-file-details = Details
model-file-copy = Copy
model-file-copied = Copied
model-file-used = Starts from { $name }
model-file-used-text = Training goes on from these weights instead of the published ones.
model-file-back = Back to the published weights
