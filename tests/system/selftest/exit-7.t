#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A failing script's own status comes out, whatever its points say.
# selftest: 7 exit status 7
echo "1..1"
echo "ok 1 - all is well"
exit 7
