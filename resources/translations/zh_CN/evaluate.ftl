# 模型有多好，错在哪里。
evaluate-job = 正在评估模型
evaluate-job-read = 正在读取评估结果
evaluate-job-save = 正在保存评估结果

evaluate-title = 评估
evaluate-subtitle-start = 看模型在没学过的照片上表现如何
evaluate-subtitle-test = { $run } · { $n } 张从未见过的测试照片{ $looks ->
    [0] {""}
   *[other] {" "}· 已看过 { $looks } 次
  }
evaluate-subtitle-validation = { $run } · { $n } 张验证照片 · 没有用于学习，但用来挑选最佳轮次
evaluate-validation-why = 验证照片没有用于学习，但最佳轮次是用它们挑选的。在新照片上，结果可能略低。
evaluate-validation-only = 这次运行没有留出测试照片，因此用验证照片评估。它们没有用于学习，但最佳轮次是用它们挑选的：在新照片上，结果可能略低。可在“数据”页设置测试集比例。
evaluate-test-why = 测试照片完全没有参与训练，因此这个结果最可信。每看一次都会计数：看得越多、并据此挑选，结果就越不可靠。
evaluate-split = 用哪些照片评估
evaluate-split-help = 测试照片完全没有参与训练，结果最可信。验证照片也没有用于学习，但最佳轮次是用它们挑选的。
evaluate-save = 另存为…
evaluate-save-choose = 选择保存评估结果的文件夹
evaluate-next = 下一步：预测

evaluate-accuracy = 准确率
evaluate-accuracy-hint = { $of } 张中答对 { $right } 张
evaluate-accuracy-help = 所有照片中，模型答对的比例。
evaluate-macro-f1 = 宏平均 F1
evaluate-macro-f1-hint = 各类别的平均值
evaluate-macro-f1-help = 各类别 F1 的平均值，从 0 到 1。不论照片多少，每个类别同等重要。如果明显低于准确率，说明某个照片较少的类别识别得不好。
evaluate-weakest = 最弱的类别
evaluate-weakest-hint = 找出 { $percent }
evaluate-weakest-none-hint = 每个类别都全部找出
evaluate-weakest-help = 召回率最低的类别：它的照片最常被认错。
evaluate-confused = 最易混淆
evaluate-confused-hint = { $n } 张
evaluate-confused-none-hint = 没有错误
evaluate-confused-help = 错误最多的一对类别：前面是照片的真实类别，后面是模型的回答。

evaluate-view = 显示内容
evaluate-matrix = 混淆矩阵
evaluate-classes = 按类别
evaluate-mode = 格子里显示什么
evaluate-mode-counts = 数量
evaluate-mode-help-counts = 照片张数。
evaluate-mode-truth = 按真实
evaluate-mode-help-truth = 每一行的百分比：属于该类别的照片，模型各回答了什么。
evaluate-mode-guess = 按回答
evaluate-mode-help-guess = 每一列的百分比：模型回答为该类别的照片，实际各是什么。
evaluate-matrix-hint = 行是真实类别，列是模型的回答。点击格子可查看其中的照片。

evaluate-cell-right = { $of } 张“{ $truth }”中，{ $n } 张识别正确（{ $percent }）。
evaluate-cell-wrong = { $of } 张“{ $truth }”中，{ $n } 张被认成“{ $guess }”（{ $percent }）。
evaluate-cell-right-none = 没有一张“{ $truth }”识别正确。
evaluate-cell-wrong-none = 没有“{ $truth }”被认成“{ $guess }”。
evaluate-cell-guess-right = 模型回答为“{ $guess }”的 { $of } 张中，{ $n } 张确实是（{ $percent }）。
evaluate-cell-guess-wrong = 模型回答为“{ $guess }”的 { $of } 张中，{ $n } 张其实是“{ $truth }”（{ $percent }）。
evaluate-cell-no-photos = 这里没有“{ $truth }”的照片。

evaluate-column-class = 类别
    .help = 类别的名称。点击一行可查看它的错误。
evaluate-column-precision = 精确率
    .help = 模型回答为该类别的照片中，确实属于它的比例。偏低说明模型过于频繁地给出这个回答。
evaluate-column-recall = 召回率
    .help = 属于该类别的照片中，被模型找出来的比例。偏低说明模型常常漏掉它。
evaluate-column-f1 = F1
    .help = 把精确率和召回率合成一个 0 到 1 之间的数。只有两者都高，它才高。
evaluate-column-support = 张数
    .help = 该类别有多少张照片参与评估。少于约 20 张时，数字受偶然因素影响较大。

evaluate-mistakes = 错误
evaluate-mistakes-hint = 最有把握的在前 · { $n } 张
evaluate-photos-hint = { $n } 张
evaluate-shown-right = { $truth }，识别正确
evaluate-shown-wrong = { $truth } 被认成 { $guess }
evaluate-shown-class = { $truth }，未识别出
evaluate-all-mistakes = 返回全部错误
evaluate-guess = { $guess } · { $percent }
evaluate-truth = 实为 { $truth }
evaluate-fact-truth = 真实类别
evaluate-fact-guess = 模型的回答
evaluate-no-mistakes = 没有错误：{ $n } 张照片全部答对。
evaluate-none-here = 这里没有照片。
evaluate-unreadable = { $n } 张照片无法读取，未参与评估。

evaluate-empty-title = 还没有可评估的内容
evaluate-empty-text = 请先训练一个模型，或打开以前的运行。它答对和答错的照片会显示在这里。
evaluate-go-train = 前往训练
evaluate-training-title = 这次运行还在训练
evaluate-training-text = 训练结束后，会在这里用没学过的照片评估它的模型。
evaluate-failed-title = 这次运行失败了
evaluate-failed-text = 失败的运行不作评估。失败原因见“训练”页。
evaluate-no-model-title = 这次运行还没有模型
evaluate-no-model-text = 它在第一个模型完成之前就停止了。可在“训练”页继续。
evaluate-not-yet-title = 这次运行还没有评估
evaluate-not-yet-text = 目前的最佳模型已经可用。评估不会改变这次运行。
evaluate-start = 立即评估
evaluate-reading = 正在读取评估结果…
evaluate-running = 正在评估照片…
evaluate-running-count = { $done } / { $total } 张
evaluate-cancelled = 评估已取消，仍显示之前的结果。
evaluate-no-photos-title = 没有照片可以用来评判这个模型
evaluate-no-photos-text = 组成它的各个模型已经学过数据集的全部照片，也没有单独保留测试照片。它们各自的成绩见“训练”页。
evaluate-go-predict = 前往预测
evaluate-no-torch-title = 训练引擎不可用
evaluate-no-torch-text = 没有它无法进行评估。原因见窗口顶部的提示。
evaluate-saved = 已保存到 { $path }
evaluate-saved-text = 包含各项指标、混淆矩阵和每张照片的回答。CSV 文件可用电子表格打开。
evaluate-rail-percent = 准确率 { $percent }
evaluate-waiting = 等待训练结束…
