# What the program says when it is started for the first time.
welcome-title = Welcome to Finetune
welcome-what = Show it a few dozen photos of each kind of thing, and it learns to tell them apart: it fine-tunes an image classifier, explains how good it is, and gives you the model to use.
welcome-promise = Everything stays on this computer: your photos, the training and the model. The network is used only when you ask for a download.
welcome-folders = Where things are kept
welcome-tour = Take the two-minute tour
welcome-start = Start right away
