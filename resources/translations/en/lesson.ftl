# The lesson "learn by breaking it": three short trainings that differ in the learning rate alone.

lesson-title = Learn by breaking it
lesson-subtitle = Three short trainings on the demo photos, one after the other, that differ in the learning rate alone. Your photos, settings and runs stay as they are. It takes about three minutes.
lesson-open = Learn by breaking it: a lesson of three minutes
lesson-open-short = A lesson of three minutes
lesson-job = Training for the lesson
lesson-job-open = Reading the lesson
lesson-step = { $n } of { $total }
lesson-step-summary = What there was to see

lesson-plot = Training loss
lesson-plot-empty = The curves appear here, one after the other.
lesson-plot-beyond = One curve leaves the picture at the top: beside it the calm ones would be one flat line. The wheel zooms out.
lesson-part-high = Far too high
lesson-part-low = Far too low
lesson-part-right = Right

lesson-try-high = First, a learning rate of { $lr }
lesson-try-high-text = That is hundreds of times what fits here: as if a string were to be tuned by giving its peg a whole turn each time.
lesson-try-low = Now a learning rate of { $lr }
lesson-try-low-text = That is a thirtieth of what fits here: as if a spring were wound by a hair's breadth each time.
lesson-try-right = At last a learning rate of { $lr }
lesson-try-right-text = That is what fits these small photos. Photos, network and number of epochs are the same as before.
lesson-question = What will the loss do?
lesson-guess-falls = It falls and comes to rest
lesson-guess-stays = It hardly moves
lesson-guess-jumps = It rises or jumps about
lesson-guess-first = Guess first: choose one of the answers.
lesson-paused = This part was begun and can go on where it was.

lesson-live = Watch the curve
lesson-your-guess = Your guess: { $guess }.
lesson-live-begins = The program first looks at the photos; the curve begins in a moment.
lesson-live-far = Epoch { $epoch } of { $epochs }, loss { $loss }

lesson-guessed-right = As you said
lesson-guessed-otherwise = It came otherwise
lesson-not-guessed = This is what happened
lesson-cut-short = Too short to tell
lesson-cut-short-text = The training ended before the curve could show anything.
lesson-happened-falls = The loss fell, from { $first } to { $last }, and comes to rest.
lesson-happened-stays = The loss hardly moved: { $first } at the beginning, { $last } at the end.
lesson-happened-jumps = The loss was thrown about: from { $first } it went up to { $worst } and ended at { $last }.
lesson-happened-infinite = The loss became infinite: the numbers could not hold it any more.
lesson-accuracy = Validation accuracy went from { $before } before the fine-tuning to { $after }.
lesson-coach-says = The coach says of this run

lesson-summary = Now you have seen all three
lesson-column-rate = Learning rate
lesson-column-loss = What the loss did
lesson-row-high = { $lr }, far too high
lesson-row-low = { $lr }, far too low
lesson-row-right = { $lr }, right
lesson-did-falls = Fell from { $first } to { $last }
lesson-did-stays = Stayed: { $first }, { $last }
lesson-did-jumps = Jumped up to { $worst }
lesson-did-infinite = Became infinite
lesson-left-out = Left out
lesson-summary-text = The learning rate is how far the peg is turned after each look at the photos. Too far, and every tone is missed; too little, and the evening is over before the string is in tune. The curve shows which it is within the first epochs.
lesson-summary-next = In your own trainings the coach watches for the same signs, and “Find…” beside the learning rate tests which one fits your photos.

lesson-back = Back
lesson-skip = Skip this part
lesson-again = Begin again
lesson-start = Start
lesson-continue = Go on
lesson-next = Next
lesson-sum-up = Sum up
lesson-stop = Stop here
lesson-stop-tip = End this part and see what came of it so far
lesson-why-training = A training is going on. Stop or pause it first.
