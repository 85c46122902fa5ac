# 交叉验证。
folds-job = 交叉验证
folds-job-read = 正在读取交叉验证
folds-job-outlook = 正在查看照片可以怎样划分
folds-metric-accuracy = 准确率
folds-metric-macro-f1 = 宏平均 F1
folds-metric-macro-precision = 精确率
folds-metric-macro-recall = 召回率
folds-column-mean = 平均
folds-column-sd = ± 标准差
folds-column-interval = 95 % 区间
