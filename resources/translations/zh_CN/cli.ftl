## 命令行

cli-description = 在自己的电脑上微调图像分类模型。不带命令时打开窗口。
cli-help-basedir = 程序写入的一切都放在 DIR 下
cli-help-demo = 使用示例照片
cli-help-open = 在窗口中打开照片文件夹、zip、CSV、运行记录、模型文件或图片
cli-help-json = 标准输出只打印 JSON
cli-help-train = 用一个照片文件夹训练模型
cli-help-recipe = 从 FILE 里的方案开始
cli-help-set = 修改一项设置，例如 optim.lr=0.0003；可多次使用
cli-help-out = 把运行放进新文件夹 RUN
cli-help-find-lr = 用一次简短的测试找出合适的学习率
cli-help-resume = 继续被暂停、中断或失败的运行
cli-help-evaluate = 评估某次运行的模型
cli-help-data = 改用这些照片来评判
cli-help-predict = 让某次运行的模型识别照片或文件夹中的照片
cli-help-csv = 同时把结果写入 FILE
cli-help-check = 查找损坏、重复或过少的照片
cli-help-export = 把某次运行的模型导出给其他程序使用
cli-help-format = safetensors 或 onnx；Keras 的网络还可以用 keras；script 是纯 PyTorch 脚本；notebook 是 HTML 格式的实验笔记
cli-help-all = 列出全部主干网络，而不只是推荐的
cli-help-models = 列出主干网络及其权重是否就绪
cli-help-doctor = 版本、设备与文件夹
cli-help-self-test = 证明安装好的程序可以工作
cli-help-tune = 在给定预算内通过试验寻找最佳设置
cli-help-tune-dataset = 照片；也可以是某次搜索的文件夹，以便继续
cli-help-trials = 达到该试验次数后结束
cli-help-minutes = 达到该分钟数后结束（两者都不给时为 20）
cli-help-tune-out = 把搜索放进新文件夹 DIR
cli-help-storage = 与其他进程或电脑一起搜索：journal:///shared/fruit.log，或 Optuna 支持的数据库
cli-help-range = 哪些设置可以变化，例如 optim.lr=0.0001..0.01、train.batch_size=8,16 或 train.epochs=off；可重复给出
cli-usage-dataset = 请给出 DATASET 或 --demo 之一
cli-usage-set = --set 需要 KEY=VALUE，而不是“{ $value }”
cli-usage-range = --range 需要 KEY=LOW..HIGH、KEY=A,B,C 或 KEY=off，而不是“{ $value }”
cli-usage-budget = --trials 必须不小于 1，--minutes 必须大于 0
cli-usage-tune-study = 继续已有的搜索时，设置、范围、文件夹和存储都保持不变：只能给出 --trials 或 --minutes
cli-trial = 试验 { $number }，{ $state }：第 { $epoch } / { $epochs } 轮
cli-trial-accuracy = 试验 { $number }，{ $state }：第 { $epoch } / { $epochs } 轮，验证照片答对 { $accuracy }
cli-cancelled = 已取消。
cli-stopping = 正在停止；已学到的内容会保留。再按一次 Ctrl-C 立即结束。
cli-run-started = 训练照片 { $train } 张，验证 { $validation } 张，测试 { $test } 张，共 { $classes } 类。设备：{ $device }。
cli-run-time = 大约需要 { $time }。
cli-baseline = { $seconds } 秒后得到基线：验证照片答对 { $accuracy }。
cli-epoch = 第 { $epoch } 轮：训练损失 { $train }，验证损失 { $validation }，验证准确率 { $accuracy }；约剩 { $left } 秒。
cli-evaluated-test = 在模型从未见过的 { $n } 张测试照片上的准确率：{ $accuracy }
cli-evaluated-validation = 在用来挑选模型的 { $n } 张验证照片上的准确率：{ $accuracy }
cli-run-folder = 运行：{ $path }
cli-next-command = 下一步：{ $command }
cli-accuracy = 准确率 { $accuracy }，宏平均 F1 { $f1 }，共 { $n } 张照片
cli-no-issues = 没有发现问题。
cli-exported = 模型在 { $path }
cli-written = 已写入 { $path }
cli-weights-here = 已就绪
cli-weights-missing = 需要下载
cli-passed = 通过
cli-failed = 未通过
cli-column-class = 类别
cli-column-precision = 精确率
cli-column-recall = 召回率
cli-column-f1 = F1
cli-column-support = 照片数
cli-column-name = 名称
cli-column-title = 标题
cli-column-parameters = 参数
cli-column-weights = 权重
cli-job-doctor = 查看这台电脑
cli-job-self-test = 自检

cli-not-installed = 未安装

## find-lr

cli-column-lr = 学习率
cli-column-loss = 损失
cli-column-smoothed = 平滑后
cli-lr-suggestion = 建议的学习率：{ $lr }
cli-lr-none = 无法给出建议的学习率。
cli-help-cross-validate = 把照片分成几份，为每一份训练一个模型，并用这一份评判它
cli-help-folds = 分成几份（2 到 20，默认 5）
cli-help-repeats = 重新划分几次（默认 1）
cli-help-group-by = 哪些照片必须放在同一份里：文件名开头相同的、同一文件夹里的，或 CSV 的 group 列相同的
cli-help-ensemble = 所有折完成后，新建一次运行，其模型取各折模型答案的平均值
cli-help-baseline = 只在冻结的主干网络上训练新的分类头
cli-help-out-study = 保存位置；如果那里有用相同设置开始的交叉验证，就接着做
cli-fold-started = 第 { $number } 个模型，共 { $models } 个
cli-fold-done = 第 { $number } 个模型：在 { $n } 张从未见过的照片上准确率为 { $accuracy }
cli-folds-interval = 区间：95%，已按各模型共用大部分照片的情况修正（Nadeau 与 Bengio，2003）。
cli-folds-ensemble = 合成的模型：{ $path }
cli-folds-folder = 交叉验证：{ $path }
cli-folds-partly = 目前完成 { $done } 个模型，共 { $models } 个。继续：{ $command }
cli-test-looks = 这些测试照片已被看过 { $n } 次。
