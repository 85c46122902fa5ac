# 第一次启动时程序所说的话。
welcome-title = 欢迎使用 Finetune
welcome-what = 每个类别给它几十张照片，它就能学会区分：它会微调一个图像分类模型，说明模型有多准，并把模型交给你使用。
welcome-promise = 一切都留在这台电脑上：你的照片、训练过程和模型。只有在你要求下载时才会使用网络。
welcome-folders = 文件保存位置
welcome-tour = 参加两分钟导览
welcome-start = 直接开始
