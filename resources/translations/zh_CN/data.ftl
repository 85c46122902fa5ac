# 数据页、照片网格和照片大图。
data-title = 数据
data-subtitle-start = 先准备照片：每个类别一个文件夹
data-subtitle = { $photos } · { $classes }
data-subtitle-split = 按 { $train } / { $validation } / { $test } 划分，每次运行都相同
data-subtitle-given = 按数据集自带的划分：{ $train } / { $validation } / { $test }
data-subtitle-skipped = 已跳过 { $n } 张
data-number = { $n }

# 打开
data-open = 打开…
data-check = 检查数据
data-next = 下一步：增强
data-open-folder = 打开文件夹…
data-open-file = 打开 zip 或 CSV…
data-open-demo = 试用示例
data-open-recent = 打开 { $path }
data-close = 关闭此数据集
data-choose-folder = 选择包含各类别文件夹的文件夹
data-choose-file = 选择 zip 或 CSV 文件
data-file-kinds = zip 文件和 CSV 表格
data-drop-title = 把照片文件夹拖到这里
data-drop-text = 每个类别一个文件夹，文件夹名就是类别名。也可以是这样的 zip，或者含有 path 和 label 两列的 CSV。你的文件绝不会被改动。
data-recent = 以前打开过

# 类别与划分
data-classes = 类别
data-all-photos = 全部照片
data-class-counts = { $n } 张照片：训练 { $train }，验证 { $validation }，测试 { $test }
data-split = 划分
data-percent-suffix = { "" }%
data-split-given-test = 数据集已自带测试集。
data-split-given-validation = 数据集已自带验证集。
data-split-given-both = 数据集已自带验证集和测试集。
data-few-title = { $label } 的照片偏少
data-few-text = 只有 { $n } 张，其他类别平均 { $average } 张。可以再补充约 { $more } 张，或者在训练时提高它的权重。
data-few-balanced = 只有 { $n } 张，其他类别平均 { $average } 张。训练时已提高它的权重；补充照片效果更好。
data-few-balance = 提高权重

# 照片
data-grid-name = 照片
data-search = 搜索文件名
data-sort = 排序
data-sort-class = 按类别
data-sort-name = 按名称
data-sort-newest = 最新优先
data-job-sort = 正在给照片排序
data-thumbnail-size = 缩略图大小
data-nothing-found = 没有符合条件的照片。
data-photo-open = 查看大图
data-copy-path = 复制路径
data-checking = 已检查 { $done } / { $total } 张

# 问题
data-issues-chip = { $n ->
    [0] 问题
   *[other] 问题 { $n }
  }
data-issues = 问题
data-issues-name = 照片存在的问题
data-not-checked = 尚未检查
data-not-checked-text = 目前只列出了无法使用的文件。检查还会查找重复的照片、同时出现在训练集和测试集中的照片，以及照片太少的类别。
data-no-issues = 没有发现问题
data-no-issues-text = { $n } 张照片都已完整读取并相互比对。
data-issue-no-photos = 这个问题只与数量有关，没有可显示的照片。
data-advice-leak = 每张照片只放在训练、验证、测试中的一处，并删除副本。
data-advice-duplicate-across-classes = 看看哪个标签正确，删除另一份。
data-advice-duplicate = 删除副本，或者把它们全部放入训练集。
data-advice-empty-class = 放入照片，或删除这个文件夹。
data-advice-no-training-photos = 把这个类别的照片放入训练文件夹，或去掉这个类别。
data-advice-single-photo-class = 为这个类别补充照片，或去掉它。
data-advice-few-photos = 补充照片，拍摄条件尽量贴近实际使用时的各种情况。
data-advice-imbalance = 为照片少的类别补充照片，或在“训练”页打开“均衡类别”。

# 照片大图
data-view-title = 照片
data-view-previous = 上一张（←）
data-view-next = 下一张（→）
data-view-place = 第 { $number } / { $count } 张
data-view-larger = 放大（+）
data-view-smaller = 缩小（−）
data-view-fit = 适应窗口（0）
data-view-actual = 实际大小 100%（1）
data-fact-size = 尺寸
data-fact-bytes = 文件大小
data-fact-format = 格式
data-fact-turned = 方向
data-fact-modified = 修改时间
data-fact-folder = 文件夹
data-pixels = { $width } × { $height } 像素
data-turned = 已按相机记录的方向旋转
