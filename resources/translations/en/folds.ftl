# Cross-validation.
folds-job = Cross-validation
folds-job-read = Reading the cross-validation
folds-job-outlook = Looking how the photos can be divided
folds-metric-accuracy = Accuracy
folds-metric-macro-f1 = Macro F1
folds-metric-macro-precision = Precision
folds-metric-macro-recall = Recall
folds-column-mean = mean
folds-column-sd = ± sd
folds-column-interval = 95 % interval
