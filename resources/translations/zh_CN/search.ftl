# 搜索最佳设置。

search-job = 正在搜索最佳设置
search-job-compare = 正在与默认设置比较
search-job-read = 正在读取搜索记录
search-progress-trials = 试验
search-progress-time = 搜索中（秒）
search-progress-folds = 正在与默认设置比较

## 状态与结论

search-state-running = 进行中
search-state-unfinished = 未完成
search-state-complete = 已完成
search-state-pruned = 提前结束
search-state-failed = 失败
search-state-earlier = 以往的搜索
search-state-cut = 时间用完
search-study-running = 进行中
search-study-paused = 已暂停
search-study-stopped = 已停止
search-study-interrupted = 已中断
search-study-done = 已完成

search-default-settings = 默认：表单中的设置
search-nothing-yet = 还没有完成的试验。
search-no-verdict = 尚未将胜出的设置与默认设置比较。
search-no-verdict-why = 多次试验中的最佳者多少有些运气成分。比较时会重新训练两者，并用双方都没见过的照片来评判。
search-verdict-better = 高出 { $points } 个百分点，确有提升
search-verdict-chance = 高出 { $points } 个百分点，但可能只是偶然
search-verdict-not-better = 并不比默认设置好
search-verdict-figures = 将 { $photos } 张照片分成 { $folds } 份，每份都由没见过它的模型评判：新设置答对 { $winner }，默认设置答对 { $default }。真实差异在 { $low } 到 { $high } 个百分点之间（95% 置信）。测试照片未被使用。
search-verdict-default = 默认设置就是找到的最佳设置
search-verdict-default-why = 没有任何试验在验证照片上表现更好，无需更改。
search-verdict-short = 没有时间将胜出的设置与默认设置比较
search-verdict-short-why = 目前还不知道它是否真的更好。比较大约需要 { $time }。
search-verdict-few = 无法将胜出的设置与默认设置比较
search-verdict-few-why = 有的类别用于训练和验证的照片不足三张。请为它添加照片。

## 面板

search-title = 为我寻找最佳设置
search-intro = 程序会用不同的设置反复训练，从每次试验中学习下一步往哪里找，提前结束没有希望的试验，最后如实检验胜出的设置是否真的优于表单中的设置。下面没有列出的一切都保持不变。
search-budget = 用时
search-budget-5 = 5 分钟
search-budget-20 = 20 分钟
search-budget-60 = 60 分钟
search-budget-480 = 整夜
search-budget-trials = 试验次数
search-trials-count = 试验次数
search-budget-hint = 其中三分之一的时间用于与默认设置比较。
search-budget-hint-trials = 之后还要与默认设置比较，耗时相当于十次试验。
search-budget-hint-night = 八小时，其中三分之一的时间用于与默认设置比较。
search-space = 哪些设置可以变化
search-space-summary = { $n } 项设置可以变化
search-space-show = 选择…
search-space-hide = 完成
search-space-reset = 恢复范围
search-space-from = { $field }，最小值
search-space-to = { $field }，最大值
search-space-choices = { $field }，选项
search-space-to-short = 到
search-space-hint-size = 0 表示主干网络原本的尺寸。
search-space-hint-backbone = 填写“模型”页上的名称，用逗号分隔。
search-augmentation = 增强强度
search-start = 开始搜索
search-empty = 请先打开照片
search-empty-text = 然后程序就能试出最适合这些照片的设置：学习率、数据增强、哪些部分参与学习等等。
search-empty-go = 打开照片
search-earlier = 对这些照片的以往搜索
search-earlier-line = { $started } · { $budget }
search-earlier-trials = { $n } 次试验
search-earlier-minutes = { $n } 分钟
search-open = 打开
search-new = 新搜索
search-pause = 暂停
search-stop = 停止
search-continue = 继续
search-more = 继续搜索
search-use = 使用这些设置
search-used = “训练”页的表单已采用这些设置。
search-open-run = 打开对应的运行
search-compare = 与默认设置比较
search-working-baseline = 正在准备第一次试验…
search-working-trial = 试验 { $number }：第 { $epoch } / { $epochs } 轮
search-working-compare = 正在比较：第 { $done } / { $total } 次训练
search-pausing = 正在保存试验…
search-elsewhere = 另一个进程正在此处搜索。

search-tile-best = 目前最佳
search-tile-default = 默认设置
search-tile-trials = 试验
search-tile-time = 时间
search-tile-validation = 验证照片答对的比例
search-tile-same = 即默认设置
search-tile-trial = 试验 { $number }
search-tile-of = 共 { $n } 次
search-tile-of-minutes = 共 { $n } 分钟
search-tile-early = { $n } 次提前结束
search-tile-learned = 参考了 { $n } 次以往试验

search-table = 试验
search-column-number = 试验
search-column-number-help = 每次试验都是一个运行。双击可在“训练”页打开。
search-column-changes = 设置
search-column-changes-help = 与默认设置不同的地方。
search-column-accuracy = 准确率
search-column-accuracy-help = 其最佳模型在验证照片上的准确率。
search-column-state = 状态
search-column-state-help = “提前结束”：在训练的同一阶段，它比多数试验差。
search-column-time = 时间
search-column-time-help = 训练用时。
search-table-away = 这次试验的运行在另一台电脑上。

search-view = 图表
search-view-history = 进程
search-view-parallel = 设置
search-view-importance = 重要性
search-plot-history = 各次试验的验证准确率
search-plot-trial = 试验
search-plot-best = 目前最佳
search-plot-at = 试验 { $number }
search-plot-empty = 第一次完成的试验将显示在这里。
search-parallel-empty = 完成三次试验后，这里会显示哪些取值效果好。
search-parallel-name = 各次试验的设置，每次一条线
search-parallel-accuracy = 准确率
search-importance-empty = 完成六次试验后，这里会显示哪些设置最重要。
search-importance-name = 各项设置的重要程度
