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
# Now and then it says "Resource busy", mostly on GitHub's machines (actions/runner-images#7522).
for pause in 10 30 60 0; do
    hdiutil create -volname "Finetune GUI" -srcfolder "$folder" -format ULFO -ov "$out" >/dev/null &&
        exit 0
    sleep "$pause"
done
exit 1
