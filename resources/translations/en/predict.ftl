# Asking a trained model about photos.
predict-job = Asking the model
predict-progress = Asking the model
predict-job-export = Exporting the model
predict-job-save = Saving the answers
predict-job-paste = Taking over the pasted picture

predict-title = Predict
predict-subtitle = Ask your model about any photo
predict-open-photos = Open photos…
predict-open-folder = Open folder…
predict-paste = Paste
predict-choose-photos = Choose photos
predict-choose-folder = Choose a folder of photos
predict-photos-filter = Photos
predict-all-files = All files
predict-export = Export model…
predict-export-choose = Choose a folder for the model
predict-exported = The model is in { $path }
predict-exported-text = model.safetensors holds the weights; model.json says which network they belong to, its classes in order, and how photos are prepared.

predict-model = Model
predict-model-help = The model that answers: runs that finished. Choosing another one asks all photos again.
predict-model-item = { $run } · { $percent } on validation
predict-no-model-title = No trained model yet
predict-no-model-text = Train a model first. Then drop any photo here and see what the model says.
predict-go-train = Go to Train
predict-looking = Looking for models…

predict-drop-title = Drop photos or a folder here
predict-drop-text = Or click to choose photos. Pasting with Ctrl+V works too.
predict-asking = Asking the model…
predict-waiting = Waiting for the training to end…
predict-count = { $done } of { $total } photos
predict-listing = Looking for photos…
predict-stopped = { $n ->
    [one] Stopped. 1 photo was answered.
   *[other] Stopped. { $n } photos were answered.
  }
predict-paste-nothing = There is no picture and no photo file on the clipboard.

predict-answers = Answers
predict-answers-count = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }
predict-unreadable-count = { $n ->
    [one] 1 photo cannot be read
   *[other] { $n } photos cannot be read
  }
predict-column-photo = Photo
    .help = The name of the file. Click to sort.
predict-column-answer = Answer
    .help = The class that the model finds most likely. Click to sort.
predict-column-confidence = Confidence
    .help = How sure the model says it is. Click to sort: the least sure ones deserve a look.
predict-unreadable = Cannot be read
predict-unsure = not sure · { $percent }
predict-save = Save as CSV…
predict-save-choose = Save the answers
predict-save-name = answers.csv
predict-csv-filter = CSV table
predict-saved = Saved as { $path }
predict-clear = Clear

predict-answer-sure = { $label } · { $percent } sure
predict-answer-fairly = { $label } · { $percent } sure, with some doubt
predict-answer-unsure = { $label }? · only { $percent } sure
predict-caution = Not sure. { $n ->
    [one] The model has only learned 1 class and always picks it.
   *[other] The model has only learned these { $n } classes and always picks one of them.
  }
predict-knows = { $n ->
    [one] The model knows 1 class and names it for every photo.
   *[other] The model knows { $n } classes and names one of them for every photo, also for one that shows something else.
  }
predict-photo-open = Show this photo large
predict-bars = Likeliest classes
predict-rail-count = { $n ->
    [one] 1 answer
   *[other] { $n } answers
  }

predict-export-as-safetensors = As a folder with safetensors…
predict-export-as-keras = As a Keras file…
predict-export-keras-choose = Save the model for Keras
predict-keras-filter = Keras model
predict-exported-keras-text = Keras loads it without this program. It takes square photos with values from 0 to 255 and answers with one probability a class. The .json beside it has the classes in order and the size of the photos.
predict-export-as-onnx = As an ONNX file…
predict-export-onnx-choose = Save the model as ONNX
predict-onnx-filter = ONNX model
predict-exported-onnx-text = ONNX Runtime, OpenCV and many phones and cameras load it without this program. It takes square photos with values from 0 to 255 and answers with one probability a class; it was compared with PyTorch before it was written. The .json beside it has the classes in order and the size of the photos.
