## 无法写成纯代码的运行，以及不能存放文件的位置。

error-script-ensemble = 这次运行的模型由交叉验证的多个模型合成，没有单独的训练过程可以展示。
    .next = 请在“自动试验”页打开其中一个模型，取它的脚本。
error-script-lora = 这次运行在权重旁学习了小矩阵（LoRA），它需要 peft 库，目前还不能写成纯代码。
    .next = 不用适配器训练就能得到脚本；或者继续使用本程序。
error-script-network = “{ $backbone }”不是带有自己分类头的 timm 网络；其他网络或其他池化方式目前还不能写成纯代码。
    .next = 用 timm 的网络及其自带的池化训练，就能得到脚本；或者继续使用本程序。
error-script-weights = 这次运行从 { $path } 开始，其中张量的名称与网络不一致，目前还不能写成纯代码。
    .next = 从公开的预训练权重或本程序的模型开始训练，就能得到脚本。
error-script-setback = 这次运行用学习率 { $lr } 时损失变为无穷大，程序在途中把学习率减半。纯代码得不到同样的结果。
    .next = 用更低的学习率重新训练，再查看那次运行的代码。
error-document-is-folder = { $path } 是一个文件夹，不能写成同名的文件。
    .next = 请换一个名称。
error-document-no-folder = 文件夹 { $path } 不存在。
    .next = 请先新建该文件夹，或另选一个位置。
