## 读取照片的任务，以及数据集检查的结果。

dataset-open-title = 正在打开数据集
dataset-check-title = 正在检查数据集
dataset-verify-title = 正在查看照片

dataset-listing-photos = 正在列出照片
dataset-unpacking = 正在解压
dataset-reading-photos = 正在读取照片

dataset-issue-unreadable =
    { $n ->
       *[other] { $n } 张照片无法使用，已跳过。{ $reason }
    }
dataset-issue-leak = 同一张照片出现了 { $n } 次，并且分属训练集、验证集、测试集中的不同部分。准确率会显得比实际更高。
dataset-issue-duplicate-across-classes = 同一张照片出现了 { $n } 次，既标为“{ $first }”又标为“{ $second }”，必有一个标签是错的。
dataset-issue-duplicate = 同一张照片在一个类别里出现了 { $n } 次。如果副本分别落入训练集和测试集，准确率会显得比实际更高。
dataset-issue-empty-class = “{ $label }”中没有可用的照片，不作为类别。
dataset-issue-no-training-photos = “{ $label }”有用于验证或测试的照片，却没有训练照片，因此学不会这个类别。
dataset-issue-single-photo-class = “{ $label }”只有一张照片。它会用于训练，因此无法衡量这个类别的识别效果。
dataset-issue-few-photos = “{ $label }”只有 { $n } 张照片。有二十张以上，训练和测试结果才可信。
dataset-issue-imbalance = “{ $largest }”有 { $largest_n } 张照片，而“{ $smallest }”只有 { $smallest_n } 张。模型可能偏向照片多的类别，为照片少的类别补充照片会有帮助。
