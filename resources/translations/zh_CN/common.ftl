# 多个页面共用的词语。
common-app-name = Finetune
common-cancel = 取消
common-close = 关闭
common-dismiss = 知道了
common-open = 打开
common-reset-all = 全部恢复默认
common-advanced = 高级设置
common-on = 开
common-off = 关
common-all = 全部
common-choose-folder = 选择文件夹…
common-show-in-folder = 在文件夹中显示
common-split-train = 训练集
common-split-validation = 验证集
common-split-test = 测试集
common-confidence = 置信度
common-class = 类别
common-loading = 正在载入…
common-working = 正在处理…
common-photos = { $n } 张
common-classes = { $n } 类
common-percent = { $value }%
common-seconds-left = 剩余 { $seconds } 秒
common-minutes-left = 剩余 { $minutes } 分钟
common-hours-left = 剩余 { $hours } 小时 { $minutes } 分钟

# 大致的时长；$large 和 $small 是整数。
common-time-rough = { $form ->
    [seconds] { $large } 秒
    [minutes_seconds] { $large } 分 { $small } 秒
    [minutes] { $large } 分钟
    [hours] { $large } 小时
   *[hours_minutes] { $large } 小时 { $small } 分钟
}
