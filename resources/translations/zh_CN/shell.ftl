# 页面之外的窗口部分。
shell-job-split = 正在划分图片
shell-job-open-run = 正在打开运行
shell-job-list-runs = 正在查找运行记录
shell-job-tidy = 正在清理临时文件
shell-job-settings = 正在保存设置
shell-job-load-torch = 正在载入训练引擎
shell-why-no-torch = 训练引擎无法载入，原因见提示。
shell-why-training = 已有一次训练正在进行，请先暂停或停止它。
shell-why-no-dataset = 请先在“数据”页打开图片。
shell-why-one-class = 至少需要两个类别，也就是两个装有图片的文件夹。
shell-why-splitting = 正在把图片划分为训练集和验证集。
shell-why-no-train = 没有图片可用于训练。请添加图片，或减少验证集和测试集的比例。
shell-why-no-validation = 没有图片可用于验证。请添加图片，或提高验证集的比例。
