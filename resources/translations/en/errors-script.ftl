## Runs that cannot be shown as plain code, and places for documents that are none.

error-script-ensemble = The model of this run is made of several models of a cross-validation, so there is no one training to show.
    .next = Open one of those models on the Trials page, and take its script.
error-script-lora = This run learned small matrices beside the weights (LoRA), which needs the library peft and is not shown as plain code yet.
    .next = Train without an adapter to get a script, or go on with this program.
error-script-network = “{ $backbone }” is not one of timm's networks with a head of its own, and other networks, or other ways of pooling, are not shown as plain code yet.
    .next = Train with a network of timm and its own pooling to get a script, or go on with this program.
error-script-weights = This run started from { $path }, whose tensors have other names than the network's; that is not shown as plain code yet.
    .next = Train from published weights, or from a model of this program, to get a script.
error-script-setback = With the learning rate { $lr } the loss became infinite in this run, and the program halved the rate on the way. Plain code would not come to the same result.
    .next = Train again with a lower learning rate, and look at the code of that run.
error-document-is-folder = { $path } is a folder, so no file of that name can be written.
    .next = Choose another name.
error-document-no-folder = The folder { $path } does not exist.
    .next = Make the folder, or choose another place.
