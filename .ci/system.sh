#!/usr/bin/env bash
# Installs through apt what the tests use besides Python: a browser, LibreOffice Calc, 7-Zip, PostgreSQL, gettext.
# Where there is no apt, or no right to use it, the tests that need them skip and say why.
set -u
PATH="$PATH:/usr/sbin:/sbin"  # what dpkg calls
declare -A needs=( [chromium]=chromium [soffice]=libreoffice-calc [7z]=p7zip-full [msgfmt]=gettext [pdftoppm]=poppler-utils )
missing=()
for command in "${!needs[@]}"; do command -v "$command" >/dev/null || missing+=("${needs[$command]}"); done
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
compgen -G '/usr/share/fonts/truetype/noto/NotoSansDevanagari*' >/dev/null || missing+=(fonts-noto-core)
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then echo "no apt here: tests that need ${missing[*]} will skip"; exit 0; fi
as_root=(); if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then as_root=(sudo -n); else echo "no right to install ${missing[*]}: their tests will skip"; exit 0; fi
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
  || echo "apt could not install ${missing[*]}: their tests will skip"
exit 0
