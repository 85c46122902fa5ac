# The page where the machine tries by itself: words of the page; each panel has a file of its own.
trials-subtitle = The machine tries, you decide. The test photos stay locked.
trials-view = What to try
trials-view-search = Best settings
trials-view-folds = Cross-validation
trials-why-trying = The program is trying out settings. Wait for it, or pause it on the Trials page.
