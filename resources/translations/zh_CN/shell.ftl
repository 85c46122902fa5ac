# 页面之外的窗口部分。
shell-job-split = 正在划分照片
shell-job-tidy = 正在清理临时文件
shell-job-settings = 正在保存设置
shell-job-pages = 正在准备页面
shell-job-load-torch = 正在载入训练引擎
shell-why-no-torch = 训练引擎无法载入，原因见提示。
shell-why-training = 已有一次训练正在进行，请先暂停或停止它。
shell-why-no-dataset = 请先在“数据”页打开照片。
shell-why-one-class = 至少需要两个类别，也就是两个装有照片的文件夹。
shell-why-splitting = 正在把照片划分为训练集和验证集。
shell-why-no-train = 没有照片可用于训练。请添加照片，或减少验证集和测试集的比例。
shell-why-no-validation = 没有照片可用于验证。请添加照片，或提高验证集的比例。

# 左侧步骤栏。
shell-rail = 步骤
shell-page-data = 数据
shell-page-augment = 增强
shell-page-model = 模型
shell-page-train = 训练
shell-page-evaluate = 评估
shell-page-predict = 预测
shell-page-runs = 运行记录
shell-page-trials = 自动试验
shell-page-settings = 设置
shell-step-done = 已完成

# 状态栏。
shell-ready = 就绪
shell-cpu = CPU · { $n } 核
shell-no-engine = 训练引擎不可用
shell-baseline = 训练中：正在计算基线
shell-epoch = 训练中：第 { $epoch } / { $epochs } 轮 · 第 { $step } / { $steps } 步
shell-pausing-baseline = 基线完成后暂停…
shell-pausing = 正在暂停：保存状态…
shell-stopping = 正在停止…
shell-cancel-job = 取消此任务

# 设置。
shell-settings-look = 语言与外观
shell-settings-language = 语言
shell-settings-theme = 主题
shell-settings-folders = 文件夹
shell-language-system = 跟随系统
shell-theme-system = 跟随系统
shell-theme-light = 浅色
shell-theme-dark = 深色
shell-folder-runs = 运行记录
shell-folder-searches = 搜索记录
shell-folder-cross-validations = 交叉验证
shell-folder-size = { $size } MB
shell-folder-size-large = { $size } GB
shell-folder-weights = 预训练权重
shell-folder-thumbnails = 缩略图
shell-folder-log = 日志文件
shell-folder-photos = 解码后的照片
shell-folder-settings = 设置
shell-settings-space = 磁盘空间
shell-photo-cache = 解码后的照片最多占用
    .help = 照片只解码一次并保存在磁盘上，训练不必再等待解码。最久未用的先删除。
shell-photo-cache-none = 不保存
shell-gigabytes-suffix = {" "}GB
shell-kept = 缩略图和解码后的照片现在占用 { $megabytes } MB
shell-clear-caches = 清除
shell-cleared = 已释放 { $megabytes } MB
shell-job-clear = 正在清除照片副本
shell-job-measure = 正在统计照片副本
shell-version = 版本 { $version }

# 运行记录列表。
shell-run-running = 进行中
    .help = 正在本程序或另一个程序中训练。
shell-run-paused = 已暂停
    .help = 状态已保存，可以继续训练。
shell-run-interrupted = 已中断
    .help = 训练时程序意外结束，可以从上次保存的状态继续。
shell-run-finished = 已完成
    .help = 它的模型可以评估和使用。
shell-run-failed = 失败
    .help = 训练因错误而结束，它的模型不会用于预测。

# 把东西拖放到窗口上。
shell-drop-here = 拖放到这里
shell-drop-here-text = 文件夹、zip 或 CSV 会作为数据集打开；照片会交给已完成的运行来预测。
shell-drop-many = 一次只能打开一个数据集。
shell-drop-many-text = 请拖放包含各类别文件夹的那个上级文件夹。
shell-drop-unknown = 这里无法使用它。
shell-drop-unknown-text = 请拖放照片文件夹、zip、CSV 文件，或 JPEG、PNG 等照片。
shell-drop-no-model = 没有打开已完成的运行，暂时无法预测。
shell-drop-no-model-text = 请先训练，或从运行记录中打开一次已完成的运行，然后再次拖放照片。

# 启动与关闭。
shell-interrupted = 上次运行被中断了。
shell-interrupted-text = 程序结束时“{ $run }”仍在训练。已保存的内容是完整的。
shell-interrupted-continue = 继续训练
shell-interrupted-continue-from = { $epoch ->
    [0] 继续训练
   *[other] 从第 { $epoch } 轮继续
  }
shell-interrupted-later = 暂不继续
shell-closing = 训练正在进行
shell-closing-text = 暂停会保存状态，以后可以继续；停止会保留目前最佳的模型。
shell-closing-trials = 正在训练多个模型
shell-closing-trials-text = 暂停会保留已完成的一切。以后可以在“自动试验”页从中断处继续搜索或交叉验证。
shell-closing-pause = 暂停并关闭
shell-closing-stop = 停止并关闭
shell-closing-go-on = 继续训练
shell-closing-wait = 正在关闭…
shell-closing-wait-text = 正在保存训练状态，窗口会自动关闭。

# 各页面的帮助（F1）。
shell-help-data =
    请打开一个文件夹，其中每个类别各有一个存放照片的子文件夹，子文件夹的名称就是类别名称。
    也可以使用含有 path 和 label 两列的 CSV 文件，或它们的 zip 压缩包，或者直接拖放到窗口上。

    照片会被分为三部分：训练集用来学习，验证集用来挑选最佳模型，测试集只在最后使用。
    你自己的文件绝不会被改动。
shell-help-augment =
    对每张训练照片做随机变化（旋转、裁剪、变亮、变暗），让网络见到比原图更多的样子。
    预览中的照片就是训练时真正看到的照片。

    请选择强度，再看看每个版本人眼是否仍能认出；如果认不出，就选弱一些。
shell-help-model =
    主干网络已经从上百万张照片中学会了“看”，这里把它微调到你的类别上。随程序附带的主干网络无需联网。

    冻结会让其中一部分保持不变：需要的照片更少，训练也更快。
shell-help-train =
    首先，在冻结的主干网络上训练一个简单的分类器，几秒钟内得到基线；然后微调网络，
    保留验证集上更好的那一个。

    实线是训练集，虚线是验证集。如果虚线的损失上升而实线仍在下降，说明网络开始死记硬背。
    你可以随时暂停或停止，最佳模型会被保留。
shell-help-evaluate =
    这里展示模型在没有学习过的照片上表现如何。混淆矩阵统计了什么被当成了什么：行是真实类别，
    列是预测类别。点击格子可查看其中的照片。

    准确率：答对的比例。召回率：某一类照片中被找出的比例。精确率：判断为某一类的照片中判断正确的比例。
shell-help-predict =
    把照片或文件夹拖放到这里，让当前运行的模型来判断。每个答案都带有置信度。
    模型只认识自己的类别：对其他东西它也会给出一个答案。

    你可以把结果保存为表格，或把模型导出给其他程序使用。
shell-help-runs =
    每次训练都会成为一条运行记录：设置、曲线和模型都保存在一个文件夹里。
    打开一条记录可以再次查看；已暂停或被中断的运行可以继续训练。
    可以给运行改名、写备注、加星标；沿用某次运行的设置，改动几项后再训练。
    按住 Ctrl 或 Shift 选择 2 到 6 次运行进行比较：程序会说明差别是否真实。
    删除会把运行移到系统的回收站。

shell-help-trials =
    让机器自己反复试验。最佳设置：用不同的设置多次训练，保留在验证照片上表现最好的一组。
    交叉验证：每张照片都由一个没有见过它的模型判断一次，比只划分一次更可信。
    两者都不会用到测试照片。
shell-settings-weights = 预训练权重
shell-weights-help = 同时在他人共享的文件夹（例如网络驱动器）里查找。这些文件夹只读，不会写入。
shell-weights-add = 添加文件夹…
shell-weights-remove = 不再在这里查找
shell-weights-remove-name = 不再在 { $folder } 里查找
shell-weights-mirror = 下载地址
    .help = 按相同路径存放 huggingface.co 和 download.pytorch.org 文件的服务器地址。留空则直接使用这两个网站。
shell-weights-mirror-bad = 地址须以 http:// 或 https:// 开头，现在的内容未被采用。

# 闲置的显卡。
shell-settings-device = 计算设备
shell-gpu-idle = 未使用 NVIDIA 显卡
shell-gpu-unused = 这台电脑的 NVIDIA 显卡没有被使用。
shell-gpu-build = 当前安装的是仅用 CPU 计算的版本。安装本程序的 GPU 版即可用 NVIDIA 显卡把训练加快许多倍；运行记录和设置都会保留。
shell-gpu-torch = 已安装的 torch 只能用 CPU 计算。要使用 NVIDIA 显卡，请安装 CUDA 版 torch：在 pytorch.org/get-started 上选择 CUDA，然后运行页面给出的命令。
shell-gpu-no-driver = 没有加载 NVIDIA 显卡的驱动。请用系统自带的工具安装 NVIDIA 驱动，然后重启电脑。
shell-gpu-no-answer = NVIDIA 显卡的驱动没有响应，或者版本过旧。请更新 NVIDIA 驱动，然后重启电脑。

# 文件管理器交来的文件。
shell-job-look = 正在查看文件
shell-open-missing = 要打开的文件不在了。
shell-open-missing-text = { $path } 已被移动或删除，或者所在的磁盘没有连接。请从现在的位置打开它。
shell-open-unknown = 本程序无法打开“{ $name }”。
shell-open-unknown-text = 可以打开的有：照片文件夹、zip 或 CSV 文件、照片、运行记录，以及模型权重文件。
shell-open-recipe = 已采用方案“{ $name }”。
shell-open-recipe-text = 方案的设置已填入下方表单。请先在“数据”页打开照片，然后开始训练。
