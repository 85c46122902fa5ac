# 训练方案的各项：名称与说明。说明讲清它是什么、往哪边调、调错了会怎样。之后是选项、单位和表单用语。

recipe-seed = 随机种子
    .help = 一次训练里所有随机性的来源：照片的顺序、数据增强、随机失活都由它决定。
        同样的种子、同样的方案和照片，在同一台电脑上会得到同样的模型。
        换两三个种子再跑，就能看出结果里有多少是运气。

recipe-data-validation-fraction = 验证集
    .help = 训练时从不学习的那部分照片；曲线和最佳模型的挑选都以它为准。
        太少：验证准确率忽高忽低，挑选变成碰运气。太多：可学的照片变少。一般取 10%–20%。
recipe-data-test-fraction = 测试集
    .help = 一直留到最后的那部分照片，只用来公正地评判训练好的模型。
        太少：最终数字不可靠。太多：可学的照片变少。0% 表示不留测试集，改用验证集评判，结果会略显乐观。
recipe-data-split-seed = 划分编号
    .help = 决定哪些照片进入训练集、验证集和测试集；编号相同，划分就相同。
        比较不同的训练时不要改它：在不同照片上得到的结果无法相比。

recipe-augment-preset = 强度
    .help = 每次看到训练照片时随机改动多少，让模型学会认物体，而不是记住照片。
        更强：适合照片少或出现过拟合（训练准确率明显高于验证准确率）时，但学得更慢。太强：物体都认不出来了，两条准确率都上不去。
recipe-augment-rotation = 旋转
    .help = 随机向左或向右旋转，最多转这么多度。
        物体方向不固定（例如俯拍）时调大；上下方向有意义（例如数字 6 和 9）时保持很小。
recipe-augment-horizontal-flip = 左右翻转
    .help = 一半的照片会左右翻转。
        适合大多数物体。方向本身有含义时请关闭：文字、左右手、交通标志。
recipe-augment-vertical-flip = 上下翻转
    .help = 一半的照片会上下颠倒。
        适合垂直向下拍的照片，例如航拍或显微照片。其他情况请关闭：没有人会给模型看四轮朝天的汽车。
recipe-augment-brightness = 亮度
    .help = 随机调亮或调暗，幅度最多这么大。
        实际使用时光线变化大就调大。太大：细节会淹没在全黑或全白里。
recipe-augment-contrast = 对比度
    .help = 随机增强或减弱对比，幅度最多这么大。
        照片来自多台相机、天气多变时调大。太大：画面灰成一片，什么也看不清。
recipe-augment-saturation = 饱和度
    .help = 随机让颜色更浓或更淡，幅度最多这么大。
        相机不同时调大。颜色的浓淡能区分类别时（例如水果熟没熟）请调小。
recipe-augment-hue = 色相
    .help = 让所有颜色在色环上随机偏移；50% 就是转半圈，每种颜色都变成它的互补色。
        百分之几可以抵消相机之间的差别。颜色能区分类别时保持 0：红苹果不该变绿。
recipe-augment-crop-scale = 最小裁剪
    .help = 每次训练只看照片的一个随机部分；这里是最小部分占原面积的比例。100% 表示不裁剪。
        更小：变化更多，模型学会凭局部认物体。太小：物体常常不在画面里，模型学到的是背景。
recipe-augment-blur = 模糊
    .help = 随机模糊，最多这么多像素。
        实际使用时会有抖动或失焦的照片就调大。太大：类别之间的细微差别会消失。
recipe-augment-erasing = 遮挡
    .help = 用一块灰色盖住照片随机部位的机会。
        让模型不只盯着一个特征，适合物体常被挡住一部分的情况。太频繁：关键特征也被盖住了。

recipe-model-backbone = 主干网络
    .help = 把照片变成特征的网络。它已经从上百万张照片里学过，只有剩下的部分从你的照片里学。
        大的通常更准，但更慢、更占内存。建议先用小的。
recipe-model-pretrained = 预训练权重
    .help = 从主干网络已经学到的知识开始。
        请保持打开。关闭后一切都要从你的照片里学，需要成千上万张照片和多得多的时间。
recipe-model-freeze = 冻结层
    .help = 主干网络的哪一部分保持原样。冻结的层不再学习。
        照片少或过拟合时多冻结一些，还会更快。照片和日常照片差别很大，或训练准确率一直上不去时，少冻结一些。
recipe-model-learning-stages = 参与学习的阶段
    .help = 手动选择冻结的层时，哪些阶段参与学习：写出它们的名称，用逗号隔开。留空表示只有分类头学习。
        “模型”页的结构图会显示这些名称，点击即可设置。
recipe-model-input-size = 输入尺寸
    .help = 照片送进网络之前缩放成的正方形边长。自动（0）是主干网络本来的尺寸。
        更大：能看到小细节，但时间和内存按平方增长。更小：更快，但细微差别会丢失。
recipe-automatic = 自动
recipe-model-dropout = 随机失活
    .help = 每一步随机藏起多少特征，让模型不依赖其中少数几个。
        过拟合时调大。太大：学得慢，训练准确率上不去。

recipe-optim-lr = 学习率
    .help = 模型每次修正迈多大一步，是最重要的一个旋钮。
        太大：损失来回抖动，甚至上升。太小：损失下降得像爬行，白白浪费许多轮。
        按倍数调：从 0.001 试 0.0003 或 0.003。
recipe-optim-weight-decay = 权重衰减
    .help = 轻轻地把权重往零拉，让模型偏向简单的解释。
        过拟合时（训练损失还在降，验证损失却在升）调大。太大：两条准确率都上不去。
recipe-optim-optimizer = 优化器
    .help = 修正权重的规则。AdamW 会自动适应每个权重，几乎到处都好用。
        SGD 有时最终略好，但学习率必须选得合适，通常是 AdamW 的十倍左右。
recipe-optim-layer-decay = 逐层衰减
    .help = 越靠前的层学得越慢，这里是相邻两层学习速度的比例。1 表示各层一样快。
        更小：更多地保留主干网络的知识，适合照片少的时候。太小：靠前的层几乎不学。照片和日常照片差别很大时调大。
recipe-optim-label-smoothing = 标签平滑
    .help = 要求模型不要百分之百肯定，这样标错的照片危害更小，置信度也更诚实。
        一般取 0.1；标签不太可靠时可稍大。太大：模型变得犹豫不决。打开后训练损失不会降到零，这是正常的。
recipe-optim-mixing = 混合照片
    .help = 把一批中的两张照片合成一张，让模型回答各占多少。照片少时可以防止模型死记硬背。冻结整个主干网络时不起作用。
        MixUp 把两张叠在一起，CutMix 把一张的一块贴到另一张上。训练准确率会偏低，这是正常的。
recipe-optim-weight-average = 权重平均
    .help = 评估和保存的不是权重本身，而是它们的滑动平均（EMA），各轮之间抖动更小。
        越接近 1，平均的步数越多。一般取 0.99；训练很短时 0（关）就够了。
recipe-optim-gradient-clip = 梯度上限
    .help = 单独一步最多能修正多少，超出的按比例缩小。0 表示不限制。
        损失突然出现尖峰时调小。太小：训练像爬行。

recipe-schedule-shape = 学习率曲线
    .help = 学习率在训练过程中怎样变化。
        余弦衰减先大步后小步，最终通常更好。保持不变则始终一样，最后阶段曲线往往抖动。
recipe-schedule-warmup-epochs = 预热
    .help = 最初这么多轮里，学习率从接近零慢慢升上来，免得头几步破坏主干网络的知识。最多占全程的一半。
        一开始损失就往上跳时调大。太长：浪费时间。
recipe-schedule-first-size = 先用较小的照片
    .help = 第一轮照片的尺寸占输入尺寸的比例，在前四分之三的轮数里逐渐增大到完整尺寸。100% 表示不使用。
        更小：最初几轮快好几倍，但细节学得晚。输入尺寸固定的主干网络（如 ViT）会忽略它。

recipe-train-epochs = 训练轮数
    .help = 把全部训练照片看多少遍。
        太少：结束时曲线还在变好。太多：更费时间，还可能过拟合；不过总会保留最佳的一轮。0 表示只计算基线。
recipe-train-batch-size = 批大小
    .help = 看多少张照片才修正一次。
        更大：在显卡上更快，曲线更平滑，但更占内存。更小：省内存，但训练曲线抖动更大。加倍时学习率也可以适当调大。
recipe-train-patience = 耐心
    .help = 验证集连续这么多轮没有进步，就提前结束。0 表示从不提前结束。
        太小：进步还没来就放弃了。太大：把时间花在没有帮助的轮次上。
recipe-train-balance-classes = 均衡类别
    .help = 让少见类别的错误更受重视，不管照片多少，每个类别同样重要。
        有的类别照片少得多、又常被漏掉时打开。常见类别可能因此略差一点。
recipe-train-freeze-batch-norm = 保持批统计量
    .help = 保留主干网络预训练时学到的特征均值和方差。
        批较小时请保持打开：几张照片的统计量全是噪声，验证曲线会抖动。批大小达到 64 以上、照片又和日常照片差别很大时，关闭可能更好。
recipe-train-precision = 数值精度
    .help = 电脑计算得有多精确。自动：先短短试跑一次，选最快又可靠的一种。
        32 位最精确，但在许多显卡上更慢；16 位省时间和内存。如果训练因为损失不再是有效数字而失败，请选 32 位。
recipe-train-layout = 内存布局
    .help = 一张照片的数字在内存里的排列顺序。自动：先短短试跑一次，用更快的一种；除舍入误差外结果一样。
        大多数卷积网络用“通道在后”更快；另一种只用来比较。
recipe-train-threads = CPU 线程数
    .help = 处理器同时用几个部分来计算。自动：先短短试跑一次，用最快的数目。
        想让电脑同时做别的事就选少一些，训练会更慢。
recipe-train-compile = 编译网络
    .help = 训练前把网络翻译成专为这台电脑的代码。
        要花一两分钟，之后每一步会快一些，所以只有长时间的训练才划算。需要电脑上有 C++ 编译器；没有的话照常训练。
recipe-train-device = 设备
    .help = 用什么来训练。自动：有可用的显卡就用显卡。
        CPU 总能用，只是慢一些。
recipe-train-frozen-views = 每张照片的增强版本数
    .help = 冻结整个主干网络时，为每张照片准备多少个增强版本。它们只计算一次，之后每一轮只需片刻。
        更多：变化更丰富。更少：更快开始训练。
recipe-train-micro-batch = 同时计算的照片数
    .help = 一批照片中同时计算多少张。修正仍按整批进行。“自动”先用整批，内存不够时减半。
        更小：占用内存更少，但稍慢。
recipe-train-checkpoint-seconds = 保存状态的间隔
    .help = 一轮之中每隔多久保存一次完整状态，断电或崩溃后可以接着训练。每轮结束时也会保存。
        更短：损失更少。更长：在慢的硬盘上稍快一点。

choice-augment-preset-none = 无
choice-augment-preset-light = 轻微
choice-augment-preset-medium = 中等
choice-augment-preset-strong = 强烈
choice-augment-preset-custom = 自定义
choice-model-freeze-none = 不冻结
choice-model-freeze-all-but-last-two-stages = 只放开最后两个阶段
choice-model-freeze-all-but-last-stage = 只放开最后一个阶段
choice-model-freeze-backbone = 整个主干网络
choice-model-freeze-custom = 手动选择
choice-optim-optimizer-adamw = AdamW
choice-optim-optimizer-sgd = 带动量的 SGD
choice-optim-mixing-none = 不混合
choice-optim-mixing-mixup = MixUp
choice-optim-mixing-cutmix = CutMix
choice-optim-mixing-both = 两种随机使用
choice-schedule-shape-cosine = 余弦衰减
choice-schedule-shape-constant = 保持不变
choice-train-precision-auto = 自动
choice-train-precision-float32 = 32 位（float32）
choice-train-precision-bfloat16 = 16 位（bfloat16）
choice-train-precision-float16 = 16 位（float16）
choice-train-layout-auto = 自动
choice-train-layout-channels-last = 通道在后
choice-train-layout-channels-first = 通道在前
choice-train-device-auto = 自动
choice-train-device-cpu = CPU
choice-train-device-cuda = NVIDIA 显卡
choice-train-device-mps = Apple 图形处理器

# 单位跟在数字后面；$n 是那个数字。
unit-percent = %
unit-degrees = °
unit-pixels = 像素
unit-seconds = 秒
unit-epochs = { $n ->
   *[other] 轮
}
unit-photos = { $n ->
   *[other] 张
}

recipe-form-title = 超参数
recipe-form-default = 默认
recipe-form-modified = 已修改
recipe-form-default-is = 默认值：{ $value }
recipe-form-reset = 恢复默认值（{ $value }）
recipe-form-help = “{ $field }”是什么？
recipe-form-range = 从 { $low } 到 { $high }
recipe-form-range-above = 大于 { $low }，不超过 { $high }
recipe-form-group-optim = 优化
recipe-form-group-schedule = 学习率变化
recipe-form-group-train = 训练
recipe-form-group-seed = 随机性
recipe-form-group-data = 数据
recipe-form-group-augment = 数据增强
recipe-form-group-model = 模型
unit-views = 个

recipe-train-runtime = 运行库
    .help = 只看照片、不学习时（基线、验证、评估和预测），由什么来计算网络。自动：先短短试跑一次，在结果相同（舍入误差除外）的里面用最快的。
        在 CPU 上，OpenVINO 往往快一倍。它要另外安装，而且要花一点时间准备；选自动时，照片少就仍用 PyTorch。
choice-train-runtime-auto = 自动
choice-train-runtime-torch = PyTorch
choice-train-runtime-openvino = OpenVINO

# 模型怎样适应你的照片。
recipe-at-once = 一次全部
recipe-model-head = 分类头
    .help = 负责区分类别的部分。线性头给每个特征一个权重，对大多数照片集已经够用。
        小网络（MLP）还能把特征组合起来。它从线性头出发，只学一个修正量，所以起点不会更差。冻结主干网络后训练准确率上不去时可以试试；照片少时更容易过拟合。
recipe-model-pooling = 池化
    .help = 怎样把一张照片许多位置上的信息合成一组特征。“自带”就是主干网络的权重训练时所用的方式，多为取平均。
        取最大值能注意到只出现在一处的小东西。平均加最大两者都保留，分类头的特征也多一倍。适用于 timm 中有空间位置信息的网络。
recipe-model-adapter = 适配器
    .help = LoRA 不动预训练权重，只让注意力层旁边的小矩阵学习。更省内存，也不容易忘掉原有的知识；适用于 ViT、Swin 这类 Transformer。
        训练好的模型仍是普通模型：学到的内容会并入权重。LoRA 往往需要更大的学习率，并且需要 peft 库。
recipe-model-lora-rank = LoRA 的秩
    .help = 小矩阵有多宽，也就是能学多少东西。
        更大：能改变得更多，但需要更多照片和内存。更小：照片少时更稳。一般取 4 到 16。
recipe-schedule-head-epochs = 先只学分类头
    .help = 最初这么多轮里只有分类头学习，主干网络保持不变。这些轮只需片刻，因为每个增强版本只经过主干网络一次，并且不混合照片。
        这样可以避免还什么都不懂的分类头破坏主干网络。0 表示从一开始就全部学习。
recipe-schedule-stage-epochs = 每几轮放开一个阶段
    .help = 主干网络从靠近分类头的一端开始，逐个阶段参与学习：每过这么多轮再放开一个，直到冻结设置允许的范围。“一次全部”则同时放开。
        照片少时一次一个阶段更稳，还能看出哪个真的有帮助，但需要更多轮数。
recipe-schedule-keep-only-gains = 只保留有帮助的
    .help = 一个阶段的轮数结束时，如果验证集没有进步，权重就回到之前最好的状态，这个阶段保持冻结，防止微调过头。
        只有先学分类头或逐个阶段放开时才起作用。验证照片极少时结果全凭运气，请关闭。

choice-model-head-linear = 线性
choice-model-head-mlp = 小网络（MLP）
choice-model-pooling-own = 自带
choice-model-pooling-average = 平均
choice-model-pooling-max = 最大值
choice-model-pooling-both = 平均加最大
choice-model-adapter-none = 不用
choice-model-adapter-lora = LoRA

recipe-model-weights = 自己的权重
    .help = 一个权重文件，或以前某次运行的文件夹；训练从它开始，而不用公开发布的权重。留空则用公开发布的权重。
        它必须属于上面的主干网络；“模型”页会自动识别，并说明是否全部对得上。
recipe-model-weights-sha256 = 权重的指纹
    .help = 权重文件的 SHA-256。文件改过就拒绝训练，这样重复的运行才真正相同。留空则不检查；运行时会自动填上。
