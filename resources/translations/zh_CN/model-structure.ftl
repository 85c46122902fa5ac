# 网络内部：各个阶段、它们看到什么，以及哪些部分参与学习。
model-job-structure = 正在查看网络结构
model-job-maps = 正在生成特征图

model-half = 模型的哪一面
model-half-backbone = 主干网络
model-half-structure = 结构
model-structure-view = 网络的各个阶段
model-structure-waiting = 结构图马上就来

model-stage = 阶段 { $n }
model-stage-stem = 入口
model-stage-head = 分类头
model-block-frozen = 冻结
model-block-learns = 学习
model-bar-compute = 计算量
model-bar-rate = 学习率
model-block-described = { $title }：{ $sight }。输出 { $output }，参数 { $count }，占计算量 { $compute }。学习率为分类头的 { $rate }：{ $state }。
model-shape-scores = { $n } 个得分
model-shape-tokens = { $n } 个图块 × { $channels }

model-sees-edges = 边缘和颜色
model-sees-textures = 纹理
model-sees-parts = 物体的局部
model-sees-objects = 整个物体
model-sees-patches = 切成图块
model-sees-early = 比较图块（前段）
model-sees-middle = 比较图块（中段）
model-sees-late = 比较图块（后段）
model-sees-all = 作出判断
model-sees-edges-text = 每次只看很少的像素：边缘、拐角、颜色。几乎所有照片都有这些。
model-sees-textures-text = 把边缘组合成纹理和简单的图案。
model-sees-parts-text = 看到物体的局部：一只眼睛、一个轮子、一个把手。
model-sees-objects-text = 看到大块的局部和整个物体。它找什么，最取决于它学过的照片。
model-sees-patches-text = 把照片切成图块，并把每块变成一行数值。
model-sees-early-text = 每个图块都会看其他所有图块。这里多半看近处的：位置、颜色、纹理。
model-sees-middle-text = 图块之间交换信息，近处远处都有。这里没有从纹理到局部的明确顺序。
model-sees-late-text = 同一物体的图块变得相似：关心照片里有什么，而不太关心在哪里。
model-sees-all-text = 把找到的东西变成每个类别的一个得分。它是全新的，所以始终学习。

model-note-convolves = 靠近照片的阶段看到所有照片共有的细小特征，越往后看到的越大。照片少时，请冻结前面的阶段。
model-note-attends = 这种网络会把照片的各个位置互相比较（注意力机制）。它的各阶段看到什么，不像其他网络那样从小到大排得分明。
model-fact-learning = 参与学习
model-fact-learning-of = { $all } 个参数中的 { $learning }
model-fact-memory = 内存
model-fact-time = 时间
model-about = 约 { $amount }
model-gigabytes = { $value } GB
model-time-unknown = 可以开始训练时才知道
model-time-measuring = 正在测量…
model-learn-all = 全部参与学习

model-maps = 特征图
model-filters = 滤波器
model-maps-name = 这一阶段最强的 { $n } 张特征图
model-filters-name = 前 { $n } 个滤波器
model-maps-note = { $all } 个通道中最强的 { $n } 个。越亮，表示通道在这里找到了它要找的东西。
model-filters-note = { $all } 个滤波器中的 { $n } 个：第一层在照片里寻找的小图案。
model-maps-random = 这个主干网络的权重没有启用，或不在这台电脑上，所以这些是随机的。
model-maps-head = 分类头不产生图像：它把得到的信息汇总成 { $n } 个得分，每个类别一个。
model-maps-no-photo = 请在“数据”页打开照片，或把一张照片拖到左边的方框里。
model-maps-none = 这一阶段的输出无法排成图像。

model-photo-drop = 选择照片
model-photo-drop-text = 或拖到这里
model-photo-drop-help = 点击选择照片，或把照片拖到这里
model-photo-next = 下一张照片
model-photo-random = 随机
model-photo-size = { $size } × { $size }

model-layers = 这一阶段的层
model-layer-kind = 层
    .help = 这一层做什么；卷积后面是窗口的像素大小，斜线后面是步长。
model-layer-output = 输出
    .help = 对一张照片，这一层输出的大小。
model-layer-parameters = 参数
    .help = 这一层学到了多少个数值。
model-layer-name = 名称
    .help = 这一层在网络代码里的位置。
model-layer-convolution = 卷积
model-layer-depthwise = 逐通道卷积
model-layer-linear = 线性层
model-layer-batch-norm = 批归一化
model-layer-norm = 归一化
model-layer-activation = 激活
model-layer-pool = 池化
model-layer-attention = 注意力
model-layer-parameter = 学到的数值

model-freeze-custom-text = 在结构图里逐个阶段选择
