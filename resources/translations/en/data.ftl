# The Data page, the photo grid and the large view of a photo.
data-title = Data
data-subtitle-start = Begin with your photos: one folder for each class
data-subtitle = { $photos } in { $classes }
data-subtitle-split = split { $train } / { $validation } / { $test }, the same in every run
data-subtitle-given = split { $train } / { $validation } / { $test }, as the dataset says
data-subtitle-skipped = { $n } left out
data-number = { $n }

# Opening
data-open = Open…
data-check = Check health
data-next = Next: Augment
data-open-folder = Open folder…
data-open-file = Open zip or CSV…
data-open-demo = Try the demo
data-open-recent = Open { $path }
data-close = Close this dataset
data-choose-folder = Choose the folder that holds a folder for each class
data-choose-file = Choose a zip or a CSV
data-file-kinds = Zip files and CSV tables
data-drop-title = Drop a folder of photos here
data-drop-text = One folder for each class, named after it. A zip of that is fine too, and so is a CSV with the columns path and label. Your files are never changed.
data-recent = Opened before

# Classes and split
data-classes = Classes
data-all-photos = All photos
data-class-counts = { $n ->
    [one] 1 photo
   *[other] { $n } photos
  }: { $train } training, { $validation } validation, { $test } test
data-split = Split
data-percent-suffix = { " " }%
data-split-given-test = The dataset says itself which photos are for testing.
data-split-given-validation = The dataset says itself which photos are for validation.
data-split-given-both = The dataset says itself which photos are for validation and testing.
data-few-title = { $label } has few photos
data-few-text = { $n } against { $average } on average in the other classes. Add about { $more } more, or let training weigh it higher.
data-few-balanced = { $n } against { $average } on average in the other classes. Training weighs it higher; more photos help further.
data-few-balance = Weigh it higher

# The photos
data-grid-name = Photos
data-search = Search file names
data-sort = Order
data-sort-class = By class
data-sort-name = By name
data-sort-newest = Newest first
data-job-sort = Sorting the photos
data-thumbnail-size = Size of the pictures
data-nothing-found = No photos match.
data-photo-open = View large
data-copy-path = Copy path
data-checking = { $done } of { $total } photos checked

# Issues
data-issues-chip = { $n ->
    [0] Issues
   *[other] Issues { $n }
  }
data-issues = Issues
data-issues-name = What is wrong with the photos
data-not-checked = Not checked yet
data-not-checked-text = Only files that cannot be used are listed so far. The check also looks for exact copies, those of them in both training and test, and classes with few photos.
data-no-issues = Nothing wrong was found
data-no-issues-text = { $n ->
    [one] One photo was read to its end and compared.
   *[other] { $n } photos were read to their end and compared with each other.
  }
data-issue-no-photos = This one is about numbers, so there are no photos to show.
data-advice-leak = Keep each photo in only one of training, validation and test, and delete the copies.
data-advice-duplicate-across-classes = Look which label is right and delete the other copy.
data-advice-duplicate = Delete the copies, or keep all of them in training.
data-advice-empty-class = Put photos into it, or delete the folder.
data-advice-no-training-photos = Put photos of this class into the training folder, or remove the class.
data-advice-single-photo-class = Add more photos of this class, or remove it.
data-advice-few-photos = Add photos, taken as differently as they will be in use.
data-advice-imbalance = Add photos of the small class, or switch on Balance classes on the Train page.

# One photo, large
data-view-title = Photo
data-view-previous = Previous photo (←)
data-view-next = Next photo (→)
data-view-place = { $number } of { $count }
data-view-larger = Larger (+)
data-view-smaller = Smaller (−)
data-view-fit = Fit into the window (0)
data-view-actual = Actual size, 100 % (1)
data-fact-size = Size
data-fact-bytes = File size
data-fact-format = Format
data-fact-turned = Orientation
data-fact-modified = Changed
data-fact-folder = Folder
data-pixels = { $width } × { $height } pixels
data-turned = Turned as the camera noted
