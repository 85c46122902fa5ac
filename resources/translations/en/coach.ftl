# The coach: what it has noticed in a run, why it thinks so, and what to do.
coach-job = Reading the run
coach-title = Coach
coach-log = Log
coach-empty = The coach reads along
coach-empty-text = Start a training. What is right and what goes wrong is said here while it runs, with the place on the curve and a way out.
coach-ensemble = This model is made of several. What the coach says of each stands with its own run: open it on the Trials page.
coach-waiting = Nothing to say yet: the first epochs tell little.
coach-show = Show on the curve

coach-weight-problem = Problem
coach-weight-hint = Worth knowing
coach-weight-good = Good

coach-going-well = It goes well
coach-going-well-evidence = The loss falls steadily and validation follows it.
coach-going-well-text = Like a string that is in tune: there is no need to turn the peg. Let it go on.

coach-lr-too-high = The learning rate is too high
coach-lr-too-high-evidence = At { $lr }, the loss jumped or the validation accuracy fell: it was { $lowest } % at the lowest.
coach-lr-too-high-text = Each update turns the peg so far that the string overshoots its tone. What the network knew already is lost faster than something new is learned.
coach-lr-too-low = The learning rate is too low
coach-lr-too-low-evidence = At { $lr }, the training loss went from { $first } to { $last } only.
coach-lr-too-low-text = The spring is wound in steps so small that it hardly tightens. The run ends long before the network has learned what is there to learn.
coach-stopped-too-early = It was still getting better
coach-stopped-too-early-evidence = Validation loss fell by another { $fallen } % at the end of { $epochs } epochs.
coach-stopped-too-early-text = The spring could be wound further. Give it more epochs; patience ends the run by itself when nothing improves any more.
coach-trained-too-long = Overtrained since epoch { $epoch }
coach-trained-too-long-evidence = Validation loss was lowest at { $lowest } and has risen to { $last }, while training loss still falls.
coach-trained-too-long-text = The spring is wound too tight: the network learns its training photos by heart. The best epoch is kept, and what came after it was time lost.
coach-overfitting = Overfitting
coach-overfitting-evidence = { $train } % of the training photos are right, but only { $validation } % of the validation photos.
coach-overfitting-text = The network knows its photos by heart instead of what they have in common. More variety helps: more photos, stronger augmentation, or fewer layers that learn.
coach-underfitting = Not even the training photos are learned
coach-underfitting-evidence = In the last epoch { $train } % of the training photos were right, and { $validation } % of the validation photos.
coach-underfitting-text = The network has not had the time or the freedom to learn. Let more of it learn, or let it learn for longer.
coach-too-few-photos = Too few photos
coach-too-few-photos-evidence = A typical class has { $n } photos to learn from; “{ $label }” has { $fewest }.
coach-too-few-photos-text = So few photos show chance details, not what a class looks like. Thirty a class are a good start, and variety counts more than number.
coach-class-starves = “{ $label }” has too few photos
coach-class-starves-evidence = { $n } photos against { $most } of the largest class.
coach-class-starves-text = The network seldom meets this class and seldom says its name. Add photos of it, or let each class weigh the same.
coach-class-confused = “{ $truth }” is taken for “{ $answer }”
coach-class-confused-evidence = { $n } photos, { $share } % of that class.
coach-class-confused-text = Look at these photos: are their labels right, and could a person tell them apart? Photos that show the difference help most.
coach-labels-doubtful = It is no better than guessing
coach-labels-doubtful-evidence = The best validation accuracy is { $best } %; always saying the commonest class gives { $chance } %.
coach-labels-doubtful-text = Photos and classes do not seem to belong together. See whether photos lie in the wrong folders, and whether they show what the class name means.
coach-validation-too-small = Too few validation photos to trust
coach-validation-too-small-evidence = { $best } % of { $n } photos: in truth anything from { $low } % to { $high } %.
coach-validation-too-small-text = One photo more or less right changes the result by several percentage points, so runs cannot be compared. Set aside more photos, or add some.
coach-validation-easier = Validation is easier than training
coach-validation-easier-evidence = The frozen baseline gets { $validation } % of the validation photos right and { $train } % of the training photos.
coach-validation-easier-text = The photos to judge by are not like those to learn from, perhaps from another day or place. New photos may be harder than the figures promise.
coach-leak = Photos to judge by were also learned
coach-leak-evidence = { $n ->
    [one] 1 photo, { $share } % of validation and test, is also a training photo.
   *[other] { $n } photos, { $share } % of validation and test, are also training photos.
}
coach-leak-text = The network has seen the answers, so the accuracy flatters. Remove the copies and train again.
coach-augmentation-too-strong = Augmentation is too strong
coach-augmentation-too-strong-evidence = As they are, { $validation } % of the photos are recognised; augmented, { $train } %.
coach-augmentation-too-strong-text = The changed photos can hardly be recognised, so the network learns from noise. Look at them on the Augment page: what you cannot name, it cannot learn.
coach-augmentation-too-weak = Augmentation is too weak
coach-augmentation-too-weak-evidence = { $train } % of the training photos are right, but only { $validation } % of the validation photos. A typical class has { $n } photos, little varied.
coach-augmentation-too-weak-text = Whoever sees the same few photos again and again knows them by heart. Let each epoch show them a little differently: turned, cropped, brighter or darker.
coach-input-too-small = The photos may be shrunk too much
coach-input-too-small-evidence = Photos of { $photo } pixels are shrunk to { $input }; { $validation } % of the validation photos are right.
coach-input-too-small-text = At that size small things may be too blurred to be told apart, as if one looked at them from too far away. A larger input shows more, and takes longer.
coach-not-finite = The numbers became infinite
coach-not-finite-evidence = { $n ->
    [one] The loss became infinite once, although a learning rate of { $lr } is moderate.
   *[other] The loss became infinite { $n } times, although a learning rate of { $lr } is moderate.
}
coach-not-finite-text = One update tore the string. It was undone and tried again with half the learning rate. Numbers with more digits, or a limit on each update, keep it whole.
coach-dead-units = Parts of the network have died
coach-dead-units-evidence = Since epoch { $epoch }, { $share } % of what the last layer is given says the same of every photo.
coach-dead-units-text = These strings were wound so far that they tore: they sound the same whatever is played, and more training does not bring them back. Start again with smaller steps.
coach-decoding-slow = The network waits for photos
coach-decoding-slow-evidence = { $waiting } % of the time went by in waiting: in each epoch { $decoded } % of the photos are decoded anew.
coach-decoding-slow-text = Decoded photos are not kept, or there is no room left for them. With more disk space in the settings each photo is decoded only once.
coach-loading-slow = The network waits for photos
coach-loading-slow-evidence = { $waiting } % of the time went by in waiting, although the photos are kept decoded.
coach-loading-slow-text = The drive or the processor does not keep up. Photos on a network or USB drive are quicker once they are copied to this computer, and gentler augmentation is less work.
coach-precision-pinned = It could be faster
coach-precision-pinned-evidence = Numeric precision is set to { $precision } by hand.
coach-precision-pinned-text = Graphics cards usually compute faster with shorter numbers, and the result is as good. Left on automatic, the program measures which is faster.
coach-threads-pinned = Part of the processor is idle
coach-threads-pinned-evidence = { $threads ->
    [one] 1 thread is set by hand, and there are { $cores } cores.
   *[other] { $threads } threads are set by hand, and there are { $cores } cores.
}
coach-threads-pinned-text = Left on automatic, the program measures how many threads are fastest.
coach-batch-too-small = The batch is too small
coach-batch-too-small-evidence = { $size ->
    [one] Each update follows a single photo.
   *[other] Each update follows { $size } photos.
}
coach-batch-too-small-text = So few photos say something else each time, and the network is pulled to and fro. A larger batch averages that out.
coach-batch-norm-unsteady = Batch statistics are unsteady
coach-batch-norm-unsteady-evidence = Batch norm learns its statistics from { $size } photos at a time.
coach-batch-norm-unsteady-text = Mean and spread of so few photos are noise, and every layer behind feels it. Keep the statistics that the pretrained network brought along.
coach-baseline-as-good = The frozen baseline is as good
coach-baseline-as-good-evidence = { $baseline } % with the frozen backbone, { $best } % after fine-tuning.
coach-baseline-as-good-text = Your photos are so much like what the backbone knows that the head alone would do. Training the head alone takes seconds.

coach-remedy-lower-lr = Lower the learning rate
coach-remedy-raise-lr = Raise the learning rate
coach-remedy-longer = Train longer
coach-remedy-shorter = Stop at the best epoch
coach-remedy-augment = Augment more strongly
coach-remedy-augment-less = Augment more gently
coach-remedy-freeze = Freeze the early layers
coach-remedy-learn-more = Let it learn more
coach-remedy-head-only = Train the head alone
coach-remedy-balance = Let classes weigh the same
coach-remedy-larger-batch = Use a larger batch
coach-remedy-larger-validation = Set more photos aside
coach-remedy-freeze-batch-norm = Keep the statistics
coach-remedy-larger-input = Use a larger input size
coach-remedy-steadier = Keep the numbers in range
coach-remedy-keep-photos = Keep decoded photos
coach-remedy-own-disk = Open photos from this computer
coach-remedy-let-measure = Let the program measure
coach-remedy-more-photos = Add photos
coach-remedy-look = Look at the photos
coach-remedy-see-mistakes = See the mistakes

coach-clone-text = A new run with the settings of this one, but for:
coach-clone-change = { $field }: { $before } → { $after }
coach-clone-start = Start the new run
coach-clone-keep = Only change the settings
coach-clone-other-photos = This run learned from { $learned }, but { $opened } is open. Open its photos first, or only change the settings.
coach-clone-running = A training is going on. Stop or pause it first, or only change the settings for later.
