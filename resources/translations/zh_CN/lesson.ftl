# “故意弄坏来学”课程：三次只有学习率不同的短训练。

lesson-title = 故意弄坏，学会训练
lesson-subtitle = 在示例照片上接连做三次短训练，只有学习率不同。你的照片、设置和运行都不会改动。大约需要三分钟。
lesson-open = 故意弄坏，学会训练：三分钟小课
lesson-open-short = 三分钟小课
lesson-job = 课程训练
lesson-job-open = 正在读取课程
lesson-step = 第 { $n } 步，共 { $total } 步
lesson-step-summary = 小结

lesson-plot = 训练损失
lesson-plot-empty = 三条曲线会依次出现在这里。
lesson-plot-beyond = 有一条曲线超出了上边：若全部显示，平稳的曲线就会挤成一条线。滚动滚轮可以缩小查看。
lesson-part-high = 过高
lesson-part-low = 过低
lesson-part-right = 合适

lesson-try-high = 先试学习率 { $lr }
lesson-try-high-text = 这是合适值的几百倍：好比给琴调音，每次都把琴轴拧上一整圈。
lesson-try-low = 再试学习率 { $lr }
lesson-try-low-text = 这是合适值的三十分之一：好比上发条，每次只拧一根头发丝那么宽。
lesson-try-right = 最后试学习率 { $lr }
lesson-try-right-text = 这个值适合这些小照片。照片、网络和轮数都和前面一样。
lesson-question = 损失会怎样变化？
lesson-guess-falls = 下降，然后平稳下来
lesson-guess-stays = 几乎不动
lesson-guess-jumps = 上升，或者乱跳
lesson-guess-first = 先猜一猜：请选择一个答案。
lesson-paused = 这一部分已经开始，可以接着进行。

lesson-live = 看着曲线
lesson-your-guess = 你猜的是：{ $guess }。
lesson-live-begins = 程序先看一遍照片，曲线马上开始。
lesson-live-far = 第 { $epoch } 轮，共 { $epochs } 轮，损失 { $loss }

lesson-guessed-right = 你猜对了
lesson-guessed-otherwise = 结果有所不同
lesson-not-guessed = 结果如下
lesson-cut-short = 时间太短，看不出来
lesson-cut-short-text = 曲线还没能显示什么，训练就结束了。
lesson-happened-falls = 损失从 { $first } 降到 { $last }，并平稳下来。
lesson-happened-stays = 损失几乎没动：开始时 { $first }，结束时 { $last }。
lesson-happened-jumps = 损失大起大落：从 { $first } 一度升到 { $worst }，结束时为 { $last }。
lesson-happened-infinite = 损失变成了无穷大：数值已经装不下了。
lesson-accuracy = 验证准确率：微调前 { $before }，结束时 { $after }。
lesson-coach-says = 教练怎么说这次运行

lesson-summary = 三种曲线你都见过了
lesson-column-rate = 学习率
lesson-column-loss = 损失的变化
lesson-row-high = { $lr }，过高
lesson-row-low = { $lr }，过低
lesson-row-right = { $lr }，合适
lesson-did-falls = 从 { $first } 降到 { $last }
lesson-did-stays = 没怎么动：{ $first }，{ $last }
lesson-did-jumps = 一度升到 { $worst }
lesson-did-infinite = 变成无穷大
lesson-left-out = 已跳过
lesson-summary-text = 学习率就是每看一批照片后，琴轴要拧多少。拧得太多，音总是越过去；拧得太少，天都黑了弦还没调准。是哪一种，最初几轮的曲线就看得出来。
lesson-summary-next = 你自己训练时，教练会留意同样的迹象；学习率旁边的“查找…”能测出哪个值适合你的照片。

lesson-back = 上一步
lesson-skip = 跳过这一部分
lesson-again = 重新开始
lesson-start = 开始
lesson-continue = 继续
lesson-next = 下一步
lesson-sum-up = 小结
lesson-stop = 到此为止
lesson-stop-tip = 结束这一部分，看看目前的结果
lesson-why-training = 正在训练。请先停止或暂停。
