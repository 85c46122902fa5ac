# 模型页：用哪个主干网络、权重在哪里、哪些部分参与学习。
model-job-list = 正在查找权重
model-job-fetch = 正在下载权重
model-job-count = 正在统计参数
model-downloading = 正在下载

model-title = 模型
model-subtitle = 从一个已经看过大量照片的网络出发：选好它，再决定它有多少部分继续学习。
model-next = 下一步：训练

model-list = 主干网络
model-list-waiting = 列表马上就来
model-list-waiting-text = 正在等待训练引擎载入。
model-list-failed = 没有列表
model-list-failed-text = 主干网络由训练引擎提供，而它未能载入。
model-other = 当前方案使用主干网络 { $name }
model-other-text = 这里没有这个名称的网络。在列表里另选一个即可替换。
model-check-again = 重新检查
model-check-help = 重新查看这台电脑上有哪些权重

model-character-speed = 速度
model-character-balance = 均衡
model-character-accuracy = 准确
model-character-speed-help = 训练快，没有显卡也行。
model-character-balance-help = 多花一点时间，多一点准确率。
model-character-accuracy-help = 效果最好；需要显卡或耐心。
model-parameters = 参数 { $count }
model-pixels = { $size } 像素
model-thousand = { $value } K
model-million = { $value } M
model-megabytes = { $value } MB

model-weights-included = 已附带
model-weights-at-hand = 已就绪
model-weights-included-help = 权重随程序附带。
model-weights-at-hand-help = 权重已在这台电脑上。
model-download = 下载 { $size }
model-download-name = 下载 { $title } 的权重，{ $size }
model-download-cancel = 取消下载 { $title }
model-download-progress = { $done } / { $total }
model-download-starting = 正在连接…
model-download-stopping = 正在停止…
model-download-name-progress = { $title } 的下载
model-open-folder = 打开文件夹
model-copy-address = 复制地址
model-address-copied = 已复制
model-weights-wanted = 要用这个主干网络训练，请先下载它的权重。
model-why-no-weights = 这台电脑上没有所选主干网络的预训练权重，请在“模型”页下载。

model-view-recommended = 推荐
model-view-all = 全部主干网络
model-search = 搜索名称或系列
model-size = 大小
model-size-any = 任意大小
model-size-small = 小：不超过 10 M
model-size-medium = 中：不超过 40 M
model-size-large = 大：超过 40 M
model-only-at-hand = 只看权重已就绪的
    .help = 只列出预训练权重已在这台电脑上的。
model-only-free = 可自由使用
    .help = 只列出许可证不限制用途的权重。其他的可能禁止商业使用。
model-use = 使用这个主干网络
model-count-shown = 共 { $all } 个，显示 { $n } 个
model-none-shown = 没有符合的。换个词搜索，或去掉一个筛选条件。
model-column-name = 名称
    .help = 网络的名称，点号之后是它的预训练方式。
model-column-family = 系列
    .help = 同一系列的网络结构相似。“torchvision” 是 PyTorch 自带库里的网络，“Keras” 是 Keras 里的网络。
model-column-parameters = 参数
    .help = 网络学到了多少个数值。越多懂得越多，也越费时间和内存。
model-column-input = 输入
    .help = 网络所用正方形照片的边长，单位像素。照片越大越看得清小东西，也越费时间。
model-column-speed = 张/秒
    .help = 这台电脑用它每秒能看多少张照片。训练之前或打开结构时会测量；“–”表示还没有测量过。
model-column-accuracy = ImageNet
    .help = 预训练网络在 ImageNet 一千类照片上答对的比例，由作者公布。可以大致看出它对你的照片会怎样，但不保证。
model-column-licence = 许可证
    .help = 权重的作者允许做什么。
model-imagenet = ImageNet { $value }

model-start = 起点
model-start-pretrained = 它已从上百万张照片里认识了边缘、纹理和形状。从这里继续学叫作迁移学习：每类几十张照片就够，只要几分钟而不是几天。
model-start-scratch = 一切都只从你的照片里学，需要成千上万张照片和多得多的时间。

model-freeze-text = 冻结的层保持从上百万张照片里学到的本领，其余的层则去适应你的照片。负责区分类别的分类头始终学习。
model-freeze-scratch = 没有预训练权重时，冻结的层只会保持随机的数值。这里请选“不冻结”。
model-freeze-none-text = 适合大多数照片集
model-freeze-all-but-last-two-stages-text = 更快，照片少时更稳
model-freeze-all-but-last-stage-text = 适合每类几十张照片
model-freeze-backbone-text = 最快，适合照片极少时
model-freeze-picture = 共 { $total } 部分，冻结 { $frozen } 部分，其余参与学习
model-legend-frozen = 冻结
model-legend-learns = 学习
model-legend-head = 分类头
model-learning = { $count } 参与学习
model-count = { $all } 个参数中有 { $learning } 参与学习
model-count-for = { $all } 个参数中有 { $learning } 参与学习（按两个类别计算）
model-count-waiting = 正在统计…

model-details = 细节
model-input-own = “自动”是主干网络本来的尺寸，{ $size } 像素。

# 模型怎样适应，以及哪一部分何时学习。
model-adapting = 适应方式
model-timeline = 何时学习哪一部分
model-timeline-head = 分类头
model-timeline-stage = 倒数第 { $stage } 阶段
model-timeline-frozen = 主干网络已冻结：所有轮次都只有分类头学习。
model-timeline-at-once = 没有冻结的部分从第一轮起全部学习。
model-timeline-head-only = 全部 { $epochs } 轮都只有分类头学习，主干网络轮不到学习。请增加轮数，或减少只学分类头的轮数。
model-timeline-head-first = 先只学分类头，共 { $epochs } 轮。
model-timeline-then-all = 从第 { $epoch } 轮起，学习所有没有冻结的部分。
model-timeline-then-stages = 从第 { $epoch } 轮起，每 { $every } 轮多放开一个阶段。
model-timeline-reached = 允许学习的 { $stages } 个阶段都会轮到（{ $reached } / { $stages }）。
model-timeline-too-short = { $stages } 个阶段中只有 { $reached } 个会轮到。增加轮数可以放开更多。

model-keras-hint = 安装 Keras 后有更多主干网络：pip install "finetune-gui[keras]"
    .bundled = Keras 提供更多主干网络，但此安装版不含 Keras。
