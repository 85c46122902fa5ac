# Networks of Keras, and files that Keras wrote.
error-no-keras = This network is one of Keras, which is not installed.
    .next = Install it with “pip install "finetune-gui[keras]"” and start the program again, or choose another backbone.
    .next-bundled = Choose another backbone: this build of the program has no Keras.
error-keras-backend = Keras was started with { $backend }, and the program needs it with torch.
    .next = Start the program again.
error-keras-missing = The Keras file { $path } is not there.
    .next = Put the file back, or choose another backbone.
error-keras-broken = The Keras file { $path } cannot be read: it is damaged, or it was written by another version of Keras.
    .next = Save the model again as a .keras file with a version of Keras like the one here.
error-keras-unsafe = The Keras file { $path } was not opened, because its part “{ $kind }” would run code of its own.
    .next = Build the model of Keras' own layers alone, without Lambda layers and your own classes, and save it again.
error-keras-input = The Keras file { $path } does not take one square photo in colour.
    .next = Choose a model whose only input has the shape height × width × 3, with height and width alike.
error-keras-output = The Keras file { $path } is no network that makes features or classes of a photo.
    .next = Choose a model with one output: maps, features, or one number a class.
error-export-not-keras = This model is not one of Keras, so it cannot be written as a Keras file.
    .next = Export it as safetensors, or train with a backbone whose name begins with keras/.
