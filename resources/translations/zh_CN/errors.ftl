## 出了什么错（正文），以及接下来怎么办（.next）。窗口与命令行共用。

error-unexpected = 发生了意外错误：{ $detail }。
    .next = 请重试。若仍然发生，详情见日志文件，它的位置在设置里。
error-out-of-memory = 内存或显存不足。
    .next = 请调小批大小或输入尺寸，或关闭其他程序。
error-disk-full = 磁盘已满，无法写入“{ $path }”。
    .next = 请腾出一些空间，然后继续这次运行：之前保存的内容完好无损。
error-no-permission = 没有权限读写 { $path }。
    .next = 请换一个文件夹，或向该文件夹的所有者申请权限。
error-file-gone = { $path } 已不存在，或其所在磁盘没有响应。
    .next = 请接好磁盘或放回文件，然后重试。

error-recipe-unknown-key = 方案里没有名为“{ $key }”的设置。
    .next = 请检查拼写；所有设置见说明文档和每次运行的 recipe.toml。
error-recipe-bad-value = { $key } 不能是“{ $value }”；可用的值：{ $detail }。
    .next = 请改用这些值之一。
error-recipe-not-toml = 无法读取方案文件，因为它不是有效的 TOML：{ $detail }。
    .next = 请改正那一行，或从某次运行的 recipe.toml 开始。
error-recipe-newer = 这份方案由更新版本的程序写成（结构版本 { $version }）。
    .next = 请先更新本程序，再打开它。

error-run-exists = { $path } 里已有文件，不能在此开始新的运行。
    .next = 请换一个文件夹，或先把这些文件移到别处。
error-not-a-run = { $path } 里没有运行记录，因为缺少 recipe.toml。
    .next = 请选择运行文件夹，其中有 recipe.toml 和 events.jsonl。
error-run-broken = 无法读取 { $path } 里的运行，因为其中有文件缺失或损坏。
    .next = 请开始新的运行；原来的 recipe.toml 可以在“训练”页载入。
error-run-in-use = { $path } 里的运行正由另一个程序训练。
    .next = 请等它结束，或在那里停止它。
error-no-trash = { $path } 无法移到系统的回收站，没有删除任何内容。
    .next = 如果确实要删除，请打开所在文件夹自行删除。
error-run-finished = { $path } 里的运行已经结束，没有可继续的内容。
    .next = 请开始新的运行，可以适当增加训练轮数。
error-no-model-yet = { $path } 里还没有训练好的模型。
    .next = 请训练到基线完成，只需几秒钟。
error-model-broken = 无法读取模型 { $path }，文件已损坏。
    .next = 请重新训练，或从备份中取回该文件。
error-checkpoint-broken = 无法读取已保存的状态 { $path }，因此无法从那里继续。
    .next = 请用同样的方案开始新的运行。
error-stopped-before-model = 运行在得到模型之前就被停止了。
    .next = 请重新开始；几秒钟后就会有第一个模型。
error-run-photo = 训练在 { $path } 处停止：这张照片不见了、被改动过，或无法再读取。
    .next = 请把它恢复原样后继续训练，或去掉它重新开始。
error-loss-not-finite = 第 { $step } 步时损失变为无穷大，学习率已降到 { $lr } 仍然如此：步子迈得太大了。
    .next = 请把学习率降到十分之一再开始。到目前为止最好的模型已保留。

error-device-missing = 这台电脑没有“{ $device }”可用于计算，可用的有：{ $available }。
    .next = 请在高级设置里把设备设为“自动”（train.device=auto）。
error-backbone-unknown = 没有名为“{ $name }”的主干网络。
    .next = 请从“模型”页的列表或“finetune-gui models”中选择。
error-backbone-input-size = 主干网络 { $name } 不接受 { $size } 像素的输入尺寸。
    .next = 请把输入尺寸设为 0，即使用主干网络自己的尺寸。
error-backbone-head = 主干网络 { $name } 的分类头无法替换。
    .next = 请选择其他主干网络。
error-stages-unknown = 方案指定参与学习的阶段，这个网络里没有：{ $names }。
    .next = 请从这些里选择：{ $stages }。在“模型”页的结构图里点击即可设置。
error-weights-missing = 权重文件 { $path } 不存在。
    .next = 请选择其他主干网络，或放回该文件。
error-weights-broken = 无法读取权重 { $path }：文件已损坏，或内容不是权重。
    .next = 请重新下载或复制；如果它不是权重文件，请另选一个。
error-weights-do-not-fit = 权重 { $path } 属于另一种网络：网络的 { $wanted } 个张量中只有 { $fitting } 个对得上，“{ $name }”对不上。
    .next = 请删除后重新下载，或选择它所属的主干网络。
error-weights-other-keras = 权重文件 { $path } 属于 Keras 的另一个网络。
    .next = 删除该文件后重新下载，或选择与它对应的主干网络。
error-weights-not-at-hand = 这台电脑上没有 { $title } 的预训练权重。
    .next = 请在“模型”页下载，或把 { $url } 以 { $file } 为名放入 { $folder }。
error-weights-offline = 无法获取 { $title } 的权重，因为 { $url } 没有响应。
    .next = 请在能上网的电脑上下载该地址，以 { $file } 为名放入 { $folder }；或选择随程序附带的 EfficientNet-Lite0。
error-too-few-photos = { $path } 里可读取的照片太少，不足以学习和评判。
    .next = 请在每个类别里至少放三张照片，二十张以上更好。
error-unknown-classes = 模型从未学过这些类别：{ $classes }。
    .next = 请选择该次运行所学类别的照片。
error-nothing-to-evaluate = 没有一张照片可以读取，因此无法评估。
    .next = 请在“数据”页检查照片。
error-export-format = 不能导出为“{ $format }”格式，可用的有：{ $available }。
    .next = 请从中选择。
error-export-not-empty = { $path } 里已有文件。
    .next = 请选择一个空文件夹。
error-no-photos-here = { $path } 里没有图片。
    .next = 请选择有照片的文件夹，或直接选择照片。
error-self-test = 自检未通过：{ $failed }。
    .next = 请重新安装程序；若仍不行，请附上面的表格报告问题。
error-no-accelerate = 启动了多个进程一起训练，但没有安装 accelerate。
    .next = 用 pip install accelerate 安装它，或者只用一个进程训练。
    .next-bundled = 请只用一个进程训练：此安装版不含 accelerate。
error-not-together = 启动了多个进程，但它们只能一起完成单次训练。
    .next = 请只用一个进程运行此命令。要共同搜索，请在每台机器上各运行一次带 --storage 的 tune。
error-team-too-large = 有 { $processes } 个进程一起训练，但每批只有 { $batch } 张照片。
    .next = 请增大批大小，或者少启动几个进程。

error-no-openvino = 方案要求用 OpenVINO 运行库，但没有安装它。
    .next = 用 pip install openvino 安装它，或者把运行库设为自动。
    .next-bundled = 请把运行库设为自动：此安装版不含 OpenVINO。
error-openvino-device = 方案要求用 OpenVINO 运行库，它在这里只用 CPU 计算，但设备是 { $device }。
    .next = 请把设备设为 CPU，或者把运行库设为自动。

error-backbone-pooling = 主干网络 { $name } 没有可以换一种方式池化的特征图或图块。
    .next = 把池化设为“自带”，或选择 timm 的卷积网络或 Transformer。
error-adapter-no-peft = LoRA 需要 peft 库，而它没有安装。
    .next = 把适配器设为“不用”，或运行“pip install peft”安装。
    .next-bundled = 请把适配器设为“不用”：此安装版不含 peft。
error-adapter-no-layers = 主干网络 { $name } 没有能加上 LoRA 的注意力层。
    .next = 把适配器设为“不用”，或选择 ViT、Swin 这类 Transformer。
error-folds-class-small = 类别“{ $label }”除测试照片外只有 { $n } 张照片，不够分成 { $folds } 折。
    .next =
        { $n ->
            [0] 请为它添加照片，或者去掉这个类别。
            [1] 请为它添加照片，或者去掉这个类别。
           *[other] 请选择不超过 { $n } 折，或者为它添加照片。
        }
error-folds-class-groups = 类别“{ $label }”的照片只属于 { $groups } 个组，而同组照片必须放在一起，不够分别用来学习、挑选和评判。
    .next = 请换一种分组方式，或者不分组；每个类别至少要有三个组。
error-folds-few-groups = 照片只属于 { $groups } 个组，而同组照片必须放在一起，不够分成 { $folds } 折。
    .next = 请选择不超过 { $groups } 折，或者换一种分组方式。
error-ensemble-too-large = 这次交叉验证的 { $models } 个模型共占 { $size } GB，合成使用时须全部载入内存；最多可合成 { $most } GB。
    .next = 请使用其中一个模型，或者减少折数和重复次数、换用更小的骨干网络再做交叉验证。
error-run-of-trials = 运行 { $path } 属于一次搜索或交叉验证，只能由它继续。
    .next = 请在“自动试验”页继续那次搜索或交叉验证，或对它的文件夹使用“resume”。
error-folds-not-done = { $path } 中的交叉验证还有未完成的折。
    .next = 请先让它继续到结束。
error-nothing-held-back = 这次运行没有{ $split ->
    [test] 测试
   *[validation] 验证
}照片：没有为此留出不参与学习的照片。
    .next = 请用其他照片来评判：在终端运行“finetune-gui evaluate RUN --data FOLDER”。
error-not-a-study = { $path } 里没有交叉验证。
    .next = 请选择包含 cross_validation.json 的文件夹。
error-study-broken = { $path } 里的交叉验证文件已损坏。
    .next = 请重新运行；其中 fold-1、fold-2 等文件夹里的模型仍可打开。
error-study-in-use = 另一个窗口或终端正在处理 { $path } 里的交叉验证。
    .next = 请等它结束，或者在那里停止它。
error-no-onnx = 无法写出 ONNX 文件，因为没有安装 ONNX。
    .next = 请运行“pip install "finetune-gui[onnx]"”安装后重新启动程序，或导出为 safetensors。
    .next-bundled = 请重新安装本程序（安装包自带 ONNX），或导出为 safetensors。
error-onnx-impossible = ONNX 无法计算这个网络。
    .next = 请导出为 safetensors，或换一个主干网络训练。
error-onnx-differs = ONNX 文件没有保留：它的概率与本程序相差 { $difference }。
    .next = 请导出为 safetensors，或换一个主干网络训练。
error-licences-broken = 组件清单 { $path } 无法读取，因为文件已损坏。
    .next = 请重新安装本程序。各组件自己的软件包里也有它们的许可证。
