## Failures of a drive where the system does not say which file was meant.

error-disk-full-somewhere = The disk is full, so a file could not be written.
    .next = Free some space, then continue the run: what was saved before is whole.
error-no-permission-somewhere = A file or folder cannot be read or written, because the permission is missing.
    .next = Choose another folder, or ask the owner of the folder for access.
error-file-gone-somewhere = A file is not there any more, or its drive does not answer.
    .next = Connect the drive or put the file back, then try again.
