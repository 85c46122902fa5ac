## 系统没有说明是哪个文件时的磁盘故障。

error-disk-full-somewhere = 磁盘已满，有文件无法写入。
    .next = 请腾出一些空间，然后继续这次运行：之前保存的内容完好无损。
error-no-permission-somewhere = 没有权限读写某个文件或文件夹。
    .next = 请换一个文件夹，或向该文件夹的所有者申请权限。
error-file-gone-somewhere = 有文件已不存在，或其所在磁盘没有响应。
    .next = 请接好磁盘或放回文件，然后重试。
