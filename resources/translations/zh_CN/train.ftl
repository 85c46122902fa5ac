# 训练页：两个阶段做什么、进行到哪里、结果如何。

train-title = 训练
train-subtitle = 先用冻结的主干网络得到基线，再微调，保留验证集上更好的一个。

train-start = 开始训练
train-start-new = 开始新的训练
train-pause = 暂停
train-stop = 停止并保留最佳
train-stop-tip = 立即结束。到目前为止最好的模型会保留下来，可以使用。
train-pause-tip = 保存全部状态后停下。以后可以接着训练，重启之后也行。
train-continue = 从第 { $epoch } 轮继续
train-continue-start = 继续
train-stopping = 正在停止…
train-pausing = 正在暂停…
train-show-live = 查看正在进行的训练
train-open-data = 打开数据集
train-evaluate = 去评估

train-tile-accuracy = 验证准确率
train-tile-accuracy-tip = 到目前为止最好的模型答对的验证照片所占的比例。
train-tile-baseline = 基线
train-tile-baseline-tip = 只用冻结的主干网络得到的验证准确率。微调最后至少和它一样好才会被保留。
train-tile-loss = 验证损失
train-tile-loss-tip = 到目前为止最好的模型在验证照片上错得有多离谱。越低越好。
train-tile-speed = 速度
train-tile-speed-tip = 每秒处理多少张训练照片，取最近几步的平均。
train-tile-left = 剩余时间
train-tile-left-tip = 对余下微调时间的估计。如果触发“耐心”，会提前结束。
train-speed = { $speed } 张/秒
train-none = –

train-status-ready = 可以开始：{ $photos } 张训练照片，{ $classes } 个类别。
train-status-ready-time = 可以开始：{ $photos } 张训练照片，{ $classes } 个类别，大约需要 { $time }。
train-status-torch = PyTorch 还在载入，载入后训练马上开始。
train-status-preparing = 正在准备
train-status-preparing-finetune = 正在准备微调
train-status-photos = { $what } · { $done } / { $total }
train-status-step = 微调：第 { $epoch } / { $epochs } 轮 · 第 { $step } / { $steps } 步
train-status-paused = 已暂停在第 { $step } / { $steps } 步。
train-status-interrupted = 这次训练在第 { $step } / { $steps } 步被中断。已保存的进度都还在。
train-status-finished = 已完成，用时 { $time }。
train-status-failed = 这次训练失败了。
train-status-elsewhere = 另一次训练正在进行。
train-status-followed = 另一个程序正在进行这次训练，这里显示它的进度。

train-progress-features-train = 基线：正在看训练照片
train-progress-features-validation = 基线：正在看验证照片
train-progress-views = 正在用冻结的主干网络看照片
train-progress-trials = 试跑一下，看这台电脑怎样最快
train-progress-evaluating = 正在评估最佳模型

train-plot-loss = 损失
train-plot-accuracy = 准确率
train-plot-lr = 学习率
train-plot-training = 训练
train-plot-training-mean = 训练（一轮平均）
train-plot-training-step = 训练（每一步）
train-plot-validation = 验证
train-plot-baseline = 基线
train-plot-best = 最佳
train-plot-at = 第 { $epoch } 轮
train-plot-ensemble = 这个模型由多个模型合成，各自的曲线在“自动试验”页。
train-plot-empty = 训练时曲线会出现在这里。
train-plot-hint = 细线：每一步；粗线：最近一轮的平均。滚轮缩放，拖动平移，双击显示全部。
train-plot-show-all = 显示全部
train-plot-export = 保存曲线
train-plot-save-picture = 保存为图片（PNG）…
train-plot-save-table = 保存为表格（CSV）…
train-filter-png = 图片 (*.png)
train-filter-csv = 表格 (*.csv)
train-filter-recipe = 训练方案 (*.toml)

train-form-running = 只读：这是正在进行的训练所用的方案。
train-form-modified = { $n ->
   *[other] { $n } 项已修改
}
train-form-group-device = 电脑
train-form-change = 更改设置
train-form-folded = { $epochs } · 学习率 { $lr }
train-form-menu = 方案文件
train-form-load = 打开方案文件…
train-form-save = 另存为方案文件…
train-form-use-run = 采用这次运行的方案
train-form-loaded = 表单里现在是方案“{ $name }”。
train-form-saved = 方案已保存为“{ $name }”。
train-form-go = 到对应页面修改
train-form-model = { $backbone } · 冻结层：{ $freeze }
train-form-split = { $train } / { $validation } / { $test }

train-log-title = 日志
train-log-copy = 复制日志
train-log-empty = 训练中发生的事会记在这里。
train-log-error = 错误：{ $text }
train-log-caution = 注意：{ $text }
train-log-started = { $backbone }，{ $n } 张训练照片，{ $classes } 个类别，设备 { $device }
train-log-baseline = 基线：验证准确率 { $accuracy }，损失 { $loss }，用时 { $time }
train-log-epoch = 第 { $epoch } / { $epochs } 轮：准确率 { $accuracy }，损失 { $loss }（训练 { $train_loss }）
train-log-epoch-best = 第 { $epoch } / { $epochs } 轮：准确率 { $accuracy }，损失 { $loss }（训练 { $train_loss }） · 最佳
train-log-ended-done = 全部轮次完成，用时 { $time }。
train-log-ended-early-stop = 验证集一段时间没有进步，提前结束。用时 { $time }。
train-log-ended-stopped = 你在 { $time } 后停止了训练，最佳模型已保留。
train-log-evaluated = 在 { $n } 张照片上评估：准确率 { $accuracy }，宏平均 F1 { $f1 }
train-log-paused = 已暂停在第 { $step } 步，完整状态已保存。
train-log-setup = 本机最快的方式：训练用 { $training }，看照片用 { $runtime } 的 { $inference }，{ $threads } 个线程。
train-log-no-compiler = 电脑上没有能编译网络的 C++ 编译器：照常训练。
train-log-resumed = 从第 { $step } 步继续。
train-log-undone = 第 { $step } 步损失变为无穷大：这一轮以一半的学习率 { $lr } 重新开始。
train-log-halved = 内存不够：现在每次计算 { $n } 张照片。批大小不变。
train-log-skipped = { $path } 无法读取，已跳过。
train-log-baseline-won = 微调没有超过基线，保留基线的模型：验证集上 { $accuracy }。
train-log-finetune-won = 微调胜出：第 { $epoch } 轮在验证集上达到 { $accuracy }，基线为 { $baseline }（{ $gain } 个百分点）。

train-result-finetune = 微调胜出，准确率 { $accuracy }
train-result-finetune-text = 验证照片比基线（{ $baseline }）多答对 { $gain } 个百分点。已保留第 { $epoch } 轮的模型。
train-result-equal-text = 验证照片答对得和基线一样多，而且还从变化过的照片里学习过，对新照片更可靠。已保留第 { $epoch } 轮的模型。
train-result-ensemble = 交叉验证的 { $models } 个模型合成了一个
train-result-ensemble-text = 它们各自在没见过的照片上的准确率为 { $accuracy }；合在一起通常会略好一些。
train-result-ensemble-judge = 只有测试照片能说明这一点。
train-result-ensemble-unjudged = 好多少无从得知：没有它们未学过的测试照片。
train-result-baseline = 基线仍是最好的，准确率 { $accuracy }
train-result-baseline-text = 微调在验证集上没有更好，所以保留了基线的模型，它可以直接使用。可以试试更低的学习率或更多照片。
train-result-perfect-text = 它已经答对了全部验证照片，微调没有可以改进的余地。已保留基线的模型。
train-result-baseline-only = 基线已完成，准确率 { $accuracy }
train-result-baseline-only-text = 方案里没有要求微调，已保留基线的模型。
train-result-early = 验证集连续 { $patience ->
   *[other] { $patience } 轮
}没有进步，训练提前结束。
train-result-stopped = 你停止了训练。在此之前最好的模型已保留，可以使用。

train-rail-epoch = 第 { $epoch } / { $epochs } 轮
train-rail-baseline = 基线
train-rail-paused = 已暂停
train-rail-interrupted = 已中断
train-rail-failed = 失败
train-rail-done = 准确率 { $accuracy }

train-job = 训练
train-job-estimate = 正在估计训练时间
train-job-save-table = 正在保存表格
train-job-read-recipe = 正在打开方案
train-job-save-recipe = 正在保存方案

train-log-openvino-from = 一次少于 { $photos } 张照片时用 PyTorch 看：OpenVINO 要花一点时间准备。
train-log-openvino-missing = 这次训练用过 OpenVINO，但它现在没有安装：改用 PyTorch，结果的末几位可能不同。
train-log-openvino-fails = OpenVINO 在这里算不出与 PyTorch 一致的结果：改用 PyTorch。

# 逐个放开的各阶段。
train-log-stage-kept = { $stage ->
    [0] 只学分类头：验证集 { $gain } 个百分点。已保留。
   *[other] { $opened ->
        [1] { $stage ->
            [1] 最后一个阶段：验证集 { $gain } 个百分点。已保留。
           *[other] 倒数第 { $stage } 阶段：验证集 { $gain } 个百分点。已保留。
        }
       *[other] 全部 { $opened } 个阶段：验证集 { $gain } 个百分点。已保留。
    }
}
train-log-stage-undone = { $stage ->
    [0] 只学分类头：验证集 { $gain } 个百分点。没有帮助，权重已恢复。
   *[other] { $opened ->
        [1] { $stage ->
            [1] 最后一个阶段：验证集 { $gain } 个百分点。没有帮助，权重已恢复，这个阶段保持冻结。
           *[other] 倒数第 { $stage } 阶段：验证集 { $gain } 个百分点。没有帮助，权重已恢复，这个阶段保持冻结。
        }
       *[other] 全部 { $opened } 个阶段：验证集 { $gain } 个百分点。没有帮助，权重已恢复。
    }
}
train-stages-baseline = 冻结基线 { $accuracy }
train-stages-head = 分类头 { $gain }
train-stages-last = 最后一个阶段 { $gain }
train-stages-stage = 倒数第 { $stage } 阶段 { $gain }
train-stages-all = { $opened } 个阶段 { $gain }
train-stages-kept = 已保留
train-stages-not-kept = 未保留
train-stages-step = { $what }，{ $verdict }
train-stages-help = 每一部分开始学习后，验证集提高了多少个百分点。阶段从分类头一端数起。没有帮助的已撤销。

train-log-based-on-file = 从 { $name } 中的权重开始。
train-log-based-on-run = 以运行“{ $name }”为基础。
train-log-based-on-head = 类别与原模型相同，而且原模型的分类头更好（准确率 { $accuracy }），因此保留它。
train-log-based-on-seen = 用来评判的照片中有 { $n } 张是原模型学过的，因此结果会偏高。请使用与当时相同的划分编号。
