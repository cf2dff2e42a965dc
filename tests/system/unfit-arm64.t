#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that uses VHE: enable is refused by the driver's own words, and doctor finds that without trying.
# boards: qemu-arm64
# boot: own
# qemu: -cpu max
# timeout: 120
# files: BUILD/tests/driver
. /lib/bulkhead/tap.sh
. /lib/bulkhead/unfit.sh

unfit 'this kernel runs at EL2 \(VHE\)'
done_testing
