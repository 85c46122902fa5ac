# The Augment page: random changes to training photos, and a preview of exactly these changes.
augment-job = Drawing the preview
augment-title = Augment
augment-subtitle = Training sees every photo a little changed each time, so that the model learns the object and not the photo.
augment-next = Next: Model

augment-preset = Strength of the augmentation
augment-group-geometry = Geometry
augment-group-colour = Colour
augment-group-quality = Quality
augment-modified-from = Changed; { $preset } has { $value }
augment-reset = Back to { $preset } ({ $value })

augment-hint-rotation = Photos taken upright are hardly ever turned this far. Fine for photos from above.
augment-hint-horizontal-flip = Switch it off where left and right matter: writing, arrows, hands.
augment-hint-vertical-flip = Most photos have an up and a down. Keep this for photos from above or through a microscope.
augment-hint-brightness = Some photos become nearly black or white. Can you still tell the classes apart in the preview?
augment-hint-contrast = Some photos become nearly grey. Can you still tell the classes apart in the preview?
augment-hint-saturation = Some photos lose nearly all colour. Keep it low where colour tells the classes apart.
augment-hint-hue = Colours change visibly. Keep it at 0 where colour tells the classes apart, such as ripe and unripe.
augment-hint-crop-scale = The object may be outside such a small part. Is it still there in the preview?
augment-hint-blur = Fine detail disappears. Keep it low where the classes differ in texture.
augment-hint-erasing = Most photos lose a part. The feature that matters may be hidden too often.

augment-preview = Preview
augment-count = How many versions to show
augment-shuffle = Shuffle
augment-shuffle-help = Draw again: show the next epochs
augment-original = As validation sees it
augment-original-name = The photo as validation sees it, { $size } × { $size } pixels
augment-versions-name = { $n } versions of the photo, as training sees them in epochs { $first } to { $last }
augment-epoch = Epoch { $epoch }
augment-photo-of = Training photo { $number } of { $total }
augment-previous = Previous photo
augment-next-photo = The photo after this one
augment-random = Random photo
augment-choose = Choose…
augment-choose-title = Choose a training photo
augment-choose-all = All classes
augment-choose-class = Class
augment-use-photo = Use this photo

augment-exact = Exactly what training will see of this photo in epochs { $first } to { $last }.
augment-exact-beyond = What training would see of this photo in epochs { $first } to { $last }; it ends after epoch { $epochs }.
augment-exact-views = With the whole backbone frozen { $n } pictures of each photo are drawn, which come round again.
augment-exact-mixed = Each is mixed with another photo before it is learned.
augment-exact-none = No change is switched on: training sees the same picture in every epoch.
augment-exact-baseline = With 0 epochs only the baseline is computed, and that sees photos unchanged.

augment-empty = No photos yet
augment-empty-text = Open some photos, and see here how training will see them.
augment-open-data = Go to Data
augment-waiting = The preview is on its way
augment-waiting-text = It waits for the training engine, which is loading.
augment-failed = No preview
augment-failed-text = The training engine could not be loaded, and it is what draws the pictures.
augment-no-photos = No training photos
augment-no-photos-text = Only training photos are augmented, and the split leaves none.
