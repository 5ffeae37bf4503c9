#!/bin/sh
# The system's Chromium without the popups of its address bar: they are pages of their own, made with every window, and no test has an
# address bar. Added to what Playwright turns off, as Chromium goes by the last list of features alone.
for argument do
  shift
  case $argument in
    --disable-features=*) argument=$argument,WebUIOmniboxPopup,WebUIOmniboxAimPopup ;;
  esac
  set -- "$@" "$argument"
done
exec "${CHROMIUM:-/usr/bin/chromium}" "$@"
