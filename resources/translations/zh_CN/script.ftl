# 把一次运行写成纯代码的脚本里的注释，以及展示它的对话框。
# 注释每行不超过 95 个字符宽，这里写几行就是几行。
script-head =
    运行“{ $run }”的纯 PyTorch 写法：用同样的照片训练出同样的模型。
    由 Finetune GUI 写出，运行时不需要它。
script-reached = 这次运行在验证照片上达到了 { $accuracy }%。
script-run-it =
    运行方法：pip install torch torchvision timm pillow numpy safetensors
              python 本文件.py
script-same-pictures = 它使用与原来的运行相同的随机数，所以除舍入误差外会得到同样的模型。
script-places = 文件的位置。可以用 --photos 和 --weights 选项另行指定。
script-model = 预训练网络，以及与输出分数顺序一致的类别。
script-preprocessing =
    照片如何变成输入。这是预训练权重的一部分：换了均值或尺寸
    程序照样能运行，只是效果变差。
script-augmentation = 训练照片的变化强度：以“不变”为中心的范围；裁剪则是最小面积。
script-training = 如何学习。
script-stop-after = 原来的运行在这里被停止，没有到最后一轮
script-sizes = 每一轮输入的边长：先小后大，小的更快
script-views = 每张照片有这么多个随机视图，轮流使用
script-mlp =
    带一个隐藏层的分类头。它的最后一层从零开始，所以起初与线性头
    完全相同，学习时才逐渐加上修正。
script-build = 网络，带有适合我们类别的新分类头。
script-embedded =
    文件里的张量名称不同，但顺序一致。ImageNet 一千个类别的
    分类头不合适，因此不用。
script-head-name = 分类头张量名称的开头
script-own = 你自己的权重：除分类头外全部使用，分类头可能对应别的类别。
script-kept-head = 先前模型的分类头认识这些类别：如果它更好，就保留它。
script-package = 预训练权重随软件包 { $package } 提供。
script-load =
    方向正确的照片，短边为 SHORTER_SIDE。大的 JPEG 按一半或四分之一的
    尺寸解码（draft），快好几倍。
script-grey = 16 位灰度按其范围缩放（只用 convert 会截断），透明部分用白色填充。
script-centre = 验证和预测看到的画面：中间的正方形。
script-augment =
    训练看到的画面：随机视图。随机数只取决于种子、轮次和照片，
    所以每一轮都有新的变化，而同一次运行总是一样。
script-rotate = 绕中心旋转；四角用镜像的周围画面填充，而不是黑色。
script-erase = 用灰色矩形遮住画面的 2% 到 20%：不能只靠某一处来判断。
script-inputs =
    一批照片 [N, 3, H, W]，每张是（编号, 路径, 类别）：
    判断时取中间，训练时取某一轮的随机视图。
script-compute = 网络对许多照片的输出，不从中学习。
script-judge = 准确率和损失（交叉熵）。
script-baseline =
    基线：在冻结网络的特征上用 L-BFGS 拟合的线性分类头
    （多项逻辑回归）。对大权重的惩罚试四种强度，保留验证损失最低的一种。
script-balance = 让每个类别分量相同的权重，不论它有多少张照片。
script-batches = 训练照片打乱顺序后切成批次；最后若只剩一张，就并入前一批。
script-schedule = 学习率：有预热时先上升，然后按学习率曲线变化。
script-batch-norm =
    批归一化保留预训练网络的统计量：几张照片的统计量只是噪声。
script-batch-norm-frozen = 批归一化学习每个批次的统计量，冻结的层除外。
script-mixing = 一批中的两张照片合成一张，标签也一样。
script-average =
    用来评判和保留的是权重的滑动平均。开始时权重变化最大，
    平均值紧紧跟随。
script-finetune = 微调：网络从拟合好的分类头出发开始学习。
script-finetune-head =
    只有分类头在学习。冻结网络的特征不会变，所以每个视图
    只计算一次，一轮只要几毫秒。
script-learns = 参与学习的部分；其余保持冻结。这些是参数名称的开头。
script-phases = 起始轮次，结束轮次，开始学习的部分（分类头一直学习）
script-open = 网络逐个阶段解冻，这样还什么都不懂的分类头不会带偏前面的层。
script-go-back =
    没有帮助的阶段会被撤销：权重退回到最好的模型，这个阶段不再学习。
script-optimizer =
    每一层的学习速度是后一层的 LAYER_DECAY 倍：前面的层已经认识
    边缘和颜色。偏置和归一化层不做权重衰减。
script-best =
    保留最好的模型：正确的照片更多，或者一样多而损失更低。
    如果不分高下，以最后一轮为准，那时学习率已经平稳下来。
script-photos = 一个划分中的照片及其编号，数据增强的随机数由编号得出。
script-photos-manifest = 一个划分中的照片，读自这次运行的 manifest.json（选项 --manifest）。
script-first-model = 先做基线：微调必须超过它才算有用。
script-list = 所有照片：划分、类别、文件。
script-job = 正在写脚本
script-dialog-title = 查看代码
script-dialog-text = 这次运行写成了一个普通的 PyTorch 脚本，不用本程序就可以阅读、修改和运行。它用同样的照片训练出同样的模型。
script-view = 脚本
script-copy = 复制
script-copied = 脚本已复制到剪贴板。
script-save = 保存…
script-save-title = 保存脚本
script-filter = Python 脚本
script-saved = 脚本已保存到 { $path }
script-saved-text = 在装有 torch、torchvision 和 timm 的 Python 中运行它。
script-waiting = 正在写脚本…
script-show = 查看代码…
script-show-help = 把这次运行写成一个普通的 PyTorch 脚本，运行时不需要本程序
script-language = 注释语言
