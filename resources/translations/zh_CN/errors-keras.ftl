# Keras 的网络，以及 Keras 写出的文件。
error-no-keras = 这个网络来自 Keras，而这台电脑上没有安装 Keras。
    .next = 请运行“pip install "finetune-gui[keras]"”安装后重新启动程序，或选择其他主干网络。
    .next-bundled = 请选择其他主干网络：此安装版不含 Keras。
error-keras-backend = Keras 已用 { $backend } 启动，而本程序需要它使用 torch。
    .next = 请重新启动程序。
error-keras-missing = Keras 文件 { $path } 不存在。
    .next = 请放回该文件，或选择其他主干网络。
error-keras-broken = 无法读取 Keras 文件 { $path }：文件已损坏，或由其他版本的 Keras 写出。
    .next = 请用与此处相近版本的 Keras 把模型重新保存为 .keras 文件。
error-keras-unsafe = 没有打开 Keras 文件 { $path }，因为其中的“{ $kind }”会运行它自带的代码。
    .next = 请只用 Keras 自带的层搭建模型，不要使用 Lambda 层和自定义类，然后重新保存。
error-keras-input = Keras 文件 { $path } 的输入不是一张正方形彩色照片。
    .next = 请选择只有一个输入、形状为 高 × 宽 × 3 且高宽相等的模型。
error-keras-output = Keras 文件 { $path } 不是从照片得出特征或类别的网络。
    .next = 请选择只有一个输出的模型：特征图、特征，或每个类别一个数。
error-export-not-keras = 这个模型不是 Keras 的网络，因此无法写成 Keras 文件。
    .next = 请导出为 safetensors，或用名称以 keras/ 开头的主干网络训练。
