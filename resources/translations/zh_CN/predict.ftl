# 用训练好的模型识别照片。
predict-job = 正在识别
predict-progress = 正在识别
predict-job-export = 正在导出模型
predict-job-save = 正在保存结果
predict-job-paste = 正在接收粘贴的照片

predict-title = 预测
predict-subtitle = 让模型识别任意照片
predict-open-photos = 打开照片…
predict-open-folder = 打开文件夹…
predict-paste = 粘贴
predict-choose-photos = 选择照片
predict-choose-folder = 选择照片文件夹
predict-photos-filter = 照片
predict-all-files = 所有文件
predict-export = 导出模型…
predict-export-choose = 选择存放模型的文件夹
predict-exported = 模型已保存到 { $path }
predict-exported-text = model.safetensors 是权重；model.json 说明它属于哪个网络、类别的顺序以及照片的预处理方式。

predict-model = 模型
predict-model-help = 给出回答的模型：仅限已完成的运行。选择另一个模型后，所有照片会重新识别。
predict-model-item = { $run } · 验证集 { $percent }
predict-no-model-title = 还没有训练好的模型
predict-no-model-text = 请先训练一个模型，然后把任意照片拖到这里，看看模型怎么说。
predict-go-train = 前往训练
predict-looking = 正在查找模型…

predict-drop-title = 把照片或文件夹拖到这里
predict-drop-text = 也可以点击选择照片，或用 Ctrl+V 粘贴。
predict-asking = 正在识别…
predict-waiting = 等待训练结束…
predict-count = { $done } / { $total } 张
predict-listing = 正在查找照片…
predict-stopped = 已停止，已识别 { $n } 张照片。
predict-paste-nothing = 剪贴板里没有照片或照片文件。

predict-answers = 识别结果
predict-answers-count = { $n } 张
predict-unreadable-count = { $n } 张无法读取
predict-column-photo = 照片
    .help = 文件名。点击可排序。
predict-column-answer = 回答
    .help = 模型认为最可能的类别。点击可排序。
predict-column-confidence = 置信度
    .help = 模型自己有多大把握。点击可排序：把握最小的值得看一看。
predict-unreadable = 无法读取
predict-unsure = 不确定 · { $percent }
predict-save = 保存为 CSV…
predict-save-choose = 保存识别结果
predict-save-name = 识别结果.csv
predict-csv-filter = CSV 表格
predict-saved = 已保存为 { $path }
predict-clear = 清空

predict-answer-sure = { $label } · { $percent } 的把握
predict-answer-fairly = { $label } · { $percent } 的把握，略有疑问
predict-answer-unsure = { $label }？· 只有 { $percent } 的把握
predict-caution = 不确定。模型只学过这 { $n } 个类别，总会从中选一个。
predict-knows = 模型只认识 { $n } 个类别，对任何照片都会从中选一个，即使照片里是别的东西。
predict-photo-open = 放大显示这张照片
predict-bars = 最可能的类别
predict-rail-count = { $n } 个结果

predict-export-as-safetensors = 导出为 safetensors 文件夹…
predict-export-as-keras = 导出为 Keras 文件…
predict-export-keras-choose = 保存为 Keras 模型
predict-keras-filter = Keras 模型
predict-exported-keras-text = 不需要本程序，Keras 就能加载它。输入是像素值 0 到 255 的正方形照片，输出是每个类别的概率。旁边的 .json 文件列出了类别的顺序和照片的尺寸。
predict-export-as-onnx = 导出为 ONNX 文件…
predict-export-onnx-choose = 保存为 ONNX 模型
predict-onnx-filter = ONNX 模型
predict-exported-onnx-text = 不需要本程序，ONNX Runtime、OpenCV 以及许多手机和摄像头都能加载它。输入是像素值 0 到 255 的正方形照片，输出是每个类别的概率；写出之前已与 PyTorch 的结果核对。旁边的 .json 文件列出了类别的顺序和照片的尺寸。
