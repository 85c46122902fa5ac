## Jobs that read photos, and what the check-up of a dataset finds.

dataset-open-title = Opening the dataset
dataset-check-title = Checking the dataset
dataset-verify-title = Looking at the photos

dataset-listing-photos = Listing the photos
dataset-unpacking = Unpacking the zip
dataset-reading-photos = Reading the photos

dataset-issue-unreadable =
    { $n ->
        [one] 1 photo cannot be used and is left out. { $reason }
       *[other] { $n } photos cannot be used and are left out. { $reason }
    }
dataset-issue-leak = The same photo is there { $n } times, in training as well as in validation or test, or in both of these. The accuracy will look better than it is.
dataset-issue-duplicate-across-classes = The same photo is there { $n } times, as “{ $first }” and as “{ $second }”. One of the labels must be wrong.
dataset-issue-duplicate = The same photo is there { $n } times in one class. If its copies fall into training and test, the accuracy will look better than it is.
dataset-issue-empty-class = “{ $label }” holds no photo that can be used, so it is not a class.
dataset-issue-no-training-photos = “{ $label }” has photos for validation or test, but none to train on, so it cannot be learned.
dataset-issue-single-photo-class = “{ $label }” has one photo only. It is trained on, so how well the class is recognised cannot be measured.
dataset-issue-few-photos = “{ $label }” has { $n } photos only. Twenty or more make training and testing trustworthy.
dataset-issue-imbalance = “{ $largest }” has { $largest_n } photos but “{ $smallest }” only { $smallest_n }. The model may prefer the large class; more photos of the small one help.
