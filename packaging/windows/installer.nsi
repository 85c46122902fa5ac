; An installer for one user: no administrator, no questions but where to.
; package.py calls makensis with VERSION, BUNDLE, ICON and OUT.

Unicode true
!include "MUI2.nsh"
!include "FileFunc.nsh"

!define NAME "Finetune GUI"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\FinetuneGUI"
!define CLASS "FinetuneGUI.Run"

Name "${NAME} ${VERSION}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\finetune-gui-window.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_UNPAGE_FINISH
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString Kept ${LANG_ENGLISH} "Your own runs and settings are kept in $LOCALAPPDATA\finetune-gui. Delete that folder if you do not need them."
LangString Kept ${LANG_SIMPCHINESE} "您的运行记录和设置保留在 $LOCALAPPDATA\finetune-gui。如不再需要，可以删除该文件夹。"
LangString Running ${LANG_ENGLISH} "Finetune GUI is still running. Please close it first."
LangString Running ${LANG_SIMPCHINESE} "Finetune GUI 仍在运行，请先关闭它。"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductName" "${NAME}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileDescription" "${NAME} Setup"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "LegalCopyright" "MIT licence"

Function .onInit
  !insertmacro MUI_LANGDLL_DISPLAY
FunctionEnd

Function un.onInit
  !insertmacro MUI_UNGETLANGUAGE
FunctionEnd

; A program that runs cannot be replaced: Windows keeps its file open. Its name is on the stack.
!macro RefuseWhileRunning un
Function ${un}RefuseWhileRunning
  Pop $1
  IfFileExists "$INSTDIR\$1" 0 done
  ClearErrors
  FileOpen $0 "$INSTDIR\$1" a
  IfErrors 0 free
  MessageBox MB_ICONEXCLAMATION|MB_OK "$(Running)" /SD IDOK
  Abort
free:
  FileClose $0
done:
FunctionEnd
!macroend
!insertmacro RefuseWhileRunning ""
!insertmacro RefuseWhileRunning "un."

Section "Program"
  Push "finetune-gui-window.exe"
  Call RefuseWhileRunning
  Push "finetune-gui.exe"
  Call RefuseWhileRunning
  ; What an older version brought and this one does not must not stay. Other programs have a folder
  ; of that name too, so only where this one is.
  IfFileExists "$INSTDIR\finetune-gui.exe" 0 fresh
  RMDir /r "$INSTDIR\_internal"
fresh:
  SetOutPath "$INSTDIR"
  ; Backslash: on Windows makensis finds no folder before a slash, elsewhere it takes either.
  File /r "${BUNDLE}\*"
  WriteUninstaller "$INSTDIR\Uninstall.exe"

  CreateDirectory "$SMPROGRAMS\${NAME}"
  CreateShortcut "$SMPROGRAMS\${NAME}\${NAME}.lnk" "$INSTDIR\finetune-gui-window.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}\Uninstall ${NAME}.lnk" "$INSTDIR\Uninstall.exe"

  ; Offered under "Open with", without taking a type from the program that has it now.
  WriteRegStr HKCU "Software\Classes\${CLASS}" "" "Finetune GUI run"
  WriteRegStr HKCU "Software\Classes\${CLASS}\DefaultIcon" "" "$INSTDIR\finetune-gui-window.exe,0"
  WriteRegStr HKCU "Software\Classes\${CLASS}\shell\open\command" "" '"$INSTDIR\finetune-gui-window.exe" --open "%1"'
  WriteRegStr HKCU "Software\Classes\.safetensors\OpenWithProgids" "${CLASS}" ""
  WriteRegStr HKCU "Software\Classes\.toml\OpenWithProgids" "${CLASS}" ""

  WriteRegStr HKCU "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\finetune-gui-window.exe"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "Publisher" "The Finetune GUI developers"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  Push "finetune-gui-window.exe"
  Call un.RefuseWhileRunning
  Push "finetune-gui.exe"
  Call un.RefuseWhileRunning
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\finetune-gui.exe"
  Delete "$INSTDIR\finetune-gui-window.exe"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}\${NAME}.lnk"
  Delete "$SMPROGRAMS\${NAME}\Uninstall ${NAME}.lnk"
  RMDir "$SMPROGRAMS\${NAME}"
  DeleteRegKey HKCU "Software\Classes\${CLASS}"
  DeleteRegValue HKCU "Software\Classes\.safetensors\OpenWithProgids" "${CLASS}"
  DeleteRegValue HKCU "Software\Classes\.toml\OpenWithProgids" "${CLASS}"
  DeleteRegKey HKCU "${KEY}"
  MessageBox MB_OK "$(Kept)" /SD IDOK
SectionEnd
