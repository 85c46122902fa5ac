#!/bin/sh
# make_dmg.sh APP OUT: a disk image with the app and a link to Applications beside it.
# With CODESIGN_IDENTITY set, the app is signed with the hardened runtime first.
set -eu

app=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd -P)

if [ -n "${CODESIGN_IDENTITY:-}" ]; then
    codesign --force --deep --timestamp --options runtime \
        --entitlements "$here/entitlements.plist" --sign "$CODESIGN_IDENTITY" "$app"
    codesign --verify --deep --strict "$app"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
rm -f "$out"
hdiutil create -volname "Finetune GUI" -srcfolder "$folder" -format ULFO -ov "$out" >/dev/null
