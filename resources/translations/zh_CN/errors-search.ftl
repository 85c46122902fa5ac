## 搜索最佳设置时的失败。

error-search-range = { $key } 不能在“{ $range }”的范围内搜索。
    .next = 请用“最小值..最大值”的形式，或用逗号分隔的若干选项，并且不要超出该设置允许的范围。
error-search-order = { $name }：第一个值大于第二个值。
    .next = 请把最小的值放在前面。
error-search-no-choice = { $name }：没有选择任何值。
    .next = 请至少选择一个，或关闭这项设置。
error-search-list = { $name } 不接受“{ $words }”。
    .next = 请写出用逗号分隔的值，例如 { $usual }。
error-search-log-zero = { $key } 的范围按对数划分，因此不能从 0 开始。
    .next = 请让它从略大于 0 的值开始，例如 0.0001。
error-search-fixed = { $key } 在搜索中必须保持不变：照片、随机种子、权重或设备不同，各次试验就无法比较。
    .next = 请把它从可变设置中去掉。
error-search-nothing = 没有任何设置可以变化，因此无可搜索。
    .next = 请在“哪些设置可以变化”中至少打开一项。
error-not-a-search = { $path } 中没有搜索记录。
    .next = 请选择搜索的文件夹：其中有一个 study.json 文件。
error-search-broken = 无法读取 { $path } 中的搜索：其中有文件已损坏。
    .next = 请重新开始搜索。各次试验是“trials”文件夹中独立的运行，仍然可以打开。
error-study-storage = 无法使用存储 { $url }：{ $detail }
    .next = 请检查地址是否正确、数据库是否有响应，以及驱动程序是否已安装。
