# 数据增强页：对训练照片的随机改动，以及这些改动的真实预览。
augment-job = 正在绘制预览
augment-title = 数据增强
augment-subtitle = 训练时每次看到的照片都略有不同，模型因此学会认物体，而不是记住照片。
augment-next = 下一步：模型

augment-preset = 数据增强的强度
augment-group-geometry = 几何
augment-group-colour = 颜色
augment-group-quality = 画质
augment-modified-from = 已修改；“{ $preset }”是 { $value }
augment-reset = 恢复为“{ $preset }”的 { $value }

augment-hint-rotation = 正着拍的照片很少会转这么多。俯拍的照片没有问题。
augment-hint-horizontal-flip = 左右有含义时请关闭：文字、箭头、左右手。
augment-hint-vertical-flip = 大多数照片有上下之分。只建议用于俯拍或显微照片。
augment-hint-brightness = 有些照片会几乎全黑或全白。看看预览，还分得清类别吗？
augment-hint-contrast = 有些照片会几乎灰成一片。看看预览，还分得清类别吗？
augment-hint-saturation = 有些照片会几乎没有颜色。靠颜色区分类别时请调小。
augment-hint-hue = 颜色会明显改变。靠颜色区分类别时（例如水果熟没熟）请保持 0。
augment-hint-crop-scale = 裁得这么小，物体可能已在画面之外。看看预览，它还在吗？
augment-hint-blur = 细节会消失。靠纹理区分类别时请调小。
augment-hint-erasing = 大多数照片会少一块，关键特征可能太常被遮住。

augment-preview = 预览
augment-count = 显示几个版本
augment-shuffle = 换一批
augment-shuffle-help = 重新抽取：显示接下来的几轮
augment-original = 验证时看到的样子
augment-original-name = 验证时看到的照片，{ $size } × { $size } 像素
augment-versions-name = 这张照片的 { $n } 个版本，即训练在第 { $first } 到第 { $last } 轮看到的样子
augment-epoch = 第 { $epoch } 轮
augment-photo-of = 第 { $number } 张训练照片，共 { $total } 张
augment-previous = 上一张照片
augment-next-photo = 下一张照片
augment-random = 随机一张
augment-choose = 选择…
augment-choose-title = 选择一张训练照片
augment-choose-all = 全部类别
augment-choose-class = 类别
augment-use-photo = 使用这张照片

augment-exact = 训练在第 { $first } 到第 { $last } 轮看到的正是这张照片的这些样子。
augment-exact-beyond = 若训练继续下去，第 { $first } 到第 { $last } 轮会看到这些样子；不过它到第 { $epochs } 轮就结束。
augment-exact-views = 整个主干网络冻结时，每张照片只生成 { $n } 个版本，循环使用。
augment-exact-mixed = 学习之前，每张还会与另一张照片混合。
augment-exact-none = 没有打开任何改动：训练每一轮看到的都是同一画面。
augment-exact-baseline = 训练轮数为 0 时只计算基线，而基线看到的是未改动的照片。

augment-empty = 还没有照片
augment-empty-text = 打开一些照片，就能在这里看到训练会怎样看它们。
augment-open-data = 前往“数据”页
augment-waiting = 预览马上就来
augment-waiting-text = 正在等待训练引擎载入。
augment-failed = 没有预览
augment-failed-text = 画面由训练引擎绘制，而它未能载入。
augment-no-photos = 没有训练照片
augment-no-photos-text = 只有训练照片会被增强，而现在的划分没有留下训练照片。
