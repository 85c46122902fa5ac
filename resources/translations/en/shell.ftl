# The window around the pages.
shell-job-split = Splitting the photos
shell-job-open-run = Opening the run
shell-job-list-runs = Looking for runs
shell-job-tidy = Tidying up
shell-job-settings = Saving the settings
shell-job-load-torch = Loading the training engine
shell-why-no-torch = The training engine could not be loaded. See the message for the reason.
shell-why-training = A run is being trained now. Pause or stop it first.
shell-why-no-dataset = Open some photos on the Data page first.
shell-why-one-class = At least two classes are needed, that is two folders with photos.
shell-why-splitting = The photos are being split into training and validation.
shell-why-no-train = No photos are left for training. Add some, or keep fewer for validation and test.
shell-why-no-validation = No photos are left for validation. Add some, or raise its share.
