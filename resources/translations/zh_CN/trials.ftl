# 让机器自己反复试验的页面：这里是页面本身的文字，两个面板各有自己的文件。
trials-subtitle = 机器反复试验，由你决定。测试照片始终锁定。
trials-view = 试验内容
trials-view-search = 最佳设置
trials-view-folds = 交叉验证
trials-why-trying = 程序正在进行试验。请等它结束，或在“自动试验”页面暂停它。
