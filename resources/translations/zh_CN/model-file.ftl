# 模型页：从自己的文件或以前的运行开始。
model-job-look = 正在查看权重
model-file-choose = 选择文件…
model-file-choose-help = 从自己的权重开始：.safetensors、.pt 或 .pth。也可以把文件或某次运行的文件夹拖到这里。
model-file-kinds = 权重
model-file-any = 所有文件
model-file-looking = 正在查看 { $name }…
model-file-is = { $name } 是 { $title }
model-file-fits = 对得上：{ $wanted } 个张量中的 { $fitting } 个
model-file-classes = { $n ->
   *[other] { $n } 个类别
}
model-file-part = 取自其中的“{ $part }”
model-file-run = 本程序的一次运行；照片的划分也一并沿用
model-file-export = 本程序的模型
model-file-ambiguous = { $name } 与几种网络都对得上
model-file-ambiguous-text = 它们的张量相同，但照片的处理方式不同。请选择这些权重当初训练时用的网络。
model-file-unknown = { $name } 含有 { $n } 个张量，属于未知的网络
model-file-unknown-text = 请选择它所属的网络，然后就能看到是否对得上。
model-file-which = 网络
model-file-choose-network = 选择或输入名称
model-file-misfit = { $name } 与 { $title } 对不上
model-file-missing = 缺少 { $n } 个
model-file-reshaped = { $n } 个形状不同
model-file-unexpected = 多出 { $n } 个
model-file-use = 从它开始
model-file-another = 另选一个文件…
model-file-details = 详细信息
model-file-copy = 复制
model-file-copied = 已复制
model-file-used = 从 { $name } 开始
model-file-used-text = 训练从这些权重继续，而不用公开发布的权重。
model-file-back = 改回公开发布的权重
