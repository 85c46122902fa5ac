# 学习率查找：从极小到极大逐步测试，以及三次短训练。

lr-title = 查找学习率
lr-subtitle = 每修正一次就把学习率调大一点，同时观察损失。不会影响你的训练和模型，大约一分钟。
lr-find = 查找…
lr-find-tip = 用一次简短的测试找出合适的学习率
lr-start = 开始测试
lr-again = 重新测试
lr-try = 试三个
lr-try-tip = 分别用建议值的三分之一、建议值和它的三倍各训练一小会儿。
lr-use-it = 采用
lr-use = 采用 { $lr }
lr-empty = 测试时曲线会出现在这里。
lr-view-test = 测试
lr-view-trials = 三次短训练

lr-plot = 不同学习率下的损失
lr-plot-loss = 损失
lr-plot-raw = 损失（每次修正）
lr-plot-at = 学习率 { $lr }
lr-plot-suggested = 建议
lr-plot-jitters = 不再回落
lr-plot-hint = 每个点是又修正一次之后，同一小批训练照片的损失。滚轮缩放，拖动平移，双击显示全部。

lr-plot-trials = 三次短训练的验证损失
lr-trial-lower = 三分之一
lr-trial-suggested = 建议值
lr-trial-higher = 三倍
lr-trial-lower-step = 三分之一，训练，每一步
lr-trial-suggested-step = 建议值，训练，每一步
lr-trial-higher-step = 三倍，训练，每一步
lr-trials-hint = 虚线：每轮结束时的验证损失；细线：每一步的训练损失。

lr-progress-test = 正在测试学习率
lr-progress-trials = 正在用三个学习率各训练一小会儿
lr-job-find = 正在查找学习率
lr-job-try = 正在试三个学习率

lr-found = 建议的学习率：{ $lr }
lr-not-found = 测试看不出结果
lr-reason-falls = 从 { $rises } 起损失开始抖动，升上去就不再回落；取它的一半，学得快又稳定。在那之前损失可能会短暂上升再回落，训练的头几轮也是这样。
lr-reason-falls-on = 损失在这里最低，即使测试中最高的学习率也没有让它一直上升。
lr-reason-bounded = 分类头已经拟合好了，所以损失在任何学习率下都几乎不再下降。从 { $rises } 起损失开始抖动，升上去就不再回落；取它的一半比较稳定。用“试三个”可以看看是否有帮助。
lr-reason-flat = 测试中的每个学习率都没有改变损失，看不出该选哪个。可以保留现在的学习率；照片更多或冻结得更少时也许看得出来。
lr-reason-rises = 从最低的学习率起损失就在上升，没有一个有帮助。请检查照片的类别是否正确；照片更多也许会有帮助。
lr-reason-few-photos = 训练照片太少，用它们测试说明不了其他照片的情况。请保留现在的学习率，或者添加照片。

lr-trials-suggested = 建议的学习率最好。请用 { $lr }。
lr-trials-lower = 建议值的三分之一更好。请用 { $lr }。
lr-trials-higher = 建议值的三倍更好。请用 { $lr }。
lr-trials-alike = 三个差不多，或者差别可能只是偶然。用 { $lr } 就很好。
lr-trials-none = 三个学习率的损失都发散了。请重新测试，或者选一个低得多的学习率。
lr-trials-figures = 验证损失和准确率：{ $figures }
lr-trial-figures = { $lr }：{ $loss }，{ $accuracy }
lr-trial-exploded = { $lr }：发散
